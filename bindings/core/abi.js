// Made by tools/abi.mjs from the headers of src/. Do not edit.

/** The tables, by number: name and Mastra's name for the binding ('' for none). */
export const TABLES = /** @type {const} */ ([
  ['threads', 'mastra_threads'],
  ['messages', 'mastra_messages'],
  ['metadata', ''],
  ['resources', 'mastra_resources'],
  ['workflow_snapshot', 'mastra_workflow_snapshot'],
  ['scores', 'mastra_scorers'],
  ['background_tasks', 'mastra_background_tasks'],
  ['thread_state', 'mastra_thread_state'],
  ['blobs', 'mastra_skill_blobs'],
  ['traces', 'mastra_traces'],
  ['evals', 'mastra_evals'],
  ['observational_memory', 'mastra_observational_memory'],
  ['schedules', 'mastra_schedules'],
  ['schedule_triggers', 'mastra_schedule_triggers'],
  ['notifications', 'mastra_notifications'],
  ['channel_installations', 'mastra_channel_installations'],
  ['channel_webhooks', ''],
  ['channel_config', 'mastra_channel_config'],
  ['workflow_definitions', 'mastra_workflow_definitions'],
  ['tool_provider_connections', 'mastra_tool_provider_connections'],
  ['harness_sessions', 'mastra_harness_sessions'],
  ['ai_spans', 'mastra_ai_spans'],
  ['trace_roots', ''],
  ['trace_errors', ''],
  ['agents', 'mastra_agents'],
  ['agent_versions', 'mastra_agent_versions'],
  ['prompt_blocks', 'mastra_prompt_blocks'],
  ['prompt_block_versions', 'mastra_prompt_block_versions'],
  ['scorer_definitions', 'mastra_scorer_definitions'],
  ['scorer_definition_versions', 'mastra_scorer_definition_versions'],
  ['mcp_clients', 'mastra_mcp_clients'],
  ['mcp_client_versions', 'mastra_mcp_client_versions'],
  ['mcp_servers', 'mastra_mcp_servers'],
  ['mcp_server_versions', 'mastra_mcp_server_versions'],
  ['workspaces', 'mastra_workspaces'],
  ['workspace_versions', 'mastra_workspace_versions'],
  ['skills', 'mastra_skills'],
  ['skill_versions', 'mastra_skill_versions'],
  ['version_ids', ''],
  ['favorites', 'mastra_favorites'],
  ['experiments', 'mastra_experiments'],
  ['experiment_results', 'mastra_experiment_results'],
  ['checkpoints', ''],
  ['checkpoint_heads', ''],
  ['datasets', 'mastra_datasets'],
  ['dataset_items', 'mastra_dataset_items'],
  ['dataset_versions', 'mastra_dataset_versions'],
]);

