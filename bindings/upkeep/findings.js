/**
 * What a verification has found: how often, how much of it was mended, and where for example.
 *
 * @module
 */

/** @typedef {{ count: number, mended: number, samples: string[] }} Finding */
/** @typedef {{ looked?: Record<string, number>, found?: Record<string, Finding> }} Found */

const SAMPLES = 5;

/** What is wrong; other findings are only worth tidying up, and come about by themselves. */
export const PROBLEMS = new Set([
  'damaged record',
  'damaged journal entry',
  'thread that no list shows',
  'message that no list shows',
  'message without a thread',
  'message of a deleted thread',
  'owner whose list lacks a thread',
  'unfinished deletion',
  'index of a thread that is not there',
  'list of newest entries is missing',
  'list of newest entries is damaged',
  'list of newest entries is lacking',
  'list of newest entries is extra',
]);

export class Findings {
  #looked;
  #found;

  /** @param {Found} begun  plain data, which is added to */
  constructor(begun) {
    this.#looked = begun.looked ??= {};
    this.#found = begun.found ??= {};
  }

  /** @param {string} what @param {number} number */
  look(what, number) {
    if (number > 0) this.#looked[what] = (this.#looked[what] ?? 0) + number;
  }

  /**
   * @param {string} what
   * @param {string[]} where  ids or keys
   * @param {boolean} [mended]
   */
  add(what, where, mended = false) {
    if (where.length === 0) return;
    const finding = (this.#found[what] ??= { count: 0, mended: 0, samples: [] });
    finding.count += where.length;
    if (mended) finding.mended += where.length;
    for (const one of where) {
      if (finding.samples.length < SAMPLES && !finding.samples.includes(one)) finding.samples.push(one);
    }
  }

  /** @param {string} what @param {number} number */
  mend(what, number) {
    if (number > 0) this.#found[what].mended += number;
  }

  result() {
    return { looked: this.#looked, found: this.#found };
  }
}
