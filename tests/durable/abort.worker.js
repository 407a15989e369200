/**
 * A Worker whose object is stopped for good at any statement of its storage, and begins anew with the next call.
 *
 * @module
 */

// @ts-ignore Declared only where the types of the Workers runtime are.
import { DurableObject } from 'cloudflare:workers';
import { openRoom } from '../../bindings/durable/open.js';
import { CloudflareStore } from '../../bindings/index.js';

const AT = new Date('2026-01-02T10:30:45.000Z');
const thread = { id: 't', resourceId: 'alice', title: 'A', createdAt: AT, updatedAt: AT };
const message = (/** @type {string} */ id) => ({
  ...{ id, threadId: 't', resourceId: 'alice', role: 'user', createdAt: AT },
  content: { format: 2, parts: [] },
});

export class ThreadKVObject extends DurableObject {
  #left = Infinity;
  #ctx = /** @type {any} */ (this).ctx;
  #room = openRoom({
    ...{ transactionSync: (/** @type {any} */ run) => this.#ctx.storage.transactionSync(run) },
    ...{ setAlarm: () => undefined, deleteAll: () => this.#ctx.storage.deleteAll() },
    sql: {
      exec: (query, ...bindings) => {
        if (this.#left-- <= 0) this.#ctx.abort('stopped');
        return this.#ctx.storage.sql.exec(query, ...bindings);
      },
    },
  });

  /** @param {number} statements */
  abortAfter(statements) {
    this.#left = statements;
  }

  /** @param {any} request */
  threadkv(request) {
    return this.#room.answer(request);
  }
}

/** @type {Record<string, (store: any) => Promise<unknown>>} */
const ACTS = {
  saveMessages: (store) => store.saveMessages({ messages: ['a', 'b', 'c'].map(message) }),
  updateThread: (store) => store.updateThread({ id: 't', title: 'B' }),
  deleteThread: (store) => store.deleteThread({ threadId: 't' }),
  copyThread: (store) => store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' }),
  batchInsert: (store) =>
    store.batchInsert({ tableName: 'threads', records: ['x', 'y', 'z'].map((id) => ({ ...thread, id })) }),
};

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    const [, act, keyPrefix, after] = new URL(request.url).pathname.split('/');
    const store = /** @type {any} */ (new CloudflareStore({ durable: env.OBJECTS, keyPrefix }));
    if (act === 'prepare') {
      await store.saveThread({ thread });
      await store.saveMessages({ messages: ['1', '2'].map(message) });
    } else if (act !== 'look') {
      await env.OBJECTS.get(env.OBJECTS.idFromName(keyPrefix)).abortAfter(Number(after));
      const code = await ACTS[act](store).then(
        () => 'done',
        (/** @type {any} */ error) => error.code,
      );
      return Response.json({ code });
    }
    const { threads } = await store.listThreads({ perPage: false });
    const pages = await Promise.all(
      ['t', 'copy'].map((threadId) => store.listMessages({ threadId, perPage: false })),
    );
    const titles = threads.map((/** @type {any} */ { id, title }) => [id, title]).sort();
    const { messages } = await store.listMessagesById({ messageIds: ['1', '2', 'a', 'b', 'c'] });
    return Response.json({
      titles,
      listed: pages.map((page) => page.messages.length),
      stored: messages.length,
    });
  },
};
