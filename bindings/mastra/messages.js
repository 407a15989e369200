/**
 * Messages as Mastra wants them back: its own `MessageList` turns older forms (text, lists of parts, tool calls and
 * results of Mastra 0.x) into the present one, and leaves out system messages.
 *
 * @module
 */

import { MessageList } from '@mastra/core/agent';
import { storeError } from '../core/errors.js';

/** @typedef {import('@mastra/core/agent').MastraDBMessage} MastraDBMessage */

/**
 * @param {any[]} messages  left as they are
 * @param {string} method  for errors
 * @param {import('../index.js').CloudflareStore} store  where they are from
 * @returns {MastraDBMessage[]} in the same order
 */
export function normalise(messages, method, store) {
  const kept = messages.filter(({ role }) => role !== 'system');
  // The list takes time that grows with the square of its length, and most messages need none of it.
  if (kept.every(isPresentForm)) return kept;
  const order = new Map(kept.map(({ id }, index) => [id, index]));
  /** @param {{ id: string }} message */
  const place = ({ id }) => order.get(id) ?? Infinity;
  return convert(kept, method, store).sort((a, b) => place(a) - place(b));
}

/**
 * Refuses messages that could be stored but never be read by Mastra. Whatever else is wrong with them, the store says.
 *
 * @param {unknown} messages
 * @param {string} method  for errors
 */
export function requireReadable(messages, method) {
  if (!Array.isArray(messages)) return;
  try {
    toPresentForm(messages.filter((message) => message?.content && !isPresentForm(message)));
  } catch {
    throw storeError('INVALID_ARGUMENT', method, 'messages must have content that Mastra can read');
  }
}

/**
 * Whether the list would give the message back as it is.
 *
 * @param {any} message
 */
function isPresentForm({ content }) {
  return (
    content?.format === 2 &&
    Array.isArray(content.parts) &&
    content.parts.every((/** @type {unknown} */ part) => typeof part === 'object' && part !== null) &&
    content.toolInvocations === undefined
  );
}

/**
 * @param {any[]} messages
 * @param {string} method
 * @param {import('../index.js').CloudflareStore} store
 */
function convert(messages, method, store) {
  try {
    return toPresentForm(messages);
  } catch {
    // What was thrown quotes the message.
    const { caller } = /** @type {any} */ (store);
    throw caller.corrupt(method, caller.key('messages', [messages.find(isUnreadable)?.id]));
  }
}

/** @param {any} message */
function isUnreadable(message) {
  try {
    toPresentForm([message]);
    return false;
  } catch {
    return true;
  }
}

/** @param {any[]} messages */
function toPresentForm(messages) {
  // The list writes into what it is given.
  return new MessageList().add(messages.map(copy), 'memory').get.all.db();
}

/** @param {any} message */
function copy(message) {
  // The list takes empty text, and refuses a message that has no content at all.
  const { content } = message;
  if (content === null) return { ...message, content: '' };
  const isRecord = typeof content === 'object' && content !== null && !Array.isArray(content);
  return isRecord ? { ...message, content: { ...content } } : { ...message };
}
