/**
 * Performs what a waiting call asks for: a round of KV requests, all at once, and hands over the answers.
 *
 * @module
 */

import { FLIGHT_MAX_MS } from './abi.js';
import { readReply } from './answer.js';

/**
 * @typedef {import('./answer.js').Answer} Answer
 * @typedef {import('../backends/backend.js').Backend} Backend
 * @typedef {import('../backends/backend.js').KVRequest} KVRequest
 * @typedef {import('../backends/backend.js').KVReply} KVReply
 * @typedef {import('./core.js').Under} Under
 * @typedef {import('./heads.js').CoreStore} CoreStore
 * @typedef {import('./imports.js').Slot} Slot
 * @typedef {import('./reading.js').Reading} Reading
 */

/** Three times before a call that writes counts as gone. */
const TOUCH_MS = FLIGHT_MAX_MS / 3;

/** A round of more requests may take long over any back end: Workers have six at a time under way. */
const MANY = 60;

/** @type {Answer} */
const WAITED = { status: 200, retryAfter: 0, operations: 0, pairs: null, cursor: undefined };

/** The rounds of one core, which are numbered. */
export class Rounds {
  #host;
  #count = 0;

  /** @param {{ now: () => number, wait: (ms: number) => Promise<unknown> }} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Performs one round, all its requests at once, or waits; and hands over the answers.
   *
   * @param {Under} under  the call that ran last; once its reading has refused something the rest of the answers is not
   *   handed over
   */
  async perform(under) {
    const { now, wait } = this.#host;
    const { store, instance, handle, reading } = under;
    const { slots } = instance;
    const { requests, pause, number } = this.#open(store, slots, reading);
    const started = now();
    const touch = () => {
      try {
        instance.touch(handle, now());
      } catch {
        // A clock that fails now fails the call when it goes on.
      }
    };
    const replies = requests.length > 0 ? await ask(store.backend, requests, touch, reading.room) : [];
    const ms = now() - started;
    if (pause > 0) await wait(pause);
    handOver(under, slots, replies, { ms, round: number });
  }

  /**
   * The same at once. Nobody else writes there, so that nothing comes of waiting. What the back end throws ends the call.
   *
   * @param {Under} under
   */
  performSync(under) {
    const { store, instance, reading } = under;
    const { slots } = instance;
    const { requests, number } = this.#open(store, slots, reading);
    const runSync = /** @type {NonNullable<Backend['runSync']>} */ (store.backend.runSync);
    const replies = requests.length > 0 ? runSync(requests, reading.room) : [];
    handOver(under, slots, replies, { ms: 0, round: number });
  }

  /**
   * @param {CoreStore} store
   * @param {Slot[]} slots
   * @param {Reading} reading
   */
  #open(store, slots, reading) {
    /** @type {KVRequest[]} */
    const requests = [];
    let pause = 0;
    for (const { request, ms } of slots) {
      pause = Math.max(pause, ms);
      if (request === undefined) continue;
      request.space = store.tables[request.table];
      reading.give(request);
      requests.push(request);
    }
    return { requests, pause, number: requests.length > 0 ? ++this.#count : 0 };
  }
}

/**
 * @param {Under} under
 * @param {Slot[]} slots
 * @param {(KVReply | undefined)[]} replies  of those slots that are no waits
 * @param {{ ms: number, round: number }} cost
 */
function handOver({ store, instance, handle, reasons, reading }, slots, replies, cost) {
  let next = 0;
  for (const { number, request, retries } of slots) {
    if (instance.dead) return;
    if (request === undefined) {
      instance.answer(handle, number, WAITED);
      continue;
    }
    const answer = takeReply(request, replies, next++, reading);
    if (answer.reason !== undefined) reasons[answer.status] = answer.reason;
    const spared = answer.pairs === null ? 0 : reading.take(request, answer.pairs);
    if (reading.refused !== undefined) return;
    const bytes = spared + instance.answer(handle, number, answer);
    reading.count(bytes);
    observe(store, request, answer, { bytes, retries, ...cost });
  }
}

/**
 * @param {Backend} backend
 * @param {KVRequest[]} requests
 * @param {() => void} touch  called now and then while a back end is at it for long; should the request go away, its timer does
 * @param {{ left: number } | undefined} room
 * @returns {Promise<(KVReply | undefined)[]>} a reply for each, or none at all
 */
async function ask(backend, requests, touch, room) {
  const timer = backend.slow || requests.length > MANY ? setInterval(touch, TOUCH_MS) : undefined;
  try {
    const replies = await backend.run(requests, room);
    // Of too few or too many nobody can tell which is whose.
    return Array.isArray(replies) && replies.length === requests.length ? replies : [];
  } catch {
    // Back ends answer every request; should one throw all the same, nothing is known of the outcome.
    return [];
  } finally {
    if (timer !== undefined) clearInterval(timer);
  }
}

/**
 * Reads a reply and lets go of it: while large values are handed over, those that were should not be there twice.
 *
 * @param {KVRequest} request
 * @param {(KVReply | undefined)[]} replies
 * @param {number} index
 * @param {Reading} reading
 * @returns {Answer}
 */
function takeReply(request, replies, index, reading) {
  const reply = replies[index];
  replies[index] = undefined;
  if (reply?.unread === true) reading.stop(reply);
  return readReply(request, reply);
}

/**
 * @param {CoreStore} store
 * @param {KVRequest} request
 * @param {Answer} answer
 * @param {{ bytes: number, ms: number, retries: number, round: number }} cost  bytes: of the answer
 */
function observe(store, request, { status, operations, pairs }, { bytes, ms, retries, round }) {
  const { kind, table } = request;
  const listed = pairs === null ? 0 : pairs.length / 2;
  const keys = kind === 'get_many' ? request.keys.length : kind === 'list' ? listed : 1;
  const size = kind === 'put' ? request.value.length : bytes;
  try {
    store.observe?.({ kind, table, operations, keys, bytes: size, ms, retries, status, round });
  } catch {
    // Whoever watches must not turn a write that was made into a failed call.
  }
}
