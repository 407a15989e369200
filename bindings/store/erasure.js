/**
 * Forgetting a user: everything that carries a resource's id, in parts of a bounded number of KV operations.
 *
 * A row of its own, the marker, keeps in mind that an erasure is under way and how far it has come, so that `sweep`
 * takes it up. What other places have just written comes to light within minutes: then all is gone through once more, and
 * the marker, the last that has the id, goes. Whoever has begun anew meanwhile keeps what he has begun: the second going
 * through spares what says that it came about after the first. Where one writes alone and shows all at once, in an object, the
 * first is all there is.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { storeError } from '../core/errors.js';
import { clear } from '../observations/plans.js';

/** Where an erasure stands: in which of its steps, after which page of a table. @typedef {[step: number, after: string | null]} Position */
/**
 * What is under way. `position` is null between the first going through and the second.
 * @typedef {{ scopeId: string, since: number, position: Position | null, last: boolean }} Marker
 */

export const MARKERS = 'observational_memory';
export const KIND = 'erase';

/** After which time the second going through begins: lists of KV lag a minute, deletions wait three (src/codec/limits.h). */
const SETTLE_MS = 5 * 60 * 1000;

/** Rows of that long after the first going through may still be what another place was about to write. */
const ROWS_LATE_MS = 3 * 60 * 1000;

/** A table has no such rows: what it holds is found by index, or belongs to nobody. */
const OTHERS = ['metadata', 'resources', 'blobs', 'threads', 'messages'];
/** Those of which one row takes several operations come last on a page's budget, and so one by one. */
const SCANNED = [
  'threads',
  'messages',
  ...TABLES.map(([name]) => name).filter((name) => !OTHERS.includes(name)),
];

/** More than the keys that one call looks at. */
const PAGE = 1000;
/** Threads that are deleted between two looks at what was spent. */
const FEW = 20;
/** What a call has to be left with: a few rounds, and what deletions keep back. */
const LEAST = 40;

export class Erasure {
  #caller;
  #method;
  #id;
  #most;
  #spentBefore;
  #deleted = 0;
  /** Of the second going through: what has come about since then is spared. @type {number | undefined} */
  #since;

  /**
   * @param {import('../core/caller.js').Caller} caller
   * @param {string} method  for errors
   * @param {string} id  of the resource
   * @param {number} most  KV operations
   */
  constructor(caller, method, id, most) {
    this.#caller = caller;
    this.#method = method;
    this.#id = id;
    this.#most = most;
    this.#spentBefore = spent(caller);
  }

