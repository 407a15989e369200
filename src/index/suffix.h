/* suffix.h: suffixes of journal keys: when a journal entry was written, and a nonce. */
#ifndef TKV_SUFFIX_H
#define TKV_SUFFIX_H

#include "codec/span.h"
#include <stdint.h>

enum {
  JOURNAL_TIME_LEN = 10,
  JOURNAL_NONCE_LEN = 8,
  JOURNAL_LEN = JOURNAL_TIME_LEN + JOURNAL_NONCE_LEN
};

/* journal_suffix writes the suffix for a write at |stamp|: 10 digits of base 32 that count time
 * backwards, so newest lists first, and 8 of |nonce|, 5 random bytes.  |text| has JOURNAL_LEN
 * bytes. */
void journal_suffix(int64_t stamp, const unsigned char *nonce, char *text);

/* journal_hash writes, in place of it, the same text for the same |id| and |since|: 18 digits, the
 * first of them below 8, so that it reads as some time. Each is the top five bits of a 64-bit FNV-1a
 * that begins with |since| and goes on over |id| for every digit. */
void journal_hash(struct span id, int64_t since, char *text);

/* journal_time returns when |suffix| was written; 0 for what is no suffix. */
int64_t journal_time(struct span suffix);

#endif
