/** What the domains of Mastra's storage ask of an object: a call each, or as many as the table says. */

import { expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { makeClock } from '../support/clock.js';
import { at } from '../support/records.js';
import { newObject, OBJECTS } from './support.workerd.js';

/** Their methods are those of the plain store, one for one: methods.js. */
const DELEGATES = [
  'memory',
  'workflows',
  'scores',
  'backgroundTasks',
  'threadState',
  'blobs',
  'datasets',
  'experiments',
];
/** Of the same class as agents. */
const EDITOR = ['promptBlocks', 'scorerDefinitions', 'mcpClients', 'mcpServers', 'workspaces', 'skills'];

const target = { type: 'workflow', workflowId: 'w' };
const schedule = (/** @type {string} */ id) => ({
  ...{ id, cron: '* * * * *', status: 'active', target, nextFireAt: 9, createdAt: 1, updatedAt: 1 },
});
const told = { threadId: 't', source: 's', kind: 'k', summary: 'x' };
const installation = (/** @type {string} */ id) => ({
  ...{ id, platform: 'slack', agentId: 'a', status: 'active', webhookId: `hook-${id}`, data: {} },
  ...{ createdAt: at(1), updatedAt: at(1) },
});
const connection = { authorId: 'u', providerId: 'p', connectionId: 'c', toolkit: 'x' };
const definition = { inputSchema: {}, outputSchema: {}, graph: [] };
const agent = (/** @type {string} */ id) => ({ agent: { id, name: 'A', instructions: 'i', model: {} } });
const version = { agentId: 'a', versionNumber: 2, name: 'B', instructions: 'i', model: {}, id: 'v2' };
const favorite = { userId: 'u', entityType: 'agent', entityId: 'a' };
const span = (/** @type {string} */ spanId, /** @type {any} */ more = {}) => ({
  ...{ traceId: 'tr', spanId, name: 'n', spanType: 'agent_run', isEvent: false, parentSpanId: null },
  ...{ startedAt: at(1), endedAt: at(2) },
  ...more,
});
const session = (/** @type {string} */ id) => ({
  ...{ id, pending: [], createdAt: at(1), lastActivityAt: at(1) },
});
const item = (/** @type {string} */ id) => ({ id, sessionId: 's', createdAt: at(1), updatedAt: at(1) });

/** By domain and method: how many calls, and with what. @type {Record<string, Record<string, [number, ...any]>>} */
const DOMAINS = {
  schedules: {
    createSchedule: [1, schedule('new')],
    getSchedule: [1, 'a'],
    listSchedules: [1],
    listDueSchedules: [1, 10],
    updateSchedule: [1, 'a', { status: 'paused' }],
    updateScheduleNextFire: [1, 'a', 9, 19, 9, 'r'],
    recordTrigger: [1, { scheduleId: 'a', runId: 'r', scheduledFireAt: 9, actualFireAt: 9 }],
    listTriggers: [1, 'a'],
    deleteSchedule: [2, 'a'],
    prune: [1, { triggers: { maxAge: 1 } }],
    dangerouslyClearAll: [2],
  },
  notifications: {
    createNotification: [1, told],
    listNotifications: [1, { threadId: 't' }],
    listDueNotifications: [1, { now: at(9) }],
    getNotification: [1, { threadId: 't', id: 'n' }],
    updateNotification: [1, { threadId: 't', id: 'n', status: 'seen' }],
    updateNotificationsStatus: [1, { threadId: 't', ids: ['n'], status: 'seen' }],
    prune: [1, { notifications: { maxAge: 1 } }],
    dangerouslyClearAll: [1],
  },
  channels: {
    saveInstallation: [4, installation('b')],
    getInstallation: [1, 'a'],
    getInstallationByAgent: [1, 'slack', 'a'],
    getInstallationByWebhookId: [2, 'hook-a'],
    listInstallations: [1, 'slack'],
    deleteInstallation: [5, 'a'],
    saveConfig: [1, { platform: 'slack', data: {}, updatedAt: at(1) }],
    getConfig: [1, 'slack'],
    deleteConfig: [1, 'slack'],
    dangerouslyClearAll: [3],
  },
  workflowDefinitions: {
    upsert: [2, { id: 'd', ...definition }],
    get: [1, 'd'],
    list: [1],
    delete: [1, 'd'],
    dangerouslyClearAll: [1],
  },
  toolProviderConnections: {
    getConnectionById: [1, connection],
    upsertConnection: [2, connection],
    listConnectionsByAuthor: [1, { authorId: 'u' }],
    deleteConnection: [1, connection],
    dangerouslyClearAll: [1],
  },
  agents: {
    getById: [1, 'a'],
    create: [4, agent('b')],
    update: [3, { id: 'a', name: 'C' }],
    list: [1],
    createVersion: [3, version],
    getVersion: [2, 'v2'],
    getVersions: [2, ['v2']],
    getVersionByNumber: [1, 'a', 1],
    getLatestVersion: [1, 'a'],
    listVersions: [1, { agentId: 'a' }],
    countVersions: [1, 'a'],
    deleteVersion: [4, 'v2'],
    deleteVersionsByParentId: [3, 'a'],
    delete: [4, 'b'],
    dangerouslyClearAll: [3],
  },
  favorites: {
    favorite: [4, favorite],
    unfavorite: [5, favorite],
    isFavorited: [1, favorite],
    isFavoritedBatch: [1, { userId: 'u', entityType: 'agent', entityIds: ['a', 'b'] }],
    listFavoritedIds: [1, { userId: 'u', entityType: 'agent' }],
    deleteFavoritesForEntity: [3, { entityType: 'agent', entityId: 'a' }],
    dangerouslyClearAll: [3],
  },
  observability: {
    batchCreateSpans: [3, { records: [span('r'), span('x', { parentSpanId: 'r', error: {} })] }],
    getSpan: [2, { traceId: 'tr', spanId: 'r' }],
    getSpans: [2, { traceId: 'tr', spanIds: ['r'] }],
    getRootSpan: [1, { traceId: 'tr' }],
    getTrace: [2, { traceId: 'tr' }],
    getTraceLight: [2, { traceId: 'tr' }],
    listTraces: [1, { filters: {}, pagination: { page: 0, perPage: 10 } }],
    batchDeleteTraces: [3, { traceIds: ['tr'] }],
    prune: [3, { spans: { maxAge: 1 } }],
    dangerouslyClearAll: [3],
  },
  harness: {
    loadSession: [1, 's'],
    saveSession: [1, session('s2')],
    listSessions: [1],
    updateSession: [2, 's', { title: 'T' }],
    appendPendingItem: [2, 's', item('i2')],
    updatePendingItem: [2, 's', 'i', { state: 'x' }],
    removePendingItem: [2, 's', 'i'],
    prune: [1, { sessions: { maxAge: 1 } }],
    dangerouslyClearAll: [1],
  },
};

/** Mastra's storage over an object, and the calls that are made of it. */
async function open() {
  const keyPrefix = newObject(makeClock());
  const counted = { calls: 0 };
  const durable = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
    get: (/** @type {any} */ id) => ({
      threadkv: (/** @type {any} */ request) => {
        counted.calls++;
        return /** @type {any} */ (OBJECTS.get(id)).threadkv(request);
      },
    }),
  };
  const { stores } = /** @type {any} */ (new CloudflareStore({ durable, keyPrefix }));
  await stores.schedules.createSchedule(schedule('a'));
  await stores.notifications.createNotification({ ...told, id: 'n' });
  await stores.channels.saveInstallation(installation('a'));
  await stores.agents.create(agent('a'));
  await stores.harness.saveSession({ ...session('s'), pending: [item('i')] });
  return { stores, counted };
}

/** @param {any} domain @returns {string[]} */
const methodsOf = (domain) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(domain)).filter(
    (name) => !['constructor', 'init', 'observabilityStrategy'].includes(name),
  );

it('the table has every domain, and every method of it', async () => {
  const { stores } = await open();
  expect([...Object.keys(DOMAINS), ...DELEGATES, ...EDITOR].sort()).toEqual(Object.keys(stores).sort());
  for (const [domain, methods] of Object.entries(DOMAINS)) {
    expect(Object.keys(methods).sort(), domain).toEqual(methodsOf(stores[domain]).sort());
  }
  for (const domain of EDITOR)
    expect(methodsOf(stores[domain]).sort()).toEqual(methodsOf(stores.agents).sort());
});

it.each(Object.keys(DOMAINS))('%s', async (domain) => {
  const { stores, counted } = await open();
  /** @type {Record<string, number>} */
  const taken = {};
  for (const [method, [, ...args]] of Object.entries(DOMAINS[domain])) {
    counted.calls = 0;
    await stores[domain][method](...args);
    taken[method] = counted.calls;
  }
  const said = Object.entries(DOMAINS[domain]).map(([method, [calls]]) => [method, calls]);
  expect(taken).toEqual(Object.fromEntries(said));
});
