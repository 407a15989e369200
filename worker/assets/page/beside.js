/**
 * What stands beside threads and runs: tasks, scores, observations. Asked for when it is opened.
 *
 * @module
 */

import { RequestError } from './api.js';
import { disclosure, each, el, facts, jsonDisclosure, text, time } from './dom.js';
import { proseView } from './prose.js';

/** @typedef {import('./api.js').Api} Api */
/** @typedef {Record<string, string | undefined>} Filter */

const PER_PAGE = 20;

/** @param {Api} api @param {Filter} filter  `{ threadId }`, `{ runId }` */
export function tasksPart(api, filter) {
  return later('Background tasks', async () => {
    const { tasks, total } = await api.get(['tasks'], { ...filter, perPage: PER_PAGE });
    return [
      total === 0 ? el('p.about', null, 'None.') : shown(tasks, total),
      el('ul.list', null, each(tasks, taskItem, 'li')),
    ];
  });
}

/** @param {Api} api @param {string} threadId */
export function statesPart(api, threadId) {
  return later('States: tasks, goal', async () => {
    const { states } = await api.get(['threads', threadId, 'states']);
    return [statesOf(states), otherState(api, threadId)];
  });
}

/** @param {any[]} states */
function statesOf(states) {
  return states.length === 0
    ? el('p.about', null, 'None.')
    : el('ul.list', null, each(states, stateItem, 'li'));
}

/** Which types there are is not kept anywhere: one has to be named. @param {Api} api @param {string} threadId */
function otherState(api, threadId) {
  const found = el('div', { 'aria-live': 'polite' });
  /** @param {SubmitEvent} event */
  async function onsubmit(event) {
    event.preventDefault();
    const type = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('type'));
    found.replaceChildren(el('p.about', null, 'Asking…'));
    const content = await api.get(['threads', threadId, 'states'], { type }).then(
      ({ states }) => statesOf(states),
      (error) => failure(error),
    );
    found.replaceChildren(content);
  }
  const input = el('input', { name: 'type', required: true, autocomplete: 'off', spellcheck: 'false' });
  const form = el(
    'form.filter',
    { onsubmit },
    el('label', null, 'A state of another type', input),
    el('button', null, 'Show'),
  );
  return el('div', null, form, found);
}

/** @param {unknown} error */
const failure = (error) =>
  el('p.failure', { role: 'alert' }, error instanceof RequestError ? error.message : 'the page failed');

/** @param {Api} api @param {Filter} filter  `{ runId }` */
export function scoresPart(api, filter) {
  return later('Scores', async () => {
    const { scores, total } = await api.get(['scores'], { ...filter, perPage: PER_PAGE });
    return [
      total === 0 ? el('p.about', null, 'None.') : shown(scores, total),
      el('ul.list', null, each(scores, scoreItem, 'li')),
    ];
  });
}

/** @param {Api} api @param {string} resourceId @param {string} [threadId] */
export function observationsPart(api, resourceId, threadId) {
  return later('Observational memory', async () => {
    const { observations } = await api.get(['resources', resourceId, 'observations'], { threadId });
    return observations.length === 0
      ? [el('p.about', null, 'None.')]
      : [el('ul.list', null, each(observations, generationItem, 'li'))];
  });
}

/** An agent's list of tasks as one, its goal as a sentence; whatever else there is as it is. @param {any} state */
function stateItem({ type, value }) {
  const tasks = Array.isArray(value) ? value : Array.isArray(value?.tasks) ? value.tasks : [];
  return el(
    'li',
    null,
    el('strong', null, text(type)),
    value?.status && el('span.badge', { 'data-status': text(value.status) }, text(value.status)),
    value?.objective && el('p.text', null, text(value.objective)),
    tasks.length > 0 && el('ol', null, each(tasks, todoItem, 'li')),
    jsonDisclosure('Raw JSON', value),
  );
}

/** @param {any} task */
function todoItem({ content, status }) {
  return el('li', null, text(content), el('span.badge', { 'data-status': text(status) }, text(status)));
}

/** @param {any} task */
function taskItem(task) {
  const { id, toolName, status, createdAt, completedAt, args, result, error } = task;
  return el(
    'li',
    null,
    el('code', null, text(toolName)),
    el('span.badge', { 'data-status': text(status) }, text(status)),
    facts({
      Task: el('code', null, text(id)),
      Created: time(createdAt),
      Completed: completedAt && time(completedAt),
    }),
    error && el('p.failure', null, text(error.message ?? error)),
    jsonDisclosure('Arguments', args),
    result !== undefined && jsonDisclosure('Result', result),
  );
}

/** @param {any} score */
function scoreItem(score) {
  const { scorerId, scorer, reason, createdAt, entityId } = score;
  return el(
    'li',
    null,
    el('strong', null, text(score.score)),
    ' by ',
    text(scorer?.name ?? scorerId),
    el('p.about', null, 'of ', el('code', null, text(entityId)), ' · created ', time(createdAt)),
    reason && el('p.text', null, text(reason)),
    jsonDisclosure('Raw JSON', score),
  );
}

/** @param {any} record */
function generationItem(record) {
  const { generationCount, originType, activeObservations, createdAt, updatedAt } = record;
  return el(
    'li',
    null,
    el('strong', null, `Generation ${text(generationCount)}`),
    originType ? ` · ${text(originType)}` : '',
    el('p.about', null, 'created ', time(createdAt), ' · updated ', time(updatedAt)),
    typeof activeObservations === 'string' && activeObservations !== '' && proseView(activeObservations),
    jsonDisclosure('Raw JSON', record),
  );
}

/** @param {any[]} rows @param {number} total */
function shown(rows, total) {
  return el(
    'p.about',
    null,
    rows.length < total ? `The newest ${rows.length} of ${total}` : `${total} in all`,
  );
}

/** @param {string} title @param {() => Promise<Node[]>} load */
function later(title, load) {
  return disclosure(title, () => {
    const place = el('div', { 'aria-busy': 'true' }, el('p.about', null, 'Asking…'));
    load()
      .catch((error) => [failure(error)])
      .then((content) => {
        place.replaceChildren(...content);
        place.removeAttribute('aria-busy');
      });
    return place;
  });
}
