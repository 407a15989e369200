/**
 * Random calls of Mastra's domains, as engines, editors and people make them. What a caller gives has a time of its own,
 * for of what came at one time the stores list this or that first.
 *
 * @module
 */

import fc from 'fast-check';
import { at } from '../support/records.js';
import { installation } from './channels.js';
import { KINDS, NEEDED } from './editor.js';
import { news } from './notifications.js';
import { schedule } from './schedules.js';
import { score } from './scores.js';
import { task } from './tasks.js';
import { span } from './traces.js';
import { snapshot } from './workflows.js';

/** @typedef {import('./trio.js').Call} Call */

const one = fc.constantFrom;
/** @template T @param {fc.Arbitrary<T>} value */
const maybe = (value) => fc.option(value, { nil: undefined });

/**
 * @template T
 * @param {string} method
 * @param {fc.Arbitrary<T>} arbitrary
 * @param {(value: T, n: number) => any[]} [args]  given the number of the call
 * @returns {fc.Arbitrary<Call>}
 */
const call = (method, arbitrary, args = (value) => [value]) =>
  arbitrary.map((value) => ({
    method,
    args: (/** @type {number} */ n) => args(value, n),
    [fc.toStringMethod]: () => `${method} ${JSON.stringify(value)}`,
  }));

/** @param {Record<string, fc.Arbitrary<any>>} fields */
const record = (fields) =>
  fc
    .record(fields)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)));

const id = one('a', 'b', 'c');
const made = fc.nat(5).map((n) => ({ made: n }));
const thread = one('t', 'u');
const owner = one('alice', 'bob');
const json = one({}, { a: 1 }, { a: { b: [1, null, 'x'] }, c: 0.1 }, { text: 'Hello "there" 🎉\n' });
const page = record({ page: fc.nat(2), perPage: fc.integer({ min: 1, max: 4 }) });
const seconds = fc.nat(40).map((n) => at(n));
const ms = fc.nat(200).map((n) => at(n).getTime());

const scores = [
  call(
    'saveScore',
    record({
      scorerId: one('tone', 'facts'),
      runId: one('run-1', 'run-2'),
      entityId: one('guide', 'other'),
      source: one('LIVE', 'TEST'),
      score: one(0, 0.5, 1),
      output: json,
      traceId: maybe(one('t1')),
      spanId: maybe(one('s1')),
    }),
    (fields) => [score(fields)],
  ),
  call('getScoreById', record({ id: made })),
  call(
    'listScoresByScorerId',
    record({
      scorerId: one('tone', 'facts'),
      pagination: page,
      entityId: maybe(one('guide', 'other')),
      source: maybe(one('LIVE', 'TEST')),
    }),
  ),
  call('listScoresByRunId', record({ runId: one('run-1', 'run-2', 'none'), pagination: page })),
  call(
    'listScoresByEntityId',
    record({ entityId: one('guide', 'other'), entityType: one('AGENT', 'WORKFLOW'), pagination: page }),
  ),
  call('listScoresBySpan', record({ traceId: one('t1', 'none'), spanId: one('s1'), pagination: page })),
];

const run = { workflowName: one('order', 'mail'), runId: id };
const status = one('pending', 'running', 'suspended', 'success', 'failed');
const workflows = [
  call(
    'persistWorkflowSnapshot',
    record({ ...run, resourceId: maybe(owner), status }),
    ({ status: word, ...args }) => [{ ...args, snapshot: snapshot(args.runId, word) }],
  ),
  call('loadWorkflowSnapshot', record(run)),
  call('getWorkflowRunById', record(run)),
  call(
    'listWorkflowRuns',
    record({ workflowName: maybe(one('order', 'mail')), resourceId: maybe(owner), status: maybe(status) }),
  ),
  call('listWorkflowRuns', fc.tuple(page, maybe(one('order'))), ([paged, workflowName]) => [
    { ...paged, workflowName },
  ]),
  call('deleteWorkflowRunById', record(run)),
];

