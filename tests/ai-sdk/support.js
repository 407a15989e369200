/**
 * Chats over KV namespaces in memory that count what is asked of them.
 *
 * @module
 */

import { createChats } from '../../bindings/ai-sdk/index.js';
import { CloudflareStore } from '../../bindings/index.js';
import { createMemoryNamespace, MemoryStorage } from '../../bindings/memory.js';
import { makeClock } from '../support/clock.js';
import { makeCore } from '../support/isolate.js';

/** @typedef {import('ai').UIMessage} UIMessage */

/**
 * A message of one text.
 *
 * @param {string} id
 * @param {string} [text]
 * @param {Partial<UIMessage>} [fields]
 * @returns {UIMessage}
 */
export function said(id, text = `This is ${id}.`, fields = {}) {
  const role = id.startsWith('a') ? 'assistant' : 'user';
  return { id, role, parts: [{ type: 'text', text }], ...fields };
}

/** Questions and answers in turn: q0, a0, q1 … @param {number} count */
export function talk(count) {
  return Array.from({ length: count }, (_, i) => said(`${i % 2 ? 'a' : 'q'}${Math.floor(i / 2)}`));
}

/**
 * Isolates over the same namespaces.
 *
 * @param {{ namespaces?: 1 | 2, like?: { clock: { now: () => number }, spaces: any[] } }} [options]  one for all tables,
 *   or one for threads and one for messages; a world to begin as a copy of
 */
export function makeWorld({ namespaces = 1, like } = {}) {
  const clock = makeClock(like?.clock.now());
  const spaces = Array.from({ length: namespaces }, () =>
    createMemoryNamespace({ storage: new MemoryStorage({ now: clock.now }) }),
  );
  like?.spaces.forEach(({ storage }, index) => {
    for (const key of storage.keys()) {
      const entry = storage.get(key);
      spaces[index].storage.put(key, entry.text, entry.metadataText);
    }
  });
  /** @type {string[]} */
  const operations = [];
  const counted = spaces.map((space) => counting(space, operations));
  const [threads, messages = threads] = counted;
  let isolate = 0;
  /** @param {import('../../bindings/ai-sdk/index.js').ChatsOptions} [options] */
  const open = (options) => {
    const core = makeCore(clock, isolate++);
    const store = new CloudflareStore({ bindings: { threads, messages }, core });
    return { store, chats: createChats(store, options) };
  };
  return { clock, open, operations, spaces };
}

/** @param {any} namespace @param {string[]} operations  what was asked, in order */
function counting(namespace, operations) {
  return new Proxy(namespace, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (/** @type {any[]} */ ...args) => {
        operations.push(String(name));
        return value.apply(target, args);
      };
    },
  });
}
