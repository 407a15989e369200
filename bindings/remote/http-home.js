/**
 * A Worker as the home of a store's data, for programs that look after it from outside: calls that are made at the same time
 * cross in one request. All that goes this way may be done twice, so that a request that failed is made again.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { MAX_CALLS, MAX_REQUEST, readAnswer, writeCall } from './calls.js';
import { numbering } from './rounds.js';

/**
 * @typedef {import('../core/home.js').Home} Home
 * @typedef {import('../core/home.js').HomeTools} HomeTools
 * @typedef {import('./calls.js').Call} Call
 * @typedef {import('./calls.js').Answer} Answer
 */
/**
 * @typedef {(lines: string, method: string) => Promise<string | { retryAfter: number, error: Error }>} Send  hands lines to
 *   the Worker: its answer, or why there is none and after how many ms another try may do better. What it throws is final
 */
/** @typedef {{ line: string, method: string, resolve: (answer: Answer) => void, reject: (error: unknown) => void }} Waiting */

/** Requests under way at once. */
const MAX_UNDER_WAY = 4;
/** How often in a row a call is sent that was not done. */
const TRIES = 5;

const encoder = new TextEncoder();

/** @implements {Home} */
export class HttpHome {
  /** Others write there, too, as far as is known here. */
  sole = false;
  #send;
  #tools;
  /** @type {Waiting[]} */
  #waiting = [];
  #underWay = 0;
  #observe;

  /** @param {Send} send @param {HomeTools} tools */
  constructor(send, tools) {
    this.#send = send;
    this.#tools = tools;
    this.#observe = numbering(tools.observe);
  }

  forget() {}

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} json
   * @param {import('../core/reading.js').Manner} manner
   */
  async run(method, op, control, json, { most, maxOperations }) {
    const bound = most === Infinity ? undefined : most;
    const text = await this.#ask({ method, op, control, manner: { most: bound, maxOperations }, json });
    return { text, complete: (/** @type {any} */ result) => result, unreadable: () => undefined };
  }

  /**
   * @param {string} plan
   * @param {string} method
   * @param {string} args
   */
  async perform(plan, method, args) {
    return this.#ask({ method, plan, json: args });
  }

  /** @param {Call} call */
  async #ask(call) {
    const line = writeCall(call);
    const { method } = call;
    if (encoder.encode(line).length > MAX_REQUEST) {
      const says = `${method} was given more than a Worker takes in one call: ${MAX_REQUEST} bytes; nothing was done`;
      throw storeError('VALUE_TOO_LARGE', method, says, { limit: MAX_REQUEST });
    }
    const answer = await new Promise((/** @type {(answer: Answer) => void} */ resolve, reject) => {
      this.#waiting.push({ line, method, resolve, reject });
      if (this.#waiting.length === 1) setTimeout(() => this.#flush(), 0);
    });
    this.#observe(answer.operations ?? []);
    if (answer.failure !== undefined) {
      const { code, op, message, details } = answer.failure;
      throw storeError(code, op, message, details);
    }
    return answer.text ?? '';
  }

  #flush() {
    while (this.#waiting.length > 0 && this.#underWay < MAX_UNDER_WAY) {
      this.#underWay++;
      void this.#exchange(this.#take()).finally(() => {
        this.#underWay--;
        this.#flush();
      });
    }
  }

  /** As many calls as one request takes. */
  #take() {
    let [count, length] = [0, 0];
    for (const { line } of this.#waiting) {
      length += 3 * line.length;
      if (count > 0 && (count === MAX_CALLS || length > MAX_REQUEST)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** @param {Waiting[]} calls */
  async #exchange(calls) {
    try {
      let left = calls;
      for (let tried = 0; left.length > 0;) {
        const [{ method }] = left;
        const said = await this.#send(left.map(({ line }) => line).join(''), method);
        const done = typeof said === 'string' ? settle(left, said) : 0;
        left = left.slice(done);
        tried = done > 0 ? 0 : tried + 1;
        if (left.length === 0 || done > 0) continue;
        const { retryAfter, error } = typeof said === 'string' ? brokenOff(method) : said;
        if (tried >= TRIES) throw error;
        await this.#tools.core().host.wait(retryAfter * tried);
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}

/**
 * Hands out what was answered.
 *
 * @param {Waiting[]} calls
 * @param {string} said
 * @returns {number} how many of the calls were done: the first ones
 */
function settle(calls, said) {
  const lines = said.split('\n');
  // What has no end was cut off.
  lines.pop();
  for (const [at, line] of lines.slice(0, calls.length).entries()) {
    const answer = readAnswer(line, calls[at].method);
    if (answer.undone === true) return at;
    calls[at].resolve(answer);
  }
  return Math.min(lines.length, calls.length);
}

/** @param {string} method */
function brokenOff(method) {
  const says = 'the Worker’s answer broke off; whether it was done is unknown';
  return { retryAfter: 500, error: storeError('DISCONNECTED', method, says, { outcome: 'unknown' }) };
}
