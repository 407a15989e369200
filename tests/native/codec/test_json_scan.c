/* test_json_scan.c: what is JSON and what is not: json_value, json_walk, json_fields. */
#include "codec/json.h"
#include "codec/limits.h"
#include "support/check.h"
#include "support/guard.h"

#include <stdlib.h>

static const char *const valid[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "9007199254740993",
    "0.30000000000000004",
    "1.5",
    "-1.5e3",
    "1E5",
    "1e+5",
    "1e-5",
    "1.0E+2",
    "0e0",
    "123456789012345678901234567890",
    "\"\"",
    "\"a\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"",
    "\"\\uD83D\\uDE00\"",
    "\"\\ud800\"",
    "\"\x7f\"",
    "\"h\xc3\xa9llo \xf0\x9f\x98\x80\"",
    "\"/\"",
    "\"12345678\"",
    "\"1234567\\n9012345\\\"\"",
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[[],{},[[]]]",
    "[ 1 , \"a\" , null ]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":{\"b\":[1,{}]}}",
    "{ \"a\" : 1 , \"b\" : 2 }",
    "{\"\":0}",
    "{\"a\":1,\"a\":2}",
    "{\"__proto__\":null}",
    "{\"a\\u0000b\":1}",
    "[\n\t\r 1\n]",
};

static const char *const invalid[] = {
    "",
    " ",
    "nul",
    "nulls",
    "True",
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "+1",
    "-",
    "01",
    "-01",
    "00",
    "1.",
    ".1",
    "1.e1",
    "1e",
    "1e+",
    "1e1.5",
    "0x1",
    "1_0",
    "- 1",
    "1 2",
    "--1",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x41\"",
    "\"\\u12\"",
    "\"\\u123g\"",
    "\"\\u",
    "\"\\",
    "\"\\'\"",
    "'a'",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"12345678\n\"",
    "\"\x01\"",
    "\"\x1f 2345678\"",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[,]",
    "[1 2]",
    "[1]]",
    "[[1]",
    "[1}",
    "[1,,2]",
    "[\"a\":1]",
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":}",
    "{\"a\":1",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1]",
    "{\"a\":1}}",
    "{\"a\"::1}",
    "{\"a\":1,,}",
    "{null:1}",
    "{\"a\",\"b\"}",
    "{[]:1}",
    "1,",
    "1]",
    "null null",
    "{}{}",
    "\"a\"\"b\"",
    "//a\n1",
    "/*a*/1",
    "1 //a",
    "[1,/**/2]",
    "\xef\xbb\xbf"
    "1",
    "\xa0"
    "1",
    "\v1",
    "\f1",
};

TEST(json_accepts_what_rfc_8259_allows) {
  for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
    struct span value;
    check_context("%s", valid[i]);
    CHECK(json_value(text_span(valid[i]), &value));
    CHECK_SPAN(value, text_span(valid[i]));
  }
}

TEST(json_refuses_all_else) {
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
    struct span value;
    check_context("%s", invalid[i]);
    CHECK(!json_value(text_span(invalid[i]), &value));
  }
  CHECK(!json_value(SPAN_NONE, &(struct span){0}));
  CHECK(!json_value(SPAN("1\0"), &(struct span){0}));
  CHECK(!json_value(SPAN("\"a\0b\""), &(struct span){0}));
}

/* Every wrong value is wrong inside others, too; every right one right. */
static void check_inside(const char *text, bool good) {
  static const char *const around[][2] = {
      {"[", "]"}, {"[0,", "]"}, {"[", ",0]"}, {"{\"a\":", "}"}, {"{\"a\":0,\"b\":", ",\"c\":0}"}};
  for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
    char buffer[256];
    struct span value, inside = {buffer, 0};
    strcpy(buffer, around[i][0]);
    strcat(buffer, text);
    strcat(buffer, around[i][1]);
    inside.len = strlen(buffer);
    check_context("%s", buffer);
    CHECK_EQ(json_value(inside, &value), good);
  }
}

TEST(json_values_are_judged_alike_inside_others) {
  for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
    check_inside(valid[i], true);
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
    if (strspn(invalid[i], " ,") < strlen(invalid[i]) && !strchr(invalid[i], ',') &&
        strcmp(invalid[i], "]]"))
      check_inside(invalid[i], false);
}

TEST(json_value_trims_white_space) {
  struct span value;
  CHECK(json_value(SPAN(" \n\r\t{\"a\": 1}\t\r\n "), &value));
  CHECK_TEXT(value, "{\"a\": 1}");
}

static struct span nested(char *text, size_t depth, char open, char close) {
  memset(text, open, depth);
  memset(text + depth, close, depth);
  return (struct span){text, 2 * depth};
}

