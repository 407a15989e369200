/**
 * Texts and bytes that are the same every time.
 *
 * @module
 */

const WORDS = (
  'harbour lantern copper winter ledger thistle orchard signal quarry meadow ferry parcel violet timber saddle ' +
  'kettle almanac pebble canvas drizzle engine furrow garnet hollow island juniper kiln linen marble needle'
).split(' ');

/**
 * Prose of about `bytes` bytes: sentences in paragraphs, no two paragraphs alike.
 *
 * @param {number} bytes
 */
export function prose(bytes) {
  const paragraphs = [];
  for (let n = 1, size = 0; size < bytes; n++) {
    const words = Array.from({ length: 40 }, (_, i) => WORDS[(n * 7 + i * (n % 11) + i * i) % WORDS.length]);
    const text = `${n}. The ${words.slice(0, 12).join(' ')}; then ${words.slice(12, 26).join(', ')} “${words.slice(26).join(' ')}”.`;
    paragraphs.push(text);
    size += Buffer.byteLength(text) + 2;
  }
  return paragraphs.join('\n\n');
}

/** Bytes without a pattern, as in a compressed image. @param {number} length */
export function bytes(length) {
  let state = 0x2545f491;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

/** One grey pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/** @param {Uint8Array} data */
export const base64 = (data) => Buffer.from(data).toString('base64');

/** `{ level: { level: … } }`. @param {number} depth @param {unknown} core @returns {Record<string, unknown>} */
export const nested = (depth, core) => (depth === 0 ? { core } : { level: nested(depth - 1, core) });
