/**
 * Cloudflare's list prices beyond what a paid plan includes, in dollars for a million, and what a million turns cost.
 *
 * @module
 */

/** @type {Record<string, number>} */
export const PRICES = {
  'KV read': 0.5, // each key, also of a bulk get
  'KV write': 5,
  'KV delete': 5,
  'KV list': 5,
  'D1 row read': 0.001,
  'D1 row written': 1,
  'object request': 0.15,
  'object row read': 0.001,
  'object row written': 1,
  // Of an object, which has 128 MB: 0.05 s · 0.125 GB · $12.50 a million GB-s.
  'object awake 50 ms': 0.05 * 0.125 * 12.5,
};

/** @param {Record<string, number>} billed  of one turn @returns {number} dollars for a million */
export function millionTurns(billed) {
  return Object.entries(billed).reduce((sum, [unit, amount]) => sum + amount * PRICES[unit], 0);
}
