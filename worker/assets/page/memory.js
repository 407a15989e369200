/**
 * The working memory of a resource.
 *
 * @module
 */

import { RequestError } from './api.js';
import { el, facts, jsonDisclosure, time } from './dom.js';
import { placeOf } from './place.js';
import { emptyState, heading } from './widgets.js';

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
export async function memoryView(api, { ids: [id = ''] }) {
  const top = [heading('Working memory'), searchForm(id)];
  if (id === '') {
    return [
      ...top,
      emptyState('Whose?', 'Resources have no list: enter an id, or follow one from a thread.'),
    ];
  }
  const threads = el('p', null, el('a', { href: placeOf('threads', [], { resourceId: id }) }, 'Its threads'));
  try {
    const resource = await api.get(['resources', id]);
    const { workingMemory, createdAt, updatedAt, metadata } = resource;
    return [
      ...top,
      el('h2', null, id),
      facts({ Created: time(createdAt), Updated: time(updatedAt) }),
      workingMemory ? el('pre.memory', { tabindex: 0 }, workingMemory) : el('p.about', null, 'It is empty.'),
      metadata && jsonDisclosure('Metadata', metadata),
      jsonDisclosure('Raw JSON', resource),
      threads,
    ];
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 404) throw error;
    return [...top, emptyState('No working memory', `Nothing is kept of ${id} across threads.`), threads];
  }
}

/** @param {string} id */
function searchForm(id) {
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target)).get('resource');
    location.hash = placeOf('memory', [String(given)]);
  };
  return el(
    'form.filter',
    { onsubmit, role: 'search' },
    el(
      'label',
      null,
      'Resource',
      el('input', { name: 'resource', value: id, required: true, autocomplete: 'off', spellcheck: 'false' }),
    ),
    el('button', null, 'Look'),
  );
}
