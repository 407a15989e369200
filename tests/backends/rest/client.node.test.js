/**
 * The server of server.js as Cloudflare's own client sees it: were it not like the API, this would fail.
 */

import Cloudflare from 'cloudflare';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, startServer, TOKEN } from './server.js';

/** @type {import('./server.js').RestServer} */
let server;
/** @type {Cloudflare} */
let client;
/** @type {Cloudflare['kv']['namespaces']} */
let namespaces;
let now = 1_800_000_000_000;
const account_id = ACCOUNT;

beforeAll(async () => {
  server = await startServer({ now: () => now });
  client = new Cloudflare({ apiToken: TOKEN, baseURL: server.url, maxRetries: 0 });
  namespaces = client.kv.namespaces;
});
afterAll(() => server.close());

/** @param {Promise<unknown>} request */
const problemOf = async (request) => {
  const error = await request.then(
    () => expect.fail('it was expected to fail'),
    (/** @type {any} */ reason) => reason,
  );
  expect(error).toBeInstanceOf(Cloudflare.APIError);
  return { status: error.status, codes: error.errors.map((/** @type {any} */ { code }) => code) };
};

/** @template T @param {AsyncIterable<T>} iterable @returns {Promise<T[]>} */
async function all(iterable) {
  const found = [];
  for await (const one of iterable) found.push(one);
  return found;
}

describe('namespaces', () => {
  it('are made, found, renamed and removed', async () => {
    const made = await namespaces.create({ account_id, title: 'dev_threads' });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      title: 'dev_threads',
      supports_url_encoding: true,
    });
    expect(await namespaces.get(made.id, { account_id })).toEqual(made);
    expect(await namespaces.update(made.id, { account_id, title: 'dev_all' })).toEqual({
      ...made,
      title: 'dev_all',
    });
    await namespaces.delete(made.id, { account_id });
    expect(await problemOf(namespaces.get(made.id, { account_id }))).toEqual({ status: 404, codes: [10013] });
  });

  it('have one title each', async () => {
    const { id } = await namespaces.create({ account_id, title: 'taken' });
    const again = namespaces.create({ account_id, title: 'taken' });
    expect(await problemOf(again)).toEqual({ status: 400, codes: [10014] });
    await namespaces.delete(id, { account_id });
  });

  it('come in pages', async () => {
    const titles = Array.from({ length: 45 }, (_, i) => `n${String(i).padStart(2, '0')}`);
    for (const title of titles) server.account().create(title);
    const listed = await all(namespaces.list({ account_id, order: 'title', direction: 'desc' }));
    expect(listed.map(({ title }) => title)).toEqual(titles.toReversed());
    expect(
      server.requests.filter(({ method, path }) => method === 'GET' && path === '').length,
    ).toBeGreaterThan(2);
    const page = await namespaces.list({ account_id, page: 2, per_page: 20, order: 'title' });
    expect(page.result.map(({ title }) => title)).toEqual(titles.slice(20, 40));
    for (const { id } of listed) await namespaces.delete(id, { account_id });
  });
});

