/* suffix.c: numbers to the base of 32. */
#include "index/suffix.h"

static const char digits32[] = "0123456789abcdefghijklmnopqrstuv";
#define TIME_MAX ((INT64_C(1) << 48) - 1)

static void put_base32(char *text, uint64_t number, int count) {
  for (int i = count - 1; i >= 0; i--, number >>= 5)
    text[i] = digits32[number & 31];
}

void journal_suffix(int64_t stamp, const unsigned char *nonce, char *text) {
  uint64_t random = 0;
  for (int i = 0; i < 5; i++)
    random = random << 8 | nonce[i];
  put_base32(text, (uint64_t)(TIME_MAX - stamp), JOURNAL_TIME_LEN);
  put_base32(text + JOURNAL_TIME_LEN, random, JOURNAL_NONCE_LEN);
}

void journal_hash(struct span id, int64_t since, char *text) {
  uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)since;
  for (int i = 0; i < JOURNAL_LEN; i++) {
    for (size_t k = 0; k < id.len; k++)
      hash = (hash ^ (unsigned char)id.ptr[k]) * UINT64_C(1099511628211);
    text[i] = digits32[hash >> (i ? 59 : 61)];
  }
}

int64_t journal_time(struct span suffix) {
  int64_t number = 0;
  if (suffix.len != JOURNAL_LEN)
    return 0;
  for (int i = 0; i < JOURNAL_LEN; i++) {
    char c = suffix.ptr[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'v' ? c - 'a' + 10 : -1;
    if (digit < 0)
      return 0;
    if (i < JOURNAL_TIME_LEN)
      number = number << 5 | digit;
  }
  return number > TIME_MAX ? 0 : TIME_MAX - number;
}
