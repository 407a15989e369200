/**
 * The newest checkpoints that a saver has come across: what the next one can name again.
 *
 * @module
 */

import { performPlan, storeNow } from '../forms/line.js';
import * as plans from '../checkpoints/plans.js';

/** @typedef {import('../checkpoints/reading.js').Record} Record */
/** @typedef {Pick<Record, 'threadId' | 'space' | 'place' | 'values' | 'packs'>} Known */

/** For so long nobody asks again, in ms: by then another may have deleted the thread. */
const KNOWN_MS = 60_000;
const KNOWN_MAX = 200;

export class Heads {
  #store;
  /** @type {Map<string, { at: number, record: Known }>} */
  #known = new Map();
  /** @type {Set<Promise<unknown>>} */
  #work = new Set();

  /** @param {import('../index.js').CloudflareStore} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * @param {{ threadId: string, space: string }} of
   * @param {string} method
   * @returns {Promise<Known | undefined>}
   */
  async newest({ threadId, space }, method) {
    const known = this.#known.get(nameOf({ threadId, space }));
    if (known !== undefined && storeNow(this.#store) - known.at < KNOWN_MS) return known.record;
    const record = await performPlan(this.#store, plans.newest, method, { threadId, space });
    if (record !== null) this.saw(record);
    return record ?? undefined;
  }

  /** @param {Known} record */
  saw({ threadId, space, place, values, packs }) {
    const name = nameOf({ threadId, space });
    this.#known.delete(name);
    this.#known.set(name, {
      at: storeNow(this.#store),
      record: { threadId, space, place, values: bare(values), packs },
    });
    if (this.#known.size > KNOWN_MAX)
      this.#known.delete(/** @type {string} */ (this.#known.keys().next().value));
  }

  /**
   * Whether a checkpoint that is about to be put is the newest one, as far as is known.
   *
   * @param {Known} record
   */
  isNewest(record) {
    const known = this.#known.get(nameOf(record));
    return known === undefined || record.place <= known.record.place;
  }

  /** @param {string} threadId */
  forget(threadId) {
    for (const [name, { record }] of this.#known) if (record.threadId === threadId) this.#known.delete(name);
  }

  /** @param {Promise<unknown>} work  that `settle` waits for */
  wait(work) {
    const done = work.catch(() => undefined);
    this.#work.add(done);
    void done.then(() => this.#work.delete(done));
  }

  async settle() {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}

/** @param {{ threadId: string, space: string }} of */
const nameOf = ({ threadId, space }) => JSON.stringify([threadId, space]);

/** Values without what stands in the row. @param {Record['values']} values */
function bare(values) {
  const pieces = Object.entries(values).filter(([, { p }]) => p !== undefined);
  return Object.fromEntries(pieces.map(([name, { t, p }]) => [name, { ...(t && { t }), s: '', p }]));
}
