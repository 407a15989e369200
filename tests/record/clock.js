/**
 * A world in which the same program gives the same bytes: time, random numbers and ids come from here while a
 * conversation is recorded. Every look at the clock moves it on by a millisecond, so no two events share a time
 * unless they were given one.
 *
 * @module
 */

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const RealDate = Date;
const START = RealDate.parse('2024-03-04T08:00:00.000Z');

/** A small seeded generator (xorshift). @param {string} seed @returns {() => number} 32 random bits */
function bits(seed) {
  let state = 2166136261;
  for (const char of seed) state = Math.imul(state ^ /** @type {number} */ (char.codePointAt(0)), 16777619);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

/** @param {() => number} next */
function uuid(next) {
  const hex = Array.from({ length: 4 }, () => next().toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[next() % 4];
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20),
  ];
  return /** @type {`${string}-${string}-${string}-${string}-${string}`} */ (parts.join('-'));
}

export class Clock {
  #now = START;
  #random = bits('threadkv');
  #inStore = false;
  /** @type {WeakSet<Date>} dates that the store made, as opposed to those it was given */
  #stamps = new WeakSet();

  /** Starts over for one conversation. @param {string} seed */
  reset(seed) {
    this.#now = START;
    this.#random = bits(seed);
  }

  /** @param {number} ms */
  advance(ms) {
    this.#now += ms;
  }

  /** Runs `fn`, a piece of the store without a wait, and remembers the dates that it makes. @template T @param {() => T} fn */
  asStore(fn) {
    this.#inStore = true;
    try {
      return fn();
    } finally {
      this.#inStore = false;
    }
  }

  /** @param {Date} date */
  isStamp = (date) => this.#stamps.has(date);

  /** @param {Date} date */
  markStamp(date) {
    this.#stamps.add(date);
    return date;
  }

  /** Puts this clock in the place of the machine's own. The recorder is a process of its own, so nothing is put back. */
  install() {
    const tick = () => ++this.#now;
    const float = () => this.#random() / 2 ** 32;
    const nextUuid = () => uuid(this.#random);
    globalThis.Date = new Proxy(RealDate, {
      construct: (target, args, newTarget) => {
        const date = Reflect.construct(target, args.length ? args : [tick()], newTarget);
        return this.#inStore ? this.markStamp(date) : date;
      },
      get: (target, key) => (key === 'now' ? tick : Reflect.get(target, key)),
    });
    Math.random = float;
    crypto.randomUUID = nextUuid;
    Object.defineProperty(globalThis.crypto, 'randomUUID', { value: nextUuid });
    syncBuiltinESMExports();
  }
}
