/**
 * Whose data is shown: a choice of prefixes, where the Worker lets its readers choose.
 *
 * @module
 */

import { prefix } from './api.js';
import { el } from './dom.js';

const form = /** @type {any} */ (document.getElementById('prefix'));

/** For whom the choice was made ready: the rights of a token. @type {unknown} */
let ready;

/**
 * @param {import('./api.js').Api} api
 * @returns {Promise<void>}
 */
export async function showPrefixes(api) {
  const rights = await api.rights();
  form.hidden = rights?.choosesPrefix !== true;
  if (form.hidden || rights === ready) return;
  ready = rights;
  const { prefixes } = await api.get(['prefixes']);
  form
    .querySelector('datalist')
    .replaceChildren(
      ...prefixes.filter(Boolean).map((/** @type {string} */ value) => el('option', { value })),
    );
  form.prefix.value = prefix.get() ?? rights?.keyPrefix;
}

/** @param {() => void} act  when another was chosen */
export function onPrefix(act) {
  const choose = () => {
    prefix.set(form.prefix.value.trim());
    act();
  };
  form.addEventListener('change', choose);
  form.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
}
