/* json_control.c: control documents, by cJSON.  The only file that includes it. */
#include "codec/control.h"

#include "codec/table.h"
#include <cJSON.h>
#include <stddef.h>

static struct control_value get_value(const cJSON *document, const char *name) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(document, name);
  if (!item)
    return (struct control_value){CONTROL_ABSENT, 0};
  if (cJSON_IsNumber(item))
    return (struct control_value){CONTROL_NUMBER, item->valuedouble};
  return (struct control_value){cJSON_IsFalse(item)  ? CONTROL_FALSE
                                : cJSON_IsTrue(item) ? CONTROL_TRUE
                                                     : CONTROL_OTHER,
                                0};
}

static struct span get_word(const cJSON *document, const char *name) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(document, name));
  return text ? (struct span){text, strlen(text)} : SPAN_NONE;
}

static int find_table(struct span name) {
  if (!name.ptr)
    return TABLE_COUNT;
  for (int table = 0; table < TABLE_COUNT; table++)
    if (span_eq(table_name((enum tkv_table)table), name))
      return table;
  return -1;
}

bool control_read(struct span text, struct control *control) {
  static const char *const names[] = {"page",     "perPage", "messageLimit", "includeTotal",
                                      "archived", "maxAge",  "restore",      "all",
                                      "create",   "newIds"}; /* in the order of the struct */
  enum { VALUES = sizeof names / sizeof *names };
  _Static_assert(offsetof(struct control, new_ids) == (VALUES - 1) * sizeof(struct control_value),
                 "a value without its name");
  *control = (struct control){.table = TABLE_COUNT};
  if (text.len == 0)
    return true;
  cJSON *document = cJSON_ParseWithLength(text.ptr, text.len);
  bool good = cJSON_IsObject(document);
  for (int i = 0; good && i < VALUES; i++)
    ((struct control_value *)control)[i] = get_value(document, names[i]);
  if (good) {
    struct span direction = get_word(document, "direction");
    control->ascending = span_eq(direction, SPAN("ASC"));
    control->descending = span_eq(direction, SPAN("DESC"));
    control->by_updated = span_eq(get_word(document, "field"), SPAN("updatedAt"));
    control->table = find_table(get_word(document, "table"));
  }
  cJSON_Delete(document);
  return good;
}

bool control_number(struct control_value value, uint64_t *number) {
  if (value.kind != CONTROL_NUMBER || !(value.number >= 0 && value.number <= 9007199254740992.0))
    return false;
  *number = (uint64_t)value.number;
  return (double)*number == value.number;
}
