/**
 * Requests about resources: what is remembered of a user across threads, the working memory above all.
 *
 * @module
 */

import { notFound } from '../errors.js';
import { flag, pageOf, paging } from '../parameters.js';
import { route } from '../route.js';
import { Erased, Resource, ResourceInput, ResourcePage, ResourceUpdate } from '../schemas.js';
import { requireSameId } from '../validate.js';

const tag = 'Working memory';
const path = '/v1/resources/:resourceId';
const PER_PAGE = 100;

export const resources = [
  route({
    method: 'GET',
    path: '/v1/resources',
    operationId: 'listResources',
    tag,
    summary: 'Resources of which something is kept, in the order of their ids',
    query: paging(PER_PAGE),
    answers: { 200: { description: 'a page of resources', schema: ResourcePage } },
    handle: async ({ json, var: { store } }, { query }) => json(await store.listResources(pageOf(query))),
  }),

  route({
    method: 'GET',
    path,
    operationId: 'getResource',
    etag: true,
    tag,
    summary: 'A resource, with its working memory',
    answers: { 200: { description: 'the resource', schema: Resource } },
    errors: [404],
    async handle({ json, var: { store } }, { ids }) {
      const resource = await store.getResourceById(ids);
      if (resource === null) throw notFound('Resource', ids.resourceId);
      return json(resource);
    },
  }),

  route({
    method: 'PUT',
    path,
    operationId: 'replaceResource',
    tag,
    summary: 'Stores a resource, in place of any other with its id',
    body: ResourceInput,
    answers: { 200: { description: 'the resource', schema: Resource } },
    async handle({ json, var: { store } }, { ids: { resourceId: id }, body }) {
      requireSameId(body.id, id);
      const { createdAt = new Date() } = /** @type {Record<string, any>} */ (body);
      return json(await store.saveResource({ resource: { id, createdAt, updatedAt: createdAt, ...body } }));
    },
  }),

  route({
    method: 'PATCH',
    path,
    operationId: 'updateResource',
    tag,
    summary: 'Changes what is given and keeps the rest; makes the resource if there is none',
    body: ResourceUpdate,
    answers: { 200: { description: 'the resource', schema: Resource } },
    handle: async ({ json, var: { store } }, { ids, body }) =>
      json(await store.updateResource({ ...body, ...ids })),
  }),

  route({
    method: 'DELETE',
    path,
    operationId: 'deleteResource',
    tag,
    summary: 'Deletes a resource, not its threads; that there is none is no error',
    query: {
      everything: flag('all that carries its id, too: threads, messages, runs, scores, tasks, states'),
    },
    answers: {
      200: {
        description: 'of everything: what was deleted, and whether sweeps go on with it',
        schema: Erased,
      },
      204: { description: 'it is gone' },
    },
    async handle({ body, json, var: { store } }, { ids, query }) {
      if (query.everything === true) {
        const { deleted, cursor } = await store.eraseResource(ids);
        return json({ deleted, pending: cursor !== null });
      }
      await store.deleteResource(ids);
      return body(null, 204);
    },
  }),
];
