/**
 * Whose memory there is: the resources that something is kept of, by pages, and the owners of the latest threads.
 *
 * @module
 */

import { each, el, time } from './dom.js';
import { placeOf } from './place.js';
import { emptyState, pageAt, pager } from './widgets.js';

const PER_PAGE = 50;
const LATEST = 100;

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
export async function resourceLists(api, place) {
  const page = pageAt(place.query);
  const [kept, { threads }] = await Promise.all([
    api.get(['resources'], { perPage: PER_PAGE, page: page || undefined }),
    page === 0 ? api.get(['threads'], { orderBy: 'updatedAt', perPage: LATEST }) : { threads: [] },
  ]);
  if (kept.total === 0 && threads.length === 0)
    return [emptyState('Whose?', 'Enter the id of a resource: of a user, or whoever owns threads.')];
  const counts = countsOf(threads);
  return [
    el('h2', null, 'With working memory'),
    kept.total === 0
      ? el('p.about', null, 'None.')
      : el('p.about', null, kept.total === 1 ? 'One in all' : `${kept.total} in all`),
    el(
      'ul.list',
      { id: 'kept' },
      each(kept.resources, (resource) => keptItem(resource, counts), 'li'),
    ),
    pager(place, kept),
    ...ownersPart(counts, threads.length),
  ];
}

/** How many of the threads a resource has, by its id. @param {any[]} threads @returns {Map<string, number>} */
function countsOf(threads) {
  const counts = new Map();
  for (const thread of threads) {
    const id = thread?.resourceId;
    if (typeof id === 'string' && id !== '') counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** @param {any} resource @param {Map<string, number>} counts */
function keptItem({ id, updatedAt, createdAt }, counts) {
  const about = el('p.about', null, 'updated ', time(updatedAt), ' · created ', time(createdAt));
  return el('li', null, link(id), badge(counts.get(id)), about);
}

/** @param {Map<string, number>} counts @param {number} threads */
function ownersPart(counts, threads) {
  if (counts.size === 0) return [];
  const words = threads === 1 ? 'Of the only thread' : `Of the ${threads} threads that changed last`;
  const item = (/** @type {[string, number]} */ [id, count]) => el('li', null, link(id), badge(count));
  return [el('h2', null, words), el('ul.list', { id: 'owners' }, each([...counts], item, 'li'))];
}

/** @param {string} id */
function link(id) {
  return el('a.title', { href: placeOf('memory', [id]) }, id);
}

/** @param {number | undefined} count */
function badge(count) {
  return count !== undefined && el('span.badge', null, count === 1 ? '1 thread' : `${count} threads`);
}
