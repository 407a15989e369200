/**
 * Whether two values are the same as JSON, whatever the order of their keys.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * The JSON text of a value with its keys in order. Throws what `JSON.stringify` throws.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function canonicalText(value) {
  return JSON.stringify(value, (_key, inner) => (isRecord(inner) ? inOrder(inner) : inner));
}

/**
 * @param {string} text
 * @returns {Promise<string>} equal for equal texts alone
 */
export async function hashText(text) {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {Record<string, unknown>} record */
function inOrder(record) {
  const keys = Object.keys(record);
  if (keys.every((key, index) => index === 0 || keys[index - 1] < key)) return record;
  return Object.fromEntries(keys.sort().map((key) => [key, record[key]]));
}
