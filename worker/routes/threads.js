/**
 * Requests about threads.
 *
 * @module
 */

import { notFound } from '../errors.js';
import { choice, flag, json, oneOf, pageOf, paging, text } from '../parameters.js';
import { route } from '../route.js';
import { Thread, ThreadCopy, ThreadCopyInput, ThreadInput, ThreadPage, ThreadUpdate } from '../schemas.js';
import { requireSameId } from '../validate.js';

const tag = 'Threads';

export const threads = [
  route({
    method: 'GET',
    path: '/v1/threads',
    operationId: 'listThreads',
    tag,
    summary: 'Threads, newest first if nothing else is asked for',
    query: {
      ...paging(100),
      resourceId: choice('only those of this resource'),
      metadata: json('an object: only threads that have all its fields with equal values'),
      archived: flag('only archived ones, or only others'),
      orderBy: oneOf(['createdAt', 'updatedAt'], 'createdAt if not given'),
      direction: oneOf(['ASC', 'DESC'], 'DESC if not given'),
    },
    answers: { 200: { description: 'a page of threads', schema: ThreadPage } },
    async handle({ json, var: { store } }, { query }) {
      const { resourceId, metadata, archived, orderBy, direction } = query;
      const order = { orderBy: { field: orderBy, direction } };
      const owner = resourceId === undefined ? {} : { resourceId };
      const filter = { ...owner, metadata, archived };
      return json(await store.listThreads({ ...pageOf(query), ...order, filter }));
    },
  }),

  route({
    method: 'POST',
    path: '/v1/threads',
    operationId: 'createThread',
    tag,
    summary: 'Makes a thread',
    body: ThreadInput,
    answers: { 201: { description: 'the thread', schema: Thread, location: true } },
    errors: [409],
    async handle({ env, json, var: { store } }, { body }) {
      const { id = crypto.randomUUID() } = body;
      return json(await store.createThread({ thread: complete(body, id) }), 201, locationOf(env, id));
    },
  }),

  route({
    method: 'GET',
    path: '/v1/threads/:threadId',
    operationId: 'getThread',
    etag: true,
    tag,
    summary: 'A thread',
    query: { resourceId: text('only if the thread belongs to it') },
    answers: { 200: { description: 'the thread', schema: Thread } },
    errors: [404],
    async handle({ json, var: { store } }, { ids, query }) {
      const thread = await store.getThreadById({ ...ids, ...query });
      if (thread === null)
        throw notFound(
          'Thread',
          ids.threadId,
          query.resourceId === undefined ? {} : { resourceId: query.resourceId },
        );
      return json(thread);
    },
  }),

  route({
    method: 'PUT',
    path: '/v1/threads/:threadId',
    operationId: 'replaceThread',
    tag,
    summary: 'Stores a thread, in place of any other with its id',
    body: ThreadInput,
    answers: { 200: { description: 'the thread', schema: Thread } },
    async handle({ json, var: { store } }, { ids, body }) {
      requireSameId(body.id, ids.threadId);
      return json(await store.saveThread({ thread: complete(body, ids.threadId) }));
    },
  }),

  route({
    method: 'PATCH',
    path: '/v1/threads/:threadId',
    operationId: 'updateThread',
    tag,
    summary: 'Changes what is given and keeps the rest',
    body: ThreadUpdate,
    answers: { 200: { description: 'the thread', schema: Thread } },
    errors: [404],
    handle: async ({ json, var: { store } }, { ids, body }) =>
      json(await store.updateThread({ ...body, id: ids.threadId })),
  }),

  route({
    method: 'DELETE',
    path: '/v1/threads/:threadId',
    operationId: 'deleteThread',
    tag,
    summary: 'Deletes a thread with all its messages; that there is none is no error',
    answers: { 204: { description: 'it is gone' } },
    async handle({ body, var: { store } }, { ids }) {
      await store.deleteThread(ids);
      return body(null, 204);
    },
  }),

  route({
    method: 'POST',
    path: '/v1/threads/:threadId/copy',
    operationId: 'copyThread',
    tag,
    summary: 'Copies a thread with its messages, all under new ids',
    body: ThreadCopyInput,
    answers: {
      201: { description: 'the copy; new ids of messages by old ones', schema: ThreadCopy, location: true },
    },
    errors: [404, 409],
    async handle({ env, json, var: { store } }, { ids, body }) {
      const copy = await store.copyThread({ ...body, sourceThreadId: ids.threadId });
      return json(copy, 201, locationOf(env, copy.thread.id));
    },
  }),
];

/**
 * @param {import('../env.js').Env} env
 * @param {string} id
 */
function locationOf({ MOUNT }, id) {
  return { Location: `${MOUNT?.path ?? ''}/v1/threads/${encodeURIComponent(id)}` };
}

/**
 * @param {Record<string, any>} body
 * @param {string} id
 * @returns {any} a thread, as far as the client gave one; the store checks it
 */
function complete(body, id) {
  const { createdAt = new Date() } = body;
  return { id, createdAt, updatedAt: createdAt, ...body };
}
