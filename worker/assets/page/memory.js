/**
 * The working memory of a resource.
 *
 * @module
 */

import { RequestError } from './api.js';
import { editButton } from './ask.js';
import { observationsPart } from './beside.js';
import { each, el, facts, jsonDisclosure, text, time } from './dom.js';
import { placeOf } from './place.js';
import { emptyState, heading } from './widgets.js';

const LATEST = 100;

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
export async function memoryView(api, { ids: [id = ''] }) {
  const top = [heading('Working memory'), searchForm(id)];
  if (id === '') return [...top, ...(await latestResources(api))];
  const threads = el('p', null, el('a', { href: placeOf('threads', [], { resourceId: id }) }, 'Its threads'));
  const observations = observationsPart(api, id);
  try {
    const [resource, mayWrite] = await Promise.all([api.get(['resources', id]), api.mayWrite()]);
    const { workingMemory, createdAt, updatedAt, metadata } = resource;
    return [
      ...top,
      el('h2', null, id),
      facts({ Created: time(createdAt), Updated: time(updatedAt) }),
      workingMemory ? el('pre.memory', { tabindex: 0 }, workingMemory) : el('p.about', null, 'It is empty.'),
      mayWrite &&
        el(
          'div.actions',
          null,
          editButton('Edit the working memory', {
            label: `Working memory of ${id}`,
            value: text(workingMemory ?? ''),
            long: true,
            act: (value) => api.send('PATCH', ['resources', id], { workingMemory: value }),
          }),
        ),
      metadata && jsonDisclosure('Metadata', metadata),
      jsonDisclosure('Raw JSON', resource),
      observations,
      threads,
    ];
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 404) throw error;
    return [
      ...top,
      emptyState('No working memory', `Nothing is kept of ${id} across threads.`),
      observations,
      threads,
    ];
  }
}

/**
 * The store has no list of resources: those of the threads that changed last stand in for one.
 *
 * @param {import('./api.js').Api} api
 */
async function latestResources(api) {
  const { threads } = await api.get(['threads'], { orderBy: 'updatedAt', perPage: LATEST });
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const thread of threads) {
    const id = thread?.resourceId;
    if (typeof id === 'string' && id !== '') counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  if (counts.size === 0)
    return [emptyState('Whose?', 'Enter the id of a resource: of a user, or whoever owns threads.')];
  const item = (/** @type {[string, number]} */ [id, count]) =>
    el(
      'li',
      null,
      el('a.title', { href: placeOf('memory', [id]) }, id),
      el('span.badge', null, count === 1 ? '1 thread' : `${count} threads`),
    );
  return [
    el(
      'h2',
      null,
      threads.length === 1 ? 'Of the only thread' : `Of the ${threads.length} threads that changed last`,
    ),
    el('ul.list', null, each([...counts], item, 'li')),
  ];
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
