/** Every method of a domain, when KV fails and when it is called wrongly: the error that a user of Mastra sees. */

import { MastraError } from '@mastra/core/error';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { failNth } from '../support/faults.js';
import { installation } from './channels.js';
import { news } from './notifications.js';
import { schedule } from './schedules.js';
import { score } from './scores.js';
import { makeSubject } from './support.js';
import { task } from './tasks.js';
import { span } from './traces.js';
import { snapshot } from './workflows.js';
import { at, message, thread } from '../support/records.js';

const SECRET = 'my deepest secret';
const secret = { text: SECRET };
const content = { format: 2, parts: [{ type: 'text', text: SECRET }], metadata: secret };
const resource = { id: 'alice', workingMemory: SECRET, metadata: secret, createdAt: at(0), updatedAt: at(0) };

/** Method, arguments, the error's operation and details. @type {[string, any[], string, object][]} */
const memoryCalls = [
  ['getThreadById', [{ threadId: 't' }], 'GET_THREAD_BY_ID', { threadId: 't' }],
  ['saveThread', [{ thread: thread('t', { metadata: secret }) }], 'SAVE_THREAD', { threadId: 't' }],
  ['updateThread', [{ id: 't', metadata: secret }], 'UPDATE_THREAD', { threadId: 't', title: null }],
  ['updateThread', [{ id: 't', title: 'T' }], 'UPDATE_THREAD', { threadId: 't', title: 'T' }],
  ['deleteThread', [{ threadId: 't' }], 'DELETE_THREAD', { threadId: 't' }],
  ['listThreads', [{}], 'LIST_THREADS', {}],
  ['copyThread', [{ sourceThreadId: 't' }], 'COPY_THREAD', { sourceThreadId: 't' }],
  ['saveMessages', [{ messages: [message('m', 1, { content })] }], 'SAVE_MESSAGES', { threadId: 't' }],
  ['listMessages', [{ threadId: ['t', 'u'] }], 'LIST_MESSAGES', { threadId: 't,u', resourceId: '' }],
  ['listMessagesById', [{ messageIds: ['m'] }], 'LIST_MESSAGES_BY_ID', { messageIds: '["m"]' }],
  ['listMessagesByResourceId', [{ resourceId: 'a' }], 'LIST_MESSAGES_BY_RESOURCE_ID', { resourceId: 'a' }],
  ['updateMessages', [{ messages: [{ id: 'm', content }] }], 'UPDATE_MESSAGES', {}],
  ['deleteMessages', [['m']], 'DELETE_MESSAGES', { messageIds: '["m"]' }],
  ['getResourceById', [{ resourceId: 'alice' }], 'GET_RESOURCE_BY_ID', { resourceId: 'alice' }],
  ['saveResource', [{ resource }], 'SAVE_RESOURCE', { resourceId: 'alice' }],
  ['updateResource', [{ resourceId: 'alice', ...secret }], 'UPDATE_RESOURCE', { resourceId: 'alice' }],
  ['dangerouslyClearAll', [], 'CLEAR_TABLE', { tableName: 'threads' }],
];

const wf = { workflowName: 'wf', runId: 'r' };
const run = { ...wf, snapshot: snapshot('r', 'suspended', { context: secret }) };
const result = { status: 'success', output: SECRET };
const page = { pagination: { page: 0, perPage: 10 } };
const blob = { hash: 'h', content: SECRET, size: 1, createdAt: at(0) };

const favorite = { userId: 'ann', entityType: 'agent', entityId: 'a' };
const version = { id: 'v', versionNumber: 2, name: SECRET, changedFields: [], changeMessage: SECRET };

