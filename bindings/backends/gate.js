/**
 * Keeps the reads of one round from bringing in more than whoever asked can take: how much an answer will have nobody
 * knows before it is there, and a bulk get may have 25 MiB.
 *
 * @module
 */

/** @typedef {import('./backend.js').KVEntry} KVEntry */

/** How many bulk gets go out before the first was answered. */
const BLIND = 2;

/** Stands for a value that was not read, for there was no room left. */
export const UNREAD = undefined;

/** @typedef {(KVEntry | null | typeof UNREAD)[]} Entries  null: no such key */

/** Belongs to one round. */
export class Gate {
  #room;
  #running = 0;
  #limit = BLIND;
  #narrow = false;
  #answers = 0;
  #bytes = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {{ left: number } | undefined} room  counted down; undefined: there is room for all */
  constructor(room) {
    this.#room = room;
  }

  /** Nothing more should be read. */
  get closed() {
    return this.#room !== undefined && this.#room.left <= 0;
  }

  /**
   * Reads in halves what turned out too large for one answer. Where there is no room for all, one answer follows the
   * other from now on.
   *
   * @param {string[]} keys
   * @param {(half: string[]) => Promise<Entries>} read
   * @returns {Promise<Entries>}
   */
  async inHalves(keys, read) {
    const middle = keys.length >> 1;
    const halves = [keys.slice(0, middle), keys.slice(middle)];
    if (this.#room === undefined) return (await Promise.all(halves.map(read))).flat();
    this.#narrow = true;
    this.#limit = 1;
    const first = await read(halves[0]);
    return [...first, ...(await read(halves[1]))];
  }

  /**
   * Reads several keys, in their turn.
   *
   * @param {string[]} keys
   * @param {() => Promise<Entries>} read
   * @returns {Promise<Entries>}
   */
  async pass(keys, read) {
    if (this.#room === undefined) return read();
    if (this.#running >= this.#limit) {
      await new Promise((resolve) => {
        this.#waiting.push(() => resolve(undefined));
      });
    }
    if (this.closed) {
      this.#next();
      return keys.map(() => UNREAD);
    }
    this.#running++;
    try {
      const entries = await read();
      this.#count(entries);
      return entries;
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /**
   * Reads one key that a bulk get does not give. It has a lane, but no turn.
   *
   * @param {() => Promise<KVEntry | null>} read
   * @returns {Promise<KVEntry | null | typeof UNREAD>}
   */
  async passOne(read) {
    if (this.closed) return UNREAD;
    const entry = await read();
    this.#count([entry]);
    return entry;
  }

  /** @param {Entries} entries */
  #count(entries) {
    if (this.#room === undefined) return;
    let bytes = 0;
    for (const entry of entries) bytes += entry?.value.length ?? 0;
    this.#room.left -= bytes;
    this.#bytes += bytes;
    this.#answers++;
    const each = Math.max(1, this.#bytes / this.#answers);
    if (!this.#narrow) this.#limit = Math.max(1, Math.floor(this.#room.left / each));
  }

  /** Lets in who comes next: all of them, once nothing is left for any. */
  #next() {
    for (
      let free = this.#limit - this.#running;
      this.#waiting.length > 0 && (this.closed || free > 0);
      free--
    ) {
      this.#waiting.shift()?.();
    }
  }
}

/**
 * @param {Entries} entries
 * @returns {import('./backend.js').KVReply} of a bulk get
 */
export function replyOf(entries) {
  if (!entries.includes(UNREAD)) return { status: 200, entries: /** @type {(KVEntry | null)[]} */ (entries) };
  return { status: 413, unread: true, entries: entries.map((entry) => entry ?? null) };
}
