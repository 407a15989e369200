/**
 * A Worker whose KV does not answer a write for so long that whoever has asked goes away. Its clock is told to move.
 *
 * @module
 */

import { createMemoryBackend } from '../../bindings/memory.js';

/** @type {WebAssembly.Memory[]} */
const memories = [];
const Real = WebAssembly.Instance;
WebAssembly.Instance = /** @type {any} */ (
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
  function Watched(module, imports) {
    const instance = new Real(module, imports);
    memories.push(/** @type {WebAssembly.Memory} */ (instance.exports.memory));
    return instance;
  }
);

const { CloudflareStore } = await import('../../bindings/index.js');
const { createCore } = await import('../../bindings/core.js');

/** What plain workerd is told of, and what nothing is stored in. */
export class ThreadKVObject {}

const STALL_MS = 600_000;
const BYTES = 1024 * 1024;
const START = Date.UTC(2026, 0, 1);

const kv = createMemoryBackend();
let ahead = 0;
let stalled = 0;

const backend = {
  ...kv,
  /** @param {any[]} requests */
  async run(requests) {
    if (requests.some(({ kind, key }) => kind === 'put' && key.includes('stall'))) {
      stalled++;
      await new Promise((resolve) => {
        setTimeout(resolve, STALL_MS);
      });
    }
    return kv.run(requests);
  },
};

const core = createCore({ now: () => START + ahead });
/** @type {any} */
const store = new CloudflareStore({ core, backend: /** @type {any} */ (backend) });
const createdAt = new Date(START);

/** @param {string} n */
const save = (n) =>
  store.saveMessages({
    messages: [
      {
        id: `stall${n}`,
        threadId: 't',
        resourceId: 'alice',
        role: 'user',
        createdAt,
        content: { format: 2, parts: [{ type: 'text', text: n.padEnd(BYTES, 'x') }] },
      },
    ],
  });

export default {
  /** @param {Request} request */
  async fetch(request) {
    const [, act, given] = new URL(request.url).pathname.split('/');
    if (act === 'prepare') {
      await store.saveThread({ thread: { id: 't', resourceId: 'alice', createdAt, updatedAt: createdAt } });
      return new Response('ready');
    }
    if (act === 'save') await save(given);
    if (act === 'pass') ahead += Number(given);
    if (act === 'ask')
      for (let i = 0; i < Number(given); i++) await store.getThreadById({ threadId: 'other' });
    return Response.json({ stalled, calls: core.calls, bytes: memories.at(-1)?.buffer.byteLength ?? 0 });
  },
};