/** @type {[string, ...typeof memoryCalls[number]][]} */
const versionedCalls = /** @type {const} */ ([
  ['agents', 'agent', 'agentId', 'AGENT'],
  ['skills', 'skill', 'skillId', 'SKILL'],
  ['mcpServers', 'mcpServer', 'mcpServerId', 'MCP_SERVER'],
]).flatMap(
  ([domain, input, parent, NAME]) =>
    /** @type {any} */ ([
      [
        domain,
        'create',
        [{ [input]: { id: 'a', name: SECRET, instructions: SECRET } }],
        `CREATE_${NAME}`,
        {},
      ],
      [domain, 'getById', ['a'], `GET_${NAME}_BY_ID`, {}],
      [domain, 'update', [{ id: 'a', metadata: secret }], `UPDATE_${NAME}`, {}],
      [domain, 'delete', ['a'], `DELETE_${NAME}`, {}],
      [domain, 'list', [{ metadata: secret }], `LIST_${NAME}S`, {}],
      [domain, 'createVersion', [{ ...version, [parent]: 'a' }], `CREATE_${NAME}_VERSION`, {}],
      [domain, 'getVersion', ['v'], `GET_${NAME}_VERSION`, {}],
      [domain, 'getVersionByNumber', ['a', 1], `GET_${NAME}_VERSION_BY_NUMBER`, {}],
      [domain, 'getLatestVersion', ['a'], `GET_LATEST_${NAME}_VERSION`, {}],
      [domain, 'listVersions', [{ [parent]: 'a' }], `LIST_${NAME}_VERSIONS`, {}],
      [domain, 'deleteVersion', ['v'], `DELETE_${NAME}_VERSION`, {}],
      [domain, 'countVersions', ['a'], `COUNT_${NAME}_VERSIONS`, {}],
    ]),
);
const connected = { providerId: 'p', connectionId: 'c' };
const connection = { authorId: 'ann', ...connected };

