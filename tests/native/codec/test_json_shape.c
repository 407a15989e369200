/* test_json_shape.c: objects read into structs. */
#include "codec/json_shape.h"
#include "support/check.h"

struct all {
  struct span raw, string, object, content, when, text, id;
  int64_t date, number;
  uint64_t count;
};

static const struct shape all[] = {{SHAPE(struct all, raw, "raw"), SHAPE_RAW},
                                   {SHAPE(struct all, string, "string"), SHAPE_STRING},
                                   {SHAPE(struct all, object, "object"), SHAPE_OBJECT},
                                   {SHAPE(struct all, content, "content"), SHAPE_CONTENT},
                                   {SHAPE(struct all, when, "when"), SHAPE_WHEN},
                                   {SHAPE(struct all, text, "text"), SHAPE_TEXT},
                                   {SHAPE(struct all, id, "id"), SHAPE_ID},
                                   {SHAPE(struct all, date, "date"), SHAPE_DATE},
                                   {SHAPE(struct all, number, "number"), SHAPE_INT},
                                   {SHAPE(struct all, count, "count"), SHAPE_COUNT}};

#define ISO "\"1970-01-01T00:00:01.000Z\""

TEST(shape_reads_each_kind_of_field) {
  struct arena arena = {0};
  struct all read;
  const struct shape *bad = shape_read(
      &arena,
      SPAN("{\"raw\":1.0,\"string\":\"\\ud800\",\"object\":{},\"content\":[],\"when\":" ISO
           ",\"text\":\"\",\"id\":\"\\u0041\",\"date\":" ISO ",\"number\":-5,\"count\":7,\"x\":0}"),
      all, 10, &read);
  CHECK(bad == NULL);
  CHECK_SPAN(read.raw, SPAN("1.0"));
  CHECK_SPAN(read.string, SPAN("\"\\ud800\""));
  CHECK_SPAN(read.object, SPAN("{}"));
  CHECK_SPAN(read.content, SPAN("[]"));
  CHECK_SPAN(read.when, SPAN(ISO));
  CHECK_SPAN(read.text, SPAN(""));
  CHECK_SPAN(read.id, SPAN("A"));
  CHECK_EQ(read.date, 1000);
  CHECK_EQ(read.number, -5);
  CHECK_EQ(read.count, 7);
  arena_free(&arena);
}

/* Reads {"x":|value|} as a field of |kind|. */
static bool fits(const char *value, unsigned kind) {
  struct arena arena = {0};
  struct all read;
  const struct shape shape = {"x", 1, 0, kind};
  struct json_out out = json_out(&arena, 64);
  json_put(&out, SPAN("{\"x\":"));
  json_put(&out, (struct span){value, strlen(value)});
  json_put_char(&out, '}');
  bool fit = shape_fits(&arena, json_out_span(&out), &shape, 1, &read);
  arena_free(&arena);
  return fit;
}

TEST(shape_refuses_what_is_of_another_kind) {
  static const struct {
    const char *value;
    unsigned kind;
  } wrong[] = {{"1", SHAPE_STRING},       {"[]", SHAPE_OBJECT},     {"true", SHAPE_CONTENT},
               {"1", SHAPE_CONTENT},      {"0", SHAPE_WHEN},        {"\"soon\"", SHAPE_WHEN},
               {"\"\\ud800\"", SHAPE_ID}, {"\"\"", SHAPE_ID},       {"null", SHAPE_ID},
               {"{}", SHAPE_TEXT},        {"null", SHAPE_TEXT},     {"\"\\udc00\"", SHAPE_TEXT},
               {"1", SHAPE_DATE},         {"\"soon\"", SHAPE_DATE}, {"1.5", SHAPE_INT},
               {"\"1\"", SHAPE_INT},      {"-1", SHAPE_COUNT},      {"1e3", SHAPE_COUNT}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    check_context("%s", wrong[i].value);
    CHECK(!fits(wrong[i].value, wrong[i].kind));
    CHECK(!fits(wrong[i].value, wrong[i].kind | SHAPE_OPTIONAL));
  }
}

TEST(shape_names_the_first_field_that_does_not_fit) {
  static const struct shape shape[] = {{SHAPE(struct all, id, "id"), SHAPE_ID},
                                       {SHAPE(struct all, text, "text"), SHAPE_TEXT},
                                       {SHAPE(struct all, number, "number"), SHAPE_INT}};
  struct arena arena = {0};
  struct all read;
  CHECK(shape_read(&arena, SPAN("{\"number\":[],\"id\":\"a\"}"), shape, 3, &read) == &shape[1]);
  CHECK(shape_read(&arena, SPAN("[]"), shape, 3, &read) == shape);
  CHECK(shape_read(&arena, SPAN("{\"id\":\"a\",}"), shape, 3, &read) == shape);
  arena_free(&arena);
}

TEST(shape_leaves_out_what_is_optional) {
  static const struct shape shape[] = {
      {SHAPE(struct all, text, "text"), SHAPE_TEXT | SHAPE_OPTIONAL},
      {SHAPE(struct all, object, "object"), SHAPE_OBJECT | SHAPE_OPTIONAL | SHAPE_NULL},
      {SHAPE(struct all, date, "date"), SHAPE_DATE | SHAPE_OPTIONAL | SHAPE_NULL}};
  struct arena arena = {0};
  struct all read = {.text = SPAN("old"), .object = SPAN("old"), .date = 7};
  CHECK(shape_fits(&arena, SPAN("{\"date\":null}"), shape, 3, &read));
  CHECK(read.text.ptr == NULL && read.object.ptr == NULL);
  CHECK_EQ(read.date, 7);
  CHECK(shape_fits(&arena, SPAN("{\"object\":null}"), shape, 3, &read));
  CHECK_SPAN(read.object, SPAN("null"));
  CHECK(!shape_fits(&arena, SPAN("{\"text\":null}"), shape, 3, &read));
  arena_free(&arena);
}
