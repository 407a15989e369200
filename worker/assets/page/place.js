/**
 * Where one is: the part of the address after `#`, as `#/threads/<id>?page=2`.
 *
 * @module
 */

/** @typedef {{ view: string, ids: string[], query: Record<string, string> }} Place */

/**
 * @param {string} hash
 * @returns {Place}
 */
export function readPlace(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view, ...ids] = path.split('/').map(decode);
  return { view: view || 'threads', ids, query: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * @param {string} view
 * @param {string[]} [ids]
 * @param {Record<string, string | number | undefined>} [query]  what is undefined or empty is left out
 */
export function placeOf(view, ids = [], query = {}) {
  const path = [view, ...ids].map(encodeURIComponent).join('/');
  return `#/${path}${queryOf(query)}`;
}

/** @param {Record<string, string | number | boolean | undefined>} query */
export function queryOf(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