/** Domain, then as above. @type {[string, ...typeof memoryCalls[number]][]} */
const calls = [
  .../** @type {any} */ (memoryCalls.map((call) => ['memory', ...call])),
  ['workflows', 'persistWorkflowSnapshot', [run], 'PERSIST_WORKFLOW_SNAPSHOT', wf],
  ['workflows', 'loadWorkflowSnapshot', [wf], 'LOAD_WORKFLOW_SNAPSHOT', wf],
  ['workflows', 'getWorkflowRunById', [wf], 'GET_WORKFLOW_RUN_BY_ID', wf],
  ['workflows', 'getWorkflowRunById', [{ runId: 'r' }], 'GET_WORKFLOW_RUN_BY_ID', { runId: 'r' }],
  ['workflows', 'listWorkflowRuns', [{}], 'LIST_WORKFLOW_RUNS', {}],
  ['workflows', 'deleteWorkflowRunById', [wf], 'DELETE_WORKFLOW_RUN_BY_ID', wf],
  [
    'workflows',
    'updateWorkflowResults',
    [{ ...wf, stepId: 's', result, requestContext: secret }],
    'UPDATE_WORKFLOW_RESULTS',
    { ...wf, stepId: 's' },
  ],
  [
    'workflows',
    'updateWorkflowState',
    [{ ...wf, opts: { status: 'failed', ...secret } }],
    'UPDATE_WORKFLOW_STATE',
    wf,
  ],
  ['workflows', 'dangerouslyClearAll', [], 'CLEAR_TABLE', { tableName: 'workflow_snapshot' }],
  ['scores', 'saveScore', [score({ id: 's', reason: SECRET })], 'SAVE_SCORE', { id: 's' }],
  ['scores', 'getScoreById', [{ id: 's' }], 'GET_SCORE_BY_ID', { id: 's' }],
  ['scores', 'listScoresByScorerId', [{ scorerId: 's', ...page }], 'GET_SCORES_BY_SCORER_ID', {}],
  ['scores', 'listScoresByRunId', [{ runId: 's', ...page }], 'GET_SCORES_BY_RUN_ID', {}],
  [
    'scores',
    'listScoresByEntityId',
    [{ entityId: 's', entityType: 'A', ...page }],
    'GET_SCORES_BY_ENTITY_ID',
    {},
  ],
  ['scores', 'listScoresBySpan', [{ traceId: 's', spanId: 's', ...page }], 'GET_SCORES_BY_SPAN', {}],
  ['scores', 'listScoresByBatchId', [{ batchId: 's', ...page }], 'GET_SCORES_BY_BATCH_ID', {}],
  ['scores', 'listScoresByDatasetId', [{ datasetId: 's', ...page }], 'GET_SCORES_BY_DATASET_ID', {}],
  ['backgroundTasks', 'createTask', [task('a', { args: secret })], 'CREATE_TASK', { taskId: 'a' }],
  ['backgroundTasks', 'getTask', ['a'], 'GET_TASK', { taskId: 'a' }],
  ['backgroundTasks', 'updateTask', ['a', { result: SECRET }], 'UPDATE_TASK', { taskId: 'a' }],
  ['backgroundTasks', 'listTasks', [{}], 'LIST_TASKS', {}],
  ['backgroundTasks', 'deleteTask', ['a'], 'DELETE_TASK', { taskId: 'a' }],
  ['backgroundTasks', 'deleteTasks', [{ status: 'failed' }], 'DELETE_TASKS', {}],
  ['backgroundTasks', 'getRunningCount', [], 'GET_RUNNING_COUNT', {}],
  ['backgroundTasks', 'getRunningCountByAgent', ['a'], 'GET_RUNNING_COUNT_BY_AGENT', { agentId: 'a' }],
  [
    'threadState',
    'getState',
    [{ threadId: 't', type: 'task' }],
    'GET_STATE',
    { threadId: 't', type: 'task' },
  ],
  [
    'threadState',
    'setState',
    [{ threadId: 't', type: 'x', value: SECRET }],
    'SET_STATE',
    { threadId: 't', type: 'x' },
  ],
  [
    'threadState',
    'deleteState',
    [{ threadId: 't', type: 'x' }],
    'DELETE_STATE',
    { threadId: 't', type: 'x' },
  ],
  ['blobs', 'put', [blob], 'PUT_BLOB', { hash: 'h' }],
  ['blobs', 'get', ['h'], 'GET_BLOB', { hash: 'h' }],
  ['blobs', 'has', ['h'], 'HAS_BLOB', { hash: 'h' }],
  ['blobs', 'delete', ['h'], 'DELETE_BLOB', { hash: 'h' }],
  ['blobs', 'putMany', [[blob]], 'PUT_MANY_BLOBS', {}],
  ['blobs', 'getMany', [['h']], 'GET_MANY_BLOBS', {}],
  [
    'schedules',
    'createSchedule',
    [schedule('a', { metadata: secret })],
    'CREATE_SCHEDULE',
    { scheduleId: 'a' },
  ],
  ['schedules', 'getSchedule', ['a'], 'GET_SCHEDULE', { scheduleId: 'a' }],
  ['schedules', 'listSchedules', [{}], 'LIST_SCHEDULES', {}],
  ['schedules', 'listDueSchedules', [1], 'LIST_DUE_SCHEDULES', {}],
  ['schedules', 'updateSchedule', ['a', { metadata: secret }], 'UPDATE_SCHEDULE', { scheduleId: 'a' }],
  [
    'schedules',
    'updateScheduleNextFire',
    ['a', 1, 2, 1, 'r'],
    'UPDATE_SCHEDULE_NEXT_FIRE',
    { scheduleId: 'a' },
  ],
  ['schedules', 'deleteSchedule', ['a'], 'DELETE_SCHEDULE', { scheduleId: 'a' }],
  [
    'schedules',
    'recordTrigger',
    [{ scheduleId: 'a', id: 'x', actualFireAt: 1, scheduledFireAt: 1, error: SECRET }],
    'RECORD_TRIGGER',
    { scheduleId: 'a', id: 'x' },
  ],
  ['schedules', 'listTriggers', ['a'], 'LIST_TRIGGERS', { scheduleId: 'a' }],
  [
    'notifications',
    'createNotification',
    [news({ summary: SECRET })],
    'CREATE_NOTIFICATION',
    { threadId: 't' },
  ],
  [
    'notifications',
    'createNotification',
    [news({ summary: SECRET, dedupeKey: SECRET })],
    'CREATE_NOTIFICATION',
    { threadId: 't' },
  ],
  [
    'notifications',
    'listNotifications',
    [{ threadId: 't', search: SECRET }],
    'LIST_NOTIFICATIONS',
    { threadId: 't' },
  ],
  ['notifications', 'listDueNotifications', [{ now: at(0) }], 'LIST_DUE_NOTIFICATIONS', {}],
  [
    'notifications',
    'getNotification',
    [{ threadId: 't', id: 'n' }],
    'GET_NOTIFICATION',
    { threadId: 't', id: 'n' },
  ],
  [
    'notifications',
    'updateNotification',
    [{ threadId: 't', id: 'n', payload: SECRET }],
    'UPDATE_NOTIFICATION',
    { threadId: 't', id: 'n' },
  ],
  [
    'notifications',
    'updateNotificationsStatus',
    [{ threadId: 't', ids: ['n'], status: 'seen' }],
    'UPDATE_NOTIFICATIONS_STATUS',
    { threadId: 't' },
  ],
  [
    'channels',
    'saveInstallation',
    [installation('a', { data: secret })],
    'SAVE_INSTALLATION',
    { installationId: 'a' },
  ],
  ['channels', 'getInstallation', ['a'], 'GET_INSTALLATION', { installationId: 'a' }],
  [
    'channels',
    'getInstallationByAgent',
    ['p', 'a'],
    'GET_INSTALLATION_BY_AGENT',
    { platform: 'p', agentId: 'a' },
  ],
  ['channels', 'getInstallationByWebhookId', ['hook'], 'GET_INSTALLATION_BY_WEBHOOK_ID', {}],
  ['channels', 'listInstallations', ['p'], 'LIST_INSTALLATIONS', { platform: 'p' }],
  ['channels', 'deleteInstallation', ['a'], 'DELETE_INSTALLATION', { installationId: 'a' }],
  [
    'channels',
    'saveConfig',
    [{ platform: 'p', data: secret, updatedAt: at(0) }],
    'SAVE_CONFIG',
    { platform: 'p' },
  ],
  ['channels', 'getConfig', ['p'], 'GET_CONFIG', { platform: 'p' }],
  ['channels', 'deleteConfig', ['p'], 'DELETE_CONFIG', { platform: 'p' }],
  [
    'workflowDefinitions',
    'upsert',
    [{ id: 'a', inputSchema: {}, outputSchema: {}, graph: [], metadata: secret }],
    'UPSERT_WORKFLOW_DEFINITION',
    { id: 'a' },
  ],
  ['workflowDefinitions', 'get', ['a'], 'GET_WORKFLOW_DEFINITION', { id: 'a' }],
  ['workflowDefinitions', 'list', [], 'LIST_WORKFLOW_DEFINITIONS', {}],
  ['workflowDefinitions', 'delete', ['a'], 'DELETE_WORKFLOW_DEFINITION', { id: 'a' }],
  [
    'toolProviderConnections',
    'upsertConnection',
    [{ ...connection, label: SECRET, toolkit: 't' }],
    'UPSERT_CONNECTION',
    connected,
  ],
  ['toolProviderConnections', 'getConnectionById', [connection], 'GET_CONNECTION_BY_ID', connected],
  ['toolProviderConnections', 'listConnectionsByAuthor', [connection], 'LIST_CONNECTIONS_BY_AUTHOR', {}],
  ['toolProviderConnections', 'deleteConnection', [connection], 'DELETE_CONNECTION', connected],
  ['harness', 'loadSession', ['a'], 'LOAD_SESSION', { sessionId: 'a' }],
  ['harness', 'saveSession', [{ id: 'a', title: SECRET }], 'SAVE_SESSION', { sessionId: 'a' }],
  ['harness', 'listSessions', [], 'LIST_SESSIONS', {}],
  ['harness', 'updateSession', ['a', { title: SECRET }], 'UPDATE_SESSION', { sessionId: 'a' }],
  ['harness', 'appendPendingItem', ['a', { id: 'p', ...secret }], 'APPEND_PENDING_ITEM', { sessionId: 'a' }],
  ['harness', 'updatePendingItem', ['a', 'p', secret], 'UPDATE_PENDING_ITEM', { sessionId: 'a' }],
  [
    'observability',
    'batchCreateSpans',
    [{ records: [span('t', 's', { input: SECRET })] }],
    'BATCH_CREATE_SPANS',
    {},
  ],
  ['observability', 'getSpan', [{ traceId: 't', spanId: 's' }], 'GET_SPAN', { traceId: 't', spanId: 's' }],
  ['observability', 'getSpans', [{ traceId: 't', spanIds: ['s'] }], 'GET_SPANS', { traceId: 't' }],
  ['observability', 'getRootSpan', [{ traceId: 't' }], 'GET_ROOT_SPAN', { traceId: 't' }],
  ['observability', 'getTrace', [{ traceId: 't' }], 'GET_TRACE', { traceId: 't' }],
  ['observability', 'getTraceLight', [{ traceId: 't' }], 'GET_TRACE_LIGHT', { traceId: 't' }],
  [
    'observability',
    'listTraces',
    [{ filters: { metadata: secret, hasChildError: true } }],
    'LIST_TRACES',
    {},
  ],
  ['observability', 'batchDeleteTraces', [{ traceIds: ['t'] }], 'BATCH_DELETE_TRACES', {}],
  ...versionedCalls,
  ['favorites', 'favorite', [favorite], 'FAVORITE', {}],
  ['favorites', 'unfavorite', [favorite], 'UNFAVORITE', {}],
  ['favorites', 'isFavorited', [favorite], 'IS_FAVORITED', {}],
  ['favorites', 'isFavoritedBatch', [{ ...favorite, entityIds: ['a'] }], 'IS_FAVORITED_BATCH', {}],
  ['favorites', 'listFavoritedIds', [favorite], 'LIST_FAVORITED_IDS', {}],
  ['favorites', 'deleteFavoritesForEntity', [favorite], 'DELETE_FAVORITES_FOR_ENTITY', {}],
  ['harness', 'removePendingItem', ['a', 'p'], 'REMOVE_PENDING_ITEM', { sessionId: 'a' }],
];

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
const failure = (promise) =>
  promise.then(
    () => expect.fail('the call was expected to fail'),
    (error) => error,
  );

