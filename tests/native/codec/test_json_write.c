/* test_json_write.c: json_put_replaced and json_merge: records changed without being decoded. */
#include "codec/json.h"
#include "support/check.h"

static const struct {
  const char *object;
  const char *id, *title; /* what the fields become; NULL: left out */
  const char *wanted;
} replacements[] = {
    {"{}", "1", "2", "{\"id\":1,\"title\":2}"},
    {"{}", NULL, NULL, "{}"},
    {"{\"id\":0,\"title\":0}", "1", "2", "{\"id\":1,\"title\":2}"},
    {"{\"title\":0,\"id\":0}", "1", "2", "{\"title\":2,\"id\":1}"}, /* in their places */
    {"{\"a\":1,\"id\":0,\"b\":2}", "1", NULL, "{\"a\":1,\"id\":1,\"b\":2}"},
    {"{\"id\":0,\"a\":1}", NULL, "2", "{\"a\":1,\"title\":2}"},
    {"{\"id\":0}", NULL, NULL, "{}"},
    {"{\"id\":0,\"x\":3,\"id\":5}", "1", NULL, "{\"id\":1,\"x\":3}"},
    {"{\"\\u0069d\":0}", "1", NULL, "{\"\\u0069d\":1}"},
    {"{ \"n\" : 9007199254740993 , \"s\" : \"\\u00e9\\/\" }", "1", NULL,
     "{\"n\":9007199254740993,\"s\":\"\\u00e9\\/\",\"id\":1}"},
};

TEST(json_put_replaced_copies_all_else_as_it_is) {
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
    const char *id = replacements[i].id, *title = replacements[i].title;
    struct json_field fields[] = {{SPAN("id"), id ? text_span(id) : SPAN_NONE},
                                  {SPAN("title"), title ? text_span(title) : SPAN_NONE}};
    struct json_out out = json_out(&arena, 0);
    check_context("%s", replacements[i].object);
    CHECK(json_put_replaced(&out, text_span(replacements[i].object), fields, 2));
    CHECK_TEXT(json_out_span(&out), replacements[i].wanted);
  }
  arena_free(&arena);
}

TEST(json_put_replaced_says_when_the_object_is_damaged) {
  static const char *const damaged[] = {"",         "[]",          "null",       "{",
                                        "{\"id\"}", "{\"id\":1,}", "{\"id\":1}{"};
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
    struct json_field field = {SPAN("id"), SPAN("1")};
    struct json_out out = json_out(&arena, 0);
    check_context("%s", damaged[i]);
    CHECK(!json_put_replaced(&out, text_span(damaged[i]), &field, 1));
  }
  arena_free(&arena);
}

static const struct {
  const char *old, *patch, *wanted;
} merges[] = {
    {"{}", "{}", "{}"},
    {"{\"a\":1}", "{}", "{\"a\":1}"},
    {"{}", "{\"a\":1}", "{\"a\":1}"},
    {"{\"a\":1,\"b\":2}", "{\"b\":3,\"c\":4}", "{\"a\":1,\"b\":3,\"c\":4}"},
    {"{\"a\":{\"x\":1}}", "{\"a\":{\"y\":2}}",
     "{\"a\":{\"y\":2}}"}, /* replaced: only `deeper` merges */
    {"{\"content\":{\"x\":1}}", "{\"content\":{\"y\":2}}", "{\"content\":{\"x\":1,\"y\":2}}"},
    {"{\"content\":{\"x\":1}}", "{\"content\":\"text\"}", "{\"content\":\"text\"}"},
    {"{\"content\":\"text\"}", "{\"content\":{\"y\":2}}", "{\"content\":{\"y\":2}}"},
    {"{\"content\":{\"metadata\":{\"a\":1},\"x\":1}}", "{\"content\":{\"metadata\":{\"b\":2}}}",
     "{\"content\":{\"metadata\":{\"a\":1,\"b\":2},\"x\":1}}"},
    {"{\"content\":{\"metadata\":{\"a\":{\"x\":1}}}}",
     "{\"content\":{\"metadata\":{\"a\":{\"y\":2}}}}",
     "{\"content\":{\"metadata\":{\"a\":{\"y\":2}}}}"}, /* two levels and no more */
    {"{\"metadata\":{\"a\":1}}", "{\"metadata\":{\"b\":2}}",
     "{\"metadata\":{\"b\":2}}"}, /* not at this level */
    {"{\"content\":{\"content\":{\"a\":1}}}", "{\"content\":{\"content\":{\"b\":2}}}",
     "{\"content\":{\"content\":{\"b\":2}}}"},
    {"{\"__proto__\":1}", "{\"__proto__\":{\"x\":2}}", "{\"__proto__\":{\"x\":2}}"},
    {"{ \"n\" : 0.30000000000000004 }", "{\"s\":\"\\ud800\"}",
     "{\"n\":0.30000000000000004,\"s\":\"\\ud800\"}"},
};

