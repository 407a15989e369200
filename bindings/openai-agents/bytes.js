/**
 * Bytes within items, which JSON has no word for.
 *
 * @module
 */

const BYTES = 'threadkv:bytes';

/** Names that could be taken for ours; each gets a colon more. */
const LIKE_BYTES = /^threadkv:bytes:*$/;

/**
 * @param {any} value  JSON, and bytes in it
 * @returns {any} JSON
 */
export function encodeBytes(value) {
  if (value instanceof Uint8Array) return { [BYTES]: toBase64(value) };
  if (Array.isArray(value)) return value.map(encodeBytes);
  if (typeof value !== 'object' || value === null || typeof value.toJSON === 'function') return value;
  return renamed(value, (name) => (LIKE_BYTES.test(name) ? `${name}:` : name), encodeBytes);
}

/**
 * @param {any} value  freshly parsed
 * @returns {any}
 */
export function decodeBytes(value) {
  if (Array.isArray(value)) return value.map(decodeBytes);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value[BYTES] === 'string')
    return Uint8Array.from(atob(value[BYTES]), (char) => char.charCodeAt(0));
  return renamed(value, (name) => (LIKE_BYTES.test(name) ? name.slice(0, -1) : name), decodeBytes);
}

/** @param {object} object @param {(name: string) => string} rename @param {(value: any) => any} map */
function renamed(object, rename, map) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), map(value)]));
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
