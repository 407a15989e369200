/**
 * What Workers KV takes, and the order of its keys.
 *
 * @module
 */

import { MAX_KEY } from './kv-facts.js';

export { MAX_BULK_KEYS, MAX_KEY, MAX_LIST, MAX_METADATA, MAX_VALUE } from './kv-facts.js';

const encoder = new TextEncoder();

/**
 * @param {string} key
 * @returns {number} 0 when KV takes this key, else the status it refuses it with
 */
export function keyStatus(key) {
  if (key === '' || key === '.' || key === '..' || /\p{Surrogate}/u.test(key)) return 400;
  return exceeds(key, MAX_KEY) ? 414 : 0;
}

/**
 * Whether `value` takes more than `limit` bytes. Mostly known without measuring.
 *
 * @param {string | Uint8Array} value
 * @param {number} limit
 */
export function exceeds(value, limit) {
  if (value.length > limit) return true;
  if (typeof value !== 'string' || value.length * 3 <= limit) return false;
  return encoder.encode(value).length > limit;
}

/**
 * Compares two strings by the bytes of their UTF-8 form. That is the order of their UTF-16 units, but for
 * surrogates, which stand for characters above all others.
 *
 * @param {string} a
 * @param {string} b
 */
export function compareBytes(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** @param {number} unit */
function rank(unit) {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
