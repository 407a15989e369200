/**
 * A store whose methods are requests to the Worker: over the HTTP API where it has a route that says the same, else over
 * the demo's own `/v1/call`.
 *
 * @module
 */

import { encode, revive } from '../fixtures/codec.js';

/**
 * @typedef {object} Cost  of one request
 * @property {string} method  of the store
 * @property {any} args
 * @property {string} route
 * @property {Record<string, number>} operations  KV operations by kind
 * @property {number} rounds
 * @property {number} ms  seen from here
 */
/** @typedef {(path: string, init?: any) => Promise<{ status: number, headers: { get(name: string): string | null }, text(): Promise<string> }>} Fetch */
/** @typedef {{ verb: string, route: string, path: string, body?: unknown, absent?: unknown, read?: (body: any) => unknown }} Plan */

const part = encodeURIComponent;

/** Reads `kv;desc="get 1, put 2";dur=3, rounds;desc="2", total;dur=5`. @param {string} header */
export function readServerTiming(header) {
  const kinds = /kv;desc="([^"]*)"/.exec(header)?.[1] ?? '';
  const counts = [...kinds.matchAll(/(\w+) (\d+)/g)].map(([, kind, count]) => [kind, Number(count)]);
  return {
    operations: Object.fromEntries(counts),
    rounds: Number(/rounds;desc="(\d+)"/.exec(header)?.[1] ?? 0),
  };
}

/** @param {Record<string, unknown>} parameters */
function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** @param {any} args */
const pageQuery = ({ page, perPage, orderBy }) => ({
  page,
  perPage: perPage === false ? 'all' : perPage,
  orderBy: orderBy?.field,
  direction: orderBy?.direction,
});

/** @param {string[]} ids */
const idsQuery = (ids) => `?${ids.map((id) => `id=${part(id)}`).join('&')}`;

/** @param {unknown} date */
const iso = (date) => (date instanceof Date ? date.toISOString() : date);

/** @param {any} options  of a list of messages */
function listing({ include, filter = {}, includeTotal, ...options }) {
  const { start, end, ...exclusive } = filter.dateRange ?? {};
  return {
    includeTotal,
    include: json(include),
    start: iso(start),
    end: iso(end),
    ...exclusive,
    metadata: json(filter.metadata),
    ...pageQuery(options),
  };
}

/** @param {unknown} value */
const json = (value) => (value === undefined ? undefined : JSON.stringify(value));

/** @param {any} record @param {string[]} fields */
function withDates(record, fields) {
  for (const field of fields) if (record[field]) record[field] = new Date(record[field]);
  return record;
}
const thread = (/** @type {any} */ record) => withDates(record, ['createdAt', 'updatedAt', 'archivedAt']);
const resource = (/** @type {any} */ record) => withDates(record, ['createdAt', 'updatedAt']);
const message = (/** @type {any} */ record) => withDates(record, ['createdAt']);
const messages = (/** @type {any} */ body) => ({ ...body, messages: body.messages.map(message) });

