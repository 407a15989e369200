/* followup.c: what a call asks to be done after it: see refresh.c. */
#include "followup.h"

static void put_gone(struct json_out *out, const struct entries *gone) {
  for (size_t i = 0; gone && i < gone->count; i++) {
    if (i)
      json_put_char(out, ',');
    json_put_string(out, gone->items[i].id);
    json_put_char(out, ',');
    json_put_string(out, gone->items[i].journal);
    json_put_char(out, ',');
    json_put_int(out, gone->items[i].time);
    json_put_char(out, ',');
    json_put_string(out, gone->items[i].owner);
  }
}

static void put_doubted(struct json_out *out, const struct entries *doubted) {
  for (size_t i = 0; doubted && i < doubted->count; i++) {
    json_put(out, i ? SPAN(",") : SPAN(",\"doubt\":["));
    json_put_string(out, doubted->items[i].id);
  }
  if (doubted && doubted->count)
    json_put_char(out, ']');
}

void call_ask_refresh(struct call *call, const struct collection *collection,
                      struct refresh_wish wish) {
  struct span asked = call->outcome.followup;
  struct json_out out = json_out(&call->arena, asked.len + collection->id.len * 2 + 128);
  json_put(&out, asked.len ? (struct span){asked.ptr, asked.len - 2} : SPAN("{\"collections\":["));
  json_put(&out, asked.len ? SPAN(",{\"kind\":") : SPAN("{\"kind\":"));
  json_put(&out, collection->kind == COLLECTION_THREAD ? SPAN("\"thread\"") : SPAN("\"resource\""));
  json_put(&out, SPAN(",\"id\":"));
  json_put_string(&out, collection->id);
  json_put(&out, SPAN(",\"gone\":["));
  put_gone(&out, wish.gone);
  json_put_char(&out, ']');
  put_doubted(&out, wish.doubted);
  if (wish.bump) {
    json_put(&out, SPAN(",\"bump\":"));
    json_put_int(&out, wish.bump);
  }
  json_put(&out, collection->grew && collection->load == LOAD_ALL ? SPAN(",\"all\":true}]}")
                                                                  : SPAN("}]}"));
  if (out.failed)
    return;
  call->outcome.followup = json_out_span(&out);
  call->outcome.followup_op = TKV_OP_COLLECTION_REFRESH;
  call->outcome.soon |= wish.soon;
}
