/* tables.h: the tables of rows, as data: what a table is, said once.
 *
 * From here come the keys, covers, lists, filters, orders, guarded updates, expiry and checks of rows
 * (row.h), and by tools/abi.c what JavaScript has to know of them: key parts and dates, for exports,
 * imports, retention and Mastra's domains.  src/FORMAT.md shows the same; a test compares.
 *
 * A new table is a line here and a set of fields, a line in codec/table.h, and FORMAT.md.
 */
#ifndef TKV_ROW_TABLES_H
#define TKV_ROW_TABLES_H

/* What is known of a field. */
enum row_trait {
  ROW_KEY = 1,      /* its text is part of the key, in the order of the fields */
  ROW_OPTIONAL = 2, /* of a key: may be missing */
  ROW_MADE = 4,     /* of a key: is made up when a row is saved without it */
  ROW_COVERED = 8,  /* stands in the cover */
  ROW_DATE = 16,    /* ISO text, when it is there and not null */
  ROW_CREATED = 32, /* set when a row is saved: the old row's, else the given, else now */
  ROW_UPDATED = 64, /* now, whenever a row is saved or updated */
  ROW_ANCHOR = 128, /* the date from which a row's age counts */

  /* The usual ones together. */
  ROW_LISTED = ROW_COVERED | ROW_DATE,  /* lists order by it */
  ROW_BEGUN = ROW_LISTED | ROW_CREATED, /* createdAt */
  ROW_AGED = ROW_LISTED | ROW_ANCHOR
};

enum row_save_mode {
  ROW_SAVE_OVER, /* in place of any other */
  ROW_SAVE_LAST, /* likewise; of several within a second the first and the last are written */
  ROW_SAVE_KEEP, /* like ROW_SAVE_OVER, but it keeps the old one's ROW_CREATED */
  ROW_SAVE_NEW,  /* not when there is one: what has been stored never changes */
  ROW_SAVE_NEVER /* these are no rows, they only grow old like some */
};

/* Table, how it is saved, its set of fields, and its cover when that is more than a selection of its
 * fields. */
#define ROW_TABLE_LIST(X)                                                                          \
  X(THREADS, NEVER, plain, NULL)                                                                   \
  X(MESSAGES, NEVER, plain, NULL)                                                                  \
  X(RESOURCES, NEVER, plain, NULL)                                                                 \
  X(WORKFLOWS, OVER, workflows, workflow_cover)                                                    \
  X(SCORES, KEEP, scores, NULL)                                                                    \
  X(TASKS, OVER, tasks, NULL)                                                                      \
  X(STATES, LAST, states, NULL)                                                                    \
  X(BLOBS, NEW, blobs, NULL)                                                                       \
  X(TRACES, OVER, traces, NULL)                                                                    \
  X(EVALS, OVER, evals, NULL)                                                                      \
  X(OBSERVATIONS, OVER, observations, NULL)                                                        \
  X(SCHEDULES, OVER, schedules, NULL)                                                              \
  X(TRIGGERS, OVER, triggers, NULL)                                                                \
  X(NOTIFICATIONS, LAST, notifications, NULL)                                                      \
  X(INSTALLATIONS, OVER, installations, NULL)                                                      \
  X(WEBHOOKS, OVER, webhooks, NULL)                                                                \
  X(CHANNELS, OVER, channels, NULL)                                                                \
  X(DEFINITIONS, OVER, definitions, NULL)                                                          \
  X(CONNECTIONS, KEEP, connections, NULL)                                                          \
  X(SESSIONS, OVER, sessions, NULL)                                                                \
  X(SPANS, OVER, spans, NULL)                                                                      \
  X(TRACE_ROOTS, OVER, trace_roots, NULL)                                                          \
  X(TRACE_ERRORS, OVER, trace_errors, NULL)                                                        \
  X(AGENTS, OVER, entities, NULL)                                                                  \
  X(AGENT_VERSIONS, OVER, versions, NULL)                                                          \
  X(PROMPT_BLOCKS, OVER, entities, NULL)                                                           \
  X(PROMPT_BLOCK_VERSIONS, OVER, versions, NULL)                                                   \
  X(SCORER_DEFINITIONS, OVER, entities, NULL)                                                      \
  X(SCORER_DEFINITION_VERSIONS, OVER, versions, NULL)                                              \
  X(MCP_CLIENTS, OVER, entities, NULL)                                                             \
  X(MCP_CLIENT_VERSIONS, OVER, versions, NULL)                                                     \
  X(MCP_SERVERS, OVER, entities, NULL)                                                             \
  X(MCP_SERVER_VERSIONS, OVER, versions, NULL)                                                     \
  X(WORKSPACES, OVER, entities, NULL)                                                              \
  X(WORKSPACE_VERSIONS, OVER, versions, NULL)                                                      \
  X(SKILLS, OVER, entities, NULL)                                                                  \
  X(SKILL_VERSIONS, OVER, versions, NULL)                                                          \
  X(VERSION_IDS, OVER, version_ids, NULL)                                                          \
  X(FAVORITES, OVER, favorites, NULL)                                                              \
  X(EXPERIMENTS, OVER, experiments, NULL)                                                          \
  X(EXPERIMENT_RESULTS, OVER, experiment_results, NULL)                                            \
  X(CHECKPOINTS, OVER, checkpoints, NULL)                                                          \
  X(CHECKPOINT_HEADS, LAST, checkpoint_heads, NULL)                                                \
  X(DATASETS, OVER, datasets, NULL)                                                                \
  X(DATASET_ITEMS, OVER, dataset_items, NULL)                                                      \
  X(DATASET_VERSIONS, OVER, dataset_versions, NULL)

