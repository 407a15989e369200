/**
 * The back end for real KV namespaces: what a Worker finds in `env`. One namespace of the list is one space.
 *
 * @module
 */

import { Gate, replyOf, UNREAD } from './gate.js';
import { createLanes, MAX_CONCURRENT } from './lanes.js';

/**
 * @typedef {import('./lanes.js').Lanes} Lanes
 * @typedef {import('./backend.js').Backend} Backend
 * @typedef {import('./backend.js').KVRequest} KVRequest
 * @typedef {import('./backend.js').KVReply} KVReply
 * @typedef {import('./backend.js').KVEntry} KVEntry
 */

/**
 * The part of a `KVNamespace` that is used here, loosely typed so that every version of Cloudflare's types
 * and every look-alike fits.
 * @typedef {object} KVNamespaceLike
 * @property {(key: any, options?: any) => Promise<any>} get
 * @property {(key: any, options?: any) => Promise<any>} getWithMetadata
 * @property {(key: string, value: any, options?: any) => Promise<void>} put
 * @property {(key: string) => Promise<void>} delete
 * @property {(options?: any) => Promise<any>} list
 */

/**
 * Seconds that a location keeps what was read: the least that KV takes. Older runtimes take no less than 60, which is
 * also what holds without it.
 */
const CACHE_TTL = 30;

/**
 * A namespace, and how it is read: with `cacheTtl` until it refuses that.
 * @typedef {{ kv: KVNamespaceLike, brief: boolean }} Space
 */

const METHODS = /** @type {const} */ (['get', 'getWithMetadata', 'put', 'delete', 'list']);

/**
 * Says what keeps `value` from being used as a KV namespace, or null when nothing does. Nothing is called.
 *
 * @param {unknown} value
 * @param {string} name  of the binding, for the text
 * @returns {string | null}
 */
export function namespaceProblem(value, name) {
  if (typeof value === 'string') {
    return `binding "${name}" is a string, not a KV namespace: pass the binding itself (env.MY_KV), not its name or id`;
  }
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    return `binding "${name}" is ${value === null ? 'null' : `of type ${typeof value}`}, not a KV namespace`;
  }
  const candidate = /** @type {Record<string, unknown>} */ (value);
  const missing = METHODS.filter((method) => typeof candidate[method] !== 'function');
  if (missing.length > 0) {
    return `binding "${name}" is not a KV namespace: it has no ${missing.join('(), ')}()`;
  }
  return null;
}

/**
 * @param {{ namespaces: readonly KVNamespaceLike[] }} options  each namespace once; its index is its space
 * @returns {Backend}
 */
export function createNamespaceBackend({ namespaces }) {
  namespaces.forEach((namespace, space) => {
    const problem = namespaceProblem(namespace, String(space));
    if (problem !== null) throw new TypeError(problem);
  });
  const spaces = namespaces.map((kv) => ({ kv, brief: true }));
  return {
    name: 'kv',
    spaces: namespaces,
    run(requests, room) {
      const inLane = createLanes(MAX_CONCURRENT);
      const gate = new Gate(room);
      return Promise.all(requests.map((request) => perform(spaces[request.space], request, inLane, gate)));
    },
  };
}

/**
 * @param {Space} space
 * @param {KVRequest} request
 * @param {Lanes} inLane
 * @param {Gate} gate
 * @returns {Promise<KVReply>}
 */
async function perform(space, request, inLane, gate) {
  const namespace = space.kv;
  try {
    switch (request.kind) {
      case 'get':
        return await inLane(() => getOne(space, request.key));
      case 'get_many':
        return await getAll(space, request.keys, inLane, gate);
      case 'put':
        return await inLane(() => put(namespace, request));
      case 'delete':
        return await inLane(() => remove(namespace, request.key));
      case 'list':
        return await inLane(() => list(namespace, request));
    }
  } catch (error) {
    return { status: statusOf(error) };
  }
}

/**
 * @param {Space} space
 * @param {any} keys  one, or several
 * @returns {Promise<any>} as KV answers
 */
async function read(space, keys) {
  if (!space.brief) return space.kv.getWithMetadata(keys, 'text');
  try {
    return await space.kv.getWithMetadata(keys, { type: 'text', cacheTtl: CACHE_TTL });
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    const answer = await space.kv.getWithMetadata(keys, 'text');
    // So it was not the key that was refused.
    space.brief = false;
    return answer;
  }
}

/**
 * @param {Space} space
 * @param {string} key
 * @returns {Promise<KVReply>}
 */
async function getOne(space, key) {
  try {
    const entry = toEntry(await read(space, key));
    return entry === null ? { status: 404 } : { status: 200, entry };
  } catch (error) {
    const status = statusOf(error);
    return { status: status === 410 ? 404 : status };
  }
}

/**
 * @param {KVNamespaceLike} namespace
 * @param {import('./backend.js').KVPut} request
 * @returns {Promise<KVReply>}
 */
async function put(namespace, { key, value, metadata, expires }) {
  /** @type {{ metadata?: unknown, expiration?: number }} */
  const options = {};
  if (metadata !== null) options.metadata = JSON.parse(metadata);
  if (expires > 0) options.expiration = expires;
  await namespace.put(key, value, options);
  return { status: 200 };
}

