// Writes the seeds of the `call` fuzzer: scripts in the words of call.c, several for each operation of
// src/op.h. `<operation>` makes the calls that reach its steps, over a store with something in it; `<operation>.<n>` make
// them over a KV that answers wrongly, in each way that is known, at each request in turn.
//
//   node tests/fuzz/seeds.mjs FOLDER
//
// Fails when an operation has none. Scripts that fuzzing has found stand in corpus/call.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];

/** @param {number} minute */
const at = (minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** @param {string} op @param {unknown} [payload] @param {unknown} [control] */
const call = (op, payload, control) =>
  `${op} ${control === undefined ? '-' : JSON.stringify(control)} ${payload === undefined ? '' : JSON.stringify(payload)}`;

/** @param {string} id @param {string} [resourceId] @param {object} [more] */
const thread = (id, resourceId = 'u1', more = {}) =>
  call('thread.save', { id, resourceId, title: id, createdAt: at(0), updatedAt: at(0), ...more });

/** @param {string} id @param {string} threadId @param {number} minute @param {object} [more] */
const message = (id, threadId, minute, more = {}) => ({
  id,
  threadId,
  resourceId: 'u1',
  role: 'user',
  content: { text: id, metadata: { n: minute, ab: { c: [1, { d: 'é' }] } } },
  createdAt: at(minute),
  ...more,
});

const run = { runId: 'r1', workflowName: 'w' };
const runs = { table: 'workflow_snapshot' };

/** @param {string} status @param {object} [context] */
const persist = (status, context = {}) => call('workflow.persist', { ...run, snapshot: { status, context } });

const stock = [
  call('store.init'),
  thread('a', 'u1', { metadata: { n: 1 } }),
  thread('b'),
  thread('c', 'u2'),
  call('message.save', [message('a1', 'a', 1), message('a2', 'a', 2), message('b1', 'b', 1)]),
  call('resource.update', { resourceId: 'u1', workingMemory: 'w', metadata: { a: 1 } }),
];

/** @param {string} table @param {object[]} rows */
const save = (table, rows) => call('row.save', rows, { table });

const rows = [
  save('background_tasks', [
    { id: 't1', status: 'pending', createdAt: at(0) },
    { id: 't2', status: 'running', createdAt: at(1), startedAt: at(2), toolName: 'x'.repeat(1100) },
  ]),
  save('scores', [{ id: 's1', score: 1, runId: 'r', createdAt: at(0) }, { score: 2 }]),
  save('blobs', [{ hash: 'b1', content: 'one' }]),
  save('observational_memory', [{ scopeKind: 'thread', scopeId: 'a', generation: '1', createdAt: at(0) }]),
  save('thread_state', [{ threadId: 'a', type: 'k', resourceId: 'u1', value: 1 }]),
  save('traces', [{ id: 'x1', name: 'n', traceId: 't', createdAt: at(0) }]),
  save('evals', [{ agentName: 'g', createdAt: at(0) }]),
  persist('suspended', { step: { output: [1, null], status: 'success' } }),
];

/** The journal entry of a head or a record, as it may stand in KV. */
const SUFFIX = '7uci4ialvu000g40o4';

/** The head of thread a, once older messages no longer stood in it. */
const floor = `put dev_metadata:thread:a ${JSON.stringify({
  v: 1,
  w: 5,
  updatedAt: 6,
  bumpedAt: 5,
  checkedAt: 4,
  since: 0,
  floor: ['a2', Date.parse(at(2))],
  owners: ['u1'],
  journal: [SUFFIX],
  entries: ['a2', Date.parse(at(2)), 0, 0],
})} {"v":1,"w":5}`;

/**
 * `before`: lines that fill the store; `calls`: the operation, in its ways; `spoilt`: keys whose values its steps read.
 * @type {Record<string, { before?: string[], calls: string[], spoilt?: string[] }>}
 */
const seeds = {
  'store.init': {
    calls: [
      call('store.init'),
      call('store.init'),
      'put dev_metadata:schema {"v":1,"format":9} {"v":1,"w":1}',
      'restart',
      call('store.init'),
    ],
    spoilt: ['metadata:schema'],
  },
  'store.clear': {
    before: [...stock, ...rows],
    calls: [
      call('store.clear', undefined, { table: 'messages' }),
      call('store.clear', undefined, { table: 'scores' }),
      call('store.clear'),
    ],
    spoilt: ['threads:a', 'metadata:thread:a', `metadata:thread:a:${SUFFIX}`],
  },
  'store.sweep': {
    before: [...stock, 'budget 12', call('thread.delete', { threadId: 'a' }), 'budget 60', 'later 300'],
    calls: [call('store.sweep'), 'later 300', call('store.sweep')],
    spoilt: ['metadata:deleted:a', 'threads:a', 'metadata:thread:a', `metadata:thread:a:${SUFFIX}`],
  },
  'thread.save': {
    before: stock,
    calls: [thread('d'), thread('a', 'u2'), thread('b', 'u1', { metadata: { x: [1] } })],
    spoilt: ['threads:a', 'metadata:thread:a', 'metadata:resource:u1', 'metadata:resource:u2'],
  },
  'thread.get': {
    before: stock,
    calls: [call('thread.get', { threadId: 'a' }), call('thread.get', { threadId: 'x' })],
    spoilt: ['threads:a', 'metadata:thread:a'],
  },
  'thread.update': {
    before: stock,
    calls: [
      call('thread.update', { id: 'a', title: 'new', metadata: { m: 2 } }),
      call('thread.update', { id: 'a', archivedAt: at(1) }),
    ],
    spoilt: ['threads:a', 'metadata:thread:a', 'metadata:resource:u1'],
  },
  'thread.create': {
    before: stock,
    calls: [
      call('thread.create', { id: 'd', resourceId: 'u1', title: 'd', createdAt: at(0), updatedAt: at(0) }),
      call('thread.create', { id: 'a', resourceId: 'u1', createdAt: at(0), updatedAt: at(0) }),
    ],
    spoilt: ['threads:a', 'threads:d', 'metadata:resource:u1'],
  },
  'thread.delete': {
    before: stock,
    calls: [call('thread.delete', { threadId: 'a' }), call('thread.delete', { threadId: 'x' })],
    spoilt: ['threads:a', 'metadata:thread:a', 'metadata:resource:u1', `metadata:thread:a:${SUFFIX}`],
  },
  'thread.list': {
    before: stock,
    calls: [
      call('thread.list', {}),
      call('thread.list', { resourceId: 'u1', metadata: { n: 1 } }, { field: 'updatedAt', direction: 'ASC' }),
      call('thread.list', { resourceId: 'u1' }, { perPage: 1, page: 1, archived: true }),
    ],
    spoilt: ['threads:a', 'metadata:thread:a', 'metadata:resource:u1', `metadata:resource:u1:${SUFFIX}`],
  },
  'thread.copy': {
    before: stock,
    calls: [
      call('thread.copy', { sourceThreadId: 'a', newThreadId: 'copy' }),
      call('thread.copy', { sourceThreadId: 'a', resourceId: 'u2' }, { messageLimit: 1 }),
    ],
    spoilt: ['threads:a', 'metadata:thread:a', 'messages:a1', 'metadata:thread:copy'],
  },
  'message.save': {
    before: stock,
    calls: [
      call('message.save', [message('n1', 'a', 9), message('n2', 'b', 9)]),
      call('message.save', [message('a1', 'b', 1), message('a2', 'a', 7)]),
      'fail 5 99 503',
      call('message.save', [message('n3', 'a', 9), message('n4', 'a', 9), message('n5', 'b', 9)]),
      'fail 0 0 0',
    ],
    spoilt: ['messages:a1', 'threads:a', 'metadata:thread:a', 'metadata:thread:b'],
  },
  'message.list': {
    before: stock,
    calls: [
      call('message.list', { threadId: ['a', 'b'], metadata: { n: 1 } }, { perPage: false }),
      call(
        'message.list',
        { threadId: 'a', include: [{ id: 'b1', withNextMessages: 2 }, { id: 'a1' }] },
        { perPage: 1, direction: 'DESC', includeTotal: false },
      ),
      call('message.list', { threadId: 'a', dateRange: { start: at(1), end: at(2), endExclusive: true } }),
      call('message.list', { threadId: '' }),
      call('message.list', { threadId: 'a', metadata: { ab: { c: [1, { d: 'é\\u00e9' }] } } }),
      call('message.list', { threadId: 'a', metadata: { 'no good': 1 } }),
      floor,
      'restart',
      call('message.list', { threadId: 'a' }, { perPage: 1, page: 1 }),
      call('message.list', { threadId: 'a', metadata: { n: 1 } }, { perPage: 1, direction: 'DESC' }),
      'drop dev_messages:a2',
      floor,
      'restart',
      call('message.list', { threadId: 'a' }, { perPage: 2, direction: 'DESC', includeTotal: false }),
      call('message.list', {
        threadId: 'b',
        include: [{ id: 'a1', threadId: 'a', withPreviousMessages: 3 }],
      }),
    ],
    spoilt: ['messages:a1', 'metadata:thread:a', `metadata:thread:a:${SUFFIX}`],
  },
  'message.list_by_resource': {
    before: stock,
    calls: [
      call('message.list_by_resource', { resourceId: 'u1' }),
      call('message.list_by_resource', { resourceId: 'u1', dateRange: { start: at(1) } }, { perPage: 1 }),
    ],
    spoilt: ['messages:a1', 'metadata:resource:u1', 'metadata:thread:a', 'threads:a'],
  },
  'message.get': {
    before: stock,
    calls: [
      call('message.get', { messageIds: ['a1', 'b1', 'x'] }),
      call('message.get', { messageIds: ['a1'] }),
    ],
    spoilt: ['messages:a1'],
  },
  'message.update': {
    before: stock,
    calls: [
      call('message.update', [
        { id: 'a1', role: 'assistant' },
        { id: 'b1', content: { metadata: { m: 2 } } },
      ]),
      call('message.update', [
        { id: 'a1', threadId: 'b' },
        { id: 'a2', createdAt: at(9) },
      ]),
    ],
    spoilt: ['messages:a1', 'metadata:thread:a', 'metadata:thread:b'],
  },
  'message.delete': {
    before: stock,
    calls: [call('message.delete', { messageIds: ['a1', 'b1', 'x'] })],
    spoilt: ['messages:a1', 'metadata:thread:a', `metadata:thread:a:${SUFFIX}`],
  },
  'resource.save': {
    before: stock,
    calls: [call('resource.save', { id: 'u1', workingMemory: 'v', createdAt: at(0), updatedAt: at(0) })],
    spoilt: ['resources:u1'],
  },
  'resource.get': {
    before: stock,
    calls: [call('resource.get', { resourceId: 'u1' }), call('resource.get', { resourceId: 'x' })],
    spoilt: ['resources:u1'],
  },
  'resource.update': {
    before: stock,
    calls: [
      call('resource.update', { resourceId: 'u1', metadata: { b: 2 } }),
      call('resource.update', { resourceId: 'u9', workingMemory: 'v' }),
    ],
    spoilt: ['resources:u1'],
  },
  'row.save': {
    before: rows,
    calls: [
      save('background_tasks', [{ id: 't1', status: 'failed', completedAt: at(3) }]),
      save('scores', [{ id: 's1', score: 2 }]),
      call('row.save', [{ id: 's', nextFireAt: at(1) }], { table: 'schedules', create: true }),
      save('blobs', [
        { hash: 'b1', content: 'x' },
        { hash: 'b2', content: 'y' },
      ]),
      save('thread_state', [{ threadId: 'a', type: 'k', resourceId: 'u1', value: 2 }]),
      'follow',
      call('row.save', [{ id: 't9', createdAt: at(0) }], { table: 'traces', restore: true, maxAge: 1000 }),
    ],
    spoilt: ['scores:s1', 'blobs:b1', 'blobs:b2', 'schedules:s'],
  },
  'row.get': {
    before: rows,
    calls: [
      call('row.get', [{ hash: 'b1' }, { hash: 'x' }], { table: 'blobs' }),
      call('row.get', [run], runs),
      call('row.get', [{ scopeKind: 'thread', scopeId: 'a', generation: '1' }], {
        table: 'observational_memory',
      }),
      call('row.get', [{ threadId: 'a', type: 'k', resourceId: 'u1' }], { table: 'thread_state' }),
    ],
    spoilt: ['blobs:b1', 'workflow_snapshot:r1:w', 'observational_memory:thread:a:1', 'thread_state:a:k:u1'],
  },
  'row.update': {
    before: rows,
    calls: [
      call(
        'row.update',
        {
          key: { id: 't1' },
          expect: { status: ['pending', 'x'] },
          set: { status: 'running' },
          clear: ['startedAt'],
        },
        { table: 'background_tasks' },
      ),
      call('row.update', { key: { id: 't1' }, expect: { status: null } }, { table: 'background_tasks' }),
      call(
        'row.update',
        {
          key: { scopeKind: 'thread', scopeId: 'a', generation: '1' },
          set: { lastObservedAt: at(4), flags: { a: [] } },
        },
        { table: 'observational_memory' },
      ),
    ],
    spoilt: ['background_tasks:t1', 'observational_memory:thread:a:1'],
  },
  'row.delete': {
    before: rows,
    calls: [
      call('row.delete', [{ id: 't1' }, { id: 'x' }], { table: 'background_tasks' }),
      call('row.delete', [{ hash: 'b1' }, { hash: 'x' }], { table: 'blobs' }),
    ],
    spoilt: ['blobs:b1'],
  },
  'row.list': {
    before: rows,
    calls: [
      call(
        'row.list',
        {
          where: { status: ['running', 'pending'], agentId: null },
          dateField: 'createdAt',
          dateRange: { start: at(0), end: at(5) },
          orderBy: 'createdAt',
        },
        { table: 'background_tasks', perPage: 1, direction: 'ASC' },
      ),
      call('row.list', { where: { runId: 'r' } }, { table: 'scores', perPage: false }),
      call('row.list', { where: { status: 'suspended' } }, runs),
      call('row.list', { under: 'r1' }, runs),
      call('row.list', {}, { table: 'observational_memory', page: 0, perPage: 3 }),
    ],
    spoilt: ['background_tasks:t1', 'background_tasks:t2', 'scores:s1', 'workflow_snapshot:r1:w'],
  },
  'row.page': {
    before: rows,
    calls: [
      call('row.page', { under: [], limit: 1 }, { table: 'background_tasks' }),
      call('row.page', { under: ['thread'], limit: 9 }, { table: 'observational_memory' }),
      call('row.page', { under: ['a'], start: 'k', limit: 9 }, { table: 'thread_state' }),
      call(
        'row.page',
        { under: [], limit: 9, cursor: '@dev_background_tasks:t1' },
        { table: 'background_tasks' },
      ),
    ],
    spoilt: [],
  },
  'row.prune': {
    before: [...rows, ...stock, 'later 90000'],
    calls: [
      call('row.prune', { limit: 1, cursor: null }, { table: 'scores', maxAge: 1 }),
      call('row.prune', { limit: 9, cursor: null }, { table: 'workflow_snapshot', maxAge: 1000 }),
      call('row.prune', { limit: 1, cursor: null }, { table: 'messages', maxAge: 1 }),
      call('row.prune', { limit: 9, cursor: '@dev_threads:b' }, { table: 'threads', maxAge: 1 }),
      call('row.prune', { limit: 9, cursor: null }, { table: 'resources', maxAge: 0 }),
    ],
    spoilt: ['scores:s1', 'workflow_snapshot:r1:w', 'messages:a1', 'threads:a', 'resources:u1'],
  },
  'row.flush': {
    before: rows,
    calls: [
      persist('running'),
      'follow',
      persist('running', { n: 1 }),
      call('row.flush', { table: 4, key: 'dev_workflow_snapshot:r1:w' }),
      call('row.flush', { table: 4, key: 'dev_workflow_snapshot:r2:w' }),
    ],
    spoilt: ['workflow_snapshot:r1:w'],
  },
  'workflow.persist': {
    before: rows,
    calls: [
      persist('failed', { n: 1 }),
      persist('failed', { n: 1 }),
      'restart',
      persist('running', { n: 2 }),
      call('workflow.persist', { ...run, snapshot: { status: 'running' } }, { all: true, maxAge: 1000 }),
      call('workflow.persist', {
        ...run,
        workflowName: 'agentic-loop',
        resourceId: 'u1',
        createdAt: at(0),
        updatedAt: at(1),
        snapshot: {
          status: 'suspended',
          context: {
            s: {
              status: 'suspended',
              suspendPayload: { __streamState: { messageList: { memoryInfo: { threadId: 'a' } } } },
            },
          },
        },
      }),
      call('workflow.persist', { ...run, runId: 'r3', snapshot: '{"status":"waiting"}' }),
    ],
    spoilt: ['workflow_snapshot:r1:w'],
  },
  'workflow.delete': {
    before: rows,
    calls: [
      call('workflow.delete', run),
      call('row.get', [{ ...run, runId: 'r2' }], runs),
      call('workflow.persist', { ...run, runId: 'r2', snapshot: { status: 'running' } }),
      call('workflow.delete', { ...run, runId: 'r2' }),
    ],
  },
  'workflow.update_state': {
    before: rows,
    calls: [
      call('workflow.update_state', { ...run, state: { status: 'canceled' }, expectedStatus: 'paused' }),
      call('workflow.update_state', {
        ...run,
        state: { status: 'running' },
        expectedStatus: ['x', 'suspended'],
      }),
      call('workflow.update_state', { ...run, runId: 'r9', state: {} }),
    ],
    spoilt: ['workflow_snapshot:r1:w'],
  },
  'workflow.update_results': {
    before: rows,
    calls: [
      call('workflow.update_results', {
        ...run,
        stepId: 'step',
        result: { status: 'success', output: [null, { __mastra_pending__: true }, 3] },
        requestContext: { b: 1 },
      }),
      call('workflow.update_results', { ...run, stepId: 'step', result: { output: [null, 2] } }),
      call('workflow.update_results', { ...run, runId: 'r9', stepId: 's', result: 1 }),
    ],
    spoilt: ['workflow_snapshot:r1:w'],
  },
  'collection.refresh': {
    before: [...stock, 'drop dev_metadata:thread:a', 'restart', 'later 400'],
    calls: [
      call('message.list', { threadId: 'a' }, { perPage: 40, direction: 'DESC', includeTotal: false }),
      'follow',
      call('collection.refresh', {
        collections: [
          { kind: 'thread', id: 'a', gone: ['a1', SUFFIX, Date.parse(at(1)), 'u1', 'a2', SUFFIX, 5, 'u1'] },
          { kind: 'resource', id: 'u1', gone: ['c', '', 0, ''] },
        ],
      }),
    ],
    spoilt: ['metadata:thread:a', `metadata:thread:a:${SUFFIX}`, 'messages:a1', 'threads:a'],
  },
  'record.scan': {
    before: [...stock, ...rows],
    calls: [
      call('record.scan', { cursor: null }, { table: 'messages', perPage: 1 }),
      call('record.scan', { cursor: '@dev_threads:b' }, { table: 'threads' }),
      call('record.scan', { keys: true }, { table: 'scores' }),
    ],
    spoilt: ['messages:a1', 'threads:a', 'metadata:thread:a', 'threads:b'],
  },
  'record.get': {
    before: [...stock, ...rows],
    calls: [
      call('record.get', { ids: ['a', 'x'] }, { table: 'threads' }),
      call('record.get', { ids: [['r1', 'w']] }, runs),
    ],
    spoilt: ['threads:a', 'metadata:thread:a', 'workflow_snapshot:r1:w'],
  },
  'collection.scan': {
    before: stock,
    calls: [
      call('collection.scan', { kind: 'thread', cursor: null }, { perPage: 2 }),
      call('collection.scan', { kind: 'resource' }),
    ],
    spoilt: ['metadata:thread:a', `metadata:thread:a:${SUFFIX}`, 'threads:a', 'metadata:resource:u1'],
  },
  'verify.records': {
    before: [...stock, 'later 900', 'drop dev_threads:b'],
    calls: [
      call('verify.records', { cursor: null }, { table: 'messages', perPage: 3 }),
      call('verify.records', { cursor: null }, { table: 'threads' }),
    ],
    spoilt: ['messages:a1', 'threads:a', `metadata:thread:a:${SUFFIX}`],
  },
  'verify.collection': {
    before: [...stock, 'later 900', 'drop dev_messages:a1'],
    calls: [
      call('verify.collection', { kind: 'thread', id: 'a', repair: true }),
      'follow',
      call('verify.collection', { kind: 'resource', id: 'u1', settled: true, repair: true, after: [5, 'a'] }),
    ],
    spoilt: ['metadata:thread:a', `metadata:thread:a:${SUFFIX}`, 'messages:a1', 'threads:a'],
  },
  'thread.purge': {
    before: [
      ...stock,
      call('thread.delete', { threadId: 'b' }),
      'later 900',
      call('store.sweep', {}),
      'later 9000',
    ],
    calls: [call('thread.purge', { cursor: null }, { maxAge: 900000, perPage: 2 })],
    spoilt: ['threads:b', 'metadata:thread:b', 'metadata:sweep:b'],
  },
};

/** What a value should not be. Words of a script end at a space, so there is none in them. */
const values = [
  'null',
  '42',
  '[]',
  '{"v":1,"w":',
  '{oops',
  '"x"',
  '{"id":5,"snapshot":[],"entries":{},"v":9}',
  '%00',
];
const metadata = [
  '',
  '{"v":1,"w":',
  '[]',
  '{"v":1,"w":"1e9","c":5,"entries":"x"}',
  '{"v":1,"w":9007199254740993,"c":{}}',
];

/** What happens to the answer of request number n. */
const hurdles = [
  ...[404, 429, 503, 0, 301, 413, 507].map((status) => (/** @type {number} */ n) => `status ${n} ${status}`),
  ...[
    '', // nothing
    '%05', // half a number
    '%ff%ff%ff%7f%ff%ff%ff%7f', // a huge value, a huge page
    '%ff%ff%ff%ff%00%00%00%00', // no such key
    '%03%00%00%00%07%00%00%00nul{"v":1,', // a value and metadata that are cut off
    '%04%00%00%00%00%00%00%00null',
    '%00%00%00%00%01%00%00%00c', // an empty page with a cursor
    '%01%00%00%00%ff%ff%ff%ff%05%00%00%00%00%00%00%00other', // a page of other keys
  ].map((bytes) => (/** @type {number} */ n) => `bytes ${n} ${bytes}`),
  (/** @type {number} */ n) => `cut ${n} 9`,
  (/** @type {number} */ n) => `flip ${n} 0 255`,
  (/** @type {number} */ n) => `flip ${n} 13 32`,
  (/** @type {number} */ n) => `twice ${n}`,
  (/** @type {number} */ n) => `late ${n}`,
];

/** Scripts of bearable length, each over a store of its own. @param {string} op */
function* hostile(op) {
  const { before = [], calls, spoilt = [] } = seeds[op];
  const words = calls.filter((line) => !/^(restart|later|follow|budget|drop|put|fail)/.test(line));
  /** @param {number} i */
  const word = (i) => words[i % words.length];
  yield [...weathers(op)];
  for (const [i, key] of spoilt.entries()) {
    const lines = values.map((value, k) => [
      `put dev_${key} ${value} ${metadata[(i + k) % metadata.length]}`,
      'restart',
      word(k),
      'follow',
    ]);
    yield [...before, ...lines.flat()];
  }
  for (let i = 0; i < hurdles.length; i += 4) {
    const lines = hurdles
      .slice(i, i + 4)
      .flatMap((hurdle, k) => [1, 2, 3].flatMap((n) => [hurdle(n), 'restart', word(i + k + n)]));
    yield [...before, ...lines];
  }
  for (let n = 1; n <= 6; n++)
    yield [
      ...before,
      `memory ${n * n} ${n}`,
      word(n),
      'memory 0 0',
      `${n % 2 ? 'fail' : 'apply'} ${n} ${n} 503`,
      word(n + 1),
      `leave ${n} ${word(n + 2)}`,
      'later 20',
      word(n),
      'fail 0 0 0',
      'later 1000',
      ...calls,
    ];
}

/** @param {string} op */
function* friendly(op) {
  const { before = [], calls } = seeds[op];
  yield* before;
  yield* calls;
}

/** @param {string} op */
function* weathers(op) {
  const { before = [], calls } = seeds[op];
  for (const weather of ['bare', 'empty', 'page 1', 'strict', 'check']) {
    yield weather;
    yield 'restart';
    yield 'later 70';
    yield* before;
    yield* calls;
  }
}

mkdirSync(folder, { recursive: true });
const lists = ['kv/exchange.h', 'upkeep/operations.h', 'threads/operations.h', 'rows/operations.h'];
const source = lists
  .map((file) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8'))
  .join('');
const names = [...source.matchAll(/^ {2}X\(\w+, "([a-z]+\.[a-z_]+)"/gm)].map(([, name]) => name);
for (const name of names) {
  if (!seeds[name]) throw new Error(`${name} has no seed: give it one in tests/fuzz/seeds.mjs`);
  const scripts = [[...friendly(name)], ...hostile(name)];
  for (const [i, lines] of scripts.entries())
    writeFileSync(join(folder, i ? `${name}.${i}` : name), `${lines.join('\n')}\n`);
}
