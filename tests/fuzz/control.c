/* control.c: control documents, and dates.  What cJSON takes for an object the scanner does, too; numbers that are
 * taken for whole are; a date that was read and written again reads the same. */
#include "codec/control.h"
#include "codec/date.h"
#include "codec/json.h"
#include "codec/table.h"

#include <stdlib.h>

static void require(bool held) {
  if (!held)
    abort();
}

static void try_number(struct control_value value) {
  uint64_t number;
  if (control_number(value, &number))
    require(value.kind == CONTROL_NUMBER && (double)number == value.number);
}

static void try_control(struct span text) {
  struct control control;
  bool good = control_read(text, &control);
  require(control.table >= -1 && control.table <= TABLE_COUNT);
  require(!(control.ascending && control.descending));
  require(good || text.len);
  try_number(control.page);
  try_number(control.per_page);
  try_number(control.message_limit);
  try_number(control.max_age);
}

static void try_date(struct span text) {
  char written[DATE_TEXT_MAX];
  int64_t ms, again;
  if (!date_parse(text, &ms))
    return;
  size_t len = date_format(ms, written);
  require(date_parse((struct span){written, len}, &again) && again == ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *exact = malloc(size ? size : 1);
  if (size)
    memcpy(exact, data, size);
  try_control((struct span){exact, size});
  try_date((struct span){exact, size});
  free(exact);
  return 0;
}