/** A store that is set up, and from then on cannot reach KV. */
async function stranded() {
  let at = Infinity;
  const backend = failNth(createMemoryBackend(), { at: 1, times: Infinity, match: () => at === 0 });
  const subject = await makeSubject(() => ({ backend }));
  // What the isolate has read or written lately needs no KV.
  subject.clock.advance(3_600_000);
  at = 0;
  return subject;
}

describe('when KV fails', () => {
  it.each(calls)('%s: %s rejects (%#)', async (domain, method, args, operation, details) => {
    const subject = /** @type {any} */ (await stranded());
    const error = await failure(subject[domain][method](...args));
    expect(error).toBeInstanceOf(MastraError);
    expect(error).toMatchObject({
      id: `MASTRA_STORAGE_CLOUDFLARE_${operation}_FAILED`,
      domain: 'STORAGE',
      category: 'THIRD_PARTY',
      cause: { code: 'KV_FAILED' },
    });
    expect(error.details).toEqual({ ...details, status: 503 });
  });

  it.each(calls)('%s: %s tells nothing of what was said (%#)', async (domain, method, args) => {
    const subject = /** @type {any} */ (await stranded());
    const error = await failure(subject[domain][method](...args));
    expect(JSON.stringify(error) + JSON.stringify(error.cause) + error.stack).not.toContain(SECRET);
  });
});

