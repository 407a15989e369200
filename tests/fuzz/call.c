/* call.c: whole calls over a KV that says anything.
 *
 * The input is a script: a byte for the operation, one each for the lengths of control and payload,
 * these; then, for each request, a byte for the status, one for the answer's length, and the
 * answer.  At its end the host stops answering and the call goes away.  A second call then runs in
 * the same core, over what the first one left in its memory.
 */
#include "../native/imports.h"
#include "core.h"

#include <stdlib.h>

enum { REQUESTS_MAX = 64, ROUNDS_MAX = 50 };

struct script {
  const struct imports *imports; /* must be first */
  const uint8_t *at, *end;
  uint32_t slots[REQUESTS_MAX];
  size_t waiting, asked;
  uint8_t random;
};

static void ask(void *host, uint32_t call, enum import_kind kind,
                const struct tkv_request *request) {
  struct script *script = host;
  (void)call, (void)kind;
  if (script->waiting < REQUESTS_MAX)
    script->slots[script->waiting++] = request->slot;
  script->asked++;
}

static void ask_wait(void *host, uint32_t call, uint32_t slot, uint32_t ms) {
  (void)host, (void)call, (void)slot, (void)ms;
}

static void give_random(void *host, void *bytes, size_t count) {
  struct script *script = host;
  for (size_t i = 0; i < count; i++)
    ((uint8_t *)bytes)[i] = script->random++;
}

static const struct imports imports = {ask, ask_wait, give_random};

static uint8_t next_byte(struct script *script) {
  return script->at < script->end ? *script->at++ : 0;
}

static struct span next_bytes(struct script *script, size_t len) {
  size_t left = (size_t)(script->end - script->at);
  struct span bytes = {(const char *)script->at, len < left ? len : left};
  script->at += bytes.len;
  return bytes;
}

static void answer(struct script *script, struct core *core, uint32_t call, uint32_t slot) {
  static const uint32_t statuses[] = {200, 404, 429, 503, 0};
  uint32_t status = statuses[next_byte(script) % 5];
  struct span bytes = next_bytes(script, next_byte(script));
  char *room = tkv_call_reply(core, call, slot, bytes.len);
  if (room && bytes.len)
    memcpy(room, bytes.ptr, bytes.len);
  tkv_call_replied(core, call, slot, status, bytes.len, 0);
}

static uint32_t begin(struct script *script, struct core *core, int64_t now,
                      enum tkv_status *status) {
  struct tkv_store store = {.max_operations = 60};
  enum tkv_op op = (enum tkv_op)(next_byte(script) % TKV_OP_COUNT);
  size_t control = next_byte(script) % 64, payload = next_byte(script);
  struct span text = next_bytes(script, control + payload);
  control = control < text.len ? control : text.len;
  uint32_t call = tkv_call_new(core, sizeof store + 4 + text.len, now);
  char *input = tkv_call_input(core, call);
  memcpy(input, &store, sizeof store);
  memcpy(input + sizeof store, "dev_", 4);
  if (text.len)
    memcpy(input + sizeof store + 4, text.ptr, text.len);
  *status = tkv_call_begin(core, call, op, 4, control, text.len - control);
  return call;
}

static void run(struct script *script, struct core *core, int64_t now) {
  enum tkv_status status;
  script->waiting = 0;
  uint32_t call = begin(script, core, now, &status);
  for (int round = 0; status == TKV_PENDING && round < ROUNDS_MAX && script->at < script->end;
       round++) {
    size_t waiting = script->waiting;
    script->waiting = 0;
    for (size_t i = 0; i < waiting; i++)
      answer(script, core, call, script->slots[i]);
    status = tkv_call_resume(core, call, now += 1000);
  }
  const struct tkv_outcome *outcome = tkv_call_outcome(core, call);
  if (!outcome || (status < 0 && !outcome->result.len))
    abort();
  tkv_call_end(core, call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct script script = {.imports = &imports, .at = data, .end = data + size};
  struct core *core = tkv_core_new(&script);
  run(&script, core, INT64_C(1767225600000));
  if (script.at < script.end)
    run(&script, core, INT64_C(1767225603000));
  if (tkv_core_calls(core))
    abort();
  tkv_core_del(core);
  return 0;
}
