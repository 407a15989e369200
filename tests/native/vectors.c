/* vectors.c: runs tests/vectors/ *.md: what the core asks KV for, and what then stands there.
 * README.md there says how they read.  A file is a test; its cases run one after the other.
 */
#define _DEFAULT_SOURCE /* scandir */
#include "support/host_mem.h"

#include "codec/date.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER "tests/vectors"

enum block { REQUEST, PAYLOAD, BEFORE, LOG, AFTER, RESULT, ERROR, BLOCKS };

static const char *const names[BLOCKS] = {
    [REQUEST] = "```json request", [PAYLOAD] = "```json payload",
    [BEFORE] = "```kv before",     [LOG] = "```log",
    [AFTER] = "```kv after",       [RESULT] = "```json result",
    [ERROR] = "```json error"};

/* A case: its blocks' texts without the last line end, SPAN_NONE where there is none. */
struct vector {
  struct span title, blocks[BLOCKS];
};

static bool next_line(struct span *text, struct span *line) {
  if (!text->len)
    return false;
  const char *end = memchr(text->ptr, '\n', text->len);
  *line = (struct span){text->ptr, end ? (size_t)(end - text->ptr) : text->len};
  *text = span_from(*text, line->len + (end != NULL));
  return true;
}

/* ---- KV as text: a key, its value two spaces in, its metadata after "@"; "- " and the key for one
 * that went ---- */

static void put_line(struct json_out *out, struct span lead, struct span text) {
  json_put(out, out->len ? SPAN("\n") : SPAN(""));
  json_put(out, lead);
  json_put(out, text);
}

static void put_key(struct json_out *out, const struct mem_key *key) {
  put_line(out, SPAN(""), key->key);
  put_line(out, SPAN("  "), key->value);
  if (key->metadata.ptr)
    put_line(out, SPAN("  @ "), key->metadata);
}

/* What KV holds, as a world of its own that does not change. */
static struct mem snapshot(struct world *world) {
  struct mem copy = {.count = world->mem.count};
  copy.keys = ARENA_ARRAY(&world->mem.arena, struct mem_key, copy.count + 1);
  if (copy.count)
    memcpy(copy.keys, world->mem.keys, copy.count * sizeof *copy.keys);
  return copy;
}

static bool same(const struct mem_key *a, const struct mem_key *b) {
  return a && b && span_eq(a->value, b->value) && span_eq(a->metadata, b->metadata);
}

/* The keys that are new or changed, then those that went. */
static struct span changes_text(struct world *world, struct mem before) {
  struct json_out out = json_out(&world->mem.arena, 4096);
  struct mem *now = &world->mem;
  for (size_t i = 0; i < now->count; i++)
    if (!same(mem_find(&before, 0, now->keys[i].key), &now->keys[i]))
      put_key(&out, &now->keys[i]);
  for (size_t i = 0; i < before.count; i++)
    if (!mem_find(now, 0, before.keys[i].key))
      put_line(&out, SPAN("- "), before.keys[i].key);
  return json_out_span(&out);
}

static void read_kv(struct world *world, struct span text) {
  struct span line, key = SPAN_NONE, value = SPAN_NONE;
  while (next_line(&text, &line))
    if (span_starts(line, SPAN("  @ "))) {
      mem_put(&world->mem, 0, key, value, span_from(line, 4));
    } else if (span_starts(line, SPAN("  "))) {
      mem_put(&world->mem, 0, key, value = span_from(line, 2), SPAN_NONE);
    } else {
      key = line;
    }
}

/* ---- One case ---- */

static struct span setting(const struct vector *vector, const char *name) {
  struct json_field field = {text_span(name), SPAN_NONE};
  CHECK(json_fields(vector->blocks[REQUEST], &field, 1));
  return field.value;
}

static int64_t number_of(struct span value, int64_t standard) {
  int64_t number = standard;
  if (value.ptr)
    CHECK(json_int(value, &number));
  return number;
}

static struct span word_of(struct world *world, struct span value) {
  struct span text = SPAN("");
  if (value.ptr)
    CHECK(json_string(&world->mem.arena, value, &text));
  return text;
}

static void apply_fault(struct world *world, struct span fault) {
  struct json_field fields[] = {{SPAN("request"), SPAN_NONE},
                                {SPAN("count"), SPAN_NONE},
                                {SPAN("status"), SPAN_NONE},
                                {SPAN("applied"), SPAN_NONE}};
  world_faults(world, (struct mem_fault){0});
  if (!fault.ptr)
    return;
  CHECK(json_fields(fault, fields, 4));
  world_faults(world, (struct mem_fault){.first = (size_t)number_of(fields[0].value, 1),
                                         .count = (size_t)number_of(fields[1].value, 1),
                                         .status = (uint32_t)number_of(fields[2].value, 0),
                                         .apply = span_eq(fields[3].value, SPAN("true"))});
}

