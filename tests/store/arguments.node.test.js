/** Names of arguments: the plain store refuses what it does not know, before it asks KV for anything. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, StoreError } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { nearestName } from '../../bindings/store/nearest.js';
import { ARGUMENTS } from '../../bindings/store/arguments.js';
import { at, conversation, ids, message, thread } from '../contract/support.js';

/** A store that counts what it asks KV for. */
function world() {
  const backend = createMemoryBackend();
  /** @type {any} */
  const store = new CloudflareStore({ backend });
  const spent = () => Object.values(store.stats().operations).reduce((sum, count) => sum + count, 0);
  return { store, spent };
}

/** @type {[string, any[], string, string | undefined][]} */
const misspelt = [
  ['saveMessages', [{ message: [message('m')] }], 'message', 'messages'],
  ['saveThread', [{ thred: thread('t') }], 'thred', 'thread'],
  ['createThread', [{ thred: thread('t') }], 'thred', 'thread'],
  ['getThreadById', [{ threadId: 't', resource: 'alice' }], 'resource', 'resourceId'],
  ['getThreadById', [{ id: 't' }], 'id', 'threadId'],
  ['updateThread', [{ threadId: 't', title: 'x' }], 'threadId', 'id'],
  ['updateThread', [{ id: 't', resourceId: 'bob' }], 'resourceId', 'id'],
  ['deleteThread', [{ thread_id: 't' }], 'thread_id', 'threadId'],
  ['copyThread', [{ sourceThreadId: 't', options: { limit: 1 } }], 'options.limit', 'options.messageLimit'],
  [
    'copyThread',
    [{ sourceThreadId: 't', options: { messageFilter: { start: at(0) } } }],
    'options.messageFilter.start',
    'options.messageFilter.startDate',
  ],
  ['listThreads', [{ resourceId: 'x' }], 'resourceId', 'filter.resourceId'],
  ['listThreads', [{ direction: 'DESC' }], 'direction', 'orderBy.direction'],
  ['listMessages', [{ threadId: 't', dateRange: {} }], 'dateRange', 'filter.dateRange'],
  ['listMessages', [{ threadId: 't', start: at(0) }], 'start', 'filter.dateRange.start'],
  ['listMessages', [{ threadId: 't', colour: 'blue' }], 'colour', undefined],
  ['listScoresByRunId', [{ runId: 'r', limit: 5 }], 'limit', 'pagination.perPage'],
  ['listThreads', [{ filter: { resource: 'x' } }], 'filter.resource', 'filter.resourceId'],
  ['listThreads', [{ orderBy: { dir: 'DESC' } }], 'orderBy.dir', 'orderBy.direction'],
  ['listThreadsByResourceId', [{ resourceId: 'x', filter: {} }], 'filter', undefined],
  ['listMessages', [{ threadId: 't', limit: 1 }], 'limit', 'perPage'],
  ['listMessages', [{ threadId: 't', offset: 1 }], 'offset', 'page'],
  ['listMessages', [{ threadId: 't', sort: 'desc' }], 'sort', 'orderBy'],
  ['listMessages', [{ threadId: 't', limit: undefined }], 'limit', 'perPage'],
  [
    'listMessages',
    [{ threadId: 't', filter: { dateRange: { from: at(0) } } }],
    'filter.dateRange.from',
    'filter.dateRange.start',
  ],
  [
    'listMessages',
    [{ threadId: 't', include: [{ id: 'm' }, { id: 'n', withPrevious: 2 }] }],
    'include[1].withPrevious',
    'include[1].withPreviousMessages',
  ],
  ['listMessagesByResourceId', [{ resourceId: 'r', threadId: 't' }], 'threadId', undefined],
  ['listMessagesById', [{ ids: ['m'] }], 'ids', 'messageIds'],
  ['updateResource', [{ id: 'alice' }], 'id', 'resourceId'],
  ['listWorkflowRuns', [{ workflow: 'x' }], 'workflow', 'workflowName'],
  ['listWorkflowRuns', [{ limit: 3 }], 'limit', 'perPage'],
  ['listTasks', [{ statuses: [] }], 'statuses', 'status'],
  ['deleteTasks', [{ agentID: 'a' }], 'agentID', 'agentId'],
  ['updateTask', ['id', {}, { status: 'running' }], 'guards.status', 'guards.expectedStatus'],
  ['listScoresByRunId', [{ runId: 'r', filters: { org: 'x' } }], 'filters.org', 'filters.organizationId'],
  ['setState', [{ threadId: 't', type: 'x', val: 1 }], 'val', 'value'],
  ['clearTable', [{ table: 'threads' }], 'table', 'tableName'],
  ['prune', [{ max: 1 }], 'max', 'maxBatches'],
  ['verify', [{ repairs: true }], 'repairs', 'repair'],
  ['getTraces', [{ limit: 1 }], 'limit', 'perPage'],
  ['getMessages', [{ threadId: 't', selectBy: { lst: 3 } }], 'selectBy.lst', 'selectBy.last'],
  ['getObservationalMemoryHistory', [null, 'r', 3, { until: at(0) }], 'options.until', 'options.to'],
];

