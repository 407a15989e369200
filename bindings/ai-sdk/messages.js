/**
 * Messages of the AI SDK as records, and back.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { canonicalText, hashText } from '../forms/canonical.js';
import { messageId } from '../forms/threads.js';
import { partsOf, storedParts } from '../forms/parts.js';

/** @typedef {import('ai').UIMessage} UIMessage */
/**
 * What is known of a stored message.
 * @typedef {object} Known
 * @property {string} id  of the message
 * @property {string} record  the record's id
 * @property {number} time  its place among the others, ms since 1970
 * @property {string} hash  of all that the message says
 */
/** @typedef {{ message: UIMessage, hash: string }} Given */

const ROLES = ['system', 'user', 'assistant'];

/**
 * A message, if the record can be said as one.
 *
 * @param {import('../store/types.js').Message} record
 * @returns {UIMessage | undefined}
 */
export function readMessage({ id, threadId, role, content }) {
  if (role !== 'tool' && !ROLES.includes(role)) return undefined;
  /** @type {any} */
  const message = { id: messageId(threadId, id), role: role === 'tool' ? 'assistant' : role };
  if (content?.metadata !== undefined) message.metadata = content.metadata;
  message.parts = partsOf(content);
  return { ...message, ...content?.more };
}

/**
 * @param {UIMessage} message
 * @returns {{ role: string, content: any }} what stands in the record
 */
export function writeMessage({ id: _id, role, parts, metadata, ...more }) {
  /** @type {any} */
  const content = { format: 2, parts: storedParts(parts) };
  if (metadata !== undefined) content.metadata = metadata;
  // What newer versions of the AI SDK may add to a message.
  if (Object.keys(more).length > 0) content.more = more;
  return { role, content };
}

/**
 * Messages that can be stored, with their hashes: all of them are looked at before anything is written.
 *
 * @param {unknown} messages
 * @param {string} method
 * @returns {Promise<Given[]>}
 */
export async function checkMessages(messages, method) {
  if (!Array.isArray(messages)) throw invalid(method, 'messages must be an array');
  const ids = new Set();
  const texts = messages.map((message, index) => {
    checkMessage(message, `messages[${index}]`, method);
    if (ids.has(message.id)) throw invalid(method, `messages[${index}].id stands twice in the list`);
    ids.add(message.id);
    return textOf(message, `messages[${index}]`, method);
  });
  const hashes = await Promise.all(texts.map(hashText));
  return messages.map((message, index) => ({ message, hash: hashes[index] }));
}

/** @param {UIMessage} message  as it was read */
export function hashMessage(message) {
  return hashText(canonicalText(message));
}

/** @param {any} message @param {string} path @param {string} method */
function checkMessage(message, path, method) {
  if (typeof message !== 'object' || message === null) throw invalid(method, `${path} must be a message`);
  if (typeof message.id !== 'string' || message.id.trim() === '') {
    throw invalid(
      method,
      `${path}.id must be a non-empty string; give the stream generateMessageId: chats.messageId`,
    );
  }
  if (!ROLES.includes(message.role)) {
    throw invalid(method, `${path}.role must be ${ROLES.map((role) => `'${role}'`).join(', ')}`);
  }
  if (!Array.isArray(message.parts)) throw invalid(method, `${path}.parts must be an array`);
  const odd = message.parts.findIndex((/** @type {any} */ part) => typeof part?.type !== 'string');
  if (odd >= 0) throw invalid(method, `${path}.parts[${odd}] must be a part, with a type`);
}

/** @param {any} message @param {string} path @param {string} method */
function textOf(message, path, method) {
  try {
    return canonicalText(message);
  } catch {
    // What was thrown may quote the value.
    throw invalid(method, `${path} has a value that cannot be written as JSON`);
  }
}

/** @param {string} method @param {string} text */
function invalid(method, text) {
  return storeError('INVALID_ARGUMENT', method, text);
}
