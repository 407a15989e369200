/**
 * What threads are besides threads of messages: `metadata.kind` tells which entry made one.
 *
 * @module
 */

import { StoreError, storeError } from '../core/errors.js';
import { CloudflareStore } from '../index.js';
import { storeNow } from './line.js';

/** @typedef {'chat' | 'session'} Kind  a chat of 'threadkv/ai-sdk', a session of 'threadkv/openai-agents' */

/** Messages that one call writes or deletes. */
const PORTION = 400;

/**
 * @param {unknown} store
 * @param {string} method  for errors
 * @returns {CloudflareStore}
 */
export function requireStore(store, method) {
  if (store instanceof CloudflareStore) return store;
  throw storeError('INVALID_ARGUMENT', method, "store must be a CloudflareStore of 'threadkv'");
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 * @returns {string}
 */
export function requireId(value, name, method) {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be a non-empty string`);
}

/**
 * The id of the record of one message. Ids of messages come from clients and are unique in their thread at best, those
 * of records are so in the whole store: nobody can name, and so move, a message of another thread.
 *
 * @param {string} threadId
 * @param {string} messageId
 */
export function recordId(threadId, messageId) {
  return recordPrefix(threadId) + messageId;
}

/**
 * The id of the message in a record of this thread; that of the record where another entry has made it.
 *
 * @param {string} threadId
 * @param {string} id
 */
export function messageId(threadId, id) {
  const prefix = recordPrefix(threadId);
  return id.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : id;
}

/** No thread's is the beginning of another's. @param {string} threadId */
function recordPrefix(threadId) {
  return `${threadId.replaceAll('~', '~0').replaceAll('/', '~1')}/`;
}

/**
 * Makes a thread, where there was none a moment ago; somebody else may have made it meanwhile.
 *
 * @param {CloudflareStore} store
 * @param {{ id: string, kind: Kind, resourceId?: string, method: string }} of  without a resource it belongs to itself
 * @returns {Promise<string>} the resource that it belongs to
 */
export async function openThread(store, { id, kind, resourceId, method }) {
  const now = new Date(storeNow(store));
  const thread = { id, resourceId: resourceId ?? id, createdAt: now, updatedAt: now, metadata: { kind } };
  try {
    await store.createThread({ thread });
    return thread.resourceId;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'ALREADY_EXISTS') throw error;
    const other = await ownThread(store, { id, resourceId, method });
    if (other === null) throw error;
    return other.resourceId;
  }
}

/**
 * @param {CloudflareStore} store
 * @param {{ id: string, resourceId?: string, method: string }} of
 * @returns {Promise<import('../store/types.js').Thread | null>} throws where it belongs to another resource
 */
export async function ownThread(store, { id, resourceId, method }) {
  const thread = await store.getThreadById({ threadId: id });
  if (thread !== null && resourceId !== undefined && thread.resourceId !== resourceId) {
    throw storeError('NOT_FOUND', method, `the resource has no thread with id ${id}`, { id });
  }
  return thread;
}

/**
 * As many as a call may write with its budget of operations.
 *
 * @template T
 * @param {T[]} all
 * @returns {T[][]}
 */
export function portions(all) {
  const count = Math.ceil(all.length / PORTION);
  return Array.from({ length: count }, (_, i) => all.slice(i * PORTION, (i + 1) * PORTION));
}