TEST(json_merge_lays_a_patch_over_an_object) {
  static const struct span deeper[] = {{"content", 7}, {"metadata", 8}};
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
    check_context("%s and %s", merges[i].old, merges[i].patch);
    CHECK_TEXT(json_merge(&arena, text_span(merges[i].old), text_span(merges[i].patch), deeper, 2),
               merges[i].wanted);
  }
  arena_free(&arena);
}

/* JavaScript takes the last of repeated names; so whatever is written, the patch's last member must
 * win. */
TEST(json_merge_lets_the_last_of_repeated_names_win) {
  struct arena arena = {0};
  struct json_field field = {SPAN("a"), SPAN_NONE};
  CHECK(json_fields(json_merge(&arena, SPAN("{\"a\":0}"), SPAN("{\"a\":1,\"a\":2}"), NULL, 0),
                    &field, 1));
  CHECK_TEXT(field.value, "2");
  CHECK(json_fields(json_merge(&arena, SPAN("{\"a\":0,\"a\":1}"), SPAN("{\"a\":2}"), NULL, 0),
                    &field, 1));
  CHECK_TEXT(field.value, "2");
  CHECK(json_fields(json_merge(&arena, SPAN("{\"\\u0061\":0}"), SPAN("{\"a\":2}"), NULL, 0), &field,
                    1));
  CHECK_TEXT(field.value, "2");
  CHECK(json_fields(json_merge(&arena, SPAN("{\"a\":0}"), SPAN("{\"\\u0061\":2}"), NULL, 0), &field,
                    1));
  CHECK_TEXT(field.value, "2");
  arena_free(&arena);
}

/* Random objects: what a merge gives is JSON, holds the patch's members, and those of the old
 * object it lacks. */
static struct span random_object(struct arena *arena, struct dice *dice) {
  struct json_out out = json_out(arena, 64);
  json_put_char(&out, '{');
  for (uint32_t i = 0, count = dice_next(dice, 5); i < count; i++) {
    char name = (char)('a' + dice_next(dice, 6));
    if (i)
      json_put_char(&out, ',');
    json_put_string(&out, (struct span){&name, 1});
    json_put_char(&out, ':');
    json_put_int(&out, dice_next(dice, 1000));
  }
  json_put_char(&out, '}');
  return json_out_span(&out);
}

static struct span member(struct span object, const char *name) {
  struct json_field field = {{name, 1}, SPAN_NONE};
  CHECK(json_fields(object, &field, 1));
  return field.value;
}

TEST(json_merge_of_random_objects) {
  struct dice dice = {5};
  for (int round = 0; round < 3000; round++) {
    struct arena arena = {0};
    struct span old = random_object(&arena, &dice), patch = random_object(&arena, &dice), value;
    struct span merged = json_merge(&arena, old, patch, NULL, 0);
    REQUIRE(json_value(merged, &value));
    for (const char *name = "abcdef"; *name; name++) {
      struct span wanted = member(patch, name);
      CHECK_SPAN(member(merged, name), wanted.ptr ? wanted : member(old, name));
    }
    arena_free(&arena);
  }
}
