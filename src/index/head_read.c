/* head_read.c: heads in the very form that head_write gives them, read in one pass. */
#include "index/head_read.h"

#include "index/names.h"
#include "index/place.h"

struct plain {
  struct span text;
  size_t at;
};

static bool take(struct plain *in, struct span text) {
  bool there = span_starts(span_from(in->text, in->at), text);
  in->at += there ? text.len : 0;
  return there;
}

static bool take_char(struct plain *in, char c) {
  bool there = in->at < in->text.len && in->text.ptr[in->at] == c;
  in->at += there;
  return there;
}

static bool take_int(struct plain *in, int64_t *number) {
  size_t start = in->at;
  int64_t sum = 0;
  for (; in->at < in->text.len && in->at - start < 16; in->at++) {
    unsigned digit = (unsigned char)in->text.ptr[in->at] - '0';
    if (digit > 9)
      break;
    sum = sum * 10 + digit;
  }
  *number = sum;
  size_t digits = in->at - start;
  return digits && (digits == 1 || in->text.ptr[start] != '0') && sum <= INT64_C(1) << 53;
}

static bool take_string(struct plain *in, struct span *string) {
  if (!take_char(in, '"'))
    return false;
  size_t end = json_find_special(in->text, in->at);
  *string = (struct span){in->text.ptr + in->at, end - in->at};
  in->at = end;
  return take_char(in, '"');
}

/* Whether a list that was opened goes on; `bad` when it neither goes on nor ends. */
static bool goes_on(struct plain *in, bool first, bool *bad) {
  if (take_char(in, ']'))
    return false;
  *bad = !first && !take_char(in, ',');
  return !*bad;
}

static bool take_names(struct arena *arena, struct plain *in, struct names *names) {
  struct span name;
  bool bad = false;
  while (goes_on(in, !names->count, &bad)) {
    if (!take_string(in, &name))
      return false;
    names_add(arena, names, name);
  }
  return !bad;
}

static bool take_name(struct plain *in, const struct names *names, struct span *name) {
  int64_t number;
  if (!take_char(in, ',') || !take_int(in, &number) || (size_t)number >= names->count)
    return false;
  *name = names->items[number];
  return true;
}

/* Ids and times, and where there are |owners| what follows them in a head. */
static bool take_entries(struct arena *arena, struct plain *in, const struct names *owners,
                         const struct names *journal, struct entries *entries) {
  struct entry entry = {0};
  bool bad = false;
  while (goes_on(in, !entries->count, &bad)) {
    if (!take_string(in, &entry.id) || !take_char(in, ',') || !take_int(in, &entry.time))
      return false;
    if (owners && (!take_name(in, journal, &entry.journal) || !take_name(in, owners, &entry.owner)))
      return false;
    entries_append(arena, entries, &entry);
  }
  return !bad;
}

static bool take_floor(struct plain *in, struct head *head) {
  if (take(in, SPAN("null")))
    return true;
  head->has_floor = true;
  return take_char(in, '[') && take_string(in, &head->floor.id) && take_char(in, ',') &&
         take_int(in, &head->floor.time) && take_char(in, ']');
}

/* The places at the end, and the end. */
static bool take_order(struct plain *in, struct head *head) {
  struct span order = SPAN_NONE;
  if (take(in, SPAN(",\"order\":"))) {
    size_t end = json_skip_value(in->text, in->at);
    if (end == JSON_BAD)
      return false;
    order = (struct span){in->text.ptr + in->at, end - in->at};
    in->at = end;
  }
  places_read(order, &head->entries, 0);
  return take_char(in, '}') && in->at == in->text.len;
}

bool head_read_plain(struct arena *arena, struct span text, struct head *head) {
  struct plain in = {text, 0};
  struct names owners = {0}, journal = {0};
  *head = (struct head){0};
  return take(&in, SPAN("{\"v\":1,\"w\":")) && take_int(&in, &head->stamp) &&
         take(&in, SPAN(",\"updatedAt\":")) && take_int(&in, &head->updated_at) &&
         take(&in, SPAN(",\"bumpedAt\":")) && take_int(&in, &head->bumped_at) &&
         take(&in, SPAN(",\"checkedAt\":")) && take_int(&in, &head->checked_at) &&
         take(&in, SPAN(",\"since\":")) && take_int(&in, &head->since) &&
         take(&in, SPAN(",\"floor\":")) && take_floor(&in, head) &&
         take(&in, SPAN(",\"owners\":[")) && take_names(arena, &in, &owners) &&
         take(&in, SPAN(",\"journal\":[")) && take_names(arena, &in, &journal) &&
         (!take(&in, SPAN(",\"doubt\":[")) || take_entries(arena, &in, NULL, NULL, &head->doubt)) &&
         take(&in, SPAN(",\"entries\":[")) &&
         take_entries(arena, &in, &owners, &journal, &head->entries) && take_order(&in, head);
}

bool head_read(struct arena *arena, struct span text, struct head *head) {
  return head_read_plain(arena, text, head) || head_read_json(arena, text, head);
}
