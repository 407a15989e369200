/**
 * What is stored of an agent's configuration. It names models, which may be objects of any make: what cannot be
 * written goes, and so do their keys.
 *
 * @module
 */

const SECRET = /^(api_?key|headers|authorization|token|secret)$/i;

/**
 * @param {any} value
 * @param {object[]} [above]  what it is in
 * @returns {any} JSON
 */
export function storable(value, above = []) {
  if (typeof value === 'bigint') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return undefined;
  const within = [...above, value];
  if (typeof value.toJSON === 'function') return storable(value.toJSON(), within);
  if (Array.isArray(value)) return value.map((one) => storable(one, within));
  const members = Object.entries(value).filter(([name]) => !SECRET.test(name));
  return Object.fromEntries(members.map(([name, one]) => [name, storable(one, within)]));
}
