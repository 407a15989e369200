/* key.h: KV keys.
 *
 *   key = prefix table ":" part { ":" part }     dev_threads:thread-1, dev_metadata:thread:thread-1
 *
 * In the prefix and in every part `%`, `:` and control characters (U+0000 to U+001F, U+007F) are
 * percent-encoded in upper case; all else stays readable.  So the first `:` of a key ends prefix
 * and table, and no key or list prefix of one prefix can meet another's.
 */
#ifndef TKV_KEY_H
#define TKV_KEY_H

#include "codec/arena.h"
#include "codec/table.h"

/* key_encode returns |prefix| or an id, percent-encoded, in |arena| (or |text| itself when nothing
 * needs it). */
struct span key_encode(struct arena *arena, struct span text);

/* key_decode undoes key_encode.  Text that key_encode did not write comes back as it can be read.
 */
struct span key_decode(struct arena *arena, struct span text);

/* key_join returns |prefix| (encoded) with |table| and |count| parts, encoded here.  The result may
 * be longer than KEY_MAX: the caller decides what that means.  A last part without `ptr` ends the
 * key with a bare ":", which makes the prefix for listing what is below. */
struct span key_join(struct arena *arena, struct span prefix, enum tkv_table table,
                     const struct span *parts, size_t count);

#endif
