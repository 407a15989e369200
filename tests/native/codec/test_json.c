/* test_json.c: decoding, comparing and writing JSON. */
#include "codec/json.h"
#include "support/check.h"

static const struct {
  const char *text;
  struct span decoded;
} strings[] = {
    {"\"\"", {"", 0}},
    {"\"a\"", {"a", 1}},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", {"\"\\/\b\f\n\r\t", 8}},
    {"\"\\u0041\\u00e9\\u20ac\"", {"A\xc3\xa9\xe2\x82\xac", 6}},
    {"\"\\u0000\"", {"\0", 1}},
    {"\"a\\u0000b\"", {"a\0b", 3}},
    {"\"\\ud83d\\ude00!\"", {"\xf0\x9f\x98\x80!", 5}},
    {"\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8}},
    {"\"\\uFFFF\\u07ff\\u0800\"", {"\xef\xbf\xbf\xdf\xbf\xe0\xa0\x80", 8}},
    {"\"h\xc3\xa9\\n\"", {"h\xc3\xa9\n", 4}},
};

static const char *const lone_surrogates[] = {
    "\"\\ud800\"",    "\"\\udc00\"",        "\"\\udbff\\ud800\"", "\"\\ud83dx\"",
    "\"\\ud83d\\n\"", "\"\\ude00\\ud83d\"", "\"a\\udfff\"",
};

TEST(json_string_decodes) {
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
    struct span decoded;
    check_context("%s", strings[i].text);
    CHECK(json_string(&arena, text_span(strings[i].text), &decoded));
    CHECK_SPAN(decoded, strings[i].decoded);
  }
  arena_free(&arena);
}

TEST(json_string_points_into_plain_text) {
  struct arena arena = {0};
  struct span text = SPAN("\"plain\""), decoded;
  CHECK(json_string(&arena, text, &decoded));
  CHECK(decoded.ptr == text.ptr + 1 && arena.newest == NULL);
}

TEST(json_string_refuses_lone_surrogates_and_other_values) {
  struct arena arena = {0};
  struct span decoded, value;
  for (size_t i = 0; i < sizeof lone_surrogates / sizeof *lone_surrogates; i++) {
    check_context("%s", lone_surrogates[i]);
    CHECK(json_value(text_span(lone_surrogates[i]), &value)); /* JSON it is */
    CHECK(!json_string(&arena, value, &decoded));
  }
  CHECK(!json_string(&arena, SPAN("1"), &decoded) && !json_string(&arena, SPAN("null"), &decoded));
  CHECK(!json_string(&arena, SPAN_NONE, &decoded));
  arena_free(&arena);
}

/* What json_put_string writes, json_string reads: all code points of interest, and all control
 * characters. */
TEST(json_string_round_trip) {
  struct dice dice = {11};
  for (int round = 0; round < 5000; round++) {
    struct arena arena = {0};
    char bytes[32];
    struct span text = {bytes, dice_next(&dice, sizeof bytes)}, value, back;
    for (size_t i = 0; i < text.len; i++)
      bytes[i] = (char)dice_next(&dice, dice_next(&dice, 2) ? 0x80 : 0x23);
    struct json_out out = json_out(&arena, 0);
    json_put_string(&out, text);
    REQUIRE(json_value(json_out_span(&out), &value));
    REQUIRE(json_string(&arena, value, &back));
    CHECK_SPAN(back, text);
    arena_free(&arena);
  }
}

TEST(json_put_string_escapes_as_javascript_does) {
  struct arena arena = {0};
  struct json_out out = json_out(&arena, 8);
  json_put_string(&out, SPAN("\"\\/\b\f\n\r\t\0\x01\x1f\x7f h\xc3\xa9 \xe2\x80\xa8"));
  CHECK_TEXT(json_out_span(&out),
             "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\x7f h\xc3\xa9 \xe2\x80\xa8\"");
  arena_free(&arena);
}