describe('what is not there, or is there already', () => {
  const open = async () => /** @type {any} */ (await makeSubject(() => ({ backend: createMemoryBackend() })));

  /** @type {[string, string, any[]][]} */
  const missing = [
    ['schedules', 'updateSchedule', ['zz', {}]],
    ['notifications', 'updateNotification', [{ threadId: 't', id: 'zz' }]],
    ['harness', 'updateSession', ['zz', {}]],
    ['favorites', 'favorite', [{ userId: 'u', entityType: 'agent', entityId: 'zz' }]],
    ['agents', 'update', [{ id: 'zz' }]],
  ];
  it.each(missing)('%s: %s says so as an HTTP status', async (domain, method, args) => {
    const error = await failure((await open())[domain][method](...args));
    expect(error).toMatchObject({ details: { status: 404 }, cause: { code: 'NOT_FOUND', op: method } });
  });

  it('a schedule is made once', async () => {
    const { schedules } = await open();
    await schedules.createSchedule(schedule('a'));
    const error = await failure(schedules.createSchedule(schedule('a')));
    expect(error).toMatchObject({ details: { status: 409 }, cause: { code: 'ALREADY_EXISTS' } });
  });

  it.each([[NaN], [-1], [1.5], ['2']])('a version cannot have %s as its number', async (versionNumber) => {
    const { agents } = await open();
    const error = await failure(agents.createVersion({ id: 'v', agentId: 'a', versionNumber }));
    expect(error).toMatchObject({ details: { status: 400 }, cause: { code: 'INVALID_ARGUMENT' } });
    expect(await agents.getVersion('v')).toBeNull();
  });

  it.each([[NaN], ['soon'], [Infinity]])('a schedule cannot fire at %s', async (nextFireAt) => {
    const { schedules } = await open();
    const error = await failure(schedules.createSchedule(schedule('a', { nextFireAt })));
    expect(error).toMatchObject({ details: { status: 400 }, cause: { code: 'INVALID_ARGUMENT' } });
    expect(await schedules.getSchedule('a')).toBeNull();
  });

  it('an id that no key can hold is of nothing, and refused where it would be made', async () => {
    const { schedules, notifications, channels } = await open();
    const id = 'x'.repeat(600);
    expect(await schedules.getSchedule(id)).toBeNull();
    expect(await schedules.listTriggers(id)).toEqual([]);
    await schedules.deleteSchedule(id);
    expect(await notifications.listNotifications({ threadId: id })).toEqual([]);
    expect(await channels.getInstallationByWebhookId(id)).toBeNull();
    const error = await failure(schedules.createSchedule(schedule(id)));
    expect(error.cause.code).toBe('KEY_TOO_LONG');
  });
});

