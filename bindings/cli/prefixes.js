/**
 * Which prefixes there are, for whoever has mistyped one.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { printable } from './report.js';

/** How many keys of a namespace are looked at, and how many prefixes named. */
const KEYS = 1000;
const NAMED = 10;

/**
 * @param {import('./target.js').Target} target
 * @param {string} prefix  under which nothing was found
 * @param {import('./report.js').Report} report
 */
export async function hintAtPrefixes(target, prefix, report) {
  const names = [...new Set(target.names)];
  const request = { kind: /** @type {const} */ ('list'), table: '', prefix: '', cursor: null, limit: KEYS };
  const replies = await target.open(names).run(names.map((_, space) => ({ ...request, space })));
  const found = new Set(replies.flatMap(({ keys = [] }) => keys.map(({ name }) => prefixOf(name))));
  const others = [...found].filter((one) => one !== undefined && one !== prefix).sort();
  if (others.length === 0) return;
  const some = others.slice(0, NAMED).map((one) => `"${printable(/** @type {string} */ (one))}"`);
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
