/**
 * 'threadkv/memory': KV in memory, for tests.
 *
 * @module
 */

export { createMemoryBackend, createMemoryNamespace } from './backends/memory/memory.js';
export { MemoryStorage } from './backends/memory/storage.js';

/**
 * @typedef {import('./backends/backend.js').Backend} Backend
 * @typedef {import('./backends/backend.js').KVRequest} KVRequest
 * @typedef {import('./backends/backend.js').KVReply} KVReply
 * @typedef {import('./backends/backend.js').KVEntry} KVEntry
 * @typedef {import('./backends/kv.js').KVNamespaceLike} KVNamespaceLike
 * @typedef {import('./backends/memory/memory.js').MemoryBackend} MemoryBackend
 * @typedef {import('./backends/memory/memory.js').MemoryNamespace} MemoryNamespace
 */