/* The sets of fields; each a macro of name and traits. */
#define ROW_FIELDS_LIST(X)                                                                         \
  X(plain)                                                                                         \
  X(workflows)                                                                                     \
  X(scores)                                                                                        \
  X(tasks)                                                                                         \
  X(states)                                                                                        \
  X(blobs)                                                                                         \
  X(traces)                                                                                        \
  X(evals)                                                                                         \
  X(observations)                                                                                  \
  X(schedules)                                                                                     \
  X(triggers)                                                                                      \
  X(notifications)                                                                                 \
  X(installations)                                                                                 \
  X(webhooks)                                                                                      \
  X(channels)                                                                                      \
  X(definitions)                                                                                   \
  X(connections)                                                                                   \
  X(sessions)                                                                                      \
  X(spans)                                                                                         \
  X(trace_roots)                                                                                   \
  X(trace_errors)                                                                                  \
  X(entities)                                                                                      \
  X(versions)                                                                                      \
  X(version_ids)                                                                                   \
  X(favorites)                                                                                     \
  X(experiments)                                                                                   \
  X(experiment_results)                                                                            \
  X(checkpoints)                                                                                   \
  X(checkpoint_heads)                                                                              \
  X(datasets)                                                                                      \
  X(dataset_items)                                                                                 \
  X(dataset_versions)

#define ROW_FIELDS_plain(F)                                                                        \
  F("id", ROW_KEY)                                                                                 \
  F("createdAt", ROW_DATE | ROW_ANCHOR)

#define ROW_FIELDS_workflows(F)                                                                    \
  F("runId", ROW_KEY | ROW_COVERED)                                                                \
  F("workflowName", ROW_KEY | ROW_COVERED)                                                         \
  F("status", ROW_COVERED)                                                                         \
  F("resourceId", ROW_COVERED)                                                                     \
  F("threadId", ROW_COVERED)                                                                       \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_AGED | ROW_UPDATED)

#define ROW_FIELDS_scores(F)                                                                       \
  F("id", ROW_KEY | ROW_MADE)                                                                      \
  F("scorerId", ROW_COVERED)                                                                       \
  F("runId", ROW_COVERED)                                                                          \
  F("entityId", ROW_COVERED)                                                                       \
  F("entityType", ROW_COVERED)                                                                     \
  F("source", ROW_COVERED)                                                                         \
  F("traceId", ROW_COVERED)                                                                        \
  F("spanId", ROW_COVERED)                                                                         \
  F("organizationId", ROW_COVERED)                                                                 \
  F("projectId", ROW_COVERED)                                                                      \
  F("batchId", ROW_COVERED)                                                                        \
  F("datasetId", ROW_COVERED)                                                                      \
  F("createdAt", ROW_BEGUN | ROW_ANCHOR)                                                           \
  F("updatedAt", ROW_DATE | ROW_UPDATED)

#define ROW_FIELDS_tasks(F)                                                                        \
  F("id", ROW_KEY)                                                                                 \
  F("status", ROW_COVERED)                                                                         \
  F("agentId", ROW_COVERED)                                                                        \
  F("threadId", ROW_COVERED)                                                                       \
  F("resourceId", ROW_COVERED)                                                                     \
  F("toolName", ROW_COVERED)                                                                       \
  F("toolCallId", ROW_COVERED)                                                                     \
  F("runId", ROW_COVERED)                                                                          \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("startedAt", ROW_LISTED)                                                                       \
  F("suspendedAt", ROW_LISTED)                                                                     \
  F("completedAt", ROW_AGED)                                                                       \
  F("leaseExpiresAt", ROW_DATE)

