/* json_scan.h: what json.c needs of the scanner beyond json.h.  Positions are offsets into a text.
 */
#ifndef TKV_JSON_SCAN_H
#define TKV_JSON_SCAN_H

#include "codec/json.h"

#define JSON_BAD ((size_t)-1)

/* json_skip_value returns the offset after the value that starts at |at|, or JSON_BAD when it is
 * damaged. */
size_t json_skip_value(struct span text, size_t at);

/* json_skip_name returns the offset of the value that follows the member name at |at|, or JSON_BAD.
 */
size_t json_skip_name(struct span text, size_t at);

#endif
