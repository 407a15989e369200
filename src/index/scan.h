/* scan.h: every key of a table below a prefix, as this isolate has to see it: the pages of a list,
 * outweighed by what was written here since, for lists lag up to a minute behind.
 *
 *   struct scan scan = {.table = TABLE_SCORES, .prefix = prefix, .take = take, .owner = self};
 *   return call_enter(call, scan_run, &scan, scanned);
 */
#ifndef TKV_SCAN_H
#define TKV_SCAN_H

#include "index/entry.h"
#include "kv/step.h"

struct scan {
  enum tkv_table table; /* not the metadata table */
  struct span prefix;   /* of the keys: key_join with an open end */
  /* Gets each key once, in no order, with its metadata: empty where only the value tells.  A key
   * may turn out to be gone when its value is read. */
  void (*take)(struct call *call, struct scan *scan, struct span key, struct span metadata);
  void *owner;
  uint32_t limit; /* 0: all keys; else one page of so many, from |cursor| on, NULL for the first.
                         Those of this isolate may be on an earlier one, too */
  struct span cursor; /* behind that page: NULL after the last */

  struct kv_request *page; /* scan.c's own, as below */
  struct span_set seen;
};

/* scan_run is a step over a struct scan. */
enum tkv_status scan_run(struct call *call, void *self);

#endif
