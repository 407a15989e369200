/* test_control.c: control.h: control documents by cJSON. */
#include "codec/control.h"
#include "codec/table.h"
#include "support/check.h"
#include "support/guard.h"

TEST(control_of_nothing_has_nothing) {
  struct control control;
  REQUIRE(control_read(SPAN_NONE, &control));
  CHECK_EQ(control.page.kind, CONTROL_ABSENT);
  CHECK_EQ(control.per_page.kind, CONTROL_ABSENT);
  CHECK_EQ(control.include_total.kind, CONTROL_ABSENT);
  CHECK_EQ(control.archived.kind, CONTROL_ABSENT);
  CHECK(!control.ascending && !control.descending && !control.by_updated);
  CHECK_EQ(control.table, TABLE_COUNT);
  REQUIRE(control_read(SPAN("{}"), &control));
  CHECK_EQ(control.table, TABLE_COUNT);
}

TEST(control_reads_all_it_knows) {
  struct control control;
  REQUIRE(control_read(
      SPAN("{\"page\":2,\"perPage\":false,\"messageLimit\":5,\"includeTotal\":true,\"archived\":"
           "null,"
           "\"direction\":\"DESC\",\"field\":\"updatedAt\",\"table\":\"resources\",\"other\":[1]}"),
      &control));
  CHECK_EQ(control.page.kind, CONTROL_NUMBER);
  CHECK_EQ(control.page.number, 2);
  CHECK_EQ(control.per_page.kind, CONTROL_FALSE);
  CHECK_EQ(control.message_limit.number, 5);
  CHECK_EQ(control.include_total.kind, CONTROL_TRUE);
  CHECK_EQ(control.archived.kind, CONTROL_OTHER);
  CHECK(control.descending && !control.ascending && control.by_updated);
  CHECK_EQ(control.table, TABLE_RESOURCES);
}

TEST(control_ignores_unknown_words) {
  struct control control;
  REQUIRE(control_read(SPAN("{\"direction\":\"asc\",\"field\":\"title\",\"table\":\"Threads\"}"),
                       &control));
  CHECK(!control.ascending && !control.descending && !control.by_updated);
  CHECK_EQ(control.table, -1);
  REQUIRE(control_read(SPAN("{\"direction\":\"ASC\",\"PAGE\":1}"), &control));
  CHECK(control.ascending);
  CHECK_EQ(control.page.kind, CONTROL_ABSENT); /* names are exact */
}

TEST(control_must_be_an_object) {
  static const char *const bad[] = {"[]", "1", "null", "\"{}\"", "{", "{\"page\":}", "{page:1}"};
  struct control control;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i]);
    CHECK(!control_read(text_span(bad[i]), &control));
  }
}

static void read_part(struct span text, void *whole) {
  struct control control;
  CHECK_EQ(control_read(text, &control), text.len == *(size_t *)whole || text.len == 0);
}

TEST(control_reads_no_further_than_its_text) {
  const struct span text = SPAN("{\"page\":12,\"perPage\":1e1,\"direction\":\"\\u0041SC\"}");
  guard_each(text, read_part, (void *)&text.len);
}

TEST(control_number_takes_whole_numbers_from_0_to_2_to_53) {
  static const struct {
    const char *text;
    bool good;
  } numbers[] = {{"0", true},
                 {"40", true},
                 {"1e2", true},
                 {"9007199254740992", true},
                 {"9007199254740994", false},
                 {"-1", false},
                 {"1.5", false},
                 {"1e400", false},
                 {"-0.0", true},
                 {"\"1\"", false},
                 {"true", false},
                 {"false", false},
                 {"null", false}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    char text[64] = "{\"page\":";
    struct control control;
    uint64_t number;
    strcat(strcat(text, numbers[i].text), "}");
    check_context("%s", text);
    REQUIRE(control_read(text_span(text), &control));
    CHECK_EQ(control_number(control.page, &number), numbers[i].good);
  }
}
