/**
 * A Worker for the tests of requests that go away: one store and one core, made at global scope, for all requests.
 * Writes to a thread `stall…` are made, but their answer takes a second; those to a thread `hang…` are never answered.
 *
 * @module
 */

import { env } from 'cloudflare:workers';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createNamespaceBackend } from '../../bindings/backends/kv.js';
import module from '../../build/threadkv.wasm';

const STALL = 1000;
const { THREADS_KV, MESSAGES_KV, SELF } = /** @type {any} */ (env);
const kv = createNamespaceBackend({ namespaces: [THREADS_KV, MESSAGES_KV] });

let ahead = 0;
/** Ids whose writes were made. @type {string[]} */
const written = [];
/** Ids whose calls came to an end. @type {string[]} */
const finished = [];

const core = createCore({ module, now: () => Date.now() + ahead });
const store = new CloudflareStore({
  core,
  backend: {
    ...kv,
    async run(requests) {
      const replies = await kv.run(requests);
      for (const request of requests) {
        if (request.kind !== 'put' || !/:(stall|hang)/.test(request.key)) continue;
        written.push(request.key);
        await (request.key.includes(':stall') ? wait(STALL) : new Promise(() => {}));
      }
      return replies;
    },
  },
});

/** @param {number} ms */
function wait(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** @type {Record<string, (query: URLSearchParams) => Promise<unknown>>} */
const ROUTES = {
  async save(query) {
    const [id, threadId] = [query.get('id') ?? '', query.get('thread') ?? ''];
    const createdAt = new Date(0);
    const message = { id, threadId, resourceId: 'u', role: 'user', createdAt, content: id };
    try {
      if ((await store.getThreadById({ threadId })) === null) {
        await store.saveThread({
          thread: { id: threadId, resourceId: 'u', createdAt, updatedAt: createdAt },
        });
      }
      await store.saveMessages({ messages: [message] });
    } finally {
      finished.push(id);
    }
  },
  /** Lets another request save, and leaves it once it has written something. */
  async leave(query) {
    const controller = new AbortController();
    const request = SELF.fetch(`http://self/save?${query}`, { signal: controller.signal });
    const before = written.length;
    while (written.length === before) await wait(10);
    controller.abort();
    return request.then(
      () => 'answered',
      (/** @type {Error} */ error) => error.name,
    );
  },
  async list(query) {
    const { messages } = await store.listMessages({ threadId: query.get('thread') ?? '', perPage: false });
    return messages.map(({ id }) => id);
  },
  async state() {
    return { calls: core.calls, written, finished };
  },
  async pass(query) {
    ahead += Number(query.get('ms'));
  },
};

export default {
  /** @param {Request} request */
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    return Response.json((await ROUTES[pathname.slice(1)](searchParams)) ?? null);
  },
};