/**
 * @param {KVNamespaceLike} namespace
 * @param {string} key
 * @returns {Promise<KVReply>}
 */
async function remove(namespace, key) {
  try {
    await namespace.delete(key);
    return { status: 200 };
  } catch (error) {
    const status = statusOf(error);
    return { status: status === 404 || status === 410 ? 200 : status };
  }
}

/**
 * @param {KVNamespaceLike} namespace
 * @param {import('./backend.js').KVList} request
 * @returns {Promise<KVReply>}
 */
async function list(namespace, { prefix, cursor, limit }) {
  // The runtime drops a limit below 1 and would answer with 1,000 keys.
  if (limit < 1) return { status: 400 };
  const page = await namespace.list(cursor === null ? { prefix, limit } : { prefix, limit, cursor });
  if (page.list_complete === true) return { status: 200, keys: page.keys, cursor: null };
  // Without a cursor the rest cannot be reached; calling this page the last one would lose keys silently.
  if (typeof page.cursor !== 'string' || page.cursor === '') return { status: 0 };
  return { status: 200, keys: page.keys, cursor: page.cursor };
}

/**
 * @param {Space} space
 * @param {string[]} keys
 * @param {Lanes} inLane
 * @param {Gate} gate
 * @returns {Promise<KVReply>}
 */
async function getAll(space, keys, inLane, gate) {
  const cost = { operations: 0 };
  /** @type {KVReply} */
  let reply;
  try {
    reply = replyOf(await getMany(space, keys, { inLane, gate, cost }));
  } catch (error) {
    reply = { status: statusOf(error) };
  }
  if (cost.operations > 1) reply.operations = cost.operations;
  return reply;
}

/**
 * A bulk get counts as one operation and takes no lane. What it cannot answer is read again singly.
 *
 * @param {Space} space
 * @param {string[]} keys
 * @param {{ inLane: Lanes, gate: Gate, cost: { operations: number } }} round  cost: counted up, also when this fails
 * @returns {Promise<import('./gate.js').Entries>}
 */
async function getMany(space, keys, round) {
  const { inLane, gate, cost } = round;
  const one = (/** @type {string} */ key) =>
    inLane(() =>
      gate.passOne(() => {
        cost.operations++;
        return getOrThrow(space, key);
      }),
    );
  let given = false;
  /** @type {import('./gate.js').Entries | undefined} */
  let found;
  try {
    found = await gate.pass(keys, async () => {
      cost.operations++;
      const answer = await read(space, keys);
      given = true;
      // Keys that look like array indices ("42") vanish from the Map, found or not.
      return keys.map((key) => (isMap(answer) && answer.has(key) ? toEntry(answer.get(key)) : UNREAD));
    });
  } catch (error) {
    const status = statusOf(error);
    if (status === 413 && keys.length > 1) {
      return gate.inHalves(keys, (half) => getMany(space, half, round));
    }
    // Anything but 413 is an answer, unless it shows a namespace without bulk get, which took the array
    // for one key: a TypeError, or 414 for the keys joined by commas.
    if (status !== 413 && status !== 414 && !(error instanceof TypeError)) throw error;
  }
  if (found !== undefined && !given) return found;
  return Promise.all(keys.map((key, i) => found?.[i] ?? (found?.[i] === null ? null : one(key))));
}

/**
 * @param {Space} space
 * @param {string} key
 * @returns {Promise<KVEntry | null>}
 */
async function getOrThrow(space, key) {
  const { status, entry } = await getOne(space, key);
  if (status === 404) return null;
  if (entry === undefined) throw new StatusError(status);
  return entry;
}

/** A failure whose status is already known. */
class StatusError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`KV GET failed: ${status}`);
    this.status = status;
  }
}

/**
 * Not `instanceof`: the Map may come from another realm or through a proxy.
 *
 * @param {any} value
 * @returns {value is Map<string, unknown>}
 */
function isMap(value) {
  return typeof value?.has === 'function' && typeof value.get === 'function';
}

/**
 * What the platform answers for one key, in every form seen: null, undefined, `{ value: null }`,
 * `{ value, metadata }`, and the bare value of older simulators.
 *
 * @param {any} answer
 * @returns {KVEntry | null}
 */
function toEntry(answer) {
  if (typeof answer === 'string') return { value: answer, metadata: null };
  if (answer?.value === null || answer?.value === undefined) return null;
  return { value: answer.value, metadata: answer.metadata ?? null };
}

/**
 * The status of a failed call. Errors of the binding carry it in their text only.
 *
 * @param {unknown} error
 * @returns {number} 0 when there is none
 */
function statusOf(error) {
  if (error instanceof StatusError) return error.status;
  const text = String(/** @type {any} */ (error)?.message ?? error);
  const match = /\bKV [A-Z_]+ failed: ([1-5]\d\d)\b/.exec(text);
  if (match !== null) return Number(match[1]);
  // The runtime refuses these keys itself, without a status: "Key name cannot be empty.", '"." is not allowed …'.
  return /\bkey name\b/i.test(text) ? 400 : 0;
}
