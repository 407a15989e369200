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

/** @returns {Promise<import('./support.js').Subject>} */
export async function makeReference() {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const clock = {
    now: () => Date.now(),
    advance: (/** @type {number} */ ms) => {
      vi.setSystemTime(Date.now() + ms);
    },
  };
  /** @type {any} */
  const memory = await new InMemoryStore().getStore('memory');
  const store = new Proxy(memory, {
    get:
      (_, name) =>
      async (/** @type {unknown[]} */ ...args) => {
        clock.advance(1);
        const [method, given] = translate(String(name), structuredClone(args));
        try {
          return structuredClone(withoutType(await memory[method](...given)));
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
