/**
 * Stores filled with conversations, for benchmarks. The same every time.
 *
 * @module
 */

import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createRandom } from '../support/random.js';

/** @typedef {import('../../bindings/memory.js').MemoryBackend} MemoryBackend */
/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */

/** As wrangler.toml binds them: threads, messages, metadata. */
const SPACES = 3;
const START = Date.UTC(2026, 9, 1);
/** Bytes of a message's JSON. */
const MESSAGE_SIZE = 1024;

/** A clock that stands until it is moved; waiting moves it. */
export function createClock() {
  let time = START;
  return {
    now: () => time,
    /** @param {number} ms */
    pass(ms) {
      time += ms;
    },
  };
}
/** @typedef {ReturnType<typeof createClock>} Clock */

/**
 * A store with a core of its own, as a new isolate has.
 *
 * @param {Backend} backend
 * @param {Clock} clock
 * @param {{ seed?: number, waitUntil?: (promise: Promise<unknown>) => void }} [options]
 */
export function openStore(backend, clock, { seed = 1, waitUntil } = {}) {
  const core = createCore({
    now: clock.now,
    random: createRandom(seed).fill,
    wait: async (ms) => clock.pass(ms),
  });
  return new CloudflareStore({ backend, core, ...(waitUntil && { waitUntil }) });
}

/** @param {number} index */
export const threadId = (index) => uuid('thread', index);
/** @param {number} thread @param {number} index */
export const messageId = (thread, index) => uuid('message', thread * 100_000 + index);

/**
 * @param {number} index
 * @param {string} resourceId
 */
export function makeThread(index, resourceId) {
  const createdAt = new Date(START + index * 1000);
  return {
    id: threadId(index),
    resourceId,
    title: `Thread ${index}`,
    createdAt,
    updatedAt: createdAt,
    metadata: {},
  };
}

/**
 * @param {number} thread
 * @param {number} index
 * @param {string} resourceId
 */
export function makeMessage(thread, index, resourceId) {
  const message = {
    id: messageId(thread, index),
    threadId: threadId(thread),
    resourceId,
    role: index % 2 === 0 ? 'user' : 'assistant',
    createdAt: new Date(START + index * 1000),
    content: { format: 2, parts: [{ type: 'text', text: '' }], metadata: { index } },
  };
  const words = `Message ${index}, of a "size" as agents write them.\n`;
  const room = MESSAGE_SIZE - JSON.stringify(message).length;
  // Quotes and line ends take two bytes in JSON.
  const text = words.repeat(Math.ceil(room / words.length)).slice(0, Math.floor(room * 0.94));
  message.content.parts[0].text = text;
  return message;
}

/**
 * @typedef {object} Filling
 * @property {number} threads
 * @property {number} [messages]  in each thread, 2 when not given
 * @property {(thread: number) => string} [resourceOf]  one user each when not given
 * @property {string} [guest]  whose message stands in each thread besides
 */

/** @param {number} thread */
export const ownUser = (thread) => `user-${thread}`;

/**
 * A back end filled by calls of a store, a while ago on `clock`.
 *
 * @param {Clock} clock
 * @param {Filling} filling
 */
export async function fill(clock, { threads, messages = 2, resourceOf = ownUser, guest }) {
  const backend = createMemoryBackend({ spaces: SPACES });
  const store = openStore(backend, clock);
  await store.init();
  for (let thread = 0; thread < threads; thread++) {
    const resourceId = resourceOf(thread);
    clock.pass(2000);
    await store.saveThread({ thread: makeThread(thread, resourceId) });
    for (let from = 0; from < messages; from += 10) {
      const count = Math.min(10, messages - from);
      clock.pass(2000);
      await store.saveMessages({
        messages: Array.from({ length: count }, (_, i) => makeMessage(thread, from + i, resourceId)),
      });
    }
    clock.pass(2000);
    if (guest) await store.saveMessages({ messages: [makeMessage(thread, messages, guest)] });
  }
  await store.close();
  return backend;
}

/**
 * @param {MemoryBackend} backend
 * @returns {MemoryBackend} with the same content
 */
export function copyBackend(backend) {
  const copy = createMemoryBackend({ spaces: backend.spaces.length });
  backend.spaces.forEach((space, index) => {
    for (const key of space.keys()) {
      const entry = space.get(key);
      if (typeof entry !== 'number') copy.spaces[index].put(key, entry.text, entry.metadataText);
    }
  });
  return copy;
}

/**
 * An id as long as real ones.
 *
 * @param {'thread' | 'message'} kind
 * @param {number} index
 */
function uuid(kind, index) {
  const { below } = createRandom(index * 2 + (kind === 'thread' ? 1 : 0));
  const hex = (/** @type {number} */ digits) =>
    below(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(7)}${kind === 'thread' ? 'a' : 'b'}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(4)}${index.toString(16).padStart(8, '0')}`;
}