/** The tables of rows: what their keys are made of, what lists can tell, what is a date. */
export const ROWS = /** @type {const} */ ({
  workflow_snapshot: {
    keys: ['runId', 'workflowName'],
    covered: ['runId', 'workflowName', 'status', 'resourceId', 'threadId', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  scores: {
    keys: ['id'],
    covered: ['scorerId', 'runId', 'entityId', 'entityType', 'source', 'traceId', 'spanId', 'organizationId', 'projectId', 'batchId', 'datasetId', 'createdAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  background_tasks: {
    keys: ['id'],
    covered: ['status', 'agentId', 'threadId', 'resourceId', 'toolName', 'toolCallId', 'runId', 'createdAt', 'startedAt', 'suspendedAt', 'completedAt'],
    dates: ['createdAt', 'startedAt', 'suspendedAt', 'completedAt', 'leaseExpiresAt'],
  },
  thread_state: {
    keys: ['threadId', 'type', 'resourceId'],
    covered: ['updatedAt'],
    dates: ['updatedAt'],
  },
  blobs: {
    keys: ['hash'],
    covered: [],
    dates: ['createdAt'],
  },
  traces: {
    keys: ['id'],
    covered: ['name', 'scope', 'traceId', 'createdAt'],
    dates: ['createdAt'],
  },
  evals: {
    keys: ['id'],
    covered: ['agentName', 'createdAt'],
    dates: ['createdAt'],
  },
  observational_memory: {
    keys: ['scopeKind', 'scopeId', 'generation'],
    covered: [],
    dates: ['createdAt', 'updatedAt', 'lastObservedAt', 'lastBufferedAtTime'],
  },
  schedules: {
    keys: ['id'],
    covered: ['status', 'workflowId', 'ownerType', 'ownerId', 'createdAt', 'nextFireAt'],
    dates: ['createdAt', 'nextFireAt', 'lastFireAt', 'updatedAt'],
  },
  schedule_triggers: {
    keys: ['scheduleId', 'id'],
    covered: ['actualFireAt'],
    dates: ['actualFireAt', 'scheduledFireAt'],
  },
  notifications: {
    keys: ['threadId', 'id'],
    covered: ['status', 'priority', 'source', 'kind', 'agentId', 'resourceId', 'createdAt', 'dueAt', 'updatedAt'],
    dates: ['createdAt', 'dueAt', 'updatedAt', 'deliveredAt', 'seenAt', 'dismissedAt', 'archivedAt', 'discardedAt', 'deliverAt', 'summaryAt', 'lastDeliveryAttemptAt'],
  },
  channel_installations: {
    keys: ['id'],
    covered: ['platform', 'agentId', 'status', 'webhookId', 'createdAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  channel_webhooks: {
    keys: ['webhookId'],
    covered: [],
    dates: [],
  },
  channel_config: {
    keys: ['platform'],
    covered: [],
    dates: ['updatedAt'],
  },
  workflow_definitions: {
    keys: ['id'],
    covered: ['status', 'authorId', 'createdAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  tool_provider_connections: {
    keys: ['authorId', 'providerId', 'connectionId'],
    covered: ['authorId', 'providerId', 'toolkit', 'scope', 'createdAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  harness_sessions: {
    keys: ['id'],
    covered: ['createdAt', 'lastActivityAt'],
    dates: ['createdAt', 'lastActivityAt', 'closingAt', 'closeDeadlineAt', 'closedAt', 'deletedAt'],
  },
  ai_spans: {
    keys: ['traceId', 'batch'],
    covered: ['startedAt'],
    dates: ['startedAt', 'createdAt'],
  },
  trace_roots: {
    keys: ['traceId', 'spanId'],
    covered: ['status', 'spanType', 'entityType', 'entityId', 'entityName', 'userId', 'organizationId', 'resourceId', 'runId', 'sessionId', 'threadId', 'requestId', 'environment', 'source', 'serviceName', 'startedAt', 'endedAt', 'sortAt'],
    dates: ['startedAt', 'endedAt', 'sortAt', 'createdAt', 'updatedAt'],
  },
  trace_errors: {
    keys: ['traceId'],
    covered: ['startedAt'],
    dates: ['startedAt'],
  },
  agents: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  agent_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  prompt_blocks: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  prompt_block_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  scorer_definitions: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  scorer_definition_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  mcp_clients: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  mcp_client_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  mcp_servers: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  mcp_server_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  workspaces: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  workspace_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  skills: {
    keys: ['id'],
    covered: ['status', 'authorId', 'visibility', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  skill_versions: {
    keys: ['entityId', 'number'],
    covered: ['sortAt', 'createdAt'],
    dates: ['sortAt', 'createdAt'],
  },
  version_ids: {
    keys: ['of', 'id'],
    covered: [],
    dates: [],
  },
  favorites: {
    keys: ['entityType', 'entityId', 'userId'],
    covered: ['entityType', 'entityId', 'userId', 'createdAt'],
    dates: ['createdAt'],
  },
  experiments: {
    keys: ['id'],
    covered: ['id', 'datasetId', 'targetType', 'targetId', 'agentVersion', 'status', 'experimentSetId', 'comparisonId', 'variantId', 'trialIndex', 'organizationId', 'projectId', 'createdAt', 'completedAt'],
    dates: ['createdAt', 'updatedAt', 'startedAt', 'completedAt'],
  },
  experiment_results: {
    keys: ['experimentId', 'itemId', 'trial'],
    covered: ['experimentId', 'itemId', 'trial', 'id', 'traceId', 'status', 'organizationId', 'projectId', 'startedAt', 'createdAt', 'completedAt'],
    dates: ['startedAt', 'createdAt', 'completedAt'],
  },
  checkpoints: {
    keys: ['threadId', 'space', 'place'],
    covered: ['parent', 'metadata', 'createdAt'],
    dates: ['createdAt'],
  },
  checkpoint_heads: {
    keys: ['threadId', 'space'],
    covered: ['newest', 'updatedAt'],
    dates: ['updatedAt'],
  },
  datasets: {
    keys: ['id'],
    covered: ['id', 'name', 'targetType', 'targetIds', 'organizationId', 'projectId', 'candidateKey', 'candidateId', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  dataset_items: {
    keys: ['datasetId', 'id', 'number'],
    covered: ['datasetId', 'id', 'number', 'isDeleted', 'externalId', 'organizationId', 'projectId', 'createdAt', 'updatedAt'],
    dates: ['createdAt', 'updatedAt'],
  },
  dataset_versions: {
    keys: ['datasetId', 'number'],
    covered: ['datasetId', 'number', 'createdAt'],
    dates: ['createdAt'],
  },
});

/** The operations, by name. @type {Readonly<Record<string, number>>} */
export const OPERATIONS = {
  'collection.refresh': 0,
  'row.flush': 1,
  'store.init': 2,
  'store.clear': 3,
  'store.sweep': 4,
  'thread.save': 5,
  'thread.create': 6,
  'thread.get': 7,
  'thread.update': 8,
  'thread.delete': 9,
  'thread.list': 10,
  'thread.copy': 11,
  'message.save': 12,
  'message.list': 13,
  'message.list_by_resource': 14,
  'message.get': 15,
  'message.update': 16,
  'message.delete': 17,
  'resource.save': 18,
  'resource.get': 19,
  'resource.update': 20,
  'row.save': 21,
  'row.get': 22,
  'row.update': 23,
  'row.delete': 24,
  'row.list': 25,
  'row.page': 26,
  'row.prune': 27,
  'workflow.persist': 28,
  'workflow.delete': 29,
  'workflow.update_state': 30,
  'workflow.update_results': 31,
  'record.scan': 32,
  'record.get': 33,
  'collection.scan': 34,
  'verify.records': 35,
  'verify.collection': 36,
  'thread.purge': 37,
};

/** The codes of failures, by status. @type {Readonly<Record<number, string>>} */
export const ERRORS = {
  // an argument is missing, malformed or out of range
  [-1]: 'INVALID_ARGUMENT',
  // a message metadata filter has an unsafe key or a value of a wrong type
  [-2]: 'INVALID_FILTER',
  // an id makes a key of more than 512 bytes
  [-3]: 'KEY_TOO_LONG',
  // a record would exceed 25 MiB
  [-4]: 'VALUE_TOO_LARGE',
  // a record that the call needs does not exist
  [-5]: 'NOT_FOUND',
  // the id is taken
  [-6]: 'ALREADY_EXISTS',
  // a KV request failed, retries included
  [-7]: 'KV_FAILED',
  // a stored value is not what was written there
  [-8]: 'CORRUPT',
  // the data was written by a newer version
  [-9]: 'FORMAT_TOO_NEW',
  // more KV operations than one invocation may make
  [-10]: 'BUDGET',
  // the module ran out of memory
  [-11]: 'NO_MEMORY',
  // the call's handle is unknown: ended, or reclaimed after its request went away
  [-12]: 'ABANDONED',
  // the module trapped; its calls are lost, the next call gets a new instance
  [-13]: 'CRASHED',
  // the runtime cannot compile the module; only JavaScript says so
  [-14]: 'NO_MODULE',
  // KV does not show yet what this isolate wrote a moment ago
  [-15]: 'TRY_AGAIN',
  // a list came to more bytes than it may; only JavaScript says so
  [-16]: 'PAGE_TOO_LARGE',
  // a Durable Object has too much to do; nothing was done; only JavaScript says so
  [-17]: 'OVERLOADED',
  // a Durable Object was stopped meanwhile, as by a deployment; what was written is unknown
  [-18]: 'OBJECT_RESET',
  // the connection to a Durable Object was lost; what was written is unknown
  [-19]: 'DISCONNECTED',
  // a Durable Object holds as much as it may; nothing was written
  [-20]: 'OBJECT_FULL',
  // a Durable Object failed in another way; its error says whether
  [-21]: 'OBJECT_FAILED',
  // the Worker of a Durable Object has another version of threadkv; nothing was done
  [-22]: 'VERSION_MISMATCH',
};

/** The HTTP statuses of failures, by code. @type {Readonly<Record<string, number>>} */
export const STATUSES = {
  INVALID_ARGUMENT: 400,
  INVALID_FILTER: 400,
  KEY_TOO_LONG: 400,
  VALUE_TOO_LARGE: 413,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  KV_FAILED: 503,
  CORRUPT: 500,
  FORMAT_TOO_NEW: 500,
  BUDGET: 422,
  NO_MEMORY: 503,
  ABANDONED: 503,
  CRASHED: 503,
  NO_MODULE: 500,
  TRY_AGAIN: 503,
  PAGE_TOO_LARGE: 413,
  OVERLOADED: 503,
  OBJECT_RESET: 503,
  DISCONNECTED: 503,
  OBJECT_FULL: 507,
  OBJECT_FAILED: 503,
  VERSION_MISMATCH: 500,
};

/** A call waits for answers. */
export const PENDING = 1;
/** A length that says: no such key, or no further page. */
export const NO_VALUE = 4294967295;
/** The version of the stored format. */
export const FORMAT_VERSION = 1;
/** A call that writes and is not heard of for so many ms counts as gone. */
export const FLIGHT_MAX_MS = 15000;
