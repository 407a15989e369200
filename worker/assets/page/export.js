/**
 * A thread as a file: what the API answers, byte for byte, so that no number loses a digit.
 *
 * @module
 */

import { el } from './dom.js';

/**
 * `{"thread": {…}, "messages": […], "total": …}`
 *
 * @param {import('./api.js').Api} api
 * @param {string} id
 */
export async function exportThread(api, id) {
  const thread = await api.text(['threads', id]);
  const list = await api.text(['threads', id, 'messages'], { perPage: 'all' });
  const file = new Blob([`{"thread":${thread},${list.slice(1)}\n`], { type: 'application/json' });
  const href = URL.createObjectURL(file);
  el('a', { href, download: `${id.replace(/[^\w.-]+/g, '_')}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
