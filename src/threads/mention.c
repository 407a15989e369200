/* mention.c: mentions noted, and dropped with their thread. */
#include "threads/mention.h"

#include "codec/key.h"
#include "index/record.h"

struct mention *mention_new(struct call *call, struct mention **list,
                            const struct mention_site *site, struct span owner) {
  char suffix[JOURNAL_LEN];
  struct span parts[] = {SPAN("mentions"), owner, {suffix, JOURNAL_LEN}};
  if (!owner.len || span_eq(owner, site->resource))
    return NULL;
  journal_hash(site->thread, site->since, suffix);
  struct span key = key_join(&call->arena, call->prefix, TABLE_METADATA, parts, 3);
  if (key.len > KEY_MAX) /* nobody can ask for such an owner's messages */
    return NULL;
  for (struct mention *known = *list; known; known = known->next)
    if (span_eq(known->key, key))
      return NULL;
  struct mention *mention = ARENA_NEW(&call->arena, struct mention);
  *mention = (struct mention){.next = *list, .thread = site->thread, .owner = owner, .key = key};
  return *list = mention;
}

/* Where the memory keeps mentions of one resource together, as collections expect it. */
static void put_in_group(struct kv_request *request) {
  request->group.len -= JOURNAL_LEN + 1;
}

void mention_ask(struct call *call, struct mention **list, const struct change *change,
                 struct span owner) {
  const struct collection *collection = change->collection;
  struct mention_site site = {collection->id, change->resource, collection->head.since};
  if (change->since > site.since)
    site.since = change->since;
  struct mention *mention = mention_new(call, list, &site, owner);
  if (!mention)
    return;
  mention->get = kv_get(call, TABLE_METADATA, mention->key, KV_REMEMBER | KV_KNOWN);
  put_in_group(mention->get);
}

/* What another call of this isolate is about to store may never be: only what KV has acknowledged, or
 * answered, is there. */
static bool is_stored(struct call *call, const struct mention *mention) {
  return mention->get && mention->get->found && kv_is_settled(call, mention->get);
}

bool mentions_put(struct call *call, const struct mention *list) {
  bool any = false;
  for (; list; list = list->next) {
    if (is_stored(call, list))
      continue;
    struct entry entry = {.id = list->thread, .time = call_stamp(call), .owner = SPAN("")};
    struct span text = journal_write(&call->arena, entry.time, &entry, 1, false);
    if (list->get && list->get->found) /* the same value as the other call's: once is enough */
      text = list->get->value;
    struct span metadata = kv_fits_metadata(text) ? text : record_metadata(call, entry.time, NULL);
    put_in_group(kv_put(call, TABLE_METADATA, list->key, text, metadata, KV_REMEMBER | KV_SAME));
    any = true;
  }
  return any;
}

bool mention_drop(struct call *call, struct mention **list, const struct mention_site *site,
                  struct span owner) {
  struct mention *mention = mention_new(call, list, site, owner);
  if (!mention)
    return false;
  put_in_group(kv_delete(call, TABLE_METADATA, mention->key, KV_REMEMBER));
  return true;
}
