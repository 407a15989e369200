/**
 * What several views have: filters, pages, what to say when there is nothing or something went wrong.
 *
 * @module
 */

import { el } from './dom.js';
import { placeOf } from './place.js';

/** @typedef {import('./place.js').Place} Place */

/**
 * Fields whose values go into the address.
 *
 * @param {Place} place
 * @param {Record<string, string>} fields  labels by name
 * @param {Record<string, Record<string, unknown>>} [more]  attributes of inputs, by name
 */
export function filterForm({ view, query }, fields, more = {}) {
  const inputs = Object.entries(fields).map(([name, label]) =>
    el(
      'label',
      null,
      label,
      el('input', {
        name,
        value: query[name] ?? '',
        autocomplete: 'off',
        spellcheck: 'false',
        ...more[name],
      }),
    ),
  );
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const filled = Object.fromEntries(Array.from(data, ([name, value]) => [name, String(value).trim()]));
    location.hash = placeOf(view, [], filled);
  };
  return el(
    'form.filter',
    { onsubmit, role: 'search' },
    inputs,
    el('button', null, 'Filter'),
    Object.keys(fields).some((name) => query[name]) && el('a', { href: placeOf(view) }, 'Show all'),
  );
}

/**
 * @param {Place} place
 * @param {{ hasMore: boolean, total?: number }} page
 */
export function pager(place, { hasMore, total }) {
  const at = pageAt(place.query);
  if (at === 0 && !hasMore) return null;
  return el(
    'nav.pager',
    { 'aria-label': 'Pages' },
    at > 0 && pageLink(place, at - 1, 'Previous page'),
    el('span', null, `Page ${at + 1}${total === undefined ? '' : ` · ${total} in all`}`),
    hasMore && pageLink(place, at + 1, 'Next page'),
  );
}

/** @param {Place} place @param {number} page @param {string} words */
export function pageLink({ view, ids, query }, page, words) {
  return el('a.button', { href: placeOf(view, ids, { ...query, page: page || undefined }) }, words);
}

/** @param {Record<string, string>} query */
export function pageAt({ page }) {
  return /^\d+$/.test(page ?? '') ? Number(page) : 0;
}

/**
 * @param {string} title
 * @param {...import('./dom.js').Child} children
 */
export function heading(title, ...children) {
  return el('h1', { tabindex: -1 }, title, ...children);
}

/**
 * @param {string} title
 * @param {...import('./dom.js').Child} children
 */
export function emptyState(title, ...children) {
  return el('div.empty', null, el('h2', null, title), el('p', null, ...children));
}
