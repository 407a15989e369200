/**
 * Which prefixes there are, for whoever has mistyped one.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { printable } from './report.js';

/** How many keys of a namespace are looked at, at once and for a list of prefixes, and how many prefixes are named. */
const KEYS = 1000;
const PAGES = 10;
const NAMED = 10;

/** @typedef {import('./target.js').Target} Target */

/**
 * Those of the first keys of each namespace.
 *
 * @param {(names: string[]) => import('../backends/backend.js').Backend} open
 * @param {string[]} all  names of namespaces
 * @returns {Promise<string[]>} in order
 */
export async function findPrefixesIn(open, all) {
  const names = [...new Set(all)];
  const backend = open(names);
  const found = await Promise.all(names.map((_, space) => prefixesIn(backend, space, PAGES)));
  return [...new Set(found.flat())].sort();
}

/**
 * @param {import('../backends/backend.js').Backend} backend
 * @param {number} space
 * @param {number} pages
 */
async function prefixesIn(backend, space, pages) {
  const found = new Set();
  /** @type {string | null} */
  let cursor = null;
  do {
    const request = {
      kind: /** @type {const} */ ('list'),
      space,
      table: '',
      prefix: '',
      cursor,
      limit: KEYS,
    };
    const [{ keys = [], cursor: next = null }] = await backend.run([request]);
    for (const { name } of keys) found.add(prefixOf(name));
    cursor = next;
  } while (cursor !== null && --pages > 0);
  found.delete(undefined);
  return [...found];
}

/**
 * @param {Target} target
 * @param {string} prefix  under which nothing was found
 * @param {import('./report.js').Report} report
 */
export async function hintAtPrefixes(target, prefix, report) {
  const others = (await target.prefixes()).filter((one) => one !== prefix);
  if (others.length === 0) return;
  const some = others.slice(0, NAMED).map((one) => `"${printable(one)}"`);
  const more = others.length > NAMED ? ' and others' : '';
  report.note(
    `Nothing is under the prefix "${printable(prefix)}". There is something under ${some.join(', ')}${more}.`,
  );
}

/**
 * See src/FORMAT.md: the first colon ends prefix and table.
 *
 * @param {string} key
 * @returns {string | undefined} undefined when it is no key of a store
 */
function prefixOf(key) {
  const head = key.slice(0, Math.max(key.indexOf(':'), 0));
  const table = TABLES.map(([name]) => name)
    .filter((name) => head.endsWith(name))
    .sort((a, b) => b.length - a.length)[0];
  if (table === undefined) return undefined;
  try {
    return decodeURIComponent(head.slice(0, head.length - table.length));
  } catch {
    return undefined;
  }
}
