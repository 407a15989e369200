/**
 * Every method of a store that asks its home for anything, once, over what `fill` stores; and how many calls to its object
 * it takes. What takes more than one is a loop of parts, each whole in itself, or says why.
 *
 * @module
 */

import { TABLES } from '../../bindings/core/abi.js';
import { at, conversation, message, thread } from '../support/records.js';

/** @typedef {{ args: (ids: Record<string, string>) => any[], calls: number }} Method */

const run = { workflowName: 'order', runId: 'r1' };
const state = { threadId: 't', type: 'goal' };
const score = (/** @type {string} */ id) => ({
  id,
  ...{ scorerId: 's', entityId: 'e', runId: 'r', score: 1, scorer: {}, entity: {}, source: 'LIVE' },
  ...{ traceId: 'tr', spanId: 'sp', batchId: 'b', datasetId: 'd' },
});
const task = (/** @type {string} */ id) => ({ id, status: 'running', agentId: 'g', createdAt: at(1) });
const blob = (/** @type {string} */ hash) => ({ hash, content: `of ${hash}`, size: 5, createdAt: at(1) });
const table = 'schedules';
const row = (/** @type {string} */ id) => ({ id, status: 'active', createdAt: at(1), updatedAt: at(1) });
const many = (/** @type {(id: string) => any} */ make, count = 150) =>
  Array.from({ length: count }, (_, i) => make(`n${i}`));
const trigger = { scheduleId: 'a', id: 'f', actualFireAt: at(1) };

/** @param {any} store @returns {Promise<Record<string, string>>} ids that the store gave */
export async function fill(store) {
  await store.init();
  await store.saveThread({ thread: thread('t') });
  await store.saveThread({ thread: thread('u', { resourceId: 'bob' }) });
  await store.saveMessages({ messages: conversation(5) });
  await store.updateResource({ resourceId: 'alice', workingMemory: 'tea' });
  await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'suspended', context: {} } });
  await store.saveScore(score('s1'));
  await store.createTask(task('t1'));
  await store.setState({ ...state, value: 1 });
  await store.putBlob(blob('b1'));
  await store.saveRows({ table, rows: [row('a'), row('b')], asDated: true });
  await store.saveRows({ table: 'schedule_triggers', rows: [trigger] });
  const memory = { threadId: null, resourceId: 'alice', scope: 'resource', config: {} };
  const { id } = await store.initializeObservationalMemory(memory);
  const chunk = { cycleId: 'c', observations: 'tea', tokenCount: 2, messageIds: ['m001'], messageTokens: 9 };
  await store.updateBufferedObservations({ id, chunk: { ...chunk, lastObservedAt: at(2) } });
  await store.updateBufferedReflection({
    ...{ id, reflection: 'tea', tokenCount: 2, inputTokenCount: 3, reflectedObservationLineCount: 0 },
  });
  return { id };
}

const whose = { resourceId: 'alice' };
const observed = (/** @type {Record<string, string>} */ { id }) => ({
  id,
  ...{ observations: 'milk', tokenCount: 3, lastObservedAt: at(3), observedMessageIds: ['m002'] },
});

/** @param {number} calls @param {...any} args */
const takes = (calls, ...args) => ({ calls, args: () => args });
/** @param {(ids: Record<string, string>) => any[]} args */
const of = (args) => ({ calls: 1, args });

