/* imports.c: host.h for tests. */
#include "support/imports.h"

static void forward(void *host, uint32_t call, enum import_kind kind,
                    const struct tkv_request *request) {
  (*(const struct imports **)host)->request(host, call, kind, request);
}

void host_kv_get(void *host, uint32_t call, const struct tkv_request *request) {
  forward(host, call, IMPORT_GET, request);
}

void host_kv_get_many(void *host, uint32_t call, const struct tkv_request *request) {
  forward(host, call, IMPORT_GET_MANY, request);
}

void host_kv_put(void *host, uint32_t call, const struct tkv_request *request) {
  forward(host, call, IMPORT_PUT, request);
}

void host_kv_delete(void *host, uint32_t call, const struct tkv_request *request) {
  forward(host, call, IMPORT_DELETE, request);
}

void host_kv_list(void *host, uint32_t call, const struct tkv_request *request) {
  forward(host, call, IMPORT_LIST, request);
}

void host_wait(void *host, uint32_t call, uint32_t slot, uint32_t ms) {
  (*(const struct imports **)host)->wait(host, call, slot, ms);
}

void host_random(void *host, void *bytes, size_t count) {
  (*(const struct imports **)host)->random(host, bytes, count);
}
