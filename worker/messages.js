/**
 * Requests about the messages of a thread.
 *
 * @module
 */

import { readBody } from './body.js';
import { ApiError } from './errors.js';
import { booleanQuery, invalid, jsonQuery, pageQuery, pathId } from './parameters.js';
import { noSuchThread } from './threads.js';

/** @typedef {import('./env.js').Context} Context */

/** @param {Context} context */
export async function list(context) {
  const { req } = context;
  const page = await context.var.store.listMessages({
    ...pageQuery(context),
    threadId: pathId(context, 'threadId'),
    resourceId: req.query('resourceId'),
    includeTotal: booleanQuery(context, 'includeTotal'),
    filter: {
      metadata: jsonQuery(context, 'metadata'),
      dateRange: {
        start: req.query('start'),
        end: req.query('end'),
        startExclusive: booleanQuery(context, 'startExclusive'),
        endExclusive: booleanQuery(context, 'endExclusive'),
      },
    },
  });
  return context.json(page);
}

/** @param {Context} context */
export async function append(context) {
  const threadId = pathId(context, 'threadId');
  const { messages } = await readBody(context);
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isObject)) {
    throw invalid('messages must be a non-empty array of objects');
  }
  if (messages.some((message) => message.threadId !== undefined && message.threadId !== threadId)) {
    throw invalid('threadId of a message differs from the one in the path');
  }
  const resourceId = await defaultResource(context, threadId, messages);
  const now = Date.now();
  const complete = messages.map((message, index) =>
    withDefaults(message, {
      id: crypto.randomUUID(),
      threadId,
      resourceId,
      // A millisecond apart, so that messages sent together keep their order.
      createdAt: new Date(now + index),
    }),
  );
  return context.json(await context.var.store.saveMessages({ messages: complete }), 201);
}

/** @param {Context} context */
export async function read(context) {
  return context.json(await find(context));
}

/** @param {Context} context */
export async function update(context) {
  const body = await readBody(context);
  const { id } = await find(context);
  if (body.id !== undefined && body.id !== id)
    throw invalid('id in the body differs from the one in the path');
  const [message] = await context.var.store.updateMessages({ messages: [{ ...body, id }] });
  if (message === undefined) throw noSuchMessage();
  return context.json(message);
}

/** @param {Context} context */
export async function remove(context) {
  const { id } = await find(context);
  await context.var.store.deleteMessages([id]);
  return context.body(null, 204);
}

/**
 * The message of the path, if it is in the thread of the path.
 *
 * @param {Context} context
 */
async function find(context) {
  const messageIds = [pathId(context, 'messageId')];
  const { messages } = await context.var.store.listMessagesById({ messageIds });
  const [message] = messages;
  if (message === undefined || message.threadId !== pathId(context, 'threadId')) throw noSuchMessage();
  return message;
}

/**
 * Messages that name no resource belong to that of their thread.
 *
 * @param {Context} context
 * @param {string} threadId
 * @param {Record<string, any>[]} messages
 */
async function defaultResource(context, threadId, messages) {
  if (messages.every((message) => message.resourceId !== undefined)) return undefined;
  const thread = await context.var.store.getThreadById({ threadId });
  if (thread === null) throw noSuchThread();
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

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noSuchMessage() {
  return new ApiError(404, 'NOT_FOUND', 'there is no such message in this thread');
}
