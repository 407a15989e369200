/**
 * What calls cost over the REST API, and which namespaces they look for and make.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get, getMany, list, put, remove } from '../requests.js';
import { ACCOUNT, startServer, TOKEN } from './server.js';
import { asked, openBackend, openStore } from './support.js';
import { conversation, ids, message, thread } from '../../support/records.js';

/** @type {import('./server.js').RestServer} */
let server;
beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => {
  server.reset();
  server.addAccount(ACCOUNT);
});
afterAll(() => server.close());

const titles = () => server.account().namespaces.map(({ title }) => title);

describe('calls of a store', () => {
  const namespacePrefix = 'dev_';

  it('get a thread: one request to each of its two namespaces', async () => {
    await openStore(server, { namespacePrefix }).saveThread({ thread: thread('t') });
    const store = openStore(server, { namespacePrefix });
    await store.getThreadById({ threadId: 'other' });
    server.reset();
    expect((await store.getThreadById({ threadId: 't' }))?.title).toBe('About t');
    expect(asked(server).sort()).toEqual(['POST dev_metadata/bulk/get', 'POST dev_threads/bulk/get']);
    expect(store.stats()).toMatchObject({ operations: { get: 2 + 2 + 1 } });
  });

  it('save 100 messages: a handful of requests', async () => {
    const store = openStore(server, { namespacePrefix });
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: [message('first')] });
    server.reset();
    const before = store.stats();
    await store.saveMessages({ messages: conversation(100) });
    expect(asked(server).sort()).toEqual([
      'POST dev_messages/bulk/get',
      'POST dev_metadata/bulk/get',
      'PUT dev_messages/bulk',
      'PUT dev_metadata/bulk',
    ]);
    const { operations } = store.stats();
    expect(operations.put - before.operations.put).toBe(2);
    // An isolate that knows nothing looks for the namespaces, and reads the thread, its head and its journal too.
    server.reset();
    await openStore(server, { namespacePrefix }).saveMessages({ messages: conversation(100) });
    expect(server.requests).toHaveLength(1 + 6);
    const { messages, total } = await openStore(server, { namespacePrefix }).listMessages({ threadId: 't' });
    expect(ids(messages)).toHaveLength(40);
    expect(total).toBe(101);
  });

  it('save the first 100 messages of an account: and what it takes to make the namespaces', async () => {
    const store = openStore(server, { namespacePrefix });
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(100) });
    expect(titles().sort()).toEqual(['dev_messages', 'dev_metadata', 'dev_threads']);
    expect(server.requests.length).toBeLessThanOrEqual(16);
  });

  it('delete 500 messages in bulk', async () => {
    const store = openStore(server, { namespacePrefix, maxOperations: 5000 });
    await store.saveThread({ thread: thread('t') });
    const messages = conversation(500);
    for (let i = 0; i < 500; i += 100) await store.saveMessages({ messages: messages.slice(i, i + 100) });
    server.reset();
    await store.deleteMessages(ids(messages));
    expect(server.requests.length).toBeLessThanOrEqual(12);
    expect(server.account().titled('dev_messages')?.storage.size).toBe(0);
  });
});

