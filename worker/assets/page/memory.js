/**
 * The working memory of a resource.
 *
 * @module
 */

import { RequestError } from './api.js';
import { actionButton, ask, editButton } from './ask.js';
import { observationsPart } from './beside.js';
import { el, facts, jsonDisclosure, text, time } from './dom.js';
import { placeOf } from './place.js';
import { resourceLists } from './resources.js';
import { emptyState, heading } from './widgets.js';

/** @typedef {import('./api.js').Api} Api */

/**
 * @param {Api} api
 * @param {import('./place.js').Place} place
 */
export async function memoryView(api, place) {
  const [id = ''] = place.ids;
  const top = [heading('Working memory'), searchForm(id)];
  if (id === '') return [...top, ...(await resourceLists(api, place))];
  const threads = el('p', null, el('a', { href: placeOf('threads', [], { resourceId: id }) }, 'Its threads'));
  const observations = observationsPart(api, id);
  const mayWrite = await api.mayWrite();
  const erasure =
    mayWrite &&
    el(
      'div.actions',
      null,
      actionButton('Erase everything', () => erase(api, id)),
    );
  try {
    const resource = await api.get(['resources', id]);
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
          actionButton('Delete the working memory', () => forget(api, id)),
        ),
      metadata && jsonDisclosure('Metadata', metadata),
      jsonDisclosure('Raw JSON', resource),
      observations,
      threads,
      erasure,
    ];
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 404) throw error;
    return [
      ...top,
      emptyState('No working memory', `Nothing is kept of ${id} across threads.`),
      observations,
      threads,
      erasure,
    ];
  }
}

/** @param {Api} api @param {string} id */
async function forget(api, id) {
  const done = await ask({
    title: 'Delete the working memory?',
    words: `What is kept of ${id} across threads is deleted for good. The threads stay.`,
    verb: 'Delete',
    act: () => api.send('DELETE', ['resources', id]),
  });
  if (done) location.hash = placeOf('memory');
}

/** @param {Api} api @param {string} id */
async function erase(api, id) {
  const done = await ask({
    title: 'Erase everything?',
    words:
      `All that carries the id ${id} is deleted for good: threads and their messages, messages in threads of others, working and ` +
      'observational memory, runs, scores, tasks and states. Of very much a part is done now, and sweeps go on with it.',
    verb: 'Erase',
    field: { label: `To erase it, type ${id}`, value: '' },
    typed: id,
    act: () => api.send('DELETE', ['resources', id], undefined, { everything: true }),
  });
  if (done) location.hash = placeOf('memory');
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