const changes = record({
  status: maybe(one('running', 'completed', 'failed')),
  retryCount: maybe(fc.nat(3)),
  result: maybe(json),
  startedAt: maybe(seconds),
  completedAt: maybe(seconds),
});
const taskFilter = record({
  status: maybe(one('pending', 'running', ['running', 'completed'])),
  agentId: maybe(one('guide', 'other')),
  threadId: maybe(thread),
  runId: maybe(one('run-1', 'run-2')),
  toolName: maybe(one('search')),
});
const backgroundTasks = [
  call(
    'createTask',
    record({
      id: fc.integer({ min: 0, max: 30 }).map(String),
      agentId: one('guide', 'other'),
      threadId: maybe(thread),
      runId: one('run-1', 'run-2'),
    }),
    (fields, n) => [task(`${fields.id}-${n}`, { ...fields, id: `${fields.id}-${n}`, createdAt: at(n) })],
  ),
  call('createTask', record({ status: one('pending', 'running') }), (fields, n) => [
    task('a', { ...fields, id: `fixed-${n % 5}-${n}`, createdAt: at(n) }),
  ]),
  call('updateTask', fc.tuple(fc.nat(40), fc.nat(4), changes), ([n, k, update]) => [
    `fixed-${k}-${n}`,
    update,
  ]),
  call('getTask', fc.tuple(fc.nat(40), fc.nat(4)), ([n, k]) => [`fixed-${k}-${n}`]),
  call('listTasks', taskFilter),
  call('listTasks', fc.tuple(page, taskFilter), ([paged, filter]) => [
    { ...paged, ...filter, orderBy: 'createdAt', orderDirection: 'desc' },
  ]),
  call('deleteTasks', record({ status: one('completed', 'failed') })),
  call('getRunningCount', fc.constant(undefined), () => []),
  call('getRunningCountByAgent', one('guide', 'other')),
];

const place = { threadId: thread, type: one('goal', 'task') };
const threadState = [
  call('setState', record({ ...place, value: fc.oneof(json, one('', 'text', 0, false, [1, 2])) })),
  call('getState', record(place)),
  call('deleteState', record(place)),
];

const schedules = [
  call(
    'createSchedule',
    record({
      id,
      nextFireAt: ms,
      status: one('active', 'paused'),
      ownerId: maybe(owner),
      metadata: maybe(json),
    }),
    ({ id: name, ...fields }, n) => [
      schedule(name, {
        ...fields,
        ...(fields.ownerId && { ownerType: 'agent' }),
        createdAt: at(n).getTime(),
        updatedAt: at(n).getTime(),
        nextFireAt: fields.nextFireAt * 1000 + n,
      }),
    ],
  ),
  call('getSchedule', id),
  call(
    'listSchedules',
    record({
      status: maybe(one('active', 'paused')),
      workflowId: maybe(one('flow-a', 'flow-b')),
      ownerId: one(undefined, null, 'alice'),
    }),
  ),
  call('listDueSchedules', fc.tuple(ms, fc.integer({ min: 1, max: 3 })), ([now, limit]) => [
    now * 1000,
    limit,
  ]),
  call(
    'updateSchedule',
    fc.tuple(
      id,
      record({
        status: maybe(one('active', 'paused')),
        cron: maybe(one('0 * * * *')),
        metadata: maybe(json),
      }),
    ),
    (args) => args,
  ),
  call('updateScheduleNextFire', fc.tuple(id, ms, ms), ([name, expected, next], n) => [
    name,
    expected,
    next * 1000 + n,
    at(n).getTime(),
    `run-${n}`,
  ]),
  call('recordTrigger', record({ scheduleId: id, outcome: one('published', 'failed') }), (fields, n) => [
    {
      ...fields,
      id: `trigger-${n}`,
      runId: `run-${n}`,
      scheduledFireAt: at(n).getTime(),
      actualFireAt: at(n).getTime(),
    },
  ]),
  call(
    'listTriggers',
    fc.tuple(id, record({ limit: maybe(fc.integer({ min: 1, max: 3 })) })),
    (args) => args,
  ),
  call('deleteSchedule', id),
];

