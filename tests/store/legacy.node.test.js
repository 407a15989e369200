/** The methods of older versions of Mastra's storage. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 0, 1, 0, minute));

/** @param {string} id @param {number} minute */
const thread = (id, minute) => ({
  id,
  resourceId: 'ada',
  title: id,
  createdAt: at(minute),
  updatedAt: at(100 - minute),
});

/** @param {string} id @param {number} minute @param {string} [threadId] */
const message = (id, minute, threadId = 't') => ({
  id,
  threadId,
  resourceId: 'ada',
  role: 'user',
  createdAt: at(minute),
  content: { format: 2, parts: [{ type: 'text', text: id }] },
});

const open = () => new CloudflareStore({ backend: createMemoryBackend(), core: createCore() });

/** A thread with messages m-1 to m-5. */
async function talk() {
  const store = open();
  await store.saveThread({ thread: thread('t', 0) });
  await store.saveMessages({ messages: [1, 2, 3, 4, 5].map((n) => message(`m-${n}`, n)) });
  return store;
}

/** @param {{ id: string }[]} records */
const ids = (records) => records.map(({ id }) => id);

describe('threads by their older names', () => {
  it('are listed whole, in any order, or by pages', async () => {
    const store = open();
    for (const [i, id] of ['a', 'b', 'c'].entries()) await store.saveThread({ thread: thread(id, i) });

    expect(ids(await store.getThreadsByResourceId({ resourceId: 'ada' }))).toEqual(['c', 'b', 'a']);
    const oldest = /** @type {const} */ ({
      resourceId: 'ada',
      orderBy: 'updatedAt',
      sortDirection: 'DESC',
    });
    expect(ids(await store.getThreadsByResourceId(oldest))).toEqual(['a', 'b', 'c']);
    const page = await store.getThreadsByResourceIdPaginated({ resourceId: 'ada', page: 1, perPage: 2 });
    expect(page).toMatchObject({ total: 3, page: 1, perPage: 2, hasMore: false });
    expect(ids(page.threads)).toEqual(['a']);
  });
});

describe('messages by their older names', () => {
  it('are the last ones, oldest first', async () => {
    const store = await talk();
    expect(ids(await store.getMessages({ threadId: 't', selectBy: { last: 2 } }))).toEqual(['m-4', 'm-5']);
    expect(await store.getMessages({ threadId: 't', selectBy: { last: false } })).toHaveLength(5);
  });

  it('are those that are named, with their neighbours', async () => {
    const store = await talk();
    const include = [{ id: 'm-3', withPreviousMessages: 1 }];
    const found = await store.getMessages({ threadId: 't', selectBy: { last: 0, include } });
    expect(ids(found)).toEqual(['m-2', 'm-3']);
  });

  it('come by pages and within dates', async () => {
    const store = await talk();
    const pagination = { page: 1, perPage: 2, dateRange: { start: at(2) } };
    const found = await store.getMessagesPaginated({ threadId: 't', selectBy: { pagination } });
    expect(found).toMatchObject({ total: 4, hasMore: false });
    expect(ids(found.messages)).toEqual(['m-4', 'm-5']);
  });

  it('are found by id', async () => {
    const store = await talk();
    expect(ids(await store.getMessagesById({ messageIds: ['m-4', 'none', 'm-1'] }))).toEqual(['m-1', 'm-4']);
  });

  it('are not converted to an older format without a word', async () => {
    const store = await talk();
    const args = /** @type {any} */ ({ threadId: 't', format: 'v1' });
    await expect(store.getMessages(args)).rejects.toThrow("format 'v2' only");
  });
});

