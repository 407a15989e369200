/**
 * A back end over another one, for many calls at once: what they ask for at the same time goes out as one round, and
 * their gets as bulk gets. Over the REST API a hundred calls then cost hardly more requests than one.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';

/**
 * @typedef {import('../backends/backend.js').Backend} Backend
 * @typedef {import('../backends/backend.js').KVRequest} KVRequest
 * @typedef {import('../backends/backend.js').KVReply} KVReply
 * @typedef {import('../backends/backend.js').KVGetMany} KVGetMany
 * @typedef {{ requests: KVRequest[], resolve: (replies: KVReply[]) => void }} Waiting
 */

const MAX_KEYS = 100;

/**
 * @param {Backend} inner
 * @returns {Backend}
 */
export function createCoalescingBackend(inner) {
  /** @type {Waiting[]} */
  let waiting = [];
  const flush = async () => {
    const rounds = waiting;
    waiting = [];
    const replies = await perform(
      inner,
      rounds.flatMap((round) => round.requests),
    );
    let at = 0;
    for (const { requests, resolve } of rounds) resolve(replies.slice(at, (at += requests.length)));
  };
  return {
    ...traitsOf(inner),
    spaces: inner.spaces,
    run: (requests) =>
      new Promise((resolve) => {
        waiting.push({ requests, resolve });
        if (waiting.length === 1) setTimeout(() => void flush(), 0);
      }),
  };
}

/**
 * The back end of a store as one with a space for each table, whichever of its spaces they share.
 *
 * @param {Backend} inner
 * @param {Record<string, number>} tables  name → space
 * @returns {Backend}
 */
export function createTableBackend(inner, tables) {
  const spaceOf = TABLES.map(([table]) => tables[table]);
  return {
    ...traitsOf(inner),
    spaces: spaceOf.map((space) => inner.spaces[space]),
    run: (requests) => inner.run(requests.map((request) => ({ ...request, space: spaceOf[request.space] }))),
  };
}

/** What one may know of a back end besides its spaces. @param {Backend} inner */
function traitsOf({ name, slow, patience }) {
  return { name, slow, patience };
}

/**
 * @param {Backend} inner
 * @param {KVRequest[]} requests
 * @returns {Promise<KVReply[]>}
 */
async function perform(inner, requests) {
  const gets = requests.filter((request) => request.kind === 'get' || request.kind === 'get_many');
  const others = requests.filter((request) => request.kind !== 'get' && request.kind !== 'get_many');
  const merged = mergeGets(gets);
  const answers = await inner.run([...merged, ...others]);
  const found = new Found(merged, answers);
  let next = merged.length;
  return requests.map((request) => {
    if (request.kind === 'get') return found.one(request.space, request.key);
    return request.kind === 'get_many' ? found.many(request.space, request.keys) : answers[next++];
  });
}

/**
 * @param {KVRequest[]} gets
 * @returns {KVGetMany[]}
 */
function mergeGets(gets) {
  /** @type {Map<number, { table: string, keys: Set<string> }>} */
  const spaces = new Map();
  for (const get of gets) {
    let wanted = spaces.get(get.space);
    if (wanted === undefined) spaces.set(get.space, (wanted = { table: get.table, keys: new Set() }));
    if (get.kind === 'get') wanted.keys.add(get.key);
    if (get.kind === 'get_many') for (const key of get.keys) wanted.keys.add(key);
  }
  /** @type {KVGetMany[]} */
  const merged = [];
  for (const [space, { table, keys }] of spaces) {
    const all = [...keys];
    for (let at = 0; at < all.length; at += MAX_KEYS) {
      merged.push({ kind: 'get_many', space, table, keys: all.slice(at, at + MAX_KEYS) });
    }
  }
  return merged;
}

/** The answers to merged gets, by namespace and key. A failed one fails all that asked for a key of it. */
class Found {
  /** @type {Map<string, { reply: KVReply, index: number }>} */
  #byKey = new Map();
  /** @type {Set<KVReply>} replies whose cost was told */
  #told = new Set();

  /**
   * @param {KVGetMany[]} merged
   * @param {KVReply[]} answers
   */
  constructor(merged, answers) {
    merged.forEach(({ space, keys }, i) =>
      keys.forEach((key, index) => this.#byKey.set(`${space} ${key}`, { reply: answers[i], index })),
    );
  }

  /** @param {number} space @param {string} key @returns {KVReply} */
  one(space, key) {
    const { status, entries, ...rest } = this.many(space, [key]);
    if (status !== 200) return { status, ...rest };
    const entry = entries?.[0] ?? null;
    return entry === null ? { status: 404, ...rest } : { status: 200, entry, ...rest };
  }

  /** @param {number} space @param {string[]} keys @returns {KVReply} */
  many(space, keys) {
    let operations = 0;
    const entries = [];
    for (const key of keys) {
      const { reply, index } = /** @type {{ reply: KVReply, index: number }} */ (
        this.#byKey.get(`${space} ${key}`)
      );
      if (!this.#told.has(reply)) operations += reply.operations ?? 1;
      this.#told.add(reply);
      if (reply.status !== 200 || reply.entries === undefined) {
        return { status: reply.status, retryAfter: reply.retryAfter, operations };
      }
      entries.push(reply.entries[index]);
    }
    return { status: 200, entries, operations };
  }
}
