/**
 * Requests about threads.
 *
 * @module
 */

import { readBody } from './body.js';
import { ApiError } from './errors.js';
import { booleanQuery, invalid, jsonQuery, pageQuery, pathId } from './parameters.js';

/** @typedef {import('./env.js').Context} Context */

/** @param {Context} context */
export async function list(context) {
  const filter = {
    resourceId: context.req.query('resourceId'),
    metadata: jsonQuery(context, 'metadata'),
    archived: booleanQuery(context, 'archived'),
  };
  return context.json(await context.var.store.listThreads({ ...pageQuery(context), filter }));
}

/** @param {Context} context */
export async function create(context) {
  const { store } = context.var;
  const body = await readBody(context);
  const { id = crypto.randomUUID() } = body;
  if (body.id !== undefined && (await store.getThreadById({ threadId: id })) !== null) {
    throw new ApiError(409, 'ALREADY_EXISTS', 'there is a thread with this id');
  }
  const thread = await store.saveThread({ thread: complete(body, id) });
  return context.json(thread, 201, { Location: `/v1/threads/${encodeURIComponent(id)}` });
}

/** @param {Context} context */
export async function read(context) {
  const resourceId = context.req.query('resourceId');
  const thread = await context.var.store.getThreadById({ threadId: pathId(context, 'threadId'), resourceId });
  if (thread === null) throw noSuchThread();
  return context.json(thread);
}

/** @param {Context} context */
export async function replace(context) {
  const id = pathId(context, 'threadId');
  const body = await readBody(context);
  if (body.id !== undefined && body.id !== id)
    throw invalid('id in the body differs from the one in the path');
  return context.json(await context.var.store.saveThread({ thread: complete(body, id) }));
}

/** @param {Context} context */
export async function update(context) {
  const id = pathId(context, 'threadId');
  const { title, metadata, archivedAt, ...rest } = await readBody(context);
  if (Object.keys(rest).length > 0)
    throw invalid('only title, metadata and archivedAt of a thread can be changed');
  return context.json(await context.var.store.updateThread({ id, title, metadata, archivedAt }));
}

/** @param {Context} context */
export async function remove(context) {
  await context.var.store.deleteThread({ threadId: pathId(context, 'threadId') });
  return context.body(null, 204);
}

export function noSuchThread() {
  return new ApiError(404, 'NOT_FOUND', 'there is no such thread');
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