  /**
   * Goes on until all was gone through, or what it may spend is spent.
   *
   * @param {Marker} marker
   * @returns {Promise<{ deleted: number, position: Position | null }>}
   */
  async run(marker) {
    const { last } = marker;
    this.#since = last ? marker.since : undefined;
    const begun = marker.position ?? [0, null];
    // In mind first: whatever becomes of this call.
    if (begun[0] === 0) await this.#remember({ ...marker, position: begun });
    const position = await this.#goOn(begun);
    const ended = position === null;
    if (ended && (last || this.#caller.sole)) await this.#forget();
    else await this.#remember({ ...marker, position, since: ended ? this.#caller.now() : marker.since });
    return { deleted: this.#deleted, position };
  }

  /**
   * @param {Position} begun
   * @returns {Promise<Position | null>}
   */
  async #goOn(begun) {
    let [step, after] = begun;
    const steps = [
      () => this.#takeMemory(),
      // By the index, where all of it goes; else what each says is looked at, below.
      async () => (this.#since === undefined ? this.#takeThreads() : undefined),
      async () => (this.#since === undefined ? this.#takeMessages() : undefined),
      ...SCANNED.map((table) => (/** @type {string | null} */ cursor) => this.#takePage(table, cursor)),
      () => this.#takeIndex(),
    ];
    if (!(step < steps.length)) throw foreignCursor();
    do {
      const next = await steps[step](after);
      if (next === undefined) step++;
      after = next ?? null;
    } while (step < steps.length && this.#left >= LEAST);
    return step < steps.length ? [step, after] : null;
  }

  get #left() {
    return Math.floor(this.#most - (spent(this.#caller) - this.#spentBefore));
  }

  /**
   * @param {string} op
   * @param {object} control
   * @param {unknown} payload
   */
  #call(op, control, payload) {
    const maxOperations = Math.max(this.#left, LEAST);
    return this.#caller.read(this.#method, op, control, payload, { maxOperations, most: Infinity });
  }

  /** What a step returns: a cursor to go on at, or undefined when it is through. */

  /** @returns {Promise<undefined>} */
  async #takeMemory() {
    if (await this.#isBegunAnew()) return;
    await this.#call('row.delete', { table: 'resources' }, [{ id: this.#id }]);
    await this.#caller.perform(clear, this.#method, { scopeKind: 'resource', scopeId: this.#id });
  }

  /** Whether the resource itself was made after the first going through. @returns {Promise<boolean>} */
  async #isBegunAnew() {
    if (this.#since === undefined) return false;
    const resource = await this.#call('resource.get', {}, { resourceId: this.#id });
    return resource !== null && Date.parse(resource.createdAt) >= this.#since;
  }

  /**
   * Those that the index knows: this isolate's own of a moment ago, too.
   *
   * @returns {Promise<string | null | undefined>}
   */
  async #takeThreads() {
    const control = { perPage: FEW, page: 0 };
    const { threads } = await this.#call('thread.list', control, { resourceId: this.#id });
    for (const { id } of threads) if (!(await this.#takeThread(id))) return null;
    return threads.length < FEW ? undefined : null;
  }

  /**
   * @param {string} threadId
   * @returns {Promise<boolean>} false when nothing is left to spend
   */
  async #takeThread(threadId) {
    if (this.#left < LEAST) return false;
    const { deleted } = await this.#call('thread.delete', { all: true }, { threadId });
    this.#deleted += deleted + 1;
    await this.#call('store.clear', { table: 'thread_state' }, { under: [threadId] });
    await this.#caller.perform(clear, this.#method, { scopeKind: 'thread', scopeId: threadId });
    return true;
  }

  /**
   * Its messages in threads of others.
   *
   * @returns {Promise<string | null | undefined>}
   */
  async #takeMessages() {
    const perPage = Math.max(1, Math.min(FEW, Math.floor(this.#left / 8)));
    const control = { perPage, page: 0, includeTotal: false, direction: 'DESC' };
    const { messages } = await this.#call('message.list_by_resource', control, { resourceId: this.#id });
    await this.#delete(messages.map((/** @type {{ id: string }} */ { id }) => id));
    return messages.length < perPage ? undefined : null;
  }

  /** @param {string[]} messageIds */
  async #delete(messageIds) {
    if (messageIds.length === 0) return;
    await this.#call('message.delete', {}, { messageIds });
    this.#deleted += messageIds.length;
  }

  /**
   * Whatever no index names, by looking at all of a table.
   *
   * @param {string} table
   * @param {string | null} cursor
   * @returns {Promise<string | null | undefined>}
   */
  async #takePage(table, cursor) {
    const named = table === 'threads' || table === 'messages';
    const limit = table === 'messages' ? Math.max(1, Math.min(100, Math.floor(this.#left / 8))) : FEW;
    const question = { limit: named ? limit : PAGE, cursor, resourceId: this.#id };
    const late = this.#since !== undefined && { maxAge: this.#ageSince(named ? 0 : ROWS_LATE_MS) };
    const control = { table, ...late };
    const { ids, deleted, done, cursor: next } = await this.#call('row.prune', control, question);
    if (table === 'messages') await this.#delete(ids);
    else if (table === 'threads') {
      for (const id of ids) if (!(await this.#takeThread(id))) return cursor;
    } else this.#deleted += deleted;
    return done ? undefined : next;
  }

  /** @param {number} late */
  #ageSince(late) {
    return Math.max(0, this.#caller.now() - (Number(this.#since) + late));
  }

  /** Whether anything is left that an index has to tell of. @returns {Promise<boolean>} */
  async #isInUse() {
    const page = { perPage: 1, page: 0 };
    const { threads } = await this.#call('thread.list', page, { resourceId: this.#id });
    if (threads.length > 0) return true;
    const control = { ...page, includeTotal: false, direction: 'DESC' };
    const { messages } = await this.#call('message.list_by_resource', control, { resourceId: this.#id });
    return messages.length > 0;
  }

  /** @returns {Promise<string | null | undefined>} */
  async #takeIndex() {
    if (this.#since !== undefined && (await this.#isInUse())) return undefined;
    for (const part of ['mentions', 'resource']) {
      const under = { under: [part, this.#id] };
      const { pending } = await this.#call('store.clear', { table: 'metadata', all: true }, under);
      if (pending) return null;
    }
    return undefined;
  }

  /** @param {Marker} marker */
  async #remember({ since, position, last }) {
    const row = { scopeKind: KIND, scopeId: this.#id, since, position, last };
    await this.#call('row.save', { table: MARKERS }, [row]);
  }

  async #forget() {
    await this.#call('row.delete', { table: MARKERS }, [{ scopeKind: KIND, scopeId: this.#id }]);
  }
}

/**
 * Whether it is time to go on with an erasure.
 *
 * @param {Marker} marker
 * @param {number} now
 */
export function isDue({ position, since }, now) {
  return position !== null || now - since >= SETTLE_MS;
}

/** @param {import('../core/caller.js').Caller} caller */
export function spent(caller) {
  return Object.values(caller.stats().operations).reduce((sum, count) => sum + count, 0);
}

/**
 * @param {unknown} cursor
 * @returns {Position}
 */
export function readCursor(cursor) {
  try {
    const [step, after] = JSON.parse(/** @type {string} */ (cursor));
    const isPlace = after === null || typeof after === 'string';
    if (Number.isInteger(step) && step >= 0 && isPlace) return [step, after];
  } catch {
    // Said below.
  }
  throw foreignCursor();
}

function foreignCursor() {
  const says = 'cursor must be one that eraseResource returned';
  return storeError('INVALID_ARGUMENT', 'eraseResource', says);
}
