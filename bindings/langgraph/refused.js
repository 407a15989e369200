/**
 * Where in a state the value stands that cannot be written as JSON.
 *
 * @module
 */

/** Deeper, and among more, nobody looks. */
const DEPTH_MAX = 200;
const LOOKED_AT_MAX = 1_000_000;

/**
 * @param {unknown} root
 * @param {string} path  of it
 * @returns {{ at: string, what: string }}
 */
export function pathOf(root, path) {
  const seen = new Set();
  let left = LOOKED_AT_MAX;
  /** @param {unknown} given @param {string} at @param {number} depth @returns {{ at: string, what: string } | undefined} */
  const find = (given, at, depth) => {
    let value = given;
    if (typeof value === 'bigint') return { at, what: 'is a BigInt, which JSON has no word for' };
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > DEPTH_MAX || left-- < 0)
      return undefined;
    seen.add(value);
    try {
      const { toJSON } = /** @type {any} */ (value);
      if (typeof toJSON === 'function') value = toJSON.call(value);
    } catch {
      return { at, what: 'fails when it is written as JSON' };
    }
    if (value !== given) return find(value, at, depth + 1);
    for (const [name, inner] of entriesOf(value)) {
      const found = find(inner, join(at, name), depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(root, path, 0) ?? { at: path, what: 'cannot be written as JSON' };
}

/** @param {any} value @returns {Iterable<[string | number, unknown]>} */
function entriesOf(value) {
  if (Array.isArray(value)) return value.entries();
  if (value instanceof Set) return [...value].entries();
  if (value instanceof Map)
    return [...value].flatMap(([key, inner], i) => [
      [`key ${i}`, key],
      [i, inner],
    ]);
  return Object.entries(value);
}

/** @param {string} at @param {string | number} name */
function join(at, name) {
  if (typeof name === 'number') return `${at}[${name}]`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${at}.${name}` : `${at}[${JSON.stringify(name.slice(0, 100))}]`;
}
