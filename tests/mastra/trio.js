/**
 * One sequence of calls of a domain, made of three stores at once: Mastra's own in memory, LibSQL's, and ours. What they
 * answer is compared call by call. Where one may answer otherwise, the list of known differences says so, and why.
 *
 * @module
 */

import { expect } from 'vitest';

/** @typedef {'memory' | 'libsql' | 'threadkv'} Side */
/** A call: which method, and its arguments, given the number of the call. @typedef {{ method: string, args: (n: number) => any[] }} Call */
/**
 * @typedef {object} Difference
 * @property {Side} store  the one that answers otherwise than the others
 * @property {string} method  or several
 * @property {string} reason
 * @property {(args: any[], answer: any, reference: any) => boolean} [when]  of which calls; all, if nothing is said;
 *   `reference` is what the one in memory answers
 * @property {string[]} [ignores]  only by these fields: they are compared of nobody
 * @property {boolean} [unordered]  only by the order of a list, which is that of ids for all then
 * @property {boolean} [spared]  it is not even asked, for it would hold something else from then on
 */

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** The ids that a store has made, as this one of the sequence: they are compared by when they first came. */
class Names {
  /** @type {Map<string, string>} */
  #known = new Map();

  /** @param {string} text */
  plain(text) {
    return text.replace(UUID, (id) => {
      if (!this.#known.has(id)) this.#known.set(id, `made ${this.#known.size}`);
      return /** @type {string} */ (this.#known.get(id));
    });
  }

  /** @param {number} at @returns {string} one that was made */
  id(at) {
    return [...this.#known.keys()][at] ?? 'none';
  }
}

/** What a test got to see. @typedef {{ differences: Set<Difference>, methods: Map<string, number> }} Met  calls that all were able to make, by method */

/** The three of them, in the course of one sequence. */
export class Trio {
  #domains;
  #differences;
  #met;
  /** @type {Record<string, Names>} */
  #names = { memory: new Names(), libsql: new Names(), threadkv: new Names() };

  /**
   * @param {Record<Side, any>} domains
   * @param {readonly Difference[]} differences
   * @param {Met} met
   */
  constructor(domains, differences, met) {
    this.#domains = domains;
    this.#differences = differences;
    this.#met = met;
  }

  /** @param {Call} call @param {number} n  of the call */
  async make({ method, args }, n) {
    const given = args(n);
    /** @type {Partial<Record<Side, any>>} */
    const answers = {};
    /** @type {any} */
    let reference;
    /** @type {Difference[]} */
    const known = [];
    for (const side of /** @type {Side[]} */ (Object.keys(this.#domains))) {
      if (this.#known(side, method, [given, undefined, reference]).some(({ spared }) => spared)) continue;
      const answer = await outcome(() => this.#domains[side][method](...this.#addressed(given, side)));
      reference ??= answer;
      const all = this.#known(side, method, [given, answer, reference]);
      known.push(...all);
      // By what it answers its ids come to be known, whether it is compared or not.
      const plain = comparable(answer, this.#names[side]);
      if (all.every(isSlight)) answers[side] = plain;
    }
    this.#compare(method, answers, known.filter(isSlight));
    if (!reference.failed) this.#met.methods.set(method, (this.#met.methods.get(method) ?? 0) + 1);
  }

  /** @param {Side} side @param {string} method @param {[args: any[], answer: any, reference: any]} what */
  #known(side, method, what) {
    const known = this.#differences.filter(
      ({ store, method: methods, when = () => true }) =>
        store === side && methods.split(' ').includes(method) && when(...what),
    );
    for (const one of known) this.#met.differences.add(one);
    return known;
  }

  /** @param {string} method @param {Partial<Record<Side, any>>} answers @param {Difference[]} slight */
  #compare(method, answers, slight) {
    const ignored = slight.flatMap(({ ignores = [] }) => ignores);
    const unordered = slight.some((one) => one.unordered);
    const [first, ...others] = Object.entries(answers).map(([side, answer]) => [
      side,
      without(ignored, unordered, answer),
    ]);
    for (const [side, answer] of others) {
      expect(answer, `${method} of ${side}, beside ${first[0]}’s`).toEqual(first[1]);
    }
  }

  /** Made ids go by number: `{ made: 3 }`. @param {any[]} args @param {Side} side */
  #addressed(args, side) {
    const names = this.#names[side];
    /** @param {any} value @returns {any} */
    const put = (value) => {
      if (typeof value?.made === 'number') return names.id(value.made);
      if (Array.isArray(value)) return value.map(put);
      if (value?.constructor !== Object) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, put(inner)]));
    };
    return args.map(put);
  }
}

/** Whether the rest of an answer has to be the same. @param {Difference} difference */
const isSlight = ({ ignores, unordered }) => ignores !== undefined || unordered === true;

/** @param {string[]} names @param {boolean} unordered @param {any} value @returns {any} */
function without(names, unordered, value) {
  if (Array.isArray(value)) {
    const list = value.map((one) => without(names, unordered, one));
    return unordered ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
  }
  if (value?.constructor !== Object) return value;
  // Sorted, for lists are ordered by their text, and stores name fields in orders of their own.
  const entries = Object.entries(value)
    .filter(([name]) => !names.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, without(names, unordered, inner)]));
}

/** The text of an error has no weight; that there is one has. @param {() => Promise<any>} call */
async function outcome(call) {
  try {
    // The one in memory hands out what it holds.
    return { value: structuredClone(await call()) };
  } catch {
    return { failed: true };
  }
}

/** What has no value is undefined here and null there. @param {any} answer @param {Names} names */
function comparable(answer, names) {
  const text = JSON.stringify(answer, (name, value) =>
    value === null || name === 'deltaCursor' ? undefined : value instanceof Set ? [...value].sort() : value,
  );
  return JSON.parse(names.plain(text));
}
