/**
 * Bad days for a back end: each function takes one and gives one that is worse. They may be stacked.
 * Time, waiting and chance are given by the caller, so that everything repeats.
 *
 * @module
 */

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */
/** @typedef {import('../../bindings/backends/backend.js').KVEntry} KVEntry */
/** @typedef {import('../../bindings/backends/backend.js').KVReply} KVReply */
/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */

/**
 * A back end that answers request by request.
 *
 * @param {Backend} backend
 * @param {(request: KVRequest, ask: (request: KVRequest) => Promise<KVReply>) => KVReply | Promise<KVReply>} answer
 * @returns {Backend}
 */
export function intercept(backend, answer) {
  const ask = async (/** @type {KVRequest} */ request) => (await backend.run([request]))[0];
  return {
    name: backend.name,
    spaces: backend.spaces,
    run: (requests) => Promise.all(requests.map((request) => answer(request, ask))),
  };
}

/**
 * Fails some requests, counted from 1 over all rounds.
 *
 * - `refuse`: the request is not applied, the reply has `status`.
 * - `apply`: it is applied, and yet the reply has `status`: an answer that got lost.
 * - `throw`: the whole round is not applied and `run` rejects, which no back end should do.
 *
 * @param {Backend} backend
 * @param {object} plan
 * @param {number} plan.at  the first request to fail
 * @param {number} [plan.times]  how many from there on, 1 when not given
 * @param {'refuse' | 'apply' | 'throw'} [plan.how]
 * @param {number} [plan.status]
 * @param {number} [plan.retryAfter]  ms
 * @param {(request: KVRequest) => boolean} [plan.match]  which requests count, all when not given
 * @returns {Backend & { seen: () => number, failed: () => KVRequest[] }}
 */
export function failNth(
  backend,
  { at, times = 1, how = 'refuse', status = 500, retryAfter, match = () => true },
) {
  let seen = 0;
  /** @type {KVRequest[]} */
  const failed = [];
  const isDue = (/** @type {KVRequest} */ request) => {
    if (!match(request)) return false;
    seen++;
    if (seen < at || seen >= at + times) return false;
    failed.push(request);
    return true;
  };
  /** @type {KVReply} */
  const failure = retryAfter === undefined ? { status } : { status, retryAfter };
  return {
    name: backend.name,
    spaces: backend.spaces,
    seen: () => seen,
    failed: () => failed,
    async run(requests) {
      const due = requests.map(isDue);
      if (how === 'throw' && due.includes(true)) throw new Error('Network connection lost.');
      const applied = requests.filter((_, i) => !due[i] || how === 'apply');
      const replies = await backend.run(applied);
      let next = 0;
      return requests.map((_, i) => {
        const reply = !due[i] || how === 'apply' ? replies[next++] : failure;
        return due[i] ? failure : reply;
      });
    },
  };
}

/**
 * Every request fails the first time, and goes well when it is made again.
 *
 * @param {Backend} backend
 * @param {{ how?: 'refuse' | 'apply', status?: number }} [options]  see `failNth`
 */
export function failFirst(backend, { how = 'refuse', status = 503 } = {}) {
  const failed = new Set();
  return intercept(backend, async (request, ask) => {
    const { kind, space } = request;
    const what = 'key' in request ? request.key : JSON.stringify(request);
    const id = `${kind} ${space} ${what}`;
    if (failed.delete(id)) return ask(request);
    failed.add(id);
    if (how === 'apply') await ask(request);
    return { status };
  });
}

/**
 * Refuses a write with 429 that follows one of the same key too soon, as KV does. Refused writes count not.
 *
 * @param {Backend} backend
 * @param {{ now: () => number, interval?: number }} options
 */
export function limitWrites(backend, { now, interval = 1000 }) {
  /** @type {Map<string, number>} */
  const written = new Map();
  return intercept(backend, (request, ask) => {
    if (request.kind !== 'put' && request.kind !== 'delete') return ask(request);
    const id = `${request.space}/${request.key}`;
    const last = written.get(id);
    if (last !== undefined && now() - last < interval) return { status: 429 };
    written.set(id, now());
    return ask(request);
  });
}

/**
 * Has no metadata, as KV Instant.
 *
 * @param {Backend} backend
 */
export function hideMetadata(backend) {
  return mapEntries(backend, (entry) => ({ value: entry.value, metadata: null }));
}

/**
 * Answers values as bytes, which a back end may do as well as text.
 *
 * @param {Backend} backend
 */
export function asBytes(backend) {
  const encoder = new TextEncoder();
  return mapEntries(backend, ({ value, metadata }) => ({
    value: typeof value === 'string' ? encoder.encode(value) : value,
    metadata,
  }));
}

/**
 * @param {Backend} backend
 * @param {(entry: KVEntry) => KVEntry} change  where it drops the metadata, lists lose theirs too
 */
