/**
 * The list of threads, and one thread with its messages, from top to bottom, the newest in view.
 *
 * @module
 */

import { BASE } from './api.js';
import { actionButton, ask, changed, editButton } from './ask.js';
import { observationsPart, statesPart, tasksPart } from './beside.js';
import { each, el, facts, jsonDisclosure, text, time } from './dom.js';
import { exportThread } from './export.js';
import { messageView } from './parts.js';
import { placeOf } from './place.js';
import { isDevelopment, makeSample } from './sample.js';
import { findThreads, narrowing, wordsOf } from './search.js';
import { emptyState, filterForm, heading, pageAt, pageLink, pager } from './widgets.js';

const PER_PAGE = 20;
const FILTERS = { find: 'Title or id', resourceId: 'Resource' };

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
export async function threadsView(api, place) {
  if (place.ids.length > 0) return threadView(api, place);
  const { resourceId, find } = place.query;
  if (find) return foundView(api, place);
  const page = await api.get(['threads'], {
    resourceId,
    orderBy: 'updatedAt',
    page: pageAt(place.query),
    perPage: PER_PAGE,
  });
  const list = el('ul.list', null, each(page.threads, threadItem, 'li'));
  const { oninput, hint } = narrowing(list);
  return [
    heading('Threads'),
    filterForm(place, FILTERS, { find: { oninput } }),
    hint,
    page.threads.length > 0
      ? list
      : resourceId
        ? emptyState('No threads', 'This resource has no threads. Ids count to the letter.')
        : firstThread(api, await api.mayWrite()),
    pager(place, page),
  ];
}

/** @param {import('./api.js').Api} api @param {import('./place.js').Place} place */
async function foundView(api, place) {
  const { resourceId, find } = place.query;
  const { threads, seen, total } = await findThreads(api, find, resourceId);
  const among = seen < total ? `the ${seen} threads that changed last, of ${total}` : `${total} threads`;
  return [
    heading('Threads'),
    filterForm(place, FILTERS),
    el('p.about', null, `${threads.length} found among ${among}`),
    threads.length > 0
      ? el('ul.list', null, each(threads, threadItem, 'li'))
      : emptyState('None found', 'No thread has this in its id or title.'),
  ];
}

/** @param {any} thread */
function threadItem(thread) {
  const { id, title, resourceId, createdAt, updatedAt, archivedAt } = thread;
  return el(
    'li',
    { 'data-words': wordsOf(thread) },
    el('a.title', { href: placeOf('threads', [id]) }, title || 'without a title'),
    archivedAt && el('span.badge', null, 'archived'),
    el(
      'p.about',
      null,
      'updated ',
      time(updatedAt),
      ' · created ',
      time(createdAt),
      ' · ',
      el('a', { href: placeOf('memory', [resourceId]) }, resourceId),
      ' · ',
      el('code', null, id),
    ),
  );
}

