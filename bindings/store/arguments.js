/**
 * The arguments of the store's methods, by name: what each method checks, and what Mastra's classes pass on of theirs.
 * A record (a thread, a message, a score …) is no argument: it may have any field.
 *
 * @module
 */

/**
 * What may be given in one place: anything; one of some words, in upper or lower case where `either`; an object with
 * these names (of which Mastra's classes make nothing if it is a `whim` and none at all); a list of such objects; something to choose by, which must not be `empty`: where it is left out, all are
 * chosen. Mastra's classes take an empty one for none, unless it is `strict`.
 * @typedef {{ kind: 'any' } | { kind: 'word', words: readonly string[], either: boolean }
 *   | { kind: 'object', names: Names, whim?: boolean } | { kind: 'list', names: Names }
 *   | { kind: 'choice', empty: readonly unknown[], strict: boolean }} Shape
 */
/** @typedef {Readonly<Record<string, Shape>>} Names */
/**
 * The words of a text.
 * @template {string} Text
 * @typedef {Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text extends '' ? never : Text} Words
 */

/** @typedef {Extract<Shape, { kind: 'any' }>} Any */
/** @typedef {Extract<Shape, { kind: 'choice' }>} Choice */
/** @typedef {Extract<Shape, { kind: 'word' }>} Word */

/** @type {Any} */
const ANY = Object.freeze({ kind: 'any' });
/** @type {Choice} */
const CHOICE = { kind: 'choice', empty: ['', null], strict: false };
/** The core refuses null. @type {Choice} */
const READER = { kind: 'choice', empty: [''], strict: false };
/** By mistake this would show everybody's threads. @type {Choice} */
const OWNER = { kind: 'choice', empty: ['', undefined], strict: true };

/**
 * @template {string} Plain
 * @template {Record<string, Shape>} [Others={}]
 * @param {Plain} plain  names of what may be anything
 * @param {Others} [others]
 * @returns {{ [Name in Words<Plain> | keyof Others]: Name extends keyof Others ? Others[Name] : Any }}
 */
function names(plain, others) {
  const words = plain.split(' ').filter((name) => name !== '');
  return /** @type {any} */ ({ ...Object.fromEntries(words.map((name) => [name, ANY])), ...others });
}

/**
 * @template {string} Plain
 * @template {Record<string, Shape>} [Others={}]
 * @param {Plain} plain
 * @param {Others} [others]
 */
const object = (plain, others) => ({ kind: /** @type {const} */ ('object'), names: names(plain, others) });

/** @template {string} Plain @param {Plain} plain */
const list = (plain) => ({ kind: /** @type {const} */ ('list'), names: names(plain) });

/** @param {string} words @returns {Word} */
const field = (words) => ({ kind: 'word', words: words.split(' '), either: false });

/** @type {Word} */
const DIRECTION = { kind: 'word', words: ['ASC', 'DESC'], either: true };
const ORDER_FIELD = field('createdAt updatedAt');

const range = object('start end startExclusive endExclusive');
const include = list('id threadId withPreviousMessages withNextMessages');
const order = object('', { field: ORDER_FIELD, direction: DIRECTION });
const orderBy = { ...order, whim: true };
const messagePage = { include, filter: object('metadata', { dateRange: range }), orderBy };
const pagination = object('page perPage');
const filters = object('', { organizationId: CHOICE, projectId: CHOICE });
const scorePage = { pagination, filters };
const selectBy = object('last vectorSearchString', {
  include,
  pagination: object('page perPage', { dateRange: range }),
});
const oldThreadPage = { orderBy: ORDER_FIELD, sortDirection: DIRECTION };
const TASK_DATE = field('createdAt startedAt suspendedAt completedAt');
const taskFilter = object('fromDate toDate page perPage', {
  status: CHOICE,
  agentId: CHOICE,
  threadId: CHOICE,
  resourceId: CHOICE,
  toolName: CHOICE,
  toolCallId: CHOICE,
  runId: CHOICE,
  dateFilterBy: TASK_DATE,
  orderBy: TASK_DATE,
  orderDirection: DIRECTION,
});
const traceFilter = object('attributes filters fromDate toDate page perPage', {
  name: CHOICE,
  scope: CHOICE,
  dateRange: range,
});
const copyFilter = object('startDate endDate messageIds');
const scorer = object('scorerId', { entityId: CHOICE, entityType: CHOICE, source: CHOICE, ...scorePage });
const ofRun = object('runId', scorePage);
const ofEntity = object('entityId', { entityType: CHOICE, ...scorePage });
const run = object('workflowName runId');
const stateKey = object('threadId type resourceId');
const table = object('tableName');
const rowUpdate = object('table key expect set clear asDated');