function mapEntries(backend, change) {
  return intercept(backend, async (request, ask) => {
    const reply = await ask(request);
    const changed = { ...reply };
    if (reply.entry) changed.entry = change(reply.entry);
    if (reply.entries) changed.entries = reply.entries.map((entry) => entry && change(entry));
    if (reply.keys) {
      changed.keys = reply.keys.map(({ name, metadata = null }) => {
        const kept = change({ value: '', metadata }).metadata;
        return kept === null ? { name } : { name, metadata: kept };
      });
    }
    return changed;
  });
}

/**
 * Puts an empty page before every page of a list, as KV does where keys were deleted lately, and cuts pages
 * short of their limit.
 *
 * @param {Backend} backend
 * @param {{ size?: number }} [options]  most keys of a page
 */
export function emptyPages(backend, { size = Infinity } = {}) {
  return intercept(backend, async (request, ask) => {
    if (request.kind !== 'list') return ask(request);
    const { cursor } = request;
    if (!cursor?.startsWith('after-empty:')) {
      return { status: 200, keys: [], cursor: `after-empty:${cursor ?? ''}` };
    }
    const inner = cursor.slice('after-empty:'.length) || null;
    return ask({ ...request, cursor: inner, limit: Math.min(request.limit, size) });
  });
}

/**
 * Performs the requests of a round one by one in any order, each after a wait, so that rounds of several callers
 * mingle.
 *
 * @param {Backend} backend
 * @param {{ below: (limit: number) => number, pause?: () => Promise<void> }} options
 *   `below` draws a number; `pause` is awaited before every request and before the answer
 * @returns {Backend}
 */
export function shuffle(backend, { below, pause = async () => {} }) {
  return {
    name: backend.name,
    spaces: backend.spaces,
    async run(requests) {
      const open = requests.map((_, i) => i);
      /** @type {KVReply[]} */
      const replies = new Array(requests.length);
      while (open.length > 0) {
        const [at] = open.splice(below(open.length), 1);
        await pause();
        [replies[at]] = await backend.run([requests[at]]);
      }
      await pause();
      return replies;
    },
  };
}

/**
 * Hands over to the next call by way of the event loop, a random number of times: for `shuffle`.
 *
 * @param {(limit: number) => number} below
 */
export function randomPause(below) {
  return async () => {
    for (let turns = below(4); turns > 0; turns--) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  };
}

/**
 * Reads as KV serves them: every place has caches. A get answers what the place has seen within `ttl` ms,
 * missing keys too, and a write made in the place refreshes it, unless it is `blind`. A list answers the page seen
 * within `ttl`, and no write refreshes that.
 *
 * @param {Backend} origin
 * @param {{ now: () => number, ttl?: number, blind?: boolean }} options
 * @returns {() => Backend} makes a place
 */
export function createPlaces(origin, { now, ttl = 60_000, blind = false }) {
  return () => {
    /** @type {Map<string, { at: number, reply: KVReply }>} */
    const cache = new Map();
    const cached = async (/** @type {string} */ id, /** @type {() => Promise<KVReply>} */ read) => {
      const seen = cache.get(id);
      if (seen !== undefined && now() - seen.at < ttl) return seen.reply;
      const at = now();
      const reply = await read();
      if (reply.status === 200 || reply.status === 404) cache.set(id, { at, reply });
      return reply;
    };
    return intercept(origin, async (request, ask) => {
      const { kind, space, table } = request;
      const getOne = (/** @type {string} */ key) =>
        cached(`get ${space} ${key}`, () => ask({ kind: 'get', space, table, key }));
      switch (kind) {
        case 'get':
          return getOne(request.key);
        case 'get_many': {
          const replies = await Promise.all(request.keys.map(getOne));
          const failed = replies.find(({ status }) => status !== 200 && status !== 404);
          return failed ?? { status: 200, entries: replies.map(({ entry }) => entry ?? null) };
        }
        case 'list': {
          const { prefix, cursor, limit } = request;
          return cached(`list ${space} ${limit} ${cursor} ${prefix}`, () => ask(request));
        }
        default: {
          const reply = await ask(request);
          if (reply.status === 200 && !blind)
            cache.set(`get ${space} ${request.key}`, { at: now(), reply: written(request) });
          return reply;
        }
      }
    });
  };
}

/**
 * What a get answers right after a write.
 *
 * @param {import('../../bindings/backends/backend.js').KVPut | import('../../bindings/backends/backend.js').KVDelete} request
 * @returns {KVReply}
 */
function written(request) {
  if (request.kind === 'delete') return { status: 404 };
  const metadata = request.metadata === null ? null : JSON.parse(request.metadata);
  return { status: 200, entry: { value: new TextDecoder().decode(request.value), metadata } };
}
