/* imports.h: host.h's functions, forwarded to whichever test host the core was made with.
 *
 * What tkv_core_new is given in tests is a struct whose first member is a `const struct imports *`.
 */
#ifndef TESTS_IMPORTS_H
#define TESTS_IMPORTS_H

#include "kv/host.h"

enum import_kind { IMPORT_GET, IMPORT_GET_MANY, IMPORT_PUT, IMPORT_DELETE, IMPORT_LIST };

struct imports {
  void (*request)(void *host, uint32_t call, enum import_kind kind,
                  const struct tkv_request *request);
  void (*wait)(void *host, uint32_t call, uint32_t slot, uint32_t ms);
  void (*random)(void *host, void *bytes, size_t count);
};

#endif