/** @type {Record<string, Method>} */
export const METHODS = {
  init: takes(1),
  sweep: takes(2), // a part of deletions, then a look for erasures
  clearTable: takes(1, { tableName: 'scores' }),
  dropTable: takes(1, { tableName: 'scores' }),
  dangerouslyClearAll: takes(1),
  // Parts: what the id's tables hold, one after the other.
  eraseResource: takes(TABLES.length + 8, whose),
  saveThread: takes(1, { thread: thread('v') }),
  createThread: takes(1, { thread: thread('v') }),
  getThreadById: takes(1, { threadId: 't' }),
  listThreads: takes(1, {}),
  listThreadsByResourceId: takes(1, whose),
  getThreadsByResourceId: takes(1, whose),
  getThreadsByResourceIdPaginated: takes(1, whose),
  updateThread: takes(1, { id: 't', title: 'B' }),
  deleteThread: takes(1, { threadId: 't' }),
  copyThread: takes(1, { sourceThreadId: 't' }),
  saveMessages: takes(1, { messages: many((id) => message(id, 9), 100) }),
  listMessages: takes(1, { threadId: 't' }),
  listMessagesById: takes(1, { messageIds: ['m001', 'm002'] }),
  listMessagesByResourceId: takes(1, whose),
  getMessages: takes(1, { threadId: 't' }),
  getMessagesPaginated: takes(1, { threadId: 't' }),
  getMessagesById: takes(1, { messageIds: ['m001'] }),
  updateMessages: takes(1, { messages: [{ id: 'm001', content: { metadata: { seen: true } } }] }),
  deleteMessages: takes(1, ['m001', 'm002']),
  saveResource: takes(1, { resource: { id: 'alice', createdAt: at(1), updatedAt: at(1) } }),
  getResourceById: takes(1, whose),
  updateResource: takes(1, { ...whose, workingMemory: 'milk' }),
  listResources: takes(1, {}),
  deleteResource: takes(1, whose),
  persistWorkflowSnapshot: takes(1, { ...run, snapshot: { status: 'success' } }),
  loadWorkflowSnapshot: takes(1, run),
  getWorkflowRunById: takes(1, run),
  listWorkflowRuns: takes(1, {}),
  getWorkflowRuns: takes(1, {}),
  deleteWorkflowRunById: takes(1, run),
  updateWorkflowState: takes(1, { ...run, opts: { status: 'running', expectedStatus: 'suspended' } }),
  updateWorkflowResults: takes(1, { ...run, stepId: 'a', result: {}, requestContext: {} }),
  saveScore: takes(1, score('s2')),
  getScoreById: takes(1, { id: 's1' }),
  listScoresByScorerId: takes(1, { scorerId: 's' }),
  listScoresByRunId: takes(1, { runId: 'r' }),
  listScoresByEntityId: takes(1, { entityId: 'e' }),
  listScoresBySpan: takes(1, { traceId: 'tr', spanId: 'sp' }),
  listScoresByBatchId: takes(1, { batchId: 'b' }),
  listScoresByDatasetId: takes(1, { datasetId: 'd' }),
  getScoresByScorerId: takes(1, { scorerId: 's' }),
  getScoresByRunId: takes(1, { runId: 'r' }),
  getScoresByEntityId: takes(1, { entityId: 'e' }),
  createTask: takes(1, task('t2')),
  getTask: takes(1, 't1'),
  updateTask: takes(1, 't1', { status: 'completed' }, { expectedStatus: 'running' }),
  listTasks: takes(1, {}),
  deleteTask: takes(1, 't1'),
  deleteTasks: takes(1, { status: 'running' }),
  getRunningCount: takes(1),
  getRunningCountByAgent: takes(1, 'g'),
  getState: takes(1, state),
  setState: takes(1, { ...state, value: 2 }),
  deleteState: takes(1, state),
  putBlob: takes(1, blob('b2')),
  getBlob: takes(1, 'b1'),
  hasBlob: takes(1, 'b1'),
  deleteBlob: takes(1, 'b1'),
  putManyBlobs: takes(1, many(blob)),
  getManyBlobs: takes(
    1,
    many((id) => id),
  ),
  getRows: takes(1, { table, keys: many((id) => ({ id })) }),
  saveRows: takes(1, { table, rows: many(row) }),
  updateRow: takes(1, { table, key: { id: 'a' }, set: { status: 'paused' } }),
  reviseRow: takes(1, { table, key: { id: 'a' }, set: { status: 'paused' } }),
  changeRows: takes(1, {
    update: { table, key: { id: 'a' }, set: { status: 'paused' } },
    saves: [
      { table, rows: many(row) },
      { table: 'schedule_triggers', rows: [trigger] },
    ],
  }),
  deleteRows: takes(1, { table, keys: [{ id: 'a' }, ...many((id) => ({ id }))] }),
  deleteRowsUnder: takes(1, { table: 'schedule_triggers', under: ['a'] }),
  listRows: takes(1, { table }),
  insert: takes(1, { tableName: 'threads', record: thread('v') }),
  batchInsert: takes(1, { tableName: 'threads', records: many(thread, 30) }),
  load: takes(1, { tableName: 'threads', keys: { id: 't' } }),
  batchTraceInsert: takes(1, { records: many((id) => ({ id, name: 'a', createdAt: at(1) })) }),
  getTraces: takes(1),
  getTracesPaginated: takes(1),
  getEvals: takes(1),
  getEvalsByAgentName: takes(1, 'g'),
  // A part for each table that has a policy: messages, then threads with theirs.
  prune: takes(2, { retention: { memory: { threads: { maxAge: 1 }, messages: { maxAge: 1 } } } }),
  getObservationalMemory: takes(1, null, 'alice'),
  getObservationalMemoryHistory: takes(1, null, 'alice'),
  initializeObservationalMemory: takes(1, {
    ...{ threadId: 't', resourceId: 'alice', scope: 'thread', config: {} },
  }),
  insertObservationalMemoryRecord: takes(1, {
    ...{ id: 'o', threadId: 'u', resourceId: 'bob', scope: 'thread', generationCount: 0, config: {} },
    ...{ createdAt: at(1), updatedAt: at(1), activeObservations: '' },
  }),
  updateActiveObservations: of((ids) => [observed(ids)]),
  updateBufferedObservations: of(({ id }) => [
    {
      id,
      chunk: {
        ...{ cycleId: 'd', observations: 'milk', tokenCount: 2, messageIds: ['m003'], messageTokens: 9 },
        lastObservedAt: at(4),
      },
    },
  ]),
  swapBufferedToActive: of(({ id }) => [
    { id, activationRatio: 1, messageTokensThreshold: 10, currentPendingTokens: 20 },
  ]),
  createReflectionGeneration: of(({ id }) => [
    { currentRecord: { id, threadId: null, resourceId: 'alice' }, reflection: 'tea', tokenCount: 2 },
  ]),
  updateBufferedReflection: of(({ id }) => [
    { id, reflection: 'milk', tokenCount: 2, inputTokenCount: 3, reflectedObservationLineCount: 0 },
  ]),
  swapBufferedReflectionToActive: of(({ id }) => [
    { currentRecord: { id, threadId: null, resourceId: 'alice' }, tokenCount: 2 },
  ]),
  setReflectingFlag: of(({ id }) => [id, true]),
  setObservingFlag: of(({ id }) => [id, true]),
  setBufferingObservationFlag: of(({ id }) => [id, true]),
  setBufferingReflectionFlag: of(({ id }) => [id, true]),
  setPendingMessageTokens: of(({ id }) => [id, 7]),
  updateObservationalMemoryConfig: of(({ id }) => [{ id, config: { a: 1 } }]),
  clearObservationalMemory: takes(1, null, 'alice'),
};

/** What asks the object for nothing, or what others test. */
export const OTHERS = [
  ...['constructor', 'createTable', 'alterTable', 'hasColumn', 'supportsConcurrentUpdates'],
  ...['stats', 'forget', 'close', 'verify'],
];

/** Who looks at all of it. @param {any} store */
export async function look(store) {
  return {
    threads: (await store.listThreads({ perPage: false })).threads,
    messages: (await store.listMessages({ threadId: 't', perPage: false })).messages,
    resource: await store.getResourceById(whose),
    runs: (await store.listWorkflowRuns({})).runs,
    scores: (await store.listScoresByScorerId({ scorerId: 's' })).scores,
    tasks: (await store.listTasks({})).tasks,
    state: await store.getState(state),
    blob: await store.getBlob('b1'),
    rows: (await store.listRows({ table, perPage: false })).rows,
    triggers: (await store.listRows({ table: 'schedule_triggers', perPage: false })).rows,
    memory: await store.getObservationalMemoryHistory(null, 'alice'),
    traces: await store.getTraces(),
  };
}
