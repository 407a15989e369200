/* request.c: what the texts beside a value say. */
#include "kv/request.h"

#include "codec/json.h"
#include "codec/limits.h"

bool kv_fits_metadata(struct span text) {
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.ptr[i] > 0x7e)
      return false;
  return text.len <= KV_METADATA_MAX;
}

int64_t kv_stamp_of(struct span metadata) {
  int64_t stamp = 0;
  json_int(json_get(metadata, SPAN("w")), &stamp);
  return stamp;
}