#define ROW_FIELDS_states(F)                                                                       \
  F("threadId", ROW_KEY)                                                                           \
  F("type", ROW_KEY)                                                                               \
  F("resourceId", ROW_KEY | ROW_OPTIONAL)                                                          \
  F("updatedAt", ROW_AGED | ROW_UPDATED)

#define ROW_FIELDS_blobs(F)                                                                        \
  F("hash", ROW_KEY)                                                                               \
  F("createdAt", ROW_DATE | ROW_CREATED)

#define ROW_FIELDS_traces(F)                                                                       \
  F("id", ROW_KEY)                                                                                 \
  F("name", ROW_COVERED)                                                                           \
  F("scope", ROW_COVERED)                                                                          \
  F("traceId", ROW_COVERED)                                                                        \
  F("createdAt", ROW_BEGUN | ROW_ANCHOR)

#define ROW_FIELDS_evals(F)                                                                        \
  F("id", ROW_KEY | ROW_MADE)                                                                      \
  F("agentName", ROW_COVERED)                                                                      \
  F("createdAt", ROW_BEGUN | ROW_ANCHOR)

/* The newest generation of a scope has none of the optional part; older ones have (FORMAT.md). */
#define ROW_FIELDS_observations(F)                                                                 \
  F("scopeKind", ROW_KEY)                                                                          \
  F("scopeId", ROW_KEY)                                                                            \
  F("generation", ROW_KEY | ROW_OPTIONAL)                                                          \
  F("createdAt", ROW_DATE)                                                                         \
  F("updatedAt", ROW_DATE)                                                                         \
  F("lastObservedAt", ROW_DATE)                                                                    \
  F("lastBufferedAtTime", ROW_DATE)

#define ROW_FIELDS_schedules(F)                                                                    \
  F("id", ROW_KEY)                                                                                 \
  F("status", ROW_COVERED)                                                                         \
  F("workflowId", ROW_COVERED)                                                                     \
  F("ownerType", ROW_COVERED)                                                                      \
  F("ownerId", ROW_COVERED)                                                                        \
  F("createdAt", ROW_LISTED)                                                                       \
  F("nextFireAt", ROW_LISTED)                                                                      \
  F("lastFireAt", ROW_DATE)                                                                        \
  F("updatedAt", ROW_DATE | ROW_UPDATED)

#define ROW_FIELDS_triggers(F)                                                                     \
  F("scheduleId", ROW_KEY)                                                                         \
  F("id", ROW_KEY)                                                                                 \
  F("actualFireAt", ROW_AGED)                                                                      \
  F("scheduledFireAt", ROW_DATE)

/* `dueAt` is the earlier one of `deliverAt` and `summaryAt`. */
#define ROW_FIELDS_notifications(F)                                                                \
  F("threadId", ROW_KEY)                                                                           \
  F("id", ROW_KEY)                                                                                 \
  F("status", ROW_COVERED)                                                                         \
  F("priority", ROW_COVERED)                                                                       \
  F("source", ROW_COVERED)                                                                         \
  F("kind", ROW_COVERED)                                                                           \
  F("agentId", ROW_COVERED)                                                                        \
  F("resourceId", ROW_COVERED)                                                                     \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("dueAt", ROW_LISTED)                                                                           \
  F("updatedAt", ROW_AGED | ROW_UPDATED)                                                           \
  F("deliveredAt", ROW_DATE)                                                                       \
  F("seenAt", ROW_DATE)                                                                            \
  F("dismissedAt", ROW_DATE)                                                                       \
  F("archivedAt", ROW_DATE)                                                                        \
  F("discardedAt", ROW_DATE)                                                                       \
  F("deliverAt", ROW_DATE)                                                                         \
  F("summaryAt", ROW_DATE)                                                                         \
  F("lastDeliveryAttemptAt", ROW_DATE)

#define ROW_FIELDS_installations(F)                                                                \
  F("id", ROW_KEY)                                                                                 \
  F("platform", ROW_COVERED)                                                                       \
  F("agentId", ROW_COVERED)                                                                        \
  F("status", ROW_COVERED)                                                                         \
  F("webhookId", ROW_COVERED)                                                                      \
  F("createdAt", ROW_LISTED)                                                                       \
  F("updatedAt", ROW_DATE)