/** @param {import('./api.js').Api} api @param {boolean} mayWrite */
function firstThread(api, mayWrite) {
  const post = (/** @type {string} */ path) => [
    `curl -X POST ${new URL(path, BASE)} -H "Authorization: Bearer $THREADKV_TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
  ];
  const example = [
    ...post('v1/threads'),
    `  -d '{"id":"thread-1","resourceId":"user-1","title":"Kyoto"}'`,
    ...post('v1/threads/thread-1/messages'),
    `  -d '{"messages":[{"role":"user","content":"When do the cherries bloom?"}]}'`,
  ];
  return el(
    'div.empty',
    null,
    el('h2', null, 'No threads yet'),
    el('p', null, 'Threads that agents or the API store will be listed here. To make the first one:'),
    el('pre', { tabindex: 0 }, example.join('\n')),
    el('p', null, el('code', null, '$THREADKV_TOKEN'), ' stands for the token that opened this page.'),
    mayWrite &&
      isDevelopment() &&
      actionButton('Make sample data', async () => {
        await makeSample(api);
        changed();
      }),
  );
}

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
async function threadView(api, place) {
  const path = ['threads', place.ids[0]];
  const at = pageAt(place.query);
  const listing = { direction: 'DESC', perPage: PER_PAGE, page: at };
  const [thread, page, mayWrite] = await Promise.all([
    api.get(path),
    api.get([...path, 'messages'], listing),
    api.mayWrite(),
  ]);
  const { id, title, resourceId, createdAt, updatedAt, archivedAt, metadata } = thread;
  const memory = metadata?.workingMemory;
  return [
    el('p', null, el('a', { href: placeOf('threads') }, 'All threads')),
    heading(text(title || 'Thread without a title')),
    facts({
      Id: el('code', null, id),
      Resource: el('a', { href: placeOf('memory', [resourceId]) }, resourceId),
      Created: time(createdAt),
      Updated: time(updatedAt),
      Messages: page.total,
      Archived: archivedAt ? time(archivedAt) : null,
    }),
    threadActions(api, thread, mayWrite),
    typeof memory === 'string' && [el('h2', null, 'Working memory'), el('pre', { tabindex: 0 }, memory)],
    tasksPart(api, { threadId: id }),
    statesPart(api, id),
    observationsPart(api, resourceId, id),
    jsonDisclosure('Raw JSON of the thread', thread),
    el('h2', null, 'Messages'),
    olderPager(place, page),
    ...messagesView(api, page.messages, at, mayWrite),
    at > 0 && newerPager(place),
  ].flat();
}

/** @param {import('./api.js').Api} api @param {any} thread @param {boolean} mayWrite */
function threadActions(api, { id, title, metadata }, mayWrite) {
  const path = ['threads', id];
  const memory = metadata?.workingMemory;
  return el(
    'div.actions',
    null,
    actionButton('Export as JSON', () => exportThread(api, id)),
    mayWrite &&
      editButton('Edit the title', {
        label: 'Title',
        value: text(title ?? ''),
        act: (value) => api.send('PATCH', path, { title: value }),
      }),
    mayWrite &&
      typeof memory === 'string' &&
      editButton('Edit the working memory', {
        label: 'Working memory of this thread',
        value: memory,
        long: true,
        act: (workingMemory) => api.send('PATCH', path, { metadata: { workingMemory } }),
      }),
    mayWrite &&
      actionButton('Delete the thread', async () => {
        const isDone = await ask({
          title: 'Delete this thread?',
          words: 'With all its messages, for good. Elsewhere it can be seen for a minute or so.',
          verb: 'Delete',
          act: () => api.send('DELETE', path),
        });
        if (isDone) location.hash = placeOf('threads');
      }),
  );
}

/**
 * Read from top to bottom; the last of all is where one arrives.
 *
 * @param {import('./api.js').Api} api
 * @param {any[]} messages
 * @param {number} at  the page
 * @param {boolean} mayWrite
 */
function messagesView(api, messages, at, mayWrite) {
  if (messages.length === 0) return [emptyState('No messages', 'Nothing has been said in this thread.')];
  const remove = (/** @type {any} */ { id, threadId }) =>
    actionButton('Delete', async () => {
      const isDone = await ask({
        title: 'Delete this message?',
        words: `Message ${text(id)}, for good.`,
        verb: 'Delete',
        act: () => api.send('DELETE', ['threads', threadId, 'messages', id]),
      });
      if (isDone) changed();
    });
  const view = (/** @type {any} */ message) => messageView(message, mayWrite && remove(message));
  const views = each(messages.toReversed(), view, 'article.message');
  if (at === 0) /** @type {HTMLElement} */ (views.at(-1)).dataset.latest = '';
  return views;
}

/** Above the messages. @param {import('./place.js').Place} place @param {{ hasMore: boolean, total: number, page: number }} page */
function olderPager(place, { hasMore, total, page }) {
  if (!hasMore && page === 0) return null;
  const last = total - page * PER_PAGE;
  return el(
    'nav.pager',
    { 'aria-label': 'Older messages' },
    hasMore && pageLink(place, page + 1, 'Older'),
    el('span', null, `${Math.max(1, last - PER_PAGE + 1)} to ${last} of ${total}`),
  );
}

/** Below them. @param {import('./place.js').Place} place */
function newerPager(place) {
  const at = pageAt(place.query);
  return el(
    'nav.pager',
    { 'aria-label': 'Newer messages' },
    pageLink(place, at - 1, 'Newer'),
    at > 1 && pageLink(place, 0, 'Newest'),
  );
}
