/**
 * The list of threads, and one thread with its messages, from top to bottom, the newest in view.
 *
 * @module
 */

import { each, el, facts, jsonDisclosure, text, time } from './dom.js';
import { messageView } from './parts.js';
import { placeOf } from './place.js';
import { emptyState, filterForm, heading, pageAt, pageLink, pager } from './widgets.js';

const PER_PAGE = 20;

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
export async function threadsView(api, place) {
  if (place.ids.length > 0) return threadView(api, place);
  const { resourceId } = place.query;
  const page = await api.get(['threads'], {
    resourceId,
    orderBy: 'updatedAt',
    page: pageAt(place.query),
    perPage: PER_PAGE,
  });
  return [
    heading('Threads'),
    filterForm(place, { resourceId: 'Resource' }),
    page.threads.length > 0
      ? el('ul.list', null, each(page.threads, threadItem, 'li'))
      : resourceId
        ? emptyState('No threads', 'This resource has no threads. Ids count to the letter.')
        : firstThread(),
    pager(place, page),
  ];
}

/** @param {any} thread */
function threadItem({ id, title, resourceId, createdAt, updatedAt, archivedAt }) {
  return el(
    'li',
    null,
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

function firstThread() {
  const post = (/** @type {string} */ path) => [
    `curl -X POST ${location.origin}${path} -H "Authorization: Bearer $THREADKV_TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
  ];
  const example = [
    ...post('/v1/threads'),
    `  -d '{"id":"thread-1","resourceId":"user-1","title":"Kyoto"}'`,
    ...post('/v1/threads/thread-1/messages'),
    `  -d '{"messages":[{"role":"user","content":"When do the cherries bloom?"}]}'`,
  ];
  return el(
    'div.empty',
    null,
    el('h2', null, 'No threads yet'),
    el('p', null, 'Threads that agents or the API store will be listed here. To make the first one:'),
    el('pre', { tabindex: 0 }, example.join('\n')),
    el('p', null, el('code', null, '$THREADKV_TOKEN'), ' stands for the token that opened this page.'),
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
  const [thread, page] = await Promise.all([api.get(path), api.get([...path, 'messages'], listing)]);
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
    typeof memory === 'string' && [el('h2', null, 'Working memory'), el('pre', { tabindex: 0 }, memory)],
    jsonDisclosure('Raw JSON of the thread', thread),
    el('h2', null, 'Messages'),
    olderPager(place, page),
    ...messagesView(page.messages, at),
    at > 0 && newerPager(place),
  ].flat();
}

/** Read from top to bottom; the last of all is where one arrives. @param {any[]} messages @param {number} at */
function messagesView(messages, at) {
  if (messages.length === 0) return [emptyState('No messages', 'Nothing has been said in this thread.')];
  const views = each(messages.toReversed(), messageView, 'article.message');
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
