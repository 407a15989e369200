/* followup.c: what a call asks to be done after it: see refresh.c. */
#include "index/followup.h"

static void put_ids(struct json_out *out, struct span name, const struct entries *ids) {
  for (size_t i = 0; ids && i < ids->count; i++) {
    json_put(out, i ? SPAN(",") : name);
    json_put_string(out, ids->items[i].id);
  }
  if (ids && ids->count)
    json_put_char(out, ']');
}

void call_ask_refresh(struct call *call, const struct collection *collection,
                      struct refresh_wish wish) {
  struct span asked = call->outcome.followup;
  struct json_out out = json_out(&call->arena, asked.len + collection->id.len * 2 + 128);
  json_put(&out, asked.len ? (struct span){asked.ptr, asked.len - 2} : SPAN("{\"collections\":["));
  json_put(&out, asked.len ? SPAN(",{\"kind\":") : SPAN("{\"kind\":"));
  json_put(&out, collection->kind == COLLECTION_THREAD ? SPAN("\"thread\"") : SPAN("\"resource\""));
  json_put_text(&out, SPAN(",\"id\":"), collection->id);
  put_ids(&out, SPAN(",\"gone\":["), wish.gone);
  put_ids(&out, SPAN(",\"doubt\":["), wish.doubted);
  if (wish.bump) {
    json_put_number(&out, SPAN(",\"bump\":"), wish.bump);
  }
  bool all = (collection->grew && collection->load == LOAD_ALL) || collection->ripe || wish.drop;
  if (wish.drop)
    json_put(&out, SPAN(",\"drop\":true"));
  if (wish.own)
    json_put(&out, SPAN(",\"own\":true"));
  json_put(&out, all ? SPAN(",\"all\":true}]}") : SPAN("}]}"));
  if (out.failed)
    return;
  call->outcome.followup = json_out_span(&out);
  call->outcome.followup_op = TKV_FOLLOWUP_COLLECTION_REFRESH;
  call->outcome.soon |= wish.soon;
}

void collection_ask_refresh(struct call *call, const struct collection *collection,
                            const struct entries *gone) {
  if (collection->stale || collection->grew || collection->ripe || gone->count)
    call_ask_refresh(call, collection, (struct refresh_wish){.gone = gone});
}
