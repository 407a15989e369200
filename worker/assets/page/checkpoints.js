/**
 * Checkpoints of LangGraph: the threads that have some, a thread's, and one with its values.
 *
 * @module
 */

import { each, el, facts, jsonBlock, jsonDisclosure, text, time } from './dom.js';
import { placeOf } from './place.js';
import { emptyState, filterForm, heading } from './widgets.js';

/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./place.js').Place} Place */

/** @param {Api} api @param {Place} place */
export async function checkpointsView(api, place) {
  if (place.ids.length > 1) return checkpointView(api, place);
  return place.ids.length === 1 ? threadView(api, place) : threadsView(api, place);
}

/** @param {Api} api @param {Place} place */
async function threadsView(api, place) {
  const { threadId, cursor } = place.query;
  const { threads, cursor: next } = await api.get(['checkpoints'], { threadId, cursor });
  return [
    heading('Checkpoints'),
    filterForm(place, { threadId: 'Thread' }),
    threads.length > 0
      ? el('ul.list', null, each(threads, threadItem, 'li'))
      : emptyState(
          'No checkpoints',
          threadId ? 'This thread has none.' : 'Threads of LangGraph will be listed here.',
        ),
    turner(place, next),
  ];
}

/** @param {any} thread */
function threadItem({ threadId, namespaces }) {
  return el(
    'li',
    null,
    el('a.title', { href: placeOf('checkpoints', [threadId]) }, threadId),
    each(namespaces, (one) => namespaceLine(threadId, one), 'p'),
  );
}

/** @param {string} threadId @param {any} one */
function namespaceLine(threadId, { namespace, checkpointId, updatedAt }) {
  return el(
    'p.about',
    null,
    el('a', { href: placeOf('checkpoints', [threadId], { namespace }) }, nameOf(namespace)),
    updatedAt && [' · ', time(updatedAt)],
    checkpointId && [' · newest ', checkpointLink(threadId, checkpointId, namespace)],
  );
}

/** @param {Api} api @param {Place} place */
async function threadView(api, place) {
  const [threadId] = place.ids;
  const { namespace = '', cursor } = place.query;
  const [{ threads }, { checkpoints, cursor: next }] = await Promise.all([
    api.get(['checkpoints'], { threadId }),
    api.get(['checkpoints', threadId], { namespace, cursor }),
  ]);
  const others = threads.flatMap((/** @type {any} */ one) => one.namespaces);
  return [
    el('p', null, el('a', { href: placeOf('checkpoints') }, 'All threads with checkpoints')),
    heading(threadId),
    others.length > 1 &&
      el(
        'div',
        null,
        each(others, (one) => namespaceLine(threadId, one), 'p'),
      ),
    el('h2', null, nameOf(namespace)),
    checkpoints.length > 0
      ? el(
          'ul.list',
          null,
          each(checkpoints, (one) => checkpointItem(threadId, namespace, one), 'li'),
        )
      : el('p.about', null, next === null ? 'None.' : 'None on this page.'),
    turner(place, next),
  ];
}

/** @param {string} threadId @param {string} namespace @param {any} checkpoint */
function checkpointItem(threadId, namespace, { checkpointId, createdAt, metadata }) {
  const { step, source } = metadata?.value ?? {};
  return el(
    'li',
    null,
    el(
      'a.title',
      { href: placeOf('checkpoints', [threadId, checkpointId], { namespace }) },
      step === undefined ? checkpointId : `Step ${text(step)}`,
    ),
    source !== undefined && el('span.badge', null, text(source)),
    el('p.about', null, createdAt && [time(createdAt), ' · '], el('code', null, checkpointId)),
  );
}

/** @param {Api} api @param {Place} place */
async function checkpointView(api, { ids: [threadId, id], query: { namespace = '' } }) {
  const found = await api.get(['checkpoints', threadId, id], { namespace });
  const { step, source } = found.metadata.value ?? {};
  return [
    el('p', null, el('a', { href: placeOf('checkpoints', [threadId], { namespace }) }, 'All of this thread')),
    heading(step === undefined ? 'Checkpoint' : `Step ${text(step)}`),
    facts({
      Thread: el('code', null, threadId),
      Namespace: nameOf(namespace),
      Checkpoint: el('code', null, found.checkpointId),
      Parent: found.parentId && checkpointLink(threadId, found.parentId, namespace),
      Source: source === undefined ? null : text(source),
      Created: found.createdAt && time(found.createdAt),
    }),
    el('h2', null, 'Values'),
    found.values.length === 0 && el('p.about', null, 'None.'),
    el('ul.list', null, each(found.values, valueItem, 'li')),
    el('h2', null, 'Writes'),
    (found.writes ?? []).length === 0 &&
      el('p.about', null, found.writes ? 'None.' : 'Not read: this checkpoint is too large.'),
    el('ul.list', null, each(found.writes ?? [], valueItem, 'li')),
    'value' in found.metadata && jsonDisclosure('Metadata', found.metadata.value),
    jsonDisclosure('Raw JSON', found),
  ];
}

/** @param {any} told */
function valueItem(told) {
  const { channel, type, bytes, task } = told;
  return el(
    'li',
    null,
    el('code', null, channel),
    el(
      'p.about',
      null,
      `${text(type)} · ${bytes === 1 ? '1 byte' : `${bytes} bytes`}`,
      task && [' · task ', el('code', null, task)],
    ),
    'value' in told && jsonBlock(told.value),
  );
}

/** Pages lead forward only: where one began is not kept. @param {Place} place @param {string | null} next */
function turner({ view, ids, query }, next) {
  if (query.cursor === undefined && next === null) return null;
  const link = (/** @type {string | undefined} */ cursor, /** @type {string} */ words) =>
    el('a.button', { href: placeOf(view, ids, { ...query, cursor }) }, words);
  return el(
    'nav.pager',
    { 'aria-label': 'Pages' },
    query.cursor !== undefined && link(undefined, 'First page'),
    next !== null && link(next, 'Next page'),
  );
}

/** @param {string} threadId @param {string} id @param {string} namespace */
function checkpointLink(threadId, id, namespace) {
  return el('a', { href: placeOf('checkpoints', [threadId, id], { namespace }) }, el('code', null, id));
}

/** @param {string} namespace */
const nameOf = (namespace) => (namespace === '' ? 'The graph itself' : namespace);
