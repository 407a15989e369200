/* test_date.c: date.h. */
#include "codec/date.h"
#include "support/check.h"
#include "support/guard.h"

/* Instants and what Date.prototype.toISOString makes of them. */
static const struct {
  int64_t ms;
  const char *text;
} known[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {1700000000123, "2023-11-14T22:13:20.123Z"},
    {951782400000, "2000-02-29T00:00:00.000Z"},
    {-62167219200000, "0000-01-01T00:00:00.000Z"},
    {-62167219200001, "-000001-12-31T23:59:59.999Z"},
    {253402300799999, "9999-12-31T23:59:59.999Z"},
    {253402300800000, "+010000-01-01T00:00:00.000Z"},
    {DATE_MAX, "+275760-09-13T00:00:00.000Z"},
    {-DATE_MAX, "-271821-04-20T00:00:00.000Z"},
};

TEST(date_known_instants) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    char text[DATE_TEXT_MAX];
    int64_t ms = 42;
    CHECK_TEXT(((struct span){text, date_format(known[i].ms, text)}), known[i].text);
    CHECK(date_parse(text_span(known[i].text), &ms));
    CHECK_EQ(ms, known[i].ms);
  }
}

/* What is formatted parses to the same instant, later instants included that order later as text of
 * one width. */
static void round_trip(int64_t ms) {
  char text[DATE_TEXT_MAX];
  int64_t back = -42;
  struct span formatted = {text, date_format(ms, text)};
  check_context("%lld", (long long)ms);
  CHECK(date_parse(formatted, &back));
  CHECK_EQ(back, ms);
}

TEST(date_round_trip_over_all_days_of_a_cycle) {
  const int64_t day = 86400000;
  for (int64_t i = 0; i <= 146097; i++) /* the 400 years after which the calendar repeats */
    round_trip(-day * 200000 + i * day + i * 591);
}

TEST(date_round_trip_over_random_instants) {
  struct dice dice = {7};
  for (int i = 0; i < 50000; i++) {
    int64_t ms = ((int64_t)dice_next(&dice, 1u << 31) << 23 | dice_next(&dice, 1u << 23)) -
                 (INT64_C(1) << 53);
    round_trip(ms % DATE_MAX);
  }
}

static const char *const bad_texts[] = {
    "",
    "2024",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.000",
    "2024-01-01T00:00:00.000z",
    "2024-01-01t00:00:00.000Z",
    "2024-01-01 00:00:00.000Z",
    "2024-01-01T00:00:00.000+00:00",
    " 2024-01-01T00:00:00.000Z",
    "2024-01-01T00:00:00.000Z ",
    "2024-00-01T00:00:00.000Z",
    "2024-13-01T00:00:00.000Z",
    "2024-01-00T00:00:00.000Z",
    "2024-01-32T00:00:00.000Z",
    "2023-02-29T00:00:00.000Z",
    "1900-02-29T00:00:00.000Z",
    "2024-04-31T00:00:00.000Z",
    "2024-01-01T24:00:00.000Z",
    "2024-01-01T23:60:00.000Z",
    "2024-01-01T23:59:60.000Z",
    "2024-01-01T-1:00:00.000Z",
    "2024-01-01T0 :00:00.000Z",
    "2024-01-01T00:00:00.0000Z",
    "20240-01-01T00:00:00.000Z",
    "+02024-01-01T00:00:00.000Z",
    "-000000-01-01T00:00:00.000Z", /* ECMA-262: the year 0 is positive */
    "+275760-09-13T00:00:00.001Z",
    "-271821-04-19T23:59:59.999Z",
    "+999999-01-01T00:00:00.000Z",
};

TEST(date_bad_text_is_refused_and_leaves_the_number_alone) {
  for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
    int64_t ms = 42;
    check_context("%s", bad_texts[i]);
    CHECK(!date_parse(text_span(bad_texts[i]), &ms));
    CHECK_EQ(ms, 42);
  }
}

static void parse(struct span text, void *complete) {
  int64_t ms;
  CHECK_EQ(date_parse(text, &ms), text.len == *(size_t *)complete);
}

TEST(date_reads_no_further_than_its_text) {
  size_t usual = 24, extended = 27;
  guard_each(SPAN("2024-01-01T00:00:00.000Z"), parse, &usual);
  guard_each(SPAN("+010000-01-01T00:00:00.000Z"), parse, &extended);
  CHECK(!date_parse(SPAN_NONE, &(int64_t){0}));
}

/* Every single wrong byte is noticed, or changes the instant. */
TEST(date_no_byte_is_ignored) {
  const struct span good = SPAN("2024-05-06T07:08:09.123Z");
  char text[24];
  int64_t ms, wanted;
  REQUIRE(date_parse(good, &wanted));
  for (size_t i = 0; i < good.len; i++)
    for (int c = 0; c < 256; c++) {
      memcpy(text, good.ptr, good.len);
      text[i] = (char)c;
      bool same = text[i] == good.ptr[i];
      CHECK_EQ(date_parse((struct span){text, good.len}, &ms) && ms == wanted, same);
    }
}