describe('spans that are refused', () => {
  it.each([
    [{ traceId: '' }, 'records[1].traceId must be a non-empty string'],
    [{ spanId: 7 }, 'records[1].spanId must be a non-empty string'],
    [{ startedAt: 'soon' }, 'records[1].startedAt must be a date'],
    [{ endedAt: new Date(NaN) }, 'records[1].endedAt must be a date'],
  ])('%j: none of their batch is stored', async (fields, message) => {
    const { observability } = /** @type {any} */ (
      await makeSubject(() => ({ backend: createMemoryBackend() }))
    );
    const records = [span('t', 'a'), span('t', 'b', { input: SECRET, ...fields })];
    const error = await failure(observability.batchCreateSpans({ records }));
    expect(error).toMatchObject({ message, details: { status: 400 }, cause: { code: 'INVALID_ARGUMENT' } });
    expect(await observability.getTrace({ traceId: 't' })).toBeNull();
  });

  it('a list that cannot be is the caller’s fault', async () => {
    const { observability } = /** @type {any} */ (
      await makeSubject(() => ({ backend: createMemoryBackend() }))
    );
    const error = await failure(observability.listTraces({ pagination: { perPage: 1000 } }));
    expect(error).toMatchObject({ category: 'USER', details: { status: 400 } });
  });
});