/** How a call goes over the HTTP API; undefined where it has no equal there. @type {Record<string, (args: any, home: Map<string, string>) => Plan | undefined>} */
const PLANS = {
  getThreadById: ({ threadId, resourceId }) => ({
    verb: 'GET',
    route: '/v1/threads/{id}',
    path: `/v1/threads/${part(threadId)}${query({ resourceId })}`,
    absent: null,
    read: thread,
  }),
  saveThread: ({ thread: given }) => ({
    verb: 'PUT',
    route: '/v1/threads/{id}',
    path: `/v1/threads/${part(given.id)}`,
    body: given,
    read: thread,
  }),
  updateThread: ({ id, ...changes }) => ({
    verb: 'PATCH',
    route: '/v1/threads/{id}',
    path: `/v1/threads/${part(id)}`,
    body: changes,
    read: thread,
  }),
  deleteThread: ({ threadId }) => ({
    verb: 'DELETE',
    route: '/v1/threads/{id}',
    path: `/v1/threads/${part(threadId)}`,
  }),
  listThreads: ({ filter = {}, ...options }) => ({
    verb: 'GET',
    route: '/v1/threads',
    path: `/v1/threads${query({ ...pageQuery(options), ...filter, metadata: json(filter.metadata) })}`,
    read: (body) => ({ ...body, threads: body.threads.map(thread) }),
  }),
  saveMessages({ messages: given }) {
    const [{ threadId }] = given;
    if (given.some((/** @type {any} */ item) => item.threadId !== threadId)) return undefined;
    const path = `/v1/threads/${part(threadId)}/messages`;
    return {
      verb: 'POST',
      route: '/v1/threads/{id}/messages',
      path,
      body: { messages: given },
      read: messages,
    };
  },
  listMessages({ threadId, resourceId, ...options }) {
    if (typeof threadId !== 'string') return undefined;
    const path = `/v1/threads/${part(threadId)}/messages${query({ resourceId, ...listing(options) })}`;
    return { verb: 'GET', route: '/v1/threads/{id}/messages', path, read: messages };
  },
  listMessagesByResourceId: ({ resourceId, ...options }) => ({
    verb: 'GET',
    route: '/v1/resources/{id}/messages',
    path: `/v1/resources/${part(resourceId)}/messages${query(listing(options))}`,
    read: messages,
  }),
  listMessagesById: ({ messageIds }) => ({
    verb: 'GET',
    route: '/v1/messages',
    path: `/v1/messages${idsQuery(messageIds)}`,
    read: messages,
  }),
  copyThread: ({ sourceThreadId, ...choices }) => ({
    verb: 'POST',
    route: '/v1/threads/{id}/copy',
    path: `/v1/threads/${part(sourceThreadId)}/copy`,
    body: choices,
    read: (body) => ({ ...body, thread: thread(body.thread) }),
  }),
  getResourceById: ({ resourceId }) => ({
    verb: 'GET',
    route: '/v1/resources/{id}',
    path: `/v1/resources/${part(resourceId)}`,
    absent: null,
    read: resource,
  }),
  saveResource: ({ resource: given }) => ({
    verb: 'PUT',
    route: '/v1/resources/{id}',
    path: `/v1/resources/${part(given.id)}`,
    body: given,
    read: resource,
  }),
  updateResource: ({ resourceId, ...changes }) => ({
    verb: 'PATCH',
    route: '/v1/resources/{id}',
    path: `/v1/resources/${part(resourceId)}`,
    body: changes,
    read: resource,
  }),
  updateMessages({ messages: given }, home) {
    const [{ id, ...changes }] = given;
    const path = messagePath(id, home);
    if (given.length > 1 || !path) {
      const whole = { verb: 'PATCH', route: '/v1/messages', path: '/v1/messages', body: { messages: given } };
      return { ...whole, read: (body) => messages(body).messages };
    }
    return { verb: 'PATCH', route: '…/messages/{id}', path, body: changes, read: (body) => [message(body)] };
  },
  deleteMessages(ids, home) {
    const path = messagePath(ids[0], home);
    if (ids.length === 1 && path) return { verb: 'DELETE', route: '…/messages/{id}', path };
    return { verb: 'DELETE', route: '/v1/messages', path: `/v1/messages${idsQuery(ids)}` };
  },
};

/** For what has no route of its own. @param {string} method @param {any} args @param {boolean} fresh @returns {Plan} */
const planCall = (method, args, fresh) => ({
  verb: 'POST',
  route: '/v1/call',
  path: '/v1/call',
  body: encode({ method, args, fresh }),
  read: (body) => revive(body).result,
});

/** @param {string} id @param {Map<string, string>} home  the thread of every message seen */
function messagePath(id, home) {
  const threadId = home.get(id);
  return threadId === undefined ? undefined : `/v1/threads/${part(threadId)}/messages/${part(id)}`;
}

/** @param {Fetch} fetch @param {Plan} plan */
async function send(fetch, { verb, path, body }) {
  const headers = { 'Content-Type': 'application/json' };
  const content = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  const started = performance.now();
  const response = await fetch(path, { method: verb, ...content });
  const text = await response.text();
  return { response, text, ms: performance.now() - started };
}

/**
 * @param {Fetch} fetch
 * @param {(cost: Cost) => void} onRequest
 * @param {{ fresh?: boolean }} [options]  fresh: every call meets a core that remembers nothing
 * @returns {import('../fixtures/replay.js').Store}
 */
export function createClient(fetch, onRequest, { fresh = false } = {}) {
  /** @type {Map<string, string>} */
  const home = new Map();

  /** @param {string} method @param {any} args */
  async function call(method, args) {
    const plan = (fresh ? undefined : PLANS[method]?.(args, home)) ?? planCall(method, args, fresh);
    const { response, text, ms } = await send(fetch, plan);
    const answer = text ? JSON.parse(text) : undefined;
    const told = readServerTiming(response.headers.get('Server-Timing') ?? '');
    const { operations, rounds } = plan.path === '/v1/call' && answer.stats ? answer.stats : told;
    onRequest({ method, args, route: `${plan.verb} ${plan.route}`, operations, rounds, ms });
    if (response.status === 404 && plan.absent !== undefined) return plan.absent;
    if (response.status >= 400) throw new Error(`HTTP ${response.status} ${text.slice(0, 200)}`);
    const result = answer && plan.read?.(answer);
    for (const { id, threadId } of /** @type {any} */ (result)?.messages ?? []) home.set(id, threadId);
    return result;
  }

  return new Proxy({}, { get: (_, method) => (/** @type {any} */ args) => call(String(method), args) });
}
