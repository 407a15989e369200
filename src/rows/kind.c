/* kind.c: the table of kinds. */
#include "rows/kind.h"

#include "rows/workflow_row.h"

#define FIELD(name, traits) {{name, sizeof(name) - 1}, traits}
#define KIND(table, mode, fields, cover)                                                           \
  {table, mode, fields, sizeof fields / sizeof *fields, cover}

static const struct row_field workflows[] = {
    FIELD("runId", ROW_KEY | ROW_COVERED),
    FIELD("workflowName", ROW_KEY | ROW_COVERED),
    FIELD("status", ROW_COVERED),
    FIELD("resourceId", ROW_COVERED),
    FIELD("threadId", ROW_COVERED),
    FIELD("createdAt", ROW_COVERED | ROW_DATE | ROW_CREATED),
    FIELD("updatedAt", ROW_COVERED | ROW_DATE | ROW_UPDATED | ROW_ANCHOR)};

static const struct row_field scores[] = {
    FIELD("id", ROW_KEY | ROW_MADE),
    FIELD("scorerId", ROW_COVERED),
    FIELD("runId", ROW_COVERED),
    FIELD("entityId", ROW_COVERED),
    FIELD("entityType", ROW_COVERED),
    FIELD("source", ROW_COVERED),
    FIELD("traceId", ROW_COVERED),
    FIELD("spanId", ROW_COVERED),
    FIELD("organizationId", ROW_COVERED),
    FIELD("projectId", ROW_COVERED),
    FIELD("batchId", ROW_COVERED),
    FIELD("datasetId", ROW_COVERED),
    FIELD("createdAt", ROW_COVERED | ROW_DATE | ROW_CREATED | ROW_ANCHOR),
    FIELD("updatedAt", ROW_DATE | ROW_UPDATED)};

static const struct row_field tasks[] = {FIELD("id", ROW_KEY),
                                         FIELD("status", ROW_COVERED),
                                         FIELD("agentId", ROW_COVERED),
                                         FIELD("threadId", ROW_COVERED),
                                         FIELD("resourceId", ROW_COVERED),
                                         FIELD("toolName", ROW_COVERED),
                                         FIELD("toolCallId", ROW_COVERED),
                                         FIELD("runId", ROW_COVERED),
                                         FIELD("createdAt", ROW_COVERED | ROW_DATE | ROW_CREATED),
                                         FIELD("startedAt", ROW_COVERED | ROW_DATE),
                                         FIELD("suspendedAt", ROW_COVERED | ROW_DATE),
                                         FIELD("completedAt", ROW_COVERED | ROW_DATE | ROW_ANCHOR),
                                         FIELD("leaseExpiresAt", ROW_DATE)};

static const struct row_field states[] = {
    FIELD("threadId", ROW_KEY), FIELD("type", ROW_KEY), FIELD("resourceId", ROW_KEY | ROW_OPTIONAL),
    FIELD("updatedAt", ROW_COVERED | ROW_DATE | ROW_UPDATED | ROW_ANCHOR)};

static const struct row_field blobs[] = {FIELD("hash", ROW_KEY),
                                         FIELD("createdAt", ROW_DATE | ROW_CREATED)};

static const struct row_field traces[] = {
    FIELD("id", ROW_KEY), FIELD("name", ROW_COVERED), FIELD("scope", ROW_COVERED),
    FIELD("traceId", ROW_COVERED),
    FIELD("createdAt", ROW_COVERED | ROW_DATE | ROW_CREATED | ROW_ANCHOR)};

static const struct row_field evals[] = {
    FIELD("id", ROW_KEY | ROW_MADE), FIELD("agentName", ROW_COVERED),
    FIELD("createdAt", ROW_COVERED | ROW_DATE | ROW_CREATED | ROW_ANCHOR)};

/* The newest generation of a scope has none of the optional part; older ones have (FORMAT.md). */
static const struct row_field observations[] = {FIELD("scopeKind", ROW_KEY),
                                                FIELD("scopeId", ROW_KEY),
                                                FIELD("generation", ROW_KEY | ROW_OPTIONAL),
                                                FIELD("createdAt", ROW_DATE),
                                                FIELD("updatedAt", ROW_DATE),
                                                FIELD("lastObservedAt", ROW_DATE),
                                                FIELD("lastBufferedAtTime", ROW_DATE)};

static const struct row_field plain[] = {FIELD("id", ROW_KEY),
                                         FIELD("createdAt", ROW_DATE | ROW_ANCHOR)};

static const struct row_kind kinds[] = {
    KIND(TABLE_THREADS, ROW_SAVE_NEVER, plain, NULL),
    KIND(TABLE_MESSAGES, ROW_SAVE_NEVER, plain, NULL),
    KIND(TABLE_RESOURCES, ROW_SAVE_NEVER, plain, NULL),
    KIND(TABLE_WORKFLOWS, ROW_SAVE_OVER, workflows, workflow_cover),
    KIND(TABLE_SCORES, ROW_SAVE_KEEP, scores, NULL),
    KIND(TABLE_TASKS, ROW_SAVE_OVER, tasks, NULL),
    KIND(TABLE_STATES, ROW_SAVE_LAST, states, NULL),
    KIND(TABLE_BLOBS, ROW_SAVE_NEW, blobs, NULL),
    KIND(TABLE_TRACES, ROW_SAVE_OVER, traces, NULL),
    KIND(TABLE_EVALS, ROW_SAVE_OVER, evals, NULL),
    KIND(TABLE_OBSERVATIONS, ROW_SAVE_OVER, observations, NULL),
};

const struct row_kind *row_kind_at(enum tkv_table table) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].table == table)
      return &kinds[i];
  return NULL;
}

static const struct row_kind *find_kind(struct call *call, bool aging) {
  const struct row_kind *kind = row_kind_at((enum tkv_table)call->control.table);
  if (kind && (aging || kind->mode != ROW_SAVE_NEVER))
    return kind;
  call_invalid(call, SPAN("table"), SPAN("holds no rows"));
  return NULL;
}

const struct row_kind *row_kind_of(struct call *call) {
  return find_kind(call, false);
}

const struct row_kind *row_kind_aging(struct call *call) {
  return find_kind(call, true);
}