describe('a name that a method does not know', () => {
  it.each(misspelt)('%s %j', async (method, args, name, suggestion) => {
    const { store, spent } = world();
    const error = await store[method](...args).catch((/** @type {unknown} */ reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', op: method, details: { name, suggestion } });
    expect(error.message).toContain(`"${name}"`);
    expect(error.message).toContain(suggestion === undefined ? 'known: ' : `did you mean "${suggestion}"?`);
    expect(spent()).toBe(0);
  });

  it('is told, but not at any length, and never what it holds', async () => {
    const { store } = world();
    const long = 'x'.repeat(5000);
    const error = await store
      .saveMessages({ [long]: 'my deepest secret' })
      .catch((/** @type {any} */ e) => e);
    expect(error.message.length).toBeLessThan(200);
    expect(JSON.stringify([error.message, error.details])).not.toContain('secret');
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('may be %s', async (name) => {
    const { store } = world();
    const args = JSON.parse(`{"threadId":"t","${name}":1}`);
    await expect(store.getThreadById(args)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('may be that of a field, for a record may have any', async () => {
    const { store } = world();
    await store.saveThread({ thread: thread('t', { recource: 1 }) });
    await store.saveMessages({ messages: [message('m', 1, { rol: 1 })] });
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ recource: 1 });
    expect((await store.listMessages({ threadId: 't' })).messages[0]).toMatchObject({ rol: 1 });
  });
});

describe('a shape that a method does not take', () => {
  it.each([
    [[[message('m')]], /saveMessages takes one object.*saveMessages\({ messages, … }\)/],
    [[{}], /messages must be an array/],
    [[{ messages: {} }], /messages must be an array/],
    [[{ messages: undefined }], /messages must be an array/],
    [[{ messages: null }], /messages must be an array/],
    [[{ messages: message('m') }], /messages must be an array/],
    [[{ messages: 'm' }], /messages must be an array/],
    [[{ messages: new Set([message('m')]) }], /messages must be an array/],
    [[], /saveMessages takes one object/],
    [['m'], /saveMessages takes one object/],
  ])('saving messages: %j saves nothing and says so', async (args, text) => {
    const { store, spent } = world();
    await expect(store.saveMessages(...args)).rejects.toThrow(text);
    await expect(store.saveMessages(...args)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(spent()).toBe(0);
  });

  it.each([
    ['listMessages', { threadId: 't', orderBy: 'desc' }, /orderBy must be an object/],
    ['listMessages', { threadId: 't', orderBy: { direction: 'down' } }, /direction must be 'ASC' or 'DESC'/],
    ['listMessages', { threadId: 't', orderBy: { direction: 1 } }, /direction must be 'ASC' or 'DESC'/],
    ['listThreads', { orderBy: { field: 'title' } }, /field must be 'createdAt' or 'updatedAt'/],
    ['listThreads', { orderBy: ['createdAt'] }, /orderBy must be an object/],
    ['listThreads', { filter: 'alice' }, /filter must be an object/],
    ['listTasks', { orderDirection: 'down' }, /orderDirection must be 'ASC' or 'DESC'/],
    ['listTasks', { orderBy: 'updatedAt' }, /orderBy must be 'createdAt' or 'startedAt'/],
    ['copyThread', { sourceThreadId: 't', options: 3 }, /options must be an object/],
    ['listScoresByRunId', { runId: 'r', pagination: 3 }, /pagination must be an object/],
    ['getThreadsByResourceId', { resourceId: 'r', sortDirection: 'up' }, /sortDirection must be/],
    ['updateTask', 'id', /guards must be an object/],
  ])('%s %j', async (method, args, text) => {
    const { store, spent } = world();
    const more = method === 'updateTask' ? [{}, 'running'] : [];
    await expect(store[method](args, ...more)).rejects.toThrow(text);
    expect(spent()).toBe(0);
  });
});

describe('a choice of nothing', () => {
  it.each([
    ['listThreads', { filter: { resourceId: '' } }, 'filter.resourceId must not be empty'],
    ['listThreads', { filter: { resourceId: undefined } }, 'filter.resourceId must not be undefined'],
    ['listMessages', { threadId: 't', resourceId: '' }, 'resourceId must not be empty'],
    ['listWorkflowRuns', { resourceId: '' }, 'resourceId must not be empty'],
    ['listWorkflowRuns', { resourceId: null }, 'resourceId must not be null'],
    ['listWorkflowRuns', { threadId: '' }, 'threadId must not be empty'],
    ['listTasks', { threadId: '' }, 'threadId must not be empty'],
    ['deleteTasks', { agentId: '' }, 'agentId must not be empty'],
    ['deleteTasks', { status: '' }, 'status must not be empty'],
    ['listScoresByRunId', { runId: 'r', filters: { projectId: '' } }, 'filters.projectId must not be empty'],
    ['getWorkflowRuns', { resourceId: '' }, 'resourceId must not be empty'],
    ['getTraces', { scope: '' }, 'scope must not be empty'],
  ])("%s %j does not mean everybody's", async (method, args, text) => {
    const { store, spent } = world();
    await expect(store[method](args)).rejects.toThrow(text);
    expect(spent()).toBe(0);
  });
});

describe('a direction', () => {
  it.each(['desc', 'DESC', 'Desc'])('may be written %s', async (direction) => {
    const { store } = world();
    for (const [second, id] of ['a', 'b', 'c'].entries()) {
      await store.saveThread({ thread: thread(id, { createdAt: at(second), updatedAt: at(second) }) });
      await store.createTask({ id, status: 'running', createdAt: at(second) });
    }
    await store.saveMessages({ messages: conversation(3, { threadId: 'a' }) });
    const down = { orderBy: { direction } };
    expect(ids((await store.listThreads(down)).threads)).toEqual(['c', 'b', 'a']);
    expect(ids((await store.listMessages({ threadId: 'a', ...down })).messages)).toEqual([
      'm003',
      'm002',
      'm001',
    ]);
    const old = await store.getThreadsByResourceId({ resourceId: 'alice', sortDirection: direction });
    expect(ids(old)).toEqual(['c', 'b', 'a']);
    expect(ids((await store.listTasks({ orderDirection: direction })).tasks)).toEqual(['c', 'b', 'a']);
  });
});

describe('the nearest name', () => {
  const known = ['threadId', 'perPage', 'orderBy', 'keyPrefix', 'namespacePrefix', 'messages'];
  it.each([
    ['ThreadID', 'threadId'],
    ['thread_id', 'threadId'],
    ['treadId', 'threadId'],
    ['perpgae', 'perPage'],
    ['prefix', 'keyPrefix'],
    ['message', 'messages'],
    ['order', 'orderBy'],
    ['take', 'perPage'],
    ['x', undefined],
    ['', undefined],
    ['日本', undefined],
    ['colour', undefined],
  ])('to %j is %j', (name, near) => {
    expect(nearestName(name, known)).toBe(near);
  });
});

describe('every method', () => {
  /** What takes records, lists or names, in their order. */
  const POSITIONAL = [
    ...[
      'constructor',
      'init',
      'sweep',
      'dangerouslyClearAll',
      'stats',
      'close',
      'forget',
      'supportsConcurrentUpdates',
    ],
    ...[
      'deleteMessages',
      'saveScore',
      'createTask',
      'getTask',
      'deleteTask',
      'hasColumn',
      'getEvalsByAgentName',
    ],
    ...['getRunningCount', 'getRunningCountByAgent'],
    ...['putBlob', 'getBlob', 'hasBlob', 'deleteBlob', 'putManyBlobs', 'getManyBlobs'],
    ...['getObservationalMemory', 'insertObservationalMemoryRecord', 'clearObservationalMemory'],
    ...['setReflectingFlag', 'setObservingFlag', 'setBufferingObservationFlag', 'setBufferingReflectionFlag'],
    'setPendingMessageTokens',
  ];
  /** @type {Set<string>} */
  const methods = new Set();
  for (let link = CloudflareStore.prototype; link !== Object.prototype; link = Object.getPrototypeOf(link)) {
    for (const name of Object.getOwnPropertyNames(link)) methods.add(name);
  }
  const named = [...methods].filter((method) => !POSITIONAL.includes(method));

  it('stands in the table, and nothing else does', () => {
    expect(named.sort()).toEqual(Object.keys(ARGUMENTS).sort());
    expect(POSITIONAL.filter((method) => !methods.has(method))).toEqual([]);
  });

  it.each(named)('%s looks there', async (method) => {
    const { store, spent } = world();
    const shapes = /** @type {Record<string, readonly { kind: string }[]>} */ (ARGUMENTS)[method];
    const args = shapes.map(({ kind }) => (kind === 'object' ? { zzzzzzz: 1 } : 'r'));
    if (method === 'updateTask') args[1] = /** @type {any} */ ({});
    await expect(store[method](...args)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      op: method,
      message: expect.stringMatching(/^unknown argument "(\w+\.)?zzzzzzz"; known: /),
    });
    expect(spent()).toBe(0);
  });
});

describe('a number that has to be whole', () => {
  /** @type {[string, object, string][]} */
  const halves = [
    ['listMessages', { threadId: 't', page: 0.5 }, 'page must be >= 0 and a whole number'],
    ['listMessages', { threadId: 't', perPage: 1.5 }, 'perPage must be >= 0 and a whole number'],
    ['listThreads', { page: 1.5 }, 'page must be >= 0 and a whole number'],
    ['listResources', { perPage: 2.5 }, 'perPage must be >= 0 and a whole number'],
    ['listWorkflowRuns', { page: 1.5, perPage: 1 }, 'page must be >= 0 and a whole number'],
    ['getWorkflowRuns', { limit: 1.5 }, 'limit must be >= 0 and a whole number'],
    ['listThreads', { page: -1 }, 'page must be >= 0'],
    [
      'copyThread',
      { sourceThreadId: 't', options: { messageLimit: 1.5 } },
      'options.messageLimit must be a whole number',
    ],
    [
      'copyThread',
      { sourceThreadId: 't', options: { messageLimit: '2' } },
      'options.messageLimit must be a whole number',
    ],
    [
      'copyThread',
      { sourceThreadId: 't', options: { messageLimit: NaN } },
      'options.messageLimit must be a whole number',
    ],
  ];
  it.each(halves)('of %s, %j: %s', async (method, args, text) => {
    const { store } = world();
    await store.saveThread({ thread: thread('t') });
    const error = await store[method](args).catch((/** @type {unknown} */ thrown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', op: method });
    expect(error.message.endsWith(text)).toBe(true);
  });
});
