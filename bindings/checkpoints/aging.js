/**
 * Checkpoints that grow old: a thread as a whole, when nothing was put in any of its namespaces for so long. What is newer
 * may need whatever is older: packs, ancestors, the states of subgraphs.
 *
 * @module
 */

import { listed } from './keys.js';
import { clear } from './plans.js';
import { HEADS, PAGE } from './reading.js';

/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */

/**
 * @param {import('../core/plan.js').Line} line
 * @param {string} method
 * @param {number} maxAge  ms
 * @param {{ limit: number, cursor?: string | null }} question  `limit`: of threads
 * @returns {Steps<{ deleted: number, done: boolean, cursor: string | null }>}
 */
export function* pruneThreads(line, method, maxAge, { limit, cursor = null }) {
  const before = line.ground.now() - maxAge;
  const at = cursor === null ? {} : { cursor };
  const page = yield* line.read(method, 'row.page', HEADS, { under: [], limit: PAGE, ...at });
  const heads = listed(page);
  const young = new Set(heads.filter(({ cover }) => cover !== null && !isOld(cover, before)).map(threadOf));
  const threads = [...new Set(heads.map(threadOf))].filter((threadId) => !young.has(threadId));
  let deleted = 0;
  for (const threadId of threads) {
    // What is left of a page is found again when it is listed again.
    if (deleted === limit) return { deleted, done: false, cursor };
    if (!(yield* isAllOld(line, method, threadId, before))) continue;
    yield* clear.run(line, method, threadId);
    deleted++;
  }
  return { deleted, done: page.cursor === null, cursor: page.cursor };
}

/**
 * Whether it is so by the heads themselves, those on other pages too.
 *
 * @param {import('../core/plan.js').Line} line
 * @param {string} method
 * @param {string} threadId
 * @param {number} before
 * @returns {Steps<boolean>}
 */
function* isAllOld(line, method, threadId, before) {
  const page = yield* line.read(method, 'row.page', HEADS, { under: [threadId], limit: PAGE });
  const keys = listed(page).map(({ space }) => ({ threadId, space }));
  if (page.cursor !== null || keys.length === 0) return false;
  const rows = yield* line.read(method, 'row.get', HEADS, keys);
  return rows.every((/** @type {any} */ row) => row === null || isOld(row, before));
}

/** @param {{ updatedAt?: string }} row @param {number} before */
const isOld = ({ updatedAt }, before) => Date.parse(updatedAt ?? '') < before;

/** @param {{ threadId: string }} key */
const threadOf = ({ threadId }) => threadId;