TEST(json_int_reads_whole_numbers_up_to_2_to_53) {
  static const struct {
    const char *text;
    int64_t number;
  } good[] = {{"0", 0},
              {"-0", 0},
              {"1", 1},
              {"-1", -1},
              {"1700000000123", 1700000000123},
              {"9007199254740992", INT64_C(1) << 53},
              {"-9007199254740992", -(INT64_C(1) << 53)}};
  static const char *const bad[] = {"9007199254740993",
                                    "-9007199254740993",
                                    "99999999999999999999",
                                    "1.0",
                                    "1e3",
                                    "1E3",
                                    "-",
                                    "\"1\"",
                                    "null",
                                    "",
                                    "[1]",
                                    "true"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    int64_t number = 42;
    CHECK(json_int(text_span(good[i].text), &number));
    CHECK_EQ(number, good[i].number);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int64_t number = 42;
    check_context("%s", bad[i]);
    CHECK(!json_int(text_span(bad[i]), &number));
    CHECK_EQ(number, 42);
  }
  CHECK(!json_int(SPAN_NONE, &(int64_t){0}));
}

static const struct {
  const char *a, *b;
  bool same;
} pairs[] = {
    {"1", "1", true},
    {"1", "1.0", false}, /* numbers are compared as they are written: nothing is rounded */
    {"9007199254740993", "9007199254740992", false},
    {"\"a\"", "\"a\"", true},
    {"\"a\"", "\"b\"", false},
    {"null", "false", false},
    {"[1,2]", "[1, 2]", true},
    {"[1,2]", "[2,1]", false},
    {"[1,2]", "[1,2,3]", false},
    {"[]", "{}", false},
    {"[]", "[ ]", true},
    {"{\"a\":1,\"b\":2}", "{ \"b\" : 2, \"a\" : 1 }", true},
    {"{\"a\":1}", "{\"a\":2}", false},
    {"{\"a\":1}", "{\"b\":1}", false},
    {"{\"a\":1}", "{\"a\":1,\"b\":2}", false},
    {"{\"a\":[{\"b\":null}]}", "{\"a\": [ {\"b\": null} ]}", true},
    {"{\"a\":[{\"b\":null}]}", "{\"a\": [ {\"b\": 0} ]}", false},
};

TEST(json_equal_compares_structure_but_not_spelling) {
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    check_context("%s and %s", pairs[i].a, pairs[i].b);
    CHECK_EQ(json_equal(text_span(pairs[i].a), text_span(pairs[i].b)), pairs[i].same);
    CHECK_EQ(json_equal(text_span(pairs[i].b), text_span(pairs[i].a)), pairs[i].same);
  }
}

TEST(json_equal_of_very_deep_values_compares_text) {
  char a[1000], b[1000];
  memset(a, '[', 500);
  memset(a + 500, ']', 500);
  memcpy(b, a, sizeof a);
  CHECK(json_equal((struct span){a, 1000}, (struct span){b, 1000}));
  memmove(b + 500, b + 499, 500);
  b[499] = ' '; /* 499 deep and a space: not the same value either */
  CHECK(!json_equal((struct span){a, 1000}, (struct span){b, 999}));
}

TEST(json_out_grows_from_nothing) {
  struct arena arena = {0};
  struct json_out out = json_out(&arena, 0);
  for (int i = 0; i < 10000; i++)
    json_put_char(&out, (char)('a' + i % 26));
  json_put(&out, SPAN_NONE);
  json_put(&out, SPAN(""));
  CHECK_EQ(out.len, 10000);
  for (size_t i = 0; i < out.len; i++)
    REQUIRE(out.ptr[i] == (char)('a' + i % 26));
  CHECK(!out.failed);
  arena_free(&arena);
}

TEST(json_out_remembers_that_memory_ran_out) {
  struct arena arena = {0};
  struct json_out out = json_out(&arena, SIZE_MAX);
  CHECK(out.failed);
  json_put(&out, SPAN("lost"));
  json_put_char(&out, 'x');
  json_put_string(&out, SPAN("lost"));
  CHECK_EQ(out.len, 0);
  arena_free(&arena);
}

TEST(json_put_numbers_dates_and_truth) {
  static const struct {
    int64_t number;
    const char *text;
  } numbers[] = {{0, "0"},
                 {7, "7"},
                 {-7, "-7"},
                 {10, "10"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct json_out out = json_out(&arena, 0);
    json_put_int(&out, numbers[i].number);
    CHECK_TEXT(json_out_span(&out), numbers[i].text);
  }
  struct json_out out = json_out(&arena, 0);
  json_put_date(&out, 0);
  json_put_bool(&out, true);
  json_put_bool(&out, false);
  CHECK_TEXT(json_out_span(&out), "\"1970-01-01T00:00:00.000Z\"truefalse");
  arena_free(&arena);
}
