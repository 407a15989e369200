/* guard.h: inputs that end where memory ends: a byte read too far traps.
 *
 *   struct guard *guard = guard_new(text.len);
 *   for (size_t len = 0; len <= text.len; len++)
 *     parse(guard_put(guard, (struct span){text.ptr, len}));
 *   guard_del(guard);
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include "codec/span.h"

struct guard;

/* guard_new makes room for |size| bytes before a page that may not be touched.  Aborts without
 * memory. */
struct guard *guard_new(size_t size);

/* guard_put returns a copy of |text|, at most |size| bytes, that ends at that page.  Valid until
 * the next guard_put. */
struct span guard_put(struct guard *guard, struct span text);

/* guard_del gives the pages back. */
void guard_del(struct guard *guard);

/* guard_each calls |use| with every leading part of |text|, the whole text last, each at the end of
 * memory. */
void guard_each(struct span text, void (*use)(struct span text, void *self), void *self);

#endif
