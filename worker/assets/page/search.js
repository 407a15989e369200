/**
 * Threads by a piece of their id or title: among those on the page as one types, then among all.
 *
 * @module
 */

import { RequestError } from './api.js';
import { el, text } from './dom.js';

const PER_PAGE = 100;
const MAX_PAGES = 30;

/** @param {any} thread  what of it is looked at */
export const wordsOf = (thread) => `${text(thread?.title ?? '')}\n${text(thread?.id ?? '')}`.toLowerCase();

/**
 * Those that changed last are looked through first; a thread of exactly this id is found however old it is.
 *
 * @param {import('./api.js').Api} api
 * @param {string} words
 * @param {string | undefined} resourceId  only among its threads
 * @returns {Promise<{ threads: any[], seen: number, total: number }>}
 */
export async function findThreads(api, words, resourceId) {
  const wanted = words.toLowerCase();
  const exact = await threadOf(api, words, resourceId);
  const threads = exact ? [exact] : [];
  let seen = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const options = { resourceId, orderBy: 'updatedAt', page, perPage: PER_PAGE };
    const answer = await api.get(['threads'], options);
    seen += answer.threads.length;
    threads.push(
      ...answer.threads.filter(
        (/** @type {any} */ thread) => wordsOf(thread).includes(wanted) && thread?.id !== exact?.id,
      ),
    );
    if (!answer.hasMore) return { threads, seen, total: seen };
    if (page === MAX_PAGES - 1) return { threads, seen, total: answer.total };
  }
  return { threads, seen, total: seen };
}

/** @param {import('./api.js').Api} api @param {string} id @param {string | undefined} resourceId */
async function threadOf(api, id, resourceId) {
  try {
    return await api.get(['threads', id], { resourceId });
  } catch (error) {
    if (error instanceof RequestError && [400, 404].includes(error.status)) return undefined;
    throw error;
  }
}

/**
 * Hides the items that do not have what is being typed.
 *
 * @param {any} list  items with `data-words`
 * @returns {{ oninput: (event: Event) => void, hint: Node }}
 */
export function narrowing(list) {
  const hint = el('p.about', { 'aria-live': 'polite' });
  /** @param {Event} event */
  const oninput = (event) => {
    const wanted = /** @type {HTMLInputElement} */ (event.target).value.trim().toLowerCase();
    let shown = 0;
    for (const item of list.children) {
      item.hidden = !(item.dataset.words ?? '').includes(wanted);
      if (!item.hidden) shown++;
    }
    hint.textContent =
      wanted === '' ? '' : `${shown} of ${list.children.length} on this page. Enter looks through all.`;
  };
  return { oninput, hint };
}