TEST(json_depth_is_bounded) {
  static char text[2 * (JSON_DEPTH_MAX + 2)];
  struct span value;
  CHECK(json_value(nested(text, JSON_DEPTH_MAX, '[', ']'), &value));
  CHECK(!json_value(nested(text, JSON_DEPTH_MAX + 2, '[', ']'), &value));
  CHECK(json_value_within(nested(text, 3, '[', ']'), 3, &value));
  CHECK(!json_value_within(nested(text, 5, '[', ']'), 3, &value));
  for (size_t i = 0; i < JSON_DEPTH_MAX; i++) /* far too many open brackets, never closed */
    text[i] = i % 2 ? '[' : '{';
  CHECK(!json_value((struct span){text, JSON_DEPTH_MAX}, &value));
  memset(text, '[', sizeof text);
  CHECK(!json_value((struct span){text, sizeof text}, &value));
}

TEST(json_depth_of_objects) {
  enum { PART = 5, DEPTH = JSON_DEPTH_MAX };
  char *text = malloc(DEPTH * (PART + 1) + 1), *to = text;
  struct span value;
  for (int i = 0; i < DEPTH; i++, to += PART)
    memcpy(to, "{\"a\":", PART);
  *to++ = '1';
  memset(to, '}', DEPTH);
  struct span whole = {text, DEPTH * (PART + 1) + 1};
  CHECK(json_value(whole, &value));
  struct json_walk walk = json_walk(whole);
  CHECK(json_next(&walk));
  CHECK(!json_next(&walk) && !walk.bad);
  free(text);
}

/* json_value on every leading part of a text: none but the whole is a value, and nothing is read
 * beyond. */
static void scan(struct span text, void *whole) {
  struct span value;
  CHECK_EQ(json_value(text, &value), text.len == *(size_t *)whole);
  struct json_walk walk = json_walk(text);
  while (json_next(&walk))
    CHECK(walk.value.ptr >= text.ptr && walk.value.ptr + walk.value.len <= text.ptr + text.len);
  CHECK_EQ(!walk.bad, text.len == *(size_t *)whole);
  struct json_field fields[] = {{SPAN("a"), SPAN_NONE}, {SPAN("b\n"), SPAN_NONE}};
  CHECK_EQ(json_fields(text, fields, 2), text.len == *(size_t *)whole && text.ptr[0] == '{');
}

TEST(json_reads_no_further_than_its_text) {
  static const char *const texts[] = {
      "{\"a\":[1,-2.5e+3,\"\\u00e9\\n\",true,null],\"b\\u000a\":{\"c\":\"1234567890123456\"}}",
      "[\"1234567\",\"12345678\",\"123456789\\\"\",{\"a\":{}},[[]], 0 ,-0.0E-0]",
      "[\"\\uD83D\\uDE00\", \"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\" ]",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    size_t whole = strlen(texts[i]);
    check_context("%s", texts[i]);
    guard_each(text_span(texts[i]), scan, &whole);
  }
}

TEST(json_string_ends_are_found_at_every_offset) {
  for (size_t len = 0; len < 40; len++)
    for (size_t at = 0; at <= len; at++) {
      char text[48] = "\"";
      struct span value, whole = {text, len + 2};
      memset(text + 1, 'x', len);
      text[len + 1] = '"';
      CHECK(json_value(whole, &value));
      if (at == len)
        continue;
      text[at + 1] = '\x1f';
      CHECK(!json_value(whole, &value));
      text[at + 1] = '"';
      CHECK(!json_value(whole, &value));
      text[at + 1] = (char)0xa2; /* '"' with its high bit set */
      CHECK(json_value(whole, &value));
    }
}

TEST(json_kinds) {
  CHECK(json_is_object(SPAN("{}")) && json_is_array(SPAN("[]")) && json_is_string(SPAN("\"\"")));
  CHECK(json_is_null(SPAN("null")) && json_is_bool(SPAN("true")) && json_is_bool(SPAN("false")));
  CHECK(json_is_number(SPAN("0")) && json_is_number(SPAN("-1")) && !json_is_number(SPAN("\"0\"")));
  CHECK(!json_is_object(SPAN_NONE) && !json_is_array(SPAN_NONE) && !json_is_string(SPAN_NONE));
  CHECK(!json_is_null(SPAN_NONE) && !json_is_bool(SPAN_NONE) && !json_is_number(SPAN_NONE));
}