const named = { threadId: thread, id: made };
const notifications = [
  call(
    'createNotification',
    record({
      threadId: thread,
      kind: one('letter', 'alarm'),
      priority: maybe(one('low', 'high')),
      dedupeKey: maybe(one('k1', 'k2')),
      agentId: maybe(one('guide')),
      summary: one('A letter came', 'The kettle boils'),
      payload: maybe(json),
      metadata: maybe(json),
      deliverAt: maybe(seconds),
    }),
    (fields, n) => [
      news({ ...fields, ...(fields.deliverAt && { deliverAt: new Date(+fields.deliverAt + n) }) }),
    ],
  ),
  call('getNotification', record(named)),
  call(
    'listNotifications',
    record({
      threadId: thread,
      status: maybe(one('pending', 'seen', ['pending', 'delivered'])),
      priority: maybe(one('low', 'high')),
      search: maybe(one('LETTER', 'boil', 'nothing', 'mail')),
      limit: maybe(fc.nat(2)),
    }),
  ),
  call('listDueNotifications', record({ now: seconds, limit: maybe(fc.integer({ min: 1, max: 2 })) })),
  call(
    'updateNotification',
    record({
      ...named,
      status: maybe(one('delivered', 'seen', 'dismissed')),
      summary: maybe(one('Changed')),
      metadata: maybe(json),
    }),
  ),
];

const channels = [
  call(
    'saveInstallation',
    record({
      id,
      platform: one('slack', 'mail'),
      agentId: one('guide', 'other'),
      status: one('active', 'pending', 'error'),
      hook: fc.boolean(),
    }),
    ({ hook, ...fields }, n) => [
      installation(fields.id, {
        ...fields,
        webhookId: hook ? `hook-${n}` : undefined,
        createdAt: at(n),
        updatedAt: at(n),
      }),
    ],
  ),
  call('getInstallation', id),
  call('getInstallationByWebhookId', fc.nat(20), (n) => [`hook-${n}`]),
  call('listInstallations', one('slack', 'mail')),
  call('getInstallationByAgent', fc.tuple(one('slack', 'mail'), one('guide', 'other')), (args) => args),
  call('deleteInstallation', id),
  call('saveConfig', record({ platform: one('slack', 'mail'), data: json }), (fields, n) => [
    { ...fields, updatedAt: at(n) },
  ]),
  call('getConfig', one('slack', 'mail')),
  call('deleteConfig', one('slack', 'mail')),
];

const PLAN = {
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object' },
  graph: [{ type: 'step', step: { id: 's' } }],
};
const workflowDefinitions = [
  call(
    'upsert',
    record({
      id,
      description: maybe(one('d', 'e')),
      metadata: maybe(json),
      authorId: maybe(owner),
      whole: fc.boolean(),
      status: maybe(one('active', 'archived')),
    }),
    ({ whole, ...fields }) => [{ ...(whole && PLAN), ...fields }],
  ),
  call('get', id),
  call('list', record({ status: maybe(one('active', 'archived')), authorId: maybe(owner) })),
  call('delete', id),
];

const connection = { authorId: owner, providerId: one('p', 'q'), connectionId: id };
const toolProviderConnections = [
  call(
    'upsertConnection',
    record({
      ...connection,
      label: maybe(one('L', 'M')),
      toolkit: one('gmail', 'drive'),
      scope: maybe(one('per-author', 'shared')),
    }),
  ),
  call('getConnectionById', record(connection)),
  call(
    'listConnectionsByAuthor',
    record({
      authorId: maybe(owner),
      providerId: maybe(one('p', 'q')),
      toolkit: maybe(one('gmail')),
      scope: maybe(one('shared')),
    }),
  ),
  call('deleteConnection', record(connection)),
];

