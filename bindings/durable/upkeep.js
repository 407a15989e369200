/**
 * When an object looks after itself: by its own alarm it drops what has expired and finishes deletions, a part at a time,
 * and gives up its storage once nothing is left.
 *
 * @module
 */

/** @typedef {import('../backends/backend.js').KVRequest} KVRequest */
/**
 * @typedef {object} UpkeepOptions
 * @property {import('../backends/sqlite/table.js').Table} table
 * @property {import('../backends/sqlite/notes.js').Notes} notes
 * @property {(time: number) => void} setAlarm  ms since 1970; within the transaction that is under way
 * @property {() => number} now
 */

/** Marks a deletion that is to be finished. No id has a colon in a key. */
const MARKER = 'metadata:sweep:';
/** What an empty store still has. */
const SCHEMA = 'metadata:schema';
/** A deletion is finished when all that was saved before it has come to light: three minutes, and some. */
const SWEEP_AFTER = 4 * 60_000;
/** Between two parts, and after a clear. */
const SOON = 1000;
/** Keys that one part drops. */
const PART = 500;
/** What is noted: when the alarm is set for, and the prefix. */
const [ALARM, PREFIX] = ['alarm', 'prefix'];

export class Upkeep {
  #options;
  /** When there will be something to do, by what the request under way has written; 0: nothing. */
  #due = 0;

  /** @param {UpkeepOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** A request begins. */
  begin() {
    this.#due = 0;
  }

  /** @param {KVRequest[]} requests  of it */
  see(requests) {
    for (const request of requests) {
      if (request.kind !== 'put') continue;
      if (request.expires > 0) this.#wish(request.expires * 1000);
      if (request.key.includes(MARKER)) this.#wish(this.#options.now() + SWEEP_AFTER);
    }
  }

  /** Something may be left to do, or nothing of the data. */
  soon() {
    this.#wish(this.#options.now() + SOON);
  }

  /**
   * Sets the alarm for what the request has left, unless it is set for an earlier time. One that is past was lost.
   *
   * @param {string} prefix
   */
  settle(prefix) {
    if (this.#due === 0) return;
    const set = this.#noted();
    if (set > this.#options.now() && set <= this.#due) return;
    this.#options.notes.set(PREFIX, prefix);
    this.#set(this.#due);
  }

  /**
   * Does a part of what there is to do. To be called in a transaction.
   *
   * @param {(prefix: string) => { deleted: number, pending: number }} sweep
   * @returns {boolean} whether nothing is left in the object
   */
  run(sweep) {
    const { table, notes, now } = this.#options;
    const expired = table.expire(PART);
    const { deleted, pending } = sweep(String(notes.get(PREFIX) ?? ''));
    this.#due = 0;
    const next = table.nextExpiry() * 1000;
    if (next > 0) this.#wish(Math.max(next, now() + SOON));
    if (pending > 0) this.#wish(now() + (deleted > 0 ? SOON : SWEEP_AFTER));
    if (expired === PART) this.soon();
    if (this.#due > 0) this.#set(this.#due);
    return this.#due === 0 && table.holdsOnly(SCHEMA);
  }

  /** @param {number} time */
  #wish(time) {
    if (this.#due === 0 || time < this.#due) this.#due = time;
  }

  /** @param {number} time */
  #set(time) {
    this.#options.notes.set(ALARM, time);
    this.#options.setAlarm(time);
  }

  #noted() {
    return Number(this.#options.notes.get(ALARM) ?? 0);
  }
}