describe('workflow runs by their older names', () => {
  it('are limited and offset', async () => {
    const store = open();
    for (let n = 0; n < 5; n++) {
      const snapshot = { runId: `r-${n}`, status: 'success', context: {} };
      await store.persistWorkflowSnapshot({
        workflowName: 'w',
        runId: `r-${n}`,
        snapshot,
        createdAt: at(n),
      });
    }
    const runsOf = async (/** @type {object} */ args) => {
      const { runs, total } = await store.getWorkflowRuns({ workflowName: 'w', ...args });
      return [total, ...runs.map(({ runId }) => runId)];
    };
    expect(await runsOf({ limit: 2, offset: 2 })).toEqual([5, 'r-2', 'r-1']);
    expect(await runsOf({ limit: 2, offset: 1 })).toEqual([5, 'r-3', 'r-2']);
    expect(await runsOf({ fromDate: at(3) })).toEqual([2, 'r-4', 'r-3']);
    expect(await runsOf({ limit: 0 })).toEqual([5]);
  });

  it.each([{ limit: -1 }, { limit: 1.5 }, { offset: -20 }, { limit: 7, offset: -3 }, { limit: 'all' }])(
    'are not counted by %j',
    async (args) => {
      await expect(open().getWorkflowRuns(/** @type {any} */ (args))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        op: 'getWorkflowRuns',
        message: expect.stringContaining(' must be >= 0'),
      });
    },
  );
});

describe('records by table', () => {
  it('are what the methods see', async () => {
    const store = open();
    await store.createTable({ tableName: 'mastra_threads', schema: {} });
    await store.insert({ tableName: 'mastra_threads', record: thread('t', 0) });
    await store.batchInsert({
      tableName: 'mastra_messages',
      records: Array.from({ length: 250 }, (_, n) => message(`m-${n}`, n)),
    });
    await store.insert({
      tableName: 'mastra_workflow_snapshot',
      record: { workflow_name: 'w', run_id: 'r', snapshot: { status: 'success' }, createdAt: at(1) },
    });

    expect((await store.listMessages({ threadId: 't', perPage: 1 })).total).toBe(250);
    expect(await store.load({ tableName: 'mastra_threads', keys: { id: 't' } })).toMatchObject({
      title: 't',
      createdAt: at(0),
    });
    expect(await store.load({ tableName: 'messages', keys: { id: 'm-7' } })).toMatchObject({ threadId: 't' });
    expect(
      await store.load({ tableName: 'mastra_workflow_snapshot', keys: { workflow_name: 'w', run_id: 'r' } }),
    ).toMatchObject({ workflow_name: 'w', run_id: 'r', snapshot: { status: 'success' }, createdAt: at(1) });
    expect(await store.load({ tableName: 'mastra_resources', keys: { id: 'none' } })).toBeNull();
    expect(await store.hasColumn('mastra_threads', 'anything')).toBe(true);
  });

  it('are cleared by table, whatever the name', async () => {
    const store = await talk();
    await store.dropTable({ tableName: 'mastra_messages' });
    expect((await store.listMessages({ threadId: 't' })).total).toBe(0);
  });

  it('belong to a table that exists', async () => {
    const store = open();
    await expect(store.load({ tableName: 'mastra_nothing', keys: { id: 'x' } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      op: 'load',
    });
    await expect(store.insert({ tableName: 'metadata', record: {} })).rejects.toMatchObject({ op: 'insert' });
    await expect(
      store.batchInsert({ tableName: 'threads', records: /** @type {any} */ ('x') }),
    ).rejects.toThrow('records must be an array');
  });
});

describe('traces', () => {
  /** @param {string} id @param {number} minute @param {object} [fields] */
  const trace = (id, minute, fields) => ({
    id,
    name: 'turn',
    scope: 'agent',
    createdAt: at(minute),
    ...fields,
  });

  it('are listed by name, scope, attributes, fields and dates, newest first', async () => {
    const store = open();
    await store.batchTraceInsert({
      records: [
        trace('a', 1, { attributes: { model: 'x', step: 1 } }),
        trace('b', 2, { attributes: { model: 'y' }, kind: 3 }),
        trace('c', 3, { name: 'tool' }),
        trace('d', 4, { scope: 'workflow' }),
      ],
    });

    expect(ids(await store.getTraces())).toEqual(['d', 'c', 'b', 'a']);
    expect(ids(await store.getTraces({ name: 'turn', scope: 'agent' }))).toEqual(['b', 'a']);
    expect(ids(await store.getTraces({ attributes: { model: 'x' } }))).toEqual(['a']);
    expect(ids(await store.getTraces({ filters: { kind: 3 } }))).toEqual(['b']);
    expect(ids(await store.getTraces({ fromDate: at(2), toDate: at(3) }))).toEqual(['c', 'b']);
    const page = await store.getTracesPaginated({ page: 1, perPage: 3 });
    expect(page).toMatchObject({ total: 4, page: 1, perPage: 3, hasMore: false });
    expect(page.traces[0]).toEqual(trace('a', 1, { attributes: { model: 'x', step: 1 } }));
    const filtered = await store.getTracesPaginated({ filters: { name: 'turn' }, page: 0, perPage: 2 });
    expect([ids(filtered.traces), filtered.total, filtered.hasMore]).toEqual([['d', 'b'], 3, true]);
  });

  it.each([{ page: -1 }, { page: 'x' }, { perPage: -1 }, { perPage: 1.5 }])(
    'have no page %j, by whatever they are listed',
    async (page) => {
      const store = open();
      for (const filter of [{}, { attributes: { model: 'x' } }]) {
        const asked = store.getTraces(/** @type {any} */ ({ ...page, ...filter }));
        await expect(asked).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', op: 'getTraces' });
      }
    },
  );

  it('come as an array', async () => {
    await expect(open().batchTraceInsert(/** @type {any} */ ({}))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      op: 'batchTraceInsert',
      message: 'records must be an array',
    });
  });
});

