/**
 * Requests about messages: of a thread, of a resource, by their ids.
 *
 * @module
 */

import { invalid, notFound } from '../errors.js';
import { choice, date, flag, json, oneOf, pageOf, paging, texts } from '../parameters.js';
import { route } from '../route.js';
import { Message, MessagePage, Messages, MessagesInput, MessageUpdate, MessageUpdates } from '../schemas.js';
import { requireSameId } from '../validate.js';

const tag = 'Messages';

const listing = {
  ...paging(40),
  direction: oneOf(['ASC', 'DESC'], 'by createdAt; ASC, oldest first, if not given'),
  orderBy: oneOf(['createdAt'], 'there is no other order'),
  start: date('not before this'),
  end: date('not after this'),
  startExclusive: flag('after `start`'),
  endExclusive: flag('before `end`'),
  metadata: json('an object: only messages whose content.metadata has all its fields with equal values'),
  includeTotal: flag('false: total need not be exact, which is cheaper'),
  include: json(
    'an array of { id, threadId?, withPreviousMessages?, withNextMessages? }: ' +
      'messages to return beside the page, with their neighbours',
  ),
};

const byId = { id: texts('given once for each message, 100 times at most') };

export const messages = [
  route({
    method: 'GET',
    path: '/v1/threads/:threadId/messages',
    operationId: 'listMessages',
    tag,
    summary: 'Messages of a thread, oldest first if nothing else is asked for',
    query: { ...listing, resourceId: choice('only those of this resource') },
    answers: { 200: { description: 'a page of messages', schema: MessagePage } },
    async handle({ json, var: { store } }, { ids, query }) {
      const { resourceId } = query;
      return json(await store.listMessages({ ...listingOf(query), ...ids, resourceId }));
    },
  }),

  route({
    method: 'POST',
    path: '/v1/threads/:threadId/messages',
    operationId: 'saveMessages',
    tag,
    summary: 'Saves messages; a known id replaces that message',
    description:
      'All are checked before the first is written. When KV fails in the midst (503), some may be stored: ' +
      'details.stored has their ids, details.failed those of the others. The same request again completes it; ' +
      'messages that were sent without an id would be saved twice.',
    body: MessagesInput,
    answers: { 201: { description: 'the messages', schema: Messages } },
    errors: [404],
    async handle({ json, var: { store } }, { ids: { threadId }, body }) {
      const resourceId = await defaultResource(store, threadId, body.messages);
      const createdAt = new Date();
      const complete = body.messages.map((message, index) => {
        if (message.threadId !== undefined && message.threadId !== threadId) {
          throw invalid(
            'threadId of a message differs from the one in the path',
            `/messages/${index}/threadId`,
          );
        }
        return withDefaults(message, { id: crypto.randomUUID(), threadId, resourceId, createdAt });
      });
      return json(await store.saveMessages({ messages: complete }), 201);
    },
  }),

  route({
    method: 'GET',
    path: '/v1/threads/:threadId/messages/:messageId',
    operationId: 'getMessage',
    etag: true,
    tag,
    summary: 'A message',
    answers: { 200: { description: 'the message', schema: Message } },
    errors: [404],
    handle: async ({ json, var: { store } }, { ids }) => json(await find(store, ids)),
  }),

  route({
    method: 'PATCH',
    path: '/v1/threads/:threadId/messages/:messageId',
    operationId: 'updateMessage',
    tag,
    summary: 'Changes what is given and keeps the rest',
    body: MessageUpdate,
    answers: { 200: { description: 'the message', schema: Message } },
    errors: [404],
    async handle({ json, var: { store } }, { ids, body }) {
      const { id } = await find(store, ids);
      requireSameId(body.id, id);
      const [message] = await store.updateMessages({ messages: [{ ...body, id }] });
      if (message === undefined) throw notFound('Message', id, { threadId: ids.threadId });
      return json(message);
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/threads/:threadId/messages/:messageId',
    operationId: 'deleteMessage',
    tag,
    summary: 'Deletes a message',
    answers: { 204: { description: 'it is gone' } },
    errors: [404],
    async handle({ body, var: { store } }, { ids }) {
      const { id } = await find(store, ids);
      await store.deleteMessages([id]);
      return body(null, 204);
    },
  }),

  route({
    method: 'GET',
    path: '/v1/messages',
    operationId: 'getMessages',
    tag,
    summary: 'Messages by their ids, whatever threads they are in; unknown ids are left out',
    query: byId,
    answers: { 200: { description: 'the messages, oldest first', schema: Messages } },
    handle: async ({ json, var: { store } }, { query }) =>
      json(await store.listMessagesById({ messageIds: query.id })),
  }),

  route({
    method: 'PATCH',
    path: '/v1/messages',
    operationId: 'updateMessages',
    tag,
    summary: 'Changes messages by their ids: what is given of each; unknown ids are left out',
    body: MessageUpdates,
    answers: {
      200: { description: 'the messages as they are now, in the order of the request', schema: Messages },
    },
    errors: [404],
    handle: async ({ json, var: { store } }, { body }) =>
      json({ messages: await store.updateMessages({ messages: body.messages }) }),
  }),

  route({
    method: 'DELETE',
    path: '/v1/messages',
    operationId: 'deleteMessages',
    tag,
    summary: 'Deletes messages by their ids; unknown ids are no error',
    query: byId,
    answers: { 204: { description: 'they are gone' } },
    async handle({ body, var: { store } }, { query }) {
      await store.deleteMessages(query.id);
      return body(null, 204);
    },
  }),

  route({
    method: 'GET',
    path: '/v1/resources/:resourceId/messages',
    operationId: 'listMessagesOfResource',
    tag,
    summary: 'Messages of all threads of a resource, oldest first if nothing else is asked for',
    query: listing,
    answers: { 200: { description: 'a page of messages', schema: MessagePage } },
    handle: async ({ json, var: { store } }, { ids, query }) =>
      json(await store.listMessagesByResourceId({ ...listingOf(query), ...ids })),
  }),
];

/**
 * The options of the store's lists.
 *
 * @param {import('../env.js').RequestOf<'', typeof listing, any>['query']} query
 */
function listingOf(query) {
  const { direction, start, end, startExclusive, endExclusive, metadata, includeTotal, include } = query;
  return {
    ...pageOf(query),
    orderBy: { direction },
    includeTotal,
    include,
    filter: { metadata, dateRange: { start, end, startExclusive, endExclusive } },
  };
}

/**
 * The message of the path, if it is in the thread of the path.
 *
 * @param {import('../../bindings/index.js').CloudflareStore} store
 * @param {{ threadId: string, messageId: string }} ids
 */
async function find(store, { threadId, messageId }) {
  const [message] = (await store.listMessagesById({ messageIds: [messageId] })).messages;
  if (message === undefined || message.threadId !== threadId)
    throw notFound('Message', messageId, { threadId });
  return message;
}

/**
 * Messages that name no resource belong to that of their thread.
 *
 * @param {import('../../bindings/index.js').CloudflareStore} store
 * @param {string} threadId
 * @param {Record<string, any>[]} given
 */
async function defaultResource(store, threadId, given) {
  if (given.every((message) => message.resourceId !== undefined)) return undefined;
  const thread = await store.getThreadById({ threadId });
  if (thread === null) throw notFound('Thread', threadId);
  return thread.resourceId;
}

/**
 * The fields that were sent, in their order, then those that were not: what was sent is stored as it was.
 *
 * @param {Record<string, any>} message
 * @param {Record<string, any>} defaults
 * @returns {any}
 */
function withDefaults(message, defaults) {
  const complete = { ...message };
  for (const name in defaults) if (!Object.hasOwn(message, name)) complete[name] = defaults[name];
  return complete;
}