describe('keys and values', () => {
  /** @type {{ account_id: string, namespace_id: string }} */
  let where;
  /** @type {string} */
  let id;
  beforeEach(() => {
    ({ id } = server.account().create(`values-${Math.random()}`));
    where = { account_id, namespace_id: id };
  });

  /** @param {string} key */
  const textOf = async (key) => (await namespaces.values.get(key, where)).text();

  it('go in and out', async () => {
    for (const key of ['plain', 'dev_threads:a/b', '%2F', 'ü 😀?#&', 'a+b', '^']) {
      await namespaces.values.update(key, { ...where, value: `value of ${key}` });
      expect(await textOf(key)).toBe(`value of ${key}`);
      await namespaces.values.delete(key, where);
      expect(await problemOf(namespaces.values.get(key, where))).toEqual({ status: 404, codes: [10009] });
    }
  });

  it('carry metadata', async () => {
    const metadata = { v: 1, t: 'ü' };
    await namespaces.values.update('k', { ...where, value: 'x', metadata: JSON.stringify(metadata) });
    expect(await namespaces.metadata.get('k', where)).toEqual(metadata);
    expect(await textOf('k')).toBe('x');
    await namespaces.values.update('k', { ...where, value: 'y' });
    expect(await namespaces.metadata.get('k', where)).toBeNull();
    const empty = namespaces.values.update('k', { ...where, value: 'z', metadata: '' });
    expect(await problemOf(empty)).toEqual({ status: 400, codes: [10047] });
  });

  it('expire', async () => {
    await namespaces.values.update('ttl', { ...where, value: 'x', expiration_ttl: 60 });
    const answer = await namespaces.values.get('ttl', where);
    expect(answer.headers.get('expiration')).toBe(String(now / 1000 + 60));
    now += 61_000;
    expect((await problemOf(namespaces.values.get('ttl', where))).codes).toEqual([10009]);
    const soon = namespaces.values.update('k', { ...where, value: 'x', expiration: now / 1000 + 10 });
    expect((await problemOf(soon)).codes).toEqual([10033]);
  });

  it('list in pages, in the order of bytes', async () => {
    const keys = Array.from({ length: 25 }, (_, i) => `a${String(i).padStart(2, '0')}`);
    for (const key of [...keys, 'b']) server.account().put(server.account().find(id), key, write(key));
    const found = await all(namespaces.keys.list(id, { account_id, prefix: 'a', limit: 10 }));
    expect(found.map(({ name }) => name)).toEqual(keys);
    expect(server.requests.slice(-3).map(({ path }) => path.endsWith('/keys'))).toEqual([true, true, true]);
    const small = namespaces.keys.list(id, { account_id, limit: 9 });
    expect((await problemOf(Promise.resolve(small))).codes).toEqual([10028]);
  });

  it('are written, read and deleted in bulk', async () => {
    const metadata = { n: 1 };
    const body = [
      { key: 'text', value: 'ü', metadata },
      { key: 'bytes', value: 'aGk=', base64: true, expiration_ttl: 120 },
    ];
    const counts = { successful_key_count: 2, unsuccessful_keys: [] };
    expect(await namespaces.bulkUpdate(id, { account_id, body })).toEqual(counts);
    const keys = ['text', 'bytes', 'none'];
    expect(await namespaces.bulkGet(id, { account_id, keys })).toEqual({
      values: { text: 'ü', bytes: 'hi', none: null },
    });
    expect(await namespaces.bulkGet(id, { account_id, keys, withMetadata: true })).toEqual({
      values: {
        text: { value: 'ü', metadata },
        bytes: { value: 'hi', metadata: null, expiration: Math.floor(now / 1000) + 120 },
        none: null,
      },
    });
    expect(await namespaces.bulkDelete(id, { account_id, body: keys })).toEqual({
      ...counts,
      successful_key_count: 3,
    });
    expect(await namespaces.bulkGet(id, { account_id, keys: ['text'] })).toEqual({ values: { text: null } });
  });

  it('tell what a bulk request left out', async () => {
    server.fail({ leaveOut: (key) => key === 'b', times: 1 });
    const body = ['a', 'b', 'c'].map((key) => ({ key, value: key }));
    const result = await namespaces.bulkUpdate(id, { account_id, body });
    expect(result).toEqual({ successful_key_count: 2, unsuccessful_keys: ['b'] });
    server.reset();
  });

  it('have limits', async () => {
    const keys = Array.from({ length: 101 }, (_, i) => `k${i}`);
    expect((await problemOf(namespaces.bulkGet(id, { account_id, keys }))).status).toBe(400);
    const long = namespaces.values.update('x'.repeat(513), { ...where, value: 'x' });
    expect(await problemOf(long)).toEqual({ status: 414, codes: [10030] });
    const metadata = JSON.stringify('x'.repeat(1023));
    expect((await problemOf(namespaces.values.update('k', { ...where, value: 'x', metadata }))).status).toBe(
      413,
    );
  });
});

describe('who may', () => {
  /** @param {string} apiToken @param {string} [accountId] */
  const attempt = (apiToken, accountId = ACCOUNT) =>
    problemOf(
      Promise.resolve(
        new Cloudflare({ apiToken, baseURL: strict.url, maxRetries: 0 }).kv.namespaces.create({
          account_id: accountId,
          title: 'x',
        }),
      ),
    );
  /** @type {import('./server.js').RestServer} */
  let strict;
  beforeAll(async () => {
    const tokens = {
      reader: {},
      old: { expired: true, write: true },
      foreign: { accounts: ['other'], write: true },
    };
    strict = await startServer({
      accounts: [ACCOUNT, 'other'],
      tokens,
      rate: { requests: 3, window: 60_000 },
      now: () => now,
    });
  });
  afterAll(() => strict.close());

  it('is decided by the token', async () => {
    expect((await attempt('nobody')).status).toBe(401);
    expect(await attempt('old')).toEqual({ status: 403, codes: [9109] });
    expect(await attempt('reader')).toEqual({ status: 403, codes: [10000] });
    expect(await attempt('foreign')).toEqual({ status: 403, codes: [10000] });
    expect(await attempt('foreign', 'nowhere')).toEqual({ status: 404, codes: [7003] });
  });

  it('and not too often', async () => {
    const reader = new Cloudflare({ apiToken: 'reader', baseURL: strict.url, maxRetries: 0 });
    strict.reset();
    for (let i = 0; i < 3; i++) await reader.kv.namespaces.list({ account_id });
    expect(await problemOf(Promise.resolve(reader.kv.namespaces.list({ account_id })))).toEqual({
      status: 429,
      codes: [971],
    });
    now += 60_000;
    await reader.kv.namespaces.list({ account_id });
  });
});

/** @param {string} text */
function write(text) {
  return { value: new TextEncoder().encode(text), expires: 0 };
}
