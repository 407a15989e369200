/**
 * A Worker that puts objects under load: many callers of one, many objects at once; and 0.1.0's core over the same storage,
 * to be compared with.
 *
 * @module
 */

// @ts-ignore Declared only where the types of the Workers runtime are.
import { DurableObject } from 'cloudflare:workers';
// The packed release, which `prepare` puts there.
// @ts-ignore It has types of its own.
import { CloudflareStore as OldStore } from 'first-release';
import { createSQLiteBackend } from '../../bindings/backends/sqlite/sqlite.js';
import { ThreadKVObject as Base } from '../../bindings/durable/index.js';
import { CloudflareStore } from '../../bindings/index.js';

const AT = Date.UTC(2026, 0, 2);
const TEXT = 'On the river there was a boat, and in the boat a lamp. '.repeat(10);
const thread = { id: 't', resourceId: 'alice', title: 'T', createdAt: new Date(AT), updatedAt: new Date(AT) };

let number = 0;
const messages = (/** @type {number} */ count) =>
  Array.from({ length: count }, () => ({
    id: `m${++number}`,
    threadId: 't',
    resourceId: 'alice',
    role: 'user',
    content: { format: 2, parts: [{ type: 'text', text: TEXT }] },
    createdAt: new Date(AT + number),
  }));

/** What is done many times. @type {Record<string, (store: any) => Promise<unknown>>} */
const WORK = {
  getThreadById: (store) => store.getThreadById({ threadId: 't' }),
  save2: (store) => store.saveMessages({ messages: messages(2) }),
  last40: (store) =>
    store.listMessages({ threadId: 't', perPage: 40, orderBy: { direction: 'DESC' }, includeTotal: false }),
};

/** @param {any} store @param {number} count */
async function fill(store, count) {
  await store.saveThread({ thread });
  for (let at = 0; at < count; at += 100) await store.saveMessages({ messages: messages(100) });
}

/** Does it in the object, each time as a request of its own would. @param {any} store @param {string} what @param {number} count */
async function repeat(store, what, count) {
  for (let i = 0; i < count; i++) {
    await WORK[what](store);
    // What was written is committed.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

export class ThreadKVObject extends Base {
  /** A store in the object itself. */
  #store = new CloudflareStore({
    durable: {
      idFromName: (/** @type {string} */ name) => name,
      get: () => ({ threadkv: async (/** @type {any} */ request) => this.threadkv(request) }),
    },
    keyPrefix: 'cpu_',
  });

  /** @param {number} count */
  fill(count) {
    return fill(this.#store, count);
  }

  /** @param {string} what @param {number} count */
  repeat(what, count) {
    return what === 'rows' ? this.#write(count) : repeat(this.#store, what, count);
  }

  /** What storage takes for the rows of a save alone, and their commit. @param {number} count */
  async #write(count) {
    const { sql } = /** @type {any} */ (this).ctx.storage;
    sql.exec('CREATE TABLE IF NOT EXISTS bare (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID');
    const value = new TextEncoder().encode(TEXT);
    for (let i = 0; i < count; i++) {
      for (let row = 0; row < 4; row++) sql.exec('REPLACE INTO bare VALUES (?, ?)', `k${++number}`, value);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

export class OldObject extends DurableObject {
  #store = new OldStore({
    backend: createSQLiteBackend(/** @type {any} */ (this).ctx.storage.sql),
    keyPrefix: 'cpu_',
  });

  /** @param {number} count */
  fill(count) {
    return fill(this.#store, count);
  }

  /** @param {string} what @param {number} count */
  repeat(what, count) {
    return repeat(this.#store, what, count);
  }
}

/** @param {any} env @param {string[]} path @returns {Promise<unknown>} */
async function answer(env, [act, name, what, count, callers]) {
  if (act === 'prepare') return 'ready';
  const store = () => /** @type {any} */ (new CloudflareStore({ durable: env.OBJECTS, keyPrefix: name }));
  const kind = name === 'old' ? env.OLD : env.OBJECTS;
  const object = () => kind.get(kind.idFromName('cpu'));
  if (act === 'fill') return fill(store(), Number(what));
  if (act === 'fill-inside') return object().fill(Number(what));
  if (act === 'inside') return object().repeat(what, Number(count));
  if (act === 'objects') {
    // Each has its own store, as Workers of many tenants have; all are kept busy at once.
    const some = Array.from(
      { length: Number(what) },
      (_, i) => new CloudflareStore({ durable: env.OBJECTS, keyPrefix: `${name}${i}_` }),
    );
    await Promise.all(some.map((one) => fill(one, 100)));
    return Promise.all(some.map((one) => WORK.last40(one))).then((pages) => pages.length);
  }
  const each = Math.ceil(Number(count) / Number(callers));
  const caller = async () => {
    const own = store();
    for (let i = 0; i < each; i++) await WORK[what](own);
  };
  await Promise.all(Array.from({ length: Number(callers) }, caller));
  return each * Number(callers);
}

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    const path = new URL(request.url).pathname.slice(1).split('/');
    try {
      const told = await answer(env, path);
      return new Response(told === undefined ? 'done' : String(told));
    } catch (error) {
      return new Response(String(/** @type {any} */ (error)?.stack ?? error), { status: 500 });
    }
  },
};
