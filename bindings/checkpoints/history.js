/**
 * What delta channels are rebuilt from: the writes of a checkpoint's ancestors, back to one that has the value.
 *
 * Who is whose parent stands beside the keys, so that a list tells the line of ancestors. Rounds, as long as the line
 * is on two pages: the list; the ancestors; their writes and the values.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { isCheckpoint, listed, packsOf, placeOf } from './keys.js';
import { fetchAll, find, LOST, PAGE, ROWS } from './reading.js';

/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */
/** @typedef {import('../core/plan.js').Line} Line */
/** @typedef {import('./reading.js').Record} Record */
/** @typedef {import('./keys.js').Listed} Listed */
/**
 * @typedef {object} Ancestry
 * @property {{ place: string, writes: any[] }[]} path  ancestors, the nearest first, with the rows of writes to them
 * @property {{ [channel: string]: Record }} seeds  the nearest that has the channel's value
 * @property {{ [place: string]: string[] }} packs  what those values stand in
 */

/**
 * @param {Line} line
 * @param {string} method
 * @param {import('./reading.js').Wanted & { channels: string[] }} of
 * @returns {Steps<Ancestry>}
 */
export function* ancestry(line, method, of) {
  const walk = new Walk(line, method, of);
  yield* walk.begin();
  while (walk.goesOn()) yield* walk.step();
  return yield* walk.finish();
}

class Walk {
  #line;
  #method;
  #of;
  /** Keys of the namespace, from the newest on, as far as they were listed. @type {Map<string, Listed>} */
  #keys = new Map();
  /** @type {string | null} */
  #cursor = null;
  /** The next ancestor. @type {string | undefined} */
  #parent;
  /** @type {Record[]} */
  #path = [];
  /** @type {{ [channel: string]: Record }} */
  #seeds = {};
  #remaining;
  /** Those that were read; null: not there. @type {Map<string, Record | null>} */
  #rows = new Map();

  /** @param {Line} line @param {string} method @param {import('./reading.js').Wanted & { channels: string[] }} of */
  constructor(line, method, of) {
    this.#line = line;
    this.#method = method;
    this.#of = of;
    this.#remaining = new Set(of.channels);
  }

  /** @returns {Steps<void>} */
  *begin() {
    const { threadId, space, id } = this.#of;
    if (id === undefined) {
      const { record, page } = yield* find(this.#line, this.#method, this.#of, PAGE);
      this.#add(page.keys, page.cursor);
      this.#parent = record?.parent;
      return;
    }
    const [[record], page] = yield* this.#line.together(this.#method, [
      { op: 'row.get', control: ROWS, payload: [{ threadId, space, place: placeOf(id) }] },
      this.#askPage(),
    ]);
    this.#add(listed(page), page.cursor);
    this.#parent = record?.parent;
  }

  goesOn() {
    return this.#parent !== undefined && this.#remaining.size > 0;
  }

  /** Reads the ancestors that are known by now, and lists further. @returns {Steps<void>} */
  *step() {
    const { threadId, space } = this.#of;
    const places = this.#unread();
    const asked = {
      op: 'row.get',
      control: ROWS,
      payload: places.map((place) => ({ threadId, space, place })),
    };
    const [rows, page] = yield* this.#line.together(this.#method, [
      asked,
      ...(this.#cursor === null ? [] : [this.#askPage()]),
    ]);
    places.forEach((place, index) => this.#rows.set(place, rows[index]));
    if (page !== undefined) this.#add(listed(page), page.cursor);
    this.#take();
  }

  /** The line of ancestors as far as the keys tell it. @returns {string[]} */
  #unread() {
    /** @type {Set<string>} */
    const places = new Set();
    let parent = this.#parent;
    while (parent !== undefined) {
      const place = placeOf(parent);
      const key = this.#keys.get(place);
      // One that is on no page is asked for by its name, once there are no more pages.
      if (places.has(place) || (key === undefined && this.#cursor !== null)) break;
      places.add(place);
      if (key !== undefined && key.cover === null) this.#silent().forEach((one) => places.add(one));
      parent = key?.cover?.parent;
    }
    return [...places].filter((place) => !this.#rows.has(place));
  }

  /** Checkpoints whose rows alone tell the parent. */
  #silent() {
    const keys = [...this.#keys.values()];
    return keys.filter(({ place, cover }) => cover === null && isCheckpoint(place)).map(({ place }) => place);
  }

  /** Goes along the rows that were read. */
  #take() {
    while (this.#parent !== undefined && this.#remaining.size > 0) {
      const place = placeOf(this.#parent);
      const row = this.#rows.get(place);
      if (row === undefined) return;
      // Damaged data may go round in circles.
      if (row === null || this.#path.some((one) => one.place === place)) {
        this.#parent = undefined;
        return;
      }
      this.#path.push(row);
      for (const channel of this.#remaining) {
        if (!Object.hasOwn(row.values, channel)) continue;
        this.#seeds[channel] = row;
        this.#remaining.delete(channel);
      }
      this.#parent = row.parent;
    }
  }

  /** Brings the writes of the path, and the packs of the values. @returns {Steps<Ancestry>} */
  *finish() {
    const { threadId, space } = this.#of;
    const writes = this.#path.map(({ place }) =>
      [...this.#keys.keys()].filter((key) => key.startsWith(place) && key !== place),
    );
    const packs = new Map(Object.entries(this.#seeds).flatMap(([channel, seed]) => packsFor(seed, channel)));
    const keys = [
      ...writes.flat().map((place) => ({ threadId, space, place, bytes: 0 })),
      ...Array.from(packs, ([place, bytes]) => ({ threadId, space: packsOf(space), place, bytes })),
    ];
    const rows = yield* fetchAll(this.#line, this.#method, keys);
    const found = new Map(keys.map(({ place }, index) => [place, rows[index]]));
    for (const place of packs.keys()) {
      if (found.get(place) !== null) continue;
      throw storeError('CORRUPT', this.#method, LOST, { place });
    }
    return {
      path: this.#path.map(({ place }, index) => ({
        place,
        writes: writes[index].map((key) => found.get(key)).filter((row) => row !== null),
      })),
      seeds: this.#seeds,
      packs: Object.fromEntries(Array.from(packs.keys(), (place) => [place, found.get(place).parts])),
    };
  }

  #askPage() {
    const { threadId, space } = this.#of;
    const cursor = this.#cursor === null ? {} : { cursor: this.#cursor };
    return { op: 'row.page', control: ROWS, payload: { under: [threadId, space], limit: PAGE, ...cursor } };
  }

  /** @param {Listed[]} keys @param {string | null} cursor */
  #add(keys, cursor) {
    for (const key of keys) this.#keys.set(key.place, key);
    this.#cursor = cursor;
  }
}

/** @param {Record} record @param {string} channel */
function packsFor(record, channel) {
  const used = new Set((record.values[channel].p ?? []).map((/** @type {any[]} */ [pack]) => pack));
  return record.packs.filter((_, index) => used.has(index));
}
