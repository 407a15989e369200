/**
 * Random numbers that repeat, for tests: xorshift32.
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bf03635) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  return {
    /** A whole number from 0 up to, not including, `limit`. @param {number} limit */
    below: (limit) => next() % limit,
    /** For `createCore({ random })`. @param {Uint8Array} bytes */
    fill(bytes) {
      for (let i = 0; i < bytes.length; i++) bytes[i] = next() >>> 11;
    },
  };
}