describe('evals', () => {
  it('are listed by agent and by kind, under either spelling of their fields', async () => {
    const store = open();
    await store.batchInsert({
      tableName: 'mastra_evals',
      records: [
        {
          id: '1',
          agent_name: 'cook',
          metric_name: 'taste',
          test_info: { testName: 'soup' },
          created_at: at(1),
        },
        { id: '2', agentName: 'cook', result: { score: 0.5 }, createdAt: at(2) },
        { id: '3', agentName: 'judge', createdAt: at(3) },
      ],
    });

    expect(ids(/** @type {any} */ (await store.getEvalsByAgentName('cook')))).toEqual(['2', '1']);
    expect(await store.getEvalsByAgentName('cook', 'test')).toMatchObject([{ metricName: 'taste' }]);
    const live = await store.getEvals({ type: 'live', page: 0, perPage: 1 });
    expect(live).toMatchObject({ total: 2, hasMore: true, evals: [{ id: '3', createdAt: at(3) }] });
  });
});

describe('errors of older names', () => {
  /** @type {[string, ...any[]][]} */
  const calls = [
    ['getThreadsByResourceId', { resourceId: '' }],
    ['getThreadsByResourceIdPaginated', { resourceId: 'ada', page: -1 }],
    ['getMessages', { threadId: ' ' }],
    ['getMessagesPaginated', { threadId: 't', selectBy: { pagination: { perPage: -1 } } }],
    ['getMessagesById', { messageIds: [''] }],
    ['getWorkflowRuns', { fromDate: 'yesterday' }],
    ['getScoresByScorerId', {}],
    ['getScoresByRunId', {}],
    ['getScoresByEntityId', {}],
    ['getEvalsByAgentName', ''],
    ['insert', { tableName: 'mastra_threads', record: {} }],
    ['batchInsert', { tableName: 'mastra_messages', records: [{}] }],
    ['load', { tableName: 'mastra_threads', keys: {} }],
    ['load', { tableName: 'mastra_workflow_snapshot', keys: {} }],
    ['dropTable', { tableName: 'nothing' }],
  ];

  it.each(calls)('%s names itself', async (method, ...args) => {
    const store = /** @type {any} */ (open());
    await expect(store[method](...args)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', op: method });
  });
});

describe('scores by their older names', () => {
  it('are the same scores', async () => {
    const store = open();
    const { score } = await store.saveScore({
      scorerId: 's',
      entityId: 'e',
      runId: 'r',
      score: 1,
      scorer: {},
      entity: {},
      source: 'LIVE',
      output: 'fine',
    });
    const pagination = { page: 0, perPage: 10 };
    for (const page of [
      await store.getScoresByScorerId({ scorerId: 's', pagination }),
      await store.getScoresByRunId({ runId: 'r', pagination }),
      await store.getScoresByEntityId({ entityId: 'e', pagination }),
    ]) {
      expect(page.scores).toEqual([score]);
    }
  });
});