describe('namespaces', () => {
  it('are not made by reading', async () => {
    const store = openStore(server, { namespacePrefix: 'dev_' });
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
    expect(await store.listThreads({})).toMatchObject({ threads: [], total: 0 });
    expect(await store.listMessagesById({ messageIds: ['a', 'b'] })).toEqual({ messages: [] });
    await store.deleteMessages(['a', 'b']);
    await store.dangerouslyClearAll();
    expect(titles()).toEqual([]);
  });

  it('are seen by a reader as soon as another has made them', async () => {
    const [reader, writer] = [openBackend(server, ['a']), openBackend(server, ['a'])];
    expect((await reader.run([get('k')]))[0].status).toBe(404);
    await writer.run([put('k', 'x')]);
    expect((await reader.run([get('k')]))[0].entry?.value).toBe('x');
  });

  it('are looked for on every page, also where the API gives smaller ones than asked for and tells no number', async () => {
    for (let i = 10; i < 35; i++) server.account().create(`n${i}`);
    server.account().create('zz');
    const pages = new Set();
    /** @type {typeof globalThis.fetch} */
    const fetch = async (input, init) => {
      const url = new URL(String(input));
      if (!url.searchParams.has('per_page')) return globalThis.fetch(url, init);
      url.searchParams.set('per_page', '10');
      pages.add(url.searchParams.get('page'));
      const answer = await globalThis.fetch(url, init);
      return Response.json({ ...(await answer.json()), result_info: undefined });
    };
    const backend = openBackend(server, ['zz'], { fetch: /** @type {any} */ (fetch) });
    await backend.run([put('k', 'x')]);
    expect([...pages]).toEqual(['1', '2', '3', '4']);
    expect(server.account().namespaces.filter(({ title }) => title === 'zz')).toHaveLength(1);
    expect(server.account().titled('zz')?.storage.size).toBe(1);
  });

  it('are found once, on whatever page they stand', async () => {
    for (let i = 0; i < 230; i++) server.account().create(`n${i}`);
    server.fail({ match: ({ path }) => path === '', times: 1, status: 400, code: 10008 });
    const backend = openBackend(server, ['n0', 'n229', 'n5']);
    const round = [get('a', 0), get('b', 1), getMany(['c', 'd'], 2)];
    const [first] = await backend.run(round);
    // A page of 1,000 was refused, so there were three pages of 100.
    expect(server.requests.filter(({ path }) => path === '')).toHaveLength(4);
    expect(first).toEqual({ status: 404, operations: 5 });
    server.reset();
    await backend.run(round);
    expect(asked(server).sort()).toEqual(['POST n0/bulk/get', 'POST n229/bulk/get', 'POST n5/bulk/get']);
  });

  it('are made once, even when two write first', async () => {
    const backends = [openBackend(server, ['a', 'b']), openBackend(server, ['a', 'b'])];
    const rounds = backends.map((backend, i) => backend.run([put(`k${i}`, 'x'), put(`k${i}`, 'y', null, 1)]));
    for (const replies of await Promise.all(rounds)) {
      expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    }
    expect(titles().sort()).toEqual(['a', 'b']);
    expect(server.account().titled('a')?.storage.keys()).toEqual(['k0', 'k1']);
  });

  it('that somebody else makes in between are taken', async () => {
    const backend = openBackend(server, ['a']);
    // The list comes too early.
    server.fail({
      match: ({ method, path }) => method === 'GET' && path === '',
      times: 1,
      status: 200,
      body: '{"success":true,"errors":[],"messages":[],"result":[]}',
    });
    server.account().create('a');
    expect(await backend.run([put('k', 'x')])).toEqual([{ status: 200, operations: 4 }]);
    expect(asked(server)).toEqual(['GET', 'POST', 'GET', 'PUT a/values/k']);
  });

  it('that are gone are looked up again', async () => {
    const backend = openBackend(server, ['a', 'b']);
    await backend.run([put('k', 'x'), put('k', 'x', null, 1)]);
    const [a, b] = ['a', 'b'].map((title) => server.account().titled(title)?.id ?? '');
    server.account().remove(a);
    server.account().remove(b);
    server.account().create('b');
    server.reset();
    const [one, two, page] = await backend.run([get('k'), getMany(['k', 'l'], 1), list('')]);
    expect([one.status, two.entries, page.keys]).toEqual([404, [null, null], []]);
    expect(titles()).toEqual(['b']);
    expect((await backend.run([put('k', 'new'), put('l', 'new')])).map(({ status }) => status)).toEqual([
      200, 200,
    ]);
    expect((await backend.run([get('k')]))[0].entry?.value).toBe('new');
    expect(titles()).toEqual(['b', 'a']);
  });

  it('of two prefixes never meet', async () => {
    const prefixes = ['', 'dev_', 'dev_dev_', 'DEV_'];
    const stores = prefixes.map((namespacePrefix) => openStore(server, { namespacePrefix }));
    for (const [i, store] of stores.entries()) {
      await store.saveThread({ thread: thread('t', { title: prefixes[i] }) });
      await store.saveMessages({ messages: [message(`m${i}`)] });
    }
    await stores[1].dangerouslyClearAll();
    for (const [i, namespacePrefix] of prefixes.entries()) {
      const store = openStore(server, { namespacePrefix });
      const { threads } = await store.listThreads({});
      expect(threads.map(({ title }) => title)).toEqual(i === 1 ? [] : [namespacePrefix]);
      const { messages } = await store.listMessagesById({ messageIds: ['m0', 'm1', 'm2', 'm3'] });
      expect(ids(messages)).toEqual(i === 1 ? [] : [`m${i}`]);
    }
  });

  it('may hold several key prefixes', async () => {
    const [a, b] = ['a_', 'b_'].map((keyPrefix) => openStore(server, { namespacePrefix: 'dev_', keyPrefix }));
    await a.saveThread({ thread: thread('t') });
    expect(await b.getThreadById({ threadId: 't' })).toBeNull();
    expect(server.account().titled('dev_threads')?.storage.keys()).toEqual(['a_threads:t']);
  });
});

