/**
 * What a command says while it works and when it is done. Results go to stdout, all else to stderr; with `--json`
 * stdout gets one JSON document and stderr nothing.
 *
 * @module
 */

import progress from 'cli-progress';
import Table from 'cli-table3';

/** How often a line is written where no bar can be shown. */
const LINE_EVERY_MS = 5000;

const STYLE = { head: [], border: [], compact: true };

/**
 * @typedef {object} Progress
 * @property {(count?: number) => void} add
 * @property {(total: number) => void} expect  how many there will be
 * @property {() => void} end
 */

export class Report {
  #json;
  #out;
  #err;
  /** @type {Bar | Lines | undefined} */
  #current;

  /** @param {{ json?: boolean, out?: NodeJS.WriteStream, err?: NodeJS.WriteStream }} [options] */
  constructor({ json = false, out = process.stdout, err = process.stderr } = {}) {
    this.#json = json;
    this.#out = out;
    this.#err = err;
  }

  get json() {
    return this.#json;
  }

  /** Something worth knowing by the way. @param {string} text */
  note(text) {
    if (this.#json) return;
    this.#current?.hide();
    this.#err.write(`${text}\n`);
  }

  /** Part of the result, for people. @param {string} text */
  say(text) {
    if (!this.#json) this.#out.write(`${text}\n`);
  }

  /**
   * @param {string[]} head
   * @param {(string | number)[][]} rows  numbers are set right-aligned
   */
  table(head, rows) {
    if (this.#json || rows.length === 0) return;
    /** @type {Table.HorizontalAlignment[]} */
    const colAligns = rows[0].map((cell) => (typeof cell === 'number' ? 'right' : 'left'));
    const table = new Table({ head, style: STYLE, colAligns });
    for (const row of rows)
      table.push(row.map((cell) => (typeof cell === 'number' ? grouped(cell) : printable(cell))));
    this.say(table.toString());
  }

  /** The result, for programs. @param {unknown} result */
  result(result) {
    if (this.#json) this.#out.write(`${JSON.stringify(result)}\n`);
  }

  /**
   * @param {string} title  what is being done
   * @param {string} unit  what is counted
   * @param {number} [total]
   * @returns {Progress}
   */
  progress(title, unit, total) {
    if (this.#json) return { add() {}, expect() {}, end() {} };
    const View = this.#err.isTTY ? Bar : Lines;
    this.#current = new View(this.#err, title, unit, total);
    return this.#current;
  }
}

/** Counts, and says how fast it goes and how long it will still take. */
class Pace {
  count = 0;
  started = Date.now();

  /** @param {number | undefined} total */
  constructor(total) {
    this.total = total;
  }

  get rate() {
    const seconds = (Date.now() - this.started) / 1000;
    return seconds > 0 ? this.count / seconds : 0;
  }

  /** @returns {string} */
  get words() {
    const { count, total, rate } = this;
    const speed = `${grouped(rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate))}/s`;
    if (total === undefined || rate === 0 || count >= total) return speed;
    return `${speed}, ${duration((total - count) / rate)} left`;
  }
}

/** On a terminal. */
class Bar {
  #bar;
  #pace;

  /**
   * @param {NodeJS.WriteStream} stream
   * @param {string} title
   * @param {string} unit
   * @param {number} [total]
   */
  constructor(stream, title, unit, total) {
    this.#pace = new Pace(total);
    const format = (/** @type {any} */ options, /** @type {any} */ { value, progress: done }) => {
      const words = `${grouped(value)}${this.#pace.total === undefined ? '' : ` of ${grouped(this.#pace.total)}`}`;
      const whole = options.barsize ?? 24;
      const full = Math.round(whole * Math.min(done, 1));
      const bar = this.#pace.total === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(whole - full)} `;
      return `${title} ${bar}${words} ${unit}, ${this.#pace.words}`;
    };
    const options = { stream, format, barsize: 24, hideCursor: true, clearOnComplete: true, linewrap: false };
    this.#bar = new progress.SingleBar(options);
    this.#bar.start(total ?? 0, 0);
  }

  add(count = 1) {
    this.#bar.update((this.#pace.count += count));
  }

  /** @param {number} total */
  expect(total) {
    this.#pace.total = total;
    this.#bar.setTotal(total);
  }

  hide() {
    this.#bar.stop();
  }

  end() {
    this.#bar.stop();
  }
}

/** Anywhere else: a line from time to time. */
class Lines {
  #stream;
  #pace;
  #title;
  #unit;
  #last = Date.now();

  /**
   * @param {NodeJS.WriteStream} stream
   * @param {string} title
   * @param {string} unit
   * @param {number} [total]
   */
  constructor(stream, title, unit, total) {
    this.#stream = stream;
    this.#title = title;
    this.#unit = unit;
    this.#pace = new Pace(total);
  }

  add(count = 1) {
    this.#pace.count += count;
    if (Date.now() - this.#last >= LINE_EVERY_MS) this.#write(this.#pace.words);
  }

  /** @param {number} total */
  expect(total) {
    this.#pace.total = total;
  }

  hide() {}

  end() {
    if (this.#pace.count > 0) this.#write('done');
  }

  /** @param {string} words */
  #write(words) {
    const { count, total } = this.#pace;
    const of = total === undefined ? '' : ` of ${grouped(total)}`;
    this.#stream.write(`${this.#title} ${grouped(count)}${of} ${this.#unit}, ${words}\n`);
    this.#last = Date.now();
  }
}

/** @param {number} number  with commas between thousands */
export function grouped(number) {
  return number.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let at = 0;
  for (; bytes >= (at === 0 ? 1000 : 999.5) && at < units.length - 1; at++) bytes /= 1000;
  return `${at === 0 ? bytes : bytes.toPrecision(3)} ${units[at]}`;
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** An id as a terminal may show it. @param {string} text */
export function printable(text) {
  const escape = (/** @type {string} */ c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/\p{Cc}/gu, escape);
}