const trace = one('t1', 't2', 't3', 't4');
const spanFields = record({
  traceId: trace,
  spanId: one('root', 's1', 's2'),
  error: maybe(fc.constant({ message: 'no' })),
  ended: fc.boolean(),
  entityId: maybe(one('guide', 'other')),
  threadId: maybe(thread),
  tags: maybe(one(['x'], ['x', 'y'])),
  metadata: maybe(one({ k: 'v' }, { k: 'w' })),
  input: maybe(json),
});
const observability = [
  call('batchCreateSpans', fc.array(spanFields, { minLength: 1, maxLength: 3 }), (all, n) => [
    {
      records: all.map(({ traceId, spanId, ended, ...fields }, i) =>
        span(traceId, spanId, {
          ...fields,
          ...(spanId !== 'root' && { parentSpanId: 'root' }),
          startedAt: new Date(+at(n) + i * 10),
          endedAt: ended ? new Date(+at(n + 1) + i) : undefined,
        }),
      ),
    },
  ]),
  call('getSpan', record({ traceId: trace, spanId: one('root', 's1', 's2') })),
  call('getRootSpan', record({ traceId: trace })),
  call('getTrace', record({ traceId: trace })),
  call('getTraceLight', record({ traceId: trace })),
  call(
    'listTraces',
    fc.tuple(
      page,
      record({
        entityId: maybe(one('guide', 'other')),
        threadId: maybe(thread),
        status: maybe(one('error', 'running', 'success')),
        hasChildError: maybe(fc.boolean()),
        tags: maybe(one(['x'], ['y', 'x'])),
        metadata: maybe(one({ k: 'v' })),
      }),
      one('ASC', 'DESC'),
    ),
    ([pagination, filters, direction]) => [
      { filters, pagination, orderBy: { field: 'startedAt', direction } },
    ],
  ),
  call('batchDeleteTraces', record({ traceIds: fc.array(trace, { maxLength: 2 }) })),
];

const session = record({ id, ownerId: owner, resourceId: owner, threadId: thread, title: one('A', 'B') }).map(
  (fields) => ({
    origin: 'top-level',
    modeId: 'm',
    modelId: 'x',
    ...fields,
  }),
);
const harness = [
  call('saveSession', session, (fields, n) => [
    { ...fields, modeId: 'm', state: {}, pending: [], createdAt: at(n), lastActivityAt: at(n) },
  ]),
  call('loadSession', id),
  call('listSessions', fc.constant(undefined), () => []),
  call(
    'updateSession',
    fc.tuple(id, record({ title: one('C', 'D'), metadata: maybe(json) })),
    (args) => args,
  ),
];

/** What the editor keeps, by one pattern. @param {string} name @param {string} input @param {string} parent */
function versioned(name, input, parent) {
  const config = { description: one('first', 'second'), name: one('N', 'M') };
  const metadata =
    name === 'skills' ? fc.constant(undefined) : maybe(one({ k: 'v' }, { k: 'w', deep: { x: [1] } }));
  const how =
    name === 'mcpServers' || name === 'mcpClients'
      ? { status: one('draft', 'published') }
      : { status: maybe(one('draft', 'published')) };
  return [
    call(
      'create',
      record({ id: fc.nat(4), authorId: maybe(owner), metadata, ...config }),
      ({ id: at, ...fields }, n) => [{ [input]: { id: `r${at}-${n % 3}-${n}`, ...NEEDED[name], ...fields } }],
    ),
    call('create', record({ id, authorId: maybe(owner), metadata, ...config }), (fields) => [
      { [input]: { ...NEEDED[name], ...fields } },
    ]),
    call('getById', id),
    call('getByIdResolved', fc.tuple(id, one(undefined, { status: 'draft' })), (args) => args),
    call('update', record({ id, status: maybe(one('draft', 'archived')), authorId: maybe(owner), metadata })),
    call('update', record({ id, description: one('first', 'second') })),
    call('createVersion', record({ [parent]: id, ...config }), (fields, n) => [
      { ...NEEDED[name], ...fields, id: `v-${n}`, versionNumber: n + 10 },
    ]),
    call('getLatestVersion', id),
    call('getVersionByNumber', fc.tuple(id, fc.integer({ min: 1, max: 20 })), (args) => args),
    call('listVersions', fc.tuple(id, page), ([of, paged]) => [{ [parent]: of, ...paged }]),
    call('countVersions', id),
    call('list', fc.tuple(page, record({ ...how, authorId: maybe(owner) })), ([paged, filter]) => [
      { ...paged, ...filter },
    ]),
    call('listResolved', record({ status: one('draft', 'published') })),
    call('delete', id),
  ];
}

/** The calls of each domain. @type {Record<string, fc.Arbitrary<Call>[]>} */
export const CALLS = {
  scores,
  workflows,
  backgroundTasks,
  threadState,
  schedules,
  notifications,
  channels,
  workflowDefinitions,
  toolProviderConnections,
  observability,
  harness,
  ...Object.fromEntries(KINDS.map(([name, input, parent]) => [name, versioned(name, input, parent)])),
};
