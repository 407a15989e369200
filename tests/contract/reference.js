/**
 * Mastra's own in-memory storage in the clothes of our store, so that the suites can be run against it: what they
 * say is then what Mastra means. It hides two habits that are no meaning: it hands out its own objects, and its
 * timestamps stand still within a millisecond.
 *
 * @module
 */

import { InMemoryStore } from '@mastra/core/storage';
import { vi } from 'vitest';
import { START } from './support.js';

/** Where Mastra has the methods that ours has on one object. */
const DOMAINS = /** @type {const} */ ([
  'memory',
  'workflows',
  'scores',
  'backgroundTasks',
  'threadState',
  'blobs',
]);
/** @type {Record<string, string>} */
const BLOBS = {
  putBlob: 'put',
  getBlob: 'get',
  hasBlob: 'has',
  deleteBlob: 'delete',
  putManyBlobs: 'putMany',
  getManyBlobs: 'getMany',
};

/** @returns {Promise<import('./support.js').Subject>} */
export async function makeReference() {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const clock = {
    now: () => Date.now(),
    advance: (/** @type {number} */ ms) => {
      vi.setSystemTime(Date.now() + ms);
    },
  };
  const whole = new InMemoryStore();
  /** @type {any[]} */
  const domains = await Promise.all(DOMAINS.map((name) => whole.getStore(name)));
  const store = new Proxy(domains[0], {
    get:
      (_, name) =>
      async (/** @type {unknown[]} */ ...args) => {
        clock.advance(1);
        const [method, given] = translate(String(name), structuredClone(args));
        try {
          const domain = domains.find((one) => method in one) ?? domains[0];
          return structuredClone(withoutType(await domain[method](...given)));
        } catch (error) {
          throw Object.assign(/** @type {Error} */ (error), { reference: true });
        }
      },
  });
  const none = () => Promise.reject(new Error('the reference has no keys'));
  const raw = { keys: none, get: none, put: none, remove: none };
  // A store that a test returns must not be taken for a promise.
  const plain = new Proxy(store, { get: (target, name) => (name === 'then' ? undefined : target[name]) });
  return { store: plain, clock, reopen: () => plain, raw, prefix: '' };
}

/**
 * @param {string} method
 * @param {any[]} args
 * @returns {[string, any[]]}
 */
function translate(method, args) {
  if (method in BLOBS) return [BLOBS[method], args];
  if (method !== 'listThreadsByResourceId') return [method, args];
  const [{ resourceId, ...options }] = args;
  return ['listThreads', [{ ...options, filter: { resourceId } }]];
}

/**
 * The reference gives every message the type 'text', of which ours knows nothing.
 * @param {any} result
 */
function withoutType(result) {
  const list = Array.isArray(result) ? result : (result?.messages ?? []);
  for (const message of list) if (message.type === 'text') delete message.type;
  return result;
}