describe('requests of a round', () => {
  it('are as few as may be, and counted once', async () => {
    const backend = openBackend(server, ['a', 'b']);
    await backend.run([put('k', 'x'), put('k', 'x', null, 1)]);
    server.reset();
    const replies = await backend.run([
      put('1', 'x', { n: 1 }),
      put('2', 'x'),
      put('3', 'x', null, 1),
      remove('k'),
      remove('l'),
      remove('k', 1),
      get('none'),
      list(''),
      put('', 'x'),
    ]);
    expect(asked(server).sort()).toEqual([
      'DELETE b/values/k',
      'GET a/keys',
      'POST a/bulk/delete',
      'POST a/bulk/get',
      'PUT a/bulk',
      'PUT b/values/3',
    ]);
    expect(replies.map(({ operations = 1 }) => operations)).toEqual([1, 0, 1, 1, 0, 1, 1, 1, 0]);
  });

  it('are at most six at once', async () => {
    let running = 0;
    let most = 0;
    /** @type {typeof fetch} */
    const counting = async (input, init) => {
      most = Math.max(most, ++running);
      const response = await fetch(input, init);
      running--;
      return response;
    };
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const backend = openBackend(server, names, { fetch: counting });
    const replies = await backend.run(names.map((_, space) => put('k', 'x', null, space)));
    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 200));
    await backend.run(names.map((_, space) => get('k', space)));
    expect(most).toBe(6);
  });

  it('are split where they would be too large', async () => {
    const backend = openBackend(server, ['a']);
    const value = 'é"'.repeat(1024 * 1024);
    const keys = Array.from({ length: 14 }, (_, i) => `k${i}`);
    const puts = [...keys.map((key) => put(key, value)), put('large', value.repeat(3))];
    const replies = await backend.run(puts);
    expect(replies.map(({ status }) => status)).toEqual(puts.map(() => 200));
    const writes = server.requests.filter(({ method }) => method === 'PUT');
    expect(writes.map(({ path }) => path).sort()).toEqual(['/a/bulk', '/a/bulk', '/a/values/large']);
    for (const { size } of writes) expect(size).toBeLessThan(33 * 1024 * 1024);
    const [many] = await backend.run([getMany(keys)]);
    expect(many.entries?.map((entry) => entry?.value === value)).toEqual(keys.map(() => true));
  });

  it('are not more than 10,000 keys', async () => {
    const backend = openBackend(server, ['a']);
    const keys = Array.from({ length: 10_001 }, (_, i) => `k${i}`);
    await backend.run(keys.map((key) => put(key, 'x')));
    expect(server.account().titled('a')?.storage.size).toBe(10_001);
    server.reset();
    await backend.run(keys.map((key) => remove(key)));
    expect(asked(server)).toEqual(['POST a/bulk/delete', 'POST a/bulk/delete']);
    expect(server.account().titled('a')?.storage.size).toBe(0);
  });

  it('carry values that are no text', async () => {
    const backend = openBackend(server, ['a']);
    const bytes = Uint8Array.from({ length: 9000 }, (_, i) => i % 256);
    const raw = (/** @type {string} */ key) => ({ ...put(key, '', { key }), value: bytes });
    await backend.run([raw('bulk'), raw('too')]);
    await backend.run([raw('single')]);
    await backend.run([{ ...raw('bare'), metadata: null }]);
    for (const key of ['bulk', 'too', 'single', 'bare']) {
      const entry = server.account().titled('a')?.storage.get(key);
      if (typeof entry !== 'object') throw new Error(`${key} was not stored`);
      expect(new Uint8Array(entry.bytes)).toEqual(bytes);
      expect(entry.metadata).toEqual(key === 'bare' ? null : { key });
    }
  });

  it('keep line ends, signs and odd characters of values', async () => {
    const backend = openBackend(server, ['a']);
    const value = 'a\ufeff\nb\r\nc\rd\u0000e\u2028"\\ 😀 \ufffd\u007f';
    const writes = ['single', 'one', 'two'].map((key) => put(key, value, { key, text: 'ü"\\' }));
    await backend.run(writes.slice(0, 1));
    await backend.run(writes.slice(1));
    const [many] = await backend.run([getMany(['single', 'one', 'two'])]);
    expect(many.entries).toEqual(
      ['single', 'one', 'two'].map((key) => ({ value, metadata: { key, text: 'ü"\\' } })),
    );
  });

  it('name keys of any kind', async () => {
    const backend = openBackend(server, ['a']);
    const keys = [
      '/',
      '//',
      '...',
      'a/../b',
      '%2F',
      '%',
      'a b',
      'a+b',
      '?q#h',
      '^',
      '\u0001',
      "!'()*~",
      'ü😀',
      '&=;',
      '\\',
    ];
    for (const key of keys) await backend.run([put(key, `value of ${key}`)]);
    expect(server.account().titled('a')?.storage.keys().sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect((await backend.run([get(key)]))[0].entry?.value).toBe(`value of ${key}`);
      expect((await backend.run([list(key, { limit: 1 })]))[0].keys?.[0].name).toBe(key);
      expect((await backend.run([remove(key)]))[0].status).toBe(200);
    }
    expect(server.account().titled('a')?.storage.size).toBe(0);
  });

  it('say when keys are to go', async () => {
    const backend = openBackend(server, ['a']);
    const expires = Math.floor(Date.now() / 1000) + 1000;
    await backend.run([put('single', 'x', { m: 1 }, 0, expires)]);
    await backend.run([put('bare', 'x', null, 0, expires)]);
    await backend.run([put('one', 'x', { m: 1 }, 0, expires), put('two', 'x')]);
    const { keys } = /** @type {any} */ (server.account().titled('a'))?.storage.list('', null, 10) ?? {};
    expect(keys.map((/** @type {any} */ { name, expiration }) => [name, expiration])).toEqual([
      ['bare', expires],
      ['one', expires],
      ['single', expires],
      ['two', undefined],
    ]);
  });
});

it('is the same over another core with another token', async () => {
  const store = openStore(server, { apiToken: ` ${TOKEN} `, accountId: ` ${ACCOUNT} ` });
  await store.saveThread({ thread: thread('t') });
  expect((await openStore(server).getThreadById({ threadId: 't' }))?.id).toBe('t');
});
