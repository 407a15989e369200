/* date.h: instants as users write them and as the core counts them.
 *
 * Text is what JavaScript's Date.prototype.toISOString gives (ECMA-262, 21.4.1.32):
 * `2024-01-01T00:00:00.000Z`, or a signed six-digit year outside 0000 to 9999.  A number is
 * milliseconds since 1970 UTC.
 */
#ifndef TKV_DATE_H
#define TKV_DATE_H

#include "codec/span.h"
#include <stdint.h>

enum { DATE_TEXT_MAX = 27 };

#define DATE_MAX INT64_C(8640000000000000) /* the last instant a JavaScript Date can hold */

/* date_parse reads |text| into |ms|.  Returns false, |ms| unaltered, for anything but a valid
 * instant. */
bool date_parse(struct span text, int64_t *ms);

/* date_format writes |ms| (within DATE_MAX) to |text| (DATE_TEXT_MAX bytes) and returns its length.
 */
size_t date_format(int64_t ms, char *text);

#endif