#define ROW_FIELDS_webhooks(F) F("webhookId", ROW_KEY)

#define ROW_FIELDS_channels(F)                                                                     \
  F("platform", ROW_KEY)                                                                           \
  F("updatedAt", ROW_DATE)

#define ROW_FIELDS_definitions(F)                                                                  \
  F("id", ROW_KEY)                                                                                 \
  F("status", ROW_COVERED)                                                                         \
  F("authorId", ROW_COVERED)                                                                       \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_DATE | ROW_UPDATED)

#define ROW_FIELDS_connections(F)                                                                  \
  F("authorId", ROW_KEY | ROW_COVERED)                                                             \
  F("providerId", ROW_KEY | ROW_COVERED)                                                           \
  F("connectionId", ROW_KEY)                                                                       \
  F("toolkit", ROW_COVERED)                                                                        \
  F("scope", ROW_COVERED)                                                                          \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_DATE | ROW_UPDATED)

#define ROW_FIELDS_sessions(F)                                                                     \
  F("id", ROW_KEY)                                                                                 \
  F("createdAt", ROW_LISTED)                                                                       \
  F("lastActivityAt", ROW_AGED)                                                                    \
  F("closingAt", ROW_DATE)                                                                         \
  F("closeDeadlineAt", ROW_DATE)                                                                   \
  F("closedAt", ROW_DATE)                                                                          \
  F("deletedAt", ROW_DATE)

/* Those of one trace that came in one batch, but for the root. */
#define ROW_FIELDS_spans(F)                                                                        \
  F("traceId", ROW_KEY)                                                                            \
  F("batch", ROW_KEY)                                                                              \
  F("startedAt", ROW_AGED)                                                                         \
  F("createdAt", ROW_DATE | ROW_CREATED)

/* `sortAt` is when it ended; of one that has not, the end of times. */
#define ROW_FIELDS_trace_roots(F)                                                                  \
  F("traceId", ROW_KEY)                                                                            \
  F("spanId", ROW_KEY)                                                                             \
  F("status", ROW_COVERED)                                                                         \
  F("spanType", ROW_COVERED)                                                                       \
  F("entityType", ROW_COVERED)                                                                     \
  F("entityId", ROW_COVERED)                                                                       \
  F("entityName", ROW_COVERED)                                                                     \
  F("userId", ROW_COVERED)                                                                         \
  F("organizationId", ROW_COVERED)                                                                 \
  F("resourceId", ROW_COVERED)                                                                     \
  F("runId", ROW_COVERED)                                                                          \
  F("sessionId", ROW_COVERED)                                                                      \
  F("threadId", ROW_COVERED)                                                                       \
  F("requestId", ROW_COVERED)                                                                      \
  F("environment", ROW_COVERED)                                                                    \
  F("source", ROW_COVERED)                                                                         \
  F("serviceName", ROW_COVERED)                                                                    \
  F("startedAt", ROW_AGED)                                                                         \
  F("endedAt", ROW_LISTED)                                                                         \
  F("sortAt", ROW_LISTED)                                                                          \
  F("createdAt", ROW_DATE | ROW_CREATED)                                                           \
  F("updatedAt", ROW_DATE | ROW_UPDATED)

#define ROW_FIELDS_trace_errors(F)                                                                 \
  F("traceId", ROW_KEY)                                                                            \
  F("startedAt", ROW_AGED)

/* What Mastra's editor keeps: a thin record, and its versions. */
#define ROW_FIELDS_entities(F)                                                                     \
  F("id", ROW_KEY)                                                                                 \
  F("status", ROW_COVERED)                                                                         \
  F("authorId", ROW_COVERED)                                                                       \
  F("visibility", ROW_COVERED)                                                                     \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_LISTED | ROW_UPDATED)

/* `sortAt` is so many milliseconds after 1970 as the version's number says. */
#define ROW_FIELDS_versions(F)                                                                     \
  F("entityId", ROW_KEY)                                                                           \
  F("number", ROW_KEY)                                                                             \
  F("sortAt", ROW_LISTED)                                                                          \
  F("createdAt", ROW_BEGUN)

/* Where a row of an id is that its key does not begin with: `of` is its table. */
#define ROW_FIELDS_version_ids(F)                                                                  \
  F("of", ROW_KEY)                                                                                 \
  F("id", ROW_KEY)