describe('when a call is wrong', () => {
  it.each([
    [{ page: -1 }],
    [{ page: 0.5 }],
    [{ perPage: -1 }],
    [{ perPage: NaN }],
    [{ page: 1, perPage: false }],
  ])('listThreads calls a bad page one: %j', async (args) => {
    const { memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    const error = await failure(memory.listThreads(args));
    expect(error).toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_LIST_THREADS_INVALID_PAGE',
      category: 'USER',
    });
    expect(error.details).toEqual({ ...args, status: 400 });
  });

  it.each([
    [{ page: -1 }, 'page must be >= 0'],
    [{ perPage: -1 }, 'perPage must be >= 0'],
  ])('listMessages calls a bad page one: %j', async (args, text) => {
    const { memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    const error = await failure(memory.listMessages({ threadId: 't', ...args }));
    expect(error).toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_LIST_MESSAGES_INVALID_PAGE',
      category: 'USER',
    });
    expect(error.message).toBe(text);
  });

  it('listMessages calls a bad thread one', async () => {
    const { memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    expect(await failure(memory.listMessages({ threadId: '' }))).toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_LIST_MESSAGES_INVALID_THREAD_ID',
      category: 'THIRD_PARTY',
      message: 'threadId must be a non-empty string or array of non-empty strings',
      details: { threadId: '', status: 400 },
    });
  });

  it.each([[{ 'a b': 1 }], [{ a: {} }], [{ __proto__x: undefined }], [7]])(
    'a metadata filter that is none is a TypeError: %j',
    async (metadata) => {
      const { memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
      const error = await failure(memory.listMessages({ threadId: 't', filter: { metadata } }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error).not.toBeInstanceOf(MastraError);
      expect(error).toMatchObject({ details: { status: 400 } });
    },
  );

  it('no arguments at all are an error too', async () => {
    const { memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    for (const method of ['getThreadById', 'saveThread', 'saveMessages', 'listMessages', 'updateMessages']) {
      expect(await failure(memory[method]())).toMatchObject({ domain: 'STORAGE', details: { status: 400 } });
    }
  });

  it('content that Mastra could not read again is refused before anything is written', async () => {
    const { memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    await memory.saveThread({ thread: thread('t') });
    const messages = [
      message('m1', 1),
      message('m2', 2, { content: { ...content, toolInvocations: SECRET } }),
    ];
    const error = await failure(memory.saveMessages({ messages }));
    expect(error).toMatchObject({ id: 'MASTRA_STORAGE_CLOUDFLARE_SAVE_MESSAGES_FAILED' });
    expect(error.message).not.toContain(SECRET);
    expect((await memory.listMessages({ threadId: 't' })).total).toBe(0);
  });
});

describe('the HTTP status', () => {
  it.each([
    [404, 'updateThread', [{ id: 'nobody', title: 'T' }]],
    [404, 'copyThread', [{ sourceThreadId: 'nobody' }]],
    [404, 'cloneThread', [{ sourceThreadId: 'nobody' }]],
    [404, 'saveMessages', [{ messages: [message('m', 1, { threadId: 'nobody' })] }]],
    [404, 'setObservingFlag', ['nobody', true]],
    [409, 'copyThread', [{ sourceThreadId: 't', newThreadId: 't' }]],
    [400, 'saveThread', [{ thread: { id: 't' } }]],
    [400, 'getThreadById', [{ threadId: 7 }]],
    [413, 'saveThread', [{ thread: thread('big', { title: 'x'.repeat(26 << 20) }) }]],
    [500, 'getThreadById', [{ threadId: 'damaged' }]],
  ])('%i: %s', async (status, method, args) => {
    const backend = createMemoryBackend();
    const { memory } = await makeSubject(() => ({ backend }));
    await memory.saveThread({ thread: thread('t') });
    backend.spaces[0].put('threads:damaged', '{', null);
    expect(await failure(/** @type {any} */ (memory)[method](...args))).toMatchObject({
      details: { status },
    });
  });
});

describe('a score that is none', () => {
  it('is refused by name', async () => {
    const { scores } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    const bad = { ...score({ traceId: 'trace' }), score: 'high', entityType: 'agent', reason: SECRET };
    const error = await failure(scores.saveScore(bad));
    expect(error).toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_SAVE_SCORE_VALIDATION_FAILED',
      category: 'USER',
      details: { scorer: 'tone', entityId: 'guide', entityType: 'agent', traceId: 'trace', status: 400 },
    });
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(await failure(scores.saveScore())).toMatchObject({ category: 'USER', details: { status: 400 } });
  });

  it('loses what Mastra does not know', async () => {
    const { scores } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    const saved = await scores.saveScore({ ...score(), mine: 1 });
    expect(saved.score).not.toHaveProperty('mine');
  });
});

describe('the log', () => {
  it('gets nothing of what is said', async () => {
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), trackException: vi.fn() };
    const spies = /** @type {const} */ (['log', 'info', 'warn', 'error', 'debug']).map((name) =>
      vi.spyOn(console, name),
    );
    const { storage, memory } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    storage.__setLogger(logger);
    memory.__setLogger(logger);
    await memory.saveThread({ thread: thread('t', { metadata: secret }) });
    await memory.saveMessages({ messages: [message('m', 1, { content })] });
    await memory.updateMessages({ messages: [{ id: 'm', content }] });
    await memory.saveResource({ resource });
    await memory.listMessages({ threadId: 't' });
    await failure(memory.listMessages({ threadId: '' }));
    const calls = [...Object.values(logger), ...spies].flatMap((spy) => spy.mock.calls);
    expect(JSON.stringify(calls)).not.toContain(SECRET);
    vi.restoreAllMocks();
  });
});
