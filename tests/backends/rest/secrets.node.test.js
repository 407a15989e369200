/**
 * The token goes to the API and nowhere else.
 */

import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRestBackend } from '../../../bindings/backends/rest/rest.js';
import { createCore, CloudflareStore } from '../../../bindings/index.js';
import { ACCOUNT, startServer } from './server.js';
import { quickCore } from './support.js';
import { message, thread } from '../../support/records.js';

const SECRET = 'a-token-like-no-other';
const WORDS = 'what the user said';

/** @type {import('./server.js').RestServer} */
let server;
beforeAll(async () => {
  server = await startServer({ tokens: { [SECRET]: { write: true } } });
});
afterAll(() => server.close());

/** @param {Record<string, unknown>} [more] */
const open = (more = {}) =>
  new CloudflareStore({
    accountId: ACCOUNT,
    apiToken: SECRET,
    baseURL: server.url,
    core: quickCore().core,
    ...more,
  });

/** All that can be seen of a thing. @param {any} thing */
function everythingOf(thing) {
  const inside = { depth: 20, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null };
  return `${inspect(thing, inside)} ${JSON.stringify(thing)} ${String(thing)} ${thing?.stack} ${thing?.message}`;
}

describe('the token is not seen in', () => {
  it('a store, its core and its back end', async () => {
    const core = createCore();
    const store = open({ core });
    await store.saveThread({ thread: thread('t') });
    const backend = createRestBackend({
      titles: ['a'],
      accountId: ACCOUNT,
      apiToken: SECRET,
      baseURL: server.url,
    });
    for (const thing of [store, core, backend]) expect(everythingOf(thing)).not.toContain(SECRET);
    for (const name in store) expect(everythingOf(/** @type {any} */ (store)[name])).not.toContain(SECRET);
  });

  it('errors of any kind, nor is what users said', async () => {
    const refused = { status: 403, code: 10000, body: undefined };
    const quoting = {
      status: 400,
      body: JSON.stringify({ errors: [{ code: 1, message: `${SECRET} ${WORDS}` }] }),
    };
    const cut = /** @type {const} */ ({ how: 'cut' });
    const page = { status: 200, body: `<html>${SECRET} ${WORDS}` };
    const redirect = { status: 301, headers: { location: `https://evil.example/${SECRET}` } };
    const store = open();
    await store.saveThread({ thread: thread('t') });
    for (const fault of [refused, quoting, cut, page, redirect]) {
      server.fail(fault);
      for (const call of [
        store.saveMessages({ messages: [message('m', 1, { content: WORDS })] }),
        store.saveThread({ thread: thread('u', { title: WORDS }) }),
        store.getThreadById({ threadId: 'other' }),
      ]) {
        const error = await call.catch((reason) => reason);
        expect(error).toMatchObject({ name: 'StoreError', code: 'KV_FAILED' });
        expect(everythingOf(error)).not.toContain(SECRET);
        expect(everythingOf(error)).not.toContain(WORDS);
      }
      server.reset();
    }
  });

  it('errors of a fetch that quotes it', async () => {
    const fetch = (/** @type {string} */ url, /** @type {RequestInit} */ init) =>
      Promise.reject(new Error(`${url} ${JSON.stringify(init.headers)}`, { cause: { code: SECRET } }));
    const error = await open({ fetch })
      .getThreadById({ threadId: 't' })
      .catch((reason) => reason);
    expect(everythingOf(error)).not.toContain(SECRET);
  });

  it('errors of the constructor', () => {
    for (const wrong of [
      { accountId: '' },
      { apiToken: `${SECRET}\n` + 'x' },
      { timeout: SECRET },
      { baseURL: SECRET },
    ]) {
      let error;
      try {
        open(wrong);
      } catch (reason) {
        error = reason;
      }
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(everythingOf(error)).not.toContain(SECRET);
    }
  });

  it('what onOperation is told, and stats', async () => {
    /** @type {unknown[]} */
    const told = [];
    const store = open({ onOperation: (/** @type {unknown} */ operation) => told.push(operation) });
    await store.saveThread({ thread: thread('t') });
    expect(told.length).toBeGreaterThan(0);
    expect(everythingOf(told) + everythingOf(store.stats())).not.toContain(SECRET);
  });

  it('any address or body that is asked', async () => {
    /** @type {unknown[]} */
    const seen = [];
    /** @type {typeof fetch} */
    const watching = async (url, init) => {
      const { authorization, ...headers } = /** @type {Record<string, string>} */ (init?.headers ?? {});
      expect(authorization).toBe(`Bearer ${SECRET}`);
      seen.push(
        url,
        headers,
        init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : String(init?.body),
      );
      return fetch(url, init);
    };
    const store = open({ fetch: watching });
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: [message('m'), message('n')] });
    expect(seen.length).toBeGreaterThan(10);
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });
});