#define ROW_FIELDS_favorites(F)                                                                    \
  F("entityType", ROW_KEY | ROW_COVERED)                                                           \
  F("entityId", ROW_KEY | ROW_COVERED)                                                             \
  F("userId", ROW_KEY | ROW_COVERED)                                                               \
  F("createdAt", ROW_BEGUN)

#define ROW_FIELDS_experiments(F)                                                                  \
  F("id", ROW_KEY | ROW_COVERED)                                                                   \
  F("datasetId", ROW_COVERED)                                                                      \
  F("targetType", ROW_COVERED)                                                                     \
  F("targetId", ROW_COVERED)                                                                       \
  F("agentVersion", ROW_COVERED)                                                                   \
  F("status", ROW_COVERED)                                                                         \
  F("experimentSetId", ROW_COVERED)                                                                \
  F("comparisonId", ROW_COVERED)                                                                   \
  F("variantId", ROW_COVERED)                                                                      \
  F("trialIndex", ROW_COVERED)                                                                     \
  F("organizationId", ROW_COVERED)                                                                 \
  F("projectId", ROW_COVERED)                                                                      \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_DATE | ROW_UPDATED)                                                           \
  F("startedAt", ROW_DATE)                                                                         \
  F("completedAt", ROW_AGED)

/* `trial` is the number of the attempt, as text. */
#define ROW_FIELDS_experiment_results(F)                                                           \
  F("experimentId", ROW_KEY | ROW_COVERED)                                                         \
  F("itemId", ROW_KEY | ROW_COVERED)                                                               \
  F("trial", ROW_KEY | ROW_COVERED)                                                                \
  F("id", ROW_COVERED)                                                                             \
  F("traceId", ROW_COVERED)                                                                        \
  F("status", ROW_COVERED)                                                                         \
  F("organizationId", ROW_COVERED)                                                                 \
  F("projectId", ROW_COVERED)                                                                      \
  F("startedAt", ROW_LISTED)                                                                       \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("completedAt", ROW_AGED)

/* Checkpoints of LangGraph, writes to them, and packs of values: FORMAT.md tells them apart. */
#define ROW_FIELDS_checkpoints(F)                                                                  \
  F("threadId", ROW_KEY)                                                                           \
  F("space", ROW_KEY)                                                                              \
  F("place", ROW_KEY)                                                                              \
  F("parent", ROW_COVERED)                                                                         \
  F("metadata", ROW_COVERED)                                                                       \
  F("createdAt", ROW_BEGUN)

/* The newest checkpoint of a namespace, whole. */
#define ROW_FIELDS_checkpoint_heads(F)                                                             \
  F("threadId", ROW_KEY)                                                                           \
  F("space", ROW_KEY)                                                                              \
  F("newest", ROW_COVERED)                                                                         \
  F("updatedAt", ROW_LISTED | ROW_UPDATED)

#define ROW_FIELDS_datasets(F)                                                                     \
  F("id", ROW_KEY | ROW_COVERED)                                                                   \
  F("name", ROW_COVERED)                                                                           \
  F("targetType", ROW_COVERED)                                                                     \
  F("targetIds", ROW_COVERED)                                                                      \
  F("organizationId", ROW_COVERED)                                                                 \
  F("projectId", ROW_COVERED)                                                                      \
  F("candidateKey", ROW_COVERED)                                                                   \
  F("candidateId", ROW_COVERED)                                                                    \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_LISTED | ROW_UPDATED)

/* What an item became in a version, whose number in digits is `number`. */
#define ROW_FIELDS_dataset_items(F)                                                                \
  F("datasetId", ROW_KEY | ROW_COVERED)                                                            \
  F("id", ROW_KEY | ROW_COVERED)                                                                   \
  F("number", ROW_KEY | ROW_COVERED)                                                               \
  F("isDeleted", ROW_COVERED)                                                                      \
  F("externalId", ROW_COVERED)                                                                     \
  F("organizationId", ROW_COVERED)                                                                 \
  F("projectId", ROW_COVERED)                                                                      \
  F("createdAt", ROW_BEGUN)                                                                        \
  F("updatedAt", ROW_LISTED | ROW_UPDATED)

#define ROW_FIELDS_dataset_versions(F)                                                             \
  F("datasetId", ROW_KEY | ROW_COVERED)                                                            \
  F("number", ROW_KEY | ROW_COVERED)                                                               \
  F("createdAt", ROW_BEGUN)

#endif