static void apply_settings(struct world *world, const struct vector *vector) {
  struct span at = setting(vector, "at"), prefix = word_of(world, setting(vector, "prefix"));
  if (at.ptr)
    CHECK(date_parse(word_of(world, at), &world->mem.now));
  if (span_eq(setting(vector, "isolate"), SPAN("\"new\"")))
    world_restart(world);
  world->prefix = world_text(world, "%.*s", (int)prefix.len, prefix.ptr);
  world->store.max_operations = (uint32_t)number_of(setting(vector, "maxOperations"), 900);
  world->mem.hide_metadata = span_eq(setting(vector, "metadata"), SPAN("\"hidden\""));
  apply_fault(world, setting(vector, "fault"));
}

static enum tkv_op find_op(struct span name) {
  static const struct span ops[] = {
#define X(constant, text, step) {text, sizeof text - 1},
      TKV_OP_LIST(X)
#undef X
  };
  int op = 0;
  while (op < TKV_OP_COUNT && !span_eq(ops[op], name))
    op++;
  CHECK(op < TKV_OP_COUNT);
  return (enum tkv_op)op;
}

static void follow(struct world *world, struct answer answer) {
  if (!answer.followup.len)
    return;
  json_put(&world->mem.log, answer.soon ? SPAN("followup soon\n") : SPAN("followup later\n"));
  CHECK_EQ(world_follow(world, answer), TKV_DONE);
}

static struct span logged(const struct world *world) {
  struct span log = json_out_span(&world->mem.log);
  return (struct span){log.ptr, log.len ? log.len - 1 : 0}; /* without the last line end */
}

static void run_case(struct world *world, const struct vector *vector) {
  if (vector->blocks[BEFORE].ptr) {
    world_free(world);
    world_init(world);
    read_kv(world, vector->blocks[BEFORE]);
  }
  struct mem before = snapshot(world);
  apply_settings(world, vector);
  world_log(world);
  enum tkv_op op = find_op(word_of(world, setting(vector, "op")));
  struct answer answer =
      world_run_span(world, op, setting(vector, "control"), vector->blocks[PAYLOAD]);
  follow(world, answer);
  CHECK_SPAN(logged(world), vector->blocks[LOG]);
  CHECK_SPAN(changes_text(world, before), vector->blocks[AFTER]);
  CHECK_SPAN(answer.text, vector->blocks[answer.status == TKV_DONE ? RESULT : ERROR]);
  CHECK_EQ(answer.status == TKV_DONE, !vector->blocks[ERROR].ptr);
}

/* ---- One file ---- */

static struct span read_file(struct arena *arena, const char *name) {
  char path[512];
  snprintf(path, sizeof path, FOLDER "/%s", name);
  FILE *file = fopen(path, "rb");
  struct json_out out = json_out(arena, 64 * 1024);
  for (int c; file && (c = getc(file)) != EOF;)
    json_put_char(&out, (char)c);
  if (file)
    fclose(file);
  CHECK(file != NULL);
  return json_out_span(&out);
}

static struct span read_block(struct span *text) {
  struct span line, start = *text;
  while (next_line(text, &line) && !span_eq(line, SPAN("```")))
    continue;
  size_t len = (size_t)(line.ptr - start.ptr);
  return (struct span){start.ptr, len ? len - 1 : 0};
}

/* Reads up to the next "## "; false when there is no further case. */
static bool next_case(struct span *text, struct vector *vector) {
  struct span line;
  *vector = (struct vector){0};
  while (next_line(text, &line)) {
    if (span_starts(line, SPAN("## ")))
      vector->title = span_from(line, 3);
    for (size_t i = 0; i < BLOCKS; i++)
      if (span_eq(line, text_span(names[i])))
        vector->blocks[i] = read_block(text);
    if (vector->title.ptr && (!text->len || span_starts(*text, SPAN("## "))))
      return true;
  }
  return false;
}

static void run_file(void *name) {
  struct arena arena = {0};
  struct vector vector;
  struct world world;
  struct span text = read_file(&arena, name);
  world_init(&world);
  while (next_case(&text, &vector)) {
    check_context("%s: %.*s", (const char *)name, (int)vector.title.len, vector.title.ptr);
    if (CHECK(vector.blocks[REQUEST].ptr != NULL))
      run_case(&world, &vector);
  }
  world_free(&world);
  arena_free(&arena);
}

/* ---- All files ---- */

static int is_vector(const struct dirent *entry) {
  size_t len = strlen(entry->d_name);
  return len > 3 && strcmp(entry->d_name + len - 3, ".md") == 0 &&
         strcmp(entry->d_name, "README.md") != 0;
}

static struct dirent **files;
static int file_count;
static struct check_test *tests;

__attribute__((constructor)) static void register_files(void) {
  file_count = scandir(FOLDER, &files, is_vector, alphasort);
  tests = file_count > 0 ? calloc((size_t)file_count, sizeof *tests) : NULL;
  for (int i = 0; tests && i < file_count; i++) {
    tests[i] = (struct check_test){
        .name = files[i]->d_name, .file = FOLDER, .run = run_file, .self = files[i]->d_name};
    check_register(&tests[i]);
  }
}

TEST(vectors_are_found) {
  CHECK(file_count >= 10); /* the tests run where tests/vectors is */
}