/** The arguments of each method in their order; those behind the last of them may be anything. */
export const ARGUMENTS = {
  clearTable: [table],
  dropTable: [table],
  createTable: [object('tableName schema')],
  alterTable: [object('tableName schema ifNotExists')],
  insert: [object('tableName record')],
  batchInsert: [object('tableName records')],
  load: [object('tableName keys')],
  verify: [object('repair cursor module')],
  prune: [object('retention maxBatches maxRows pauseMs signal')],

  saveThread: [object('thread')],
  createThread: [object('thread')],
  getThreadById: [object('threadId resourceId')],
  listThreads: [
    object('page perPage', { orderBy, filter: object('metadata archived', { resourceId: OWNER }) }),
  ],
  listThreadsByResourceId: [object('resourceId page perPage', { orderBy })],
  updateThread: [object('id title metadata archivedAt')],
  deleteThread: [object('threadId')],
  copyThread: [
    object('sourceThreadId newThreadId resourceId title metadata', {
      options: object('messageLimit', { messageFilter: copyFilter }),
    }),
  ],

  saveMessages: [object('messages newIds')],
  listMessages: [object('threadId page perPage includeTotal', { resourceId: READER, ...messagePage })],
  listMessagesById: [object('messageIds')],
  listMessagesByResourceId: [object('resourceId page perPage includeTotal', messagePage)],
  updateMessages: [object('messages')],

  saveResource: [object('resource')],
  getResourceById: [object('resourceId')],
  updateResource: [object('resourceId workingMemory metadata')],
  listResources: [object('page perPage')],
  deleteResource: [object('resourceId')],
  eraseResource: [object('resourceId cursor')],

  persistWorkflowSnapshot: [object('workflowName runId resourceId snapshot createdAt updatedAt')],
  loadWorkflowSnapshot: [run],
  getWorkflowRunById: [run],
  listWorkflowRuns: [
    object('fromDate toDate page perPage', {
      workflowName: CHOICE,
      status: CHOICE,
      resourceId: CHOICE,
      threadId: CHOICE,
    }),
  ],
  deleteWorkflowRunById: [run],
  updateWorkflowState: [object('workflowName runId opts')],
  updateWorkflowResults: [object('workflowName runId stepId result requestContext')],

  getScoreById: [object('id')],
  listScoresByScorerId: [scorer],
  listScoresByRunId: [ofRun],
  listScoresByEntityId: [ofEntity],
  listScoresBySpan: [object('traceId spanId', scorePage)],
  listScoresByBatchId: [object('batchId', scorePage)],
  listScoresByDatasetId: [object('datasetId', scorePage)],

  updateTask: [ANY, ANY, object('expectedStatus expectedOwnerId expectedLeaseExpiresAt')],
  listTasks: [taskFilter],
  deleteTasks: [taskFilter],

  getState: [stateKey],
  setState: [object('threadId type resourceId value')],
  deleteState: [stateKey],

  getObservationalMemoryHistory: [ANY, ANY, ANY, object('from to offset')],
  initializeObservationalMemory: [object('threadId resourceId scope config observedTimezone')],
  updateActiveObservations: [
    object('id observations tokenCount lastObservedAt observedMessageIds observedTimezone'),
  ],
  updateBufferedObservations: [object('id chunk lastBufferedAtTime')],
  swapBufferedToActive: [
    object(
      'id activationRatio messageTokensThreshold currentPendingTokens forceMaxActivation lastObservedAt bufferedChunks',
    ),
  ],
  createReflectionGeneration: [object('currentRecord reflection tokenCount')],
  updateBufferedReflection: [
    object('id reflection tokenCount inputTokenCount reflectedObservationLineCount'),
  ],
  swapBufferedReflectionToActive: [object('currentRecord tokenCount')],
  updateObservationalMemoryConfig: [object('id config')],

  getRows: [object('table keys')],
  saveRows: [object('table rows create asDated fresh')],
  updateRow: [object('table key expect set clear')],
  reviseRow: [object('table key expect set clear')],
  changeRows: [object('saves', { update: rowUpdate })],
  deleteRows: [object('table keys')],
  deleteRowsUnder: [object('table under')],
  listRows: [
    object('table where dateField orderBy page perPage covers', {
      under: CHOICE,
      dateRange: range,
      direction: DIRECTION,
    }),
  ],

  batchTraceInsert: [object('records')],
  getTraces: [traceFilter],
  getTracesPaginated: [traceFilter],
  getEvals: [object('type page perPage', { agentName: CHOICE, dateRange: range })],

  getThreadsByResourceId: [object('resourceId', oldThreadPage)],
  getThreadsByResourceIdPaginated: [object('resourceId page perPage', oldThreadPage)],
  getMessages: [object('threadId resourceId format threadConfig', { selectBy })],
  getMessagesPaginated: [object('threadId resourceId format threadConfig', { selectBy })],
  getMessagesById: [object('messageIds format')],
  getWorkflowRuns: [object('fromDate toDate limit offset', { workflowName: CHOICE, resourceId: CHOICE })],
  getScoresByScorerId: [scorer],
  getScoresByRunId: [ofRun],
  getScoresByEntityId: [ofEntity],
};