TEST(json_walk_steps_through_members) {
  struct json_walk walk = json_walk(SPAN("{ \"a\" : 1 , \"b\":[2, 3],\"\\\"\": {\"c\":4} }"));
  REQUIRE(json_next(&walk));
  CHECK_TEXT(walk.name, "\"a\"");
  CHECK_TEXT(walk.value, "1");
  REQUIRE(json_next(&walk));
  CHECK_TEXT(walk.name, "\"b\"");
  CHECK_TEXT(walk.value, "[2, 3]");
  REQUIRE(json_next(&walk));
  CHECK_TEXT(walk.name, "\"\\\"\"");
  CHECK_TEXT(walk.value, "{\"c\":4}");
  CHECK(!json_next(&walk) && !walk.bad);
  CHECK(!json_next(&walk) && !walk.bad); /* the end stays the end */
}

TEST(json_walk_steps_through_elements) {
  struct json_walk walk = json_walk(SPAN("[1,[2],\"3\"]"));
  size_t count = 0;
  while (json_next(&walk))
    count++;
  CHECK_EQ(count, 3);
  CHECK(!walk.bad);
  CHECK_TEXT(walk.value, "\"3\"");
}

TEST(json_walk_of_nothing_is_bad_of_empty_is_not) {
  static const char *const empty[] = {"[]", "{}", "[ ]", "{\n}"}, *const none[] = {"",     "1",
                                                                                   "null", "\"[]\"",
                                                                                   "]",    "true"};
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
    struct json_walk walk = json_walk(text_span(empty[i]));
    CHECK(!json_next(&walk) && !walk.bad);
  }
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    struct json_walk walk = json_walk(text_span(none[i]));
    CHECK(!json_next(&walk) && walk.bad);
  }
  struct json_walk walk = json_walk(SPAN_NONE);
  CHECK(!json_next(&walk) && walk.bad);
}

TEST(json_walk_notices_damage_when_it_comes_to_it) {
  struct json_walk walk = json_walk(SPAN("[1,2,oops]"));
  CHECK(json_next(&walk) && json_next(&walk) && !walk.bad);
  CHECK(!json_next(&walk) && walk.bad);
  CHECK(!json_next(&walk) && walk.bad);
}

TEST(json_fields_finds_top_level_members) {
  struct json_field fields[] = {
      {SPAN("id"), SPAN_NONE}, {SPAN("absent"), SPAN_NONE}, {SPAN("n"), SPAN_NONE}};
  CHECK(
      json_fields(SPAN("{\"x\":{\"id\":\"inner\"},\"id\":\"a\",\"n\":null,\"idx\":1}"), fields, 3));
  CHECK_TEXT(fields[0].value, "\"a\"");
  CHECK(fields[1].value.ptr == NULL);
  CHECK_TEXT(fields[2].value, "null");
}

TEST(json_fields_reads_escaped_names) {
  struct json_field fields[] = {
      {SPAN("id"), SPAN_NONE}, {SPAN("a\nb"), SPAN_NONE}, {SPAN("\xf0\x9f\x98\x80"), SPAN_NONE}};
  CHECK(json_fields(SPAN("{\"\\u0069d\":1,\"a\\nb\":2,\"\\ud83d\\ude00\":3,\"\\ud83d\":4}"), fields,
                    3));
  CHECK_TEXT(fields[0].value, "1");
  CHECK_TEXT(fields[1].value, "2");
  CHECK_TEXT(fields[2].value, "3");
}

TEST(json_fields_takes_the_last_of_repeated_names) {
  struct json_field field = {SPAN("id"), SPAN_NONE};
  CHECK(json_fields(SPAN("{\"id\":1,\"\\u0069d\":2,\"x\":0}"), &field, 1));
  CHECK_TEXT(field.value, "2");
}

TEST(json_fields_refuses_what_is_no_object) {
  static const char *const bad[] = {"[]", "\"id\"",    "1",         "",
                                    "{",  "{\"id\":}", "{\"id\":1", "{\"id\":1}x"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct json_field field = {SPAN("id"), SPAN("stale")};
    check_context("%s", bad[i]);
    CHECK(!json_fields(text_span(bad[i]), &field, 1));
  }
  struct json_field field = {SPAN("id"), SPAN("stale")};
  CHECK(!json_fields(SPAN_NONE, &field, 1));
  CHECK(field.value.ptr == NULL);
}

TEST(json_name_is_compares_what_is_spelled) {
  CHECK(json_name_is(SPAN("\"id\""), SPAN("id")) && json_name_is(SPAN("\"\\u0069d\""), SPAN("id")));
  CHECK(!json_name_is(SPAN("\"id\""), SPAN("i")) && !json_name_is(SPAN("\"i\""), SPAN("id")));
  CHECK(json_name_is(SPAN("\"\""), SPAN("")) && !json_name_is(SPAN("\"\\ud800\""), SPAN("")));
  CHECK(json_name_is(SPAN("\"a\\u0000b\""), SPAN("a\0b")) &&
        !json_name_is(SPAN("\"a\\u0000b\""), SPAN("a")));
}
