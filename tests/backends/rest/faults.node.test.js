/**
 * Bad days of the REST API: what a store makes of refusals, rates, lost answers, and of servers that are none.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get, getMany, list, put, remove } from '../requests.js';
import { ACCOUNT, startServer, TOKEN } from './server.js';
import { asked, openBackend, openStore, quickCore } from './support.js';
import { conversation, ids, message, thread } from '../../support/records.js';

/** @type {import('./server.js').RestServer} */
let server;
beforeAll(async () => {
  const tokens = {
    [TOKEN]: { write: true },
    'reading-token': {},
    'expired-token': { expired: true },
    'foreign-token': { accounts: ['other'] },
  };
  server = await startServer({ tokens });
});
beforeEach(() => {
  server.reset();
  server.addAccount(ACCOUNT);
});
afterAll(() => server.close());

const isBulkPut = (/** @type {{ method: string, path: string }} */ { method, path }) =>
  method === 'PUT' && path.endsWith('/bulk');
const isPut = (/** @type {{ method: string, path: string }} */ { method }) => method === 'PUT';

/** @param {Promise<unknown>} call @returns {Promise<any>} */
const errorOf = (call) =>
  call.then(
    () => expect.fail('the call was expected to fail'),
    (error) => error,
  );

/** A store whose namespaces exist and are known. @param {Parameters<typeof openStore>[1]} [config] */
async function readyStore(config) {
  const store = openStore(server, config);
  await store.saveThread({ thread: thread('t') });
  await store.saveMessages({ messages: [message('m')] });
  server.reset();
  return store;
}

/**
 * A `fetch` that answers in parts, 40 ms for each.
 *
 * @param {string[]} parts
 */
function answering(parts) {
  return async () => {
    const left = [...parts];
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => {
          setTimeout(resolve, 40);
        });
        const part = left.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(part));
      },
    });
    return new Response(body);
  };
}

describe('errors say what is wrong, and are not tried again', () => {
  /** @type {[string, Parameters<typeof openStore>[1], number, RegExp][]} */
  const cases = [
    ['a token that nobody knows', { apiToken: 'wrong-token' }, 401, /the token is not valid \(1000\)/],
    [
      'a token that has expired',
      { apiToken: 'expired-token' },
      403,
      /not valid, has expired, or .* \(9109\)/,
    ],
    [
      'a token for another account',
      { apiToken: 'foreign-token' },
      403,
      /refused the token: check .* \(10000\)/,
    ],
    [
      'an account that does not exist',
      { accountId: 'nowhere' },
      400,
      /no such account.*check accountId \(7003\)/,
    ],
  ];
  it.each(cases)('%s', async (_, config, status, text) => {
    const error = await errorOf(openStore(server, config).getThreadById({ threadId: 't' }));
    expect(error).toMatchObject({
      name: 'StoreError',
      code: 'KV_FAILED',
      op: 'getThreadById',
      details: { status },
    });
    expect(error.message).toMatch(text);
    expect(error.details.reason).toMatch(text);
    // One list of namespaces, for it is needed first.
    expect(server.requests).toHaveLength(1);
  });

  it('a token that may only read', async () => {
    await readyStore();
    const store = openStore(server, { apiToken: 'reading-token' });
    expect((await store.getThreadById({ threadId: 't' }))?.id).toBe('t');
    const error = await errorOf(store.saveThread({ thread: thread('u') }));
    expect(error.message).toMatch(
      /KV put of threads:u failed with status 403: .* Workers KV Storage \(10000\)/,
    );
  });

  it('a namespace that is disabled', async () => {
    const store = await readyStore();
    const namespace = server.account().titled('threads');
    if (namespace) namespace.disabled = true;
    const error = await errorOf(store.getThreadById({ threadId: 'u' }));
    expect(error.message).toMatch(/failed with status 403: Cloudflare has disabled this namespace \(10021\)/);
  });

  it('an account that is full', async () => {
    for (let i = 0; i < 1000; i++) server.account().create(`n${i}`);
    const error = await errorOf(openStore(server).saveThread({ thread: thread('t') }));
    expect(error.message).toMatch(/as many namespaces as it may have \(10018\)/);
  });

  it('a code that is not known is named', async () => {
    const store = await readyStore();
    server.fail({ status: 418, code: 12345 });
    const error = await errorOf(store.getThreadById({ threadId: 'u' }));
    expect(error.message).toMatch(/failed with status 418: the API refused it \(12345\)/);
  });

  it('a failed save of some messages names them, and says why', async () => {
    const store = await readyStore();
    server.fail({ match: ({ path }) => path === '/messages/bulk', status: 403, code: 10000 });
    const error = await errorOf(store.saveMessages({ messages: conversation(3) }));
    expect(error).toMatchObject({
      code: 'KV_FAILED',
      details: { status: 403, failed: ['m001', 'm002', 'm003'] },
    });
    expect(error.message).toMatch(/\(10000\)/);
  });
});

describe('what passes is tried again', () => {
  it.each([500, 502, 503, 504, 408])('status %i', async (status) => {
    const store = await readyStore();
    server.fail({ status, times: 2, body: '<html>' });
    await store.saveThread({ thread: thread('u') });
    expect((await openStore(server).getThreadById({ threadId: 'u' }))?.id).toBe('u');
  });

  it('too many requests, after as long as is asked for', async () => {
    const headers = { 'retry-after': '7' };
    const backend = openBackend(server, ['a']);
    server.fail({ status: 429, code: 971, times: 1, headers });
    expect(await backend.run([get('k')])).toEqual([
      { status: 429, retryAfter: 7000, reason: 'too many requests (971), to be tried again in 7 s' },
    ]);
    server.fail({
      status: 429,
      times: 1,
      headers: { 'retry-after': new Date(Date.now() + 5000).toUTCString() },
    });
    const [{ retryAfter = 0 }] = await backend.run([get('k')]);
    expect(retryAfter).toBeGreaterThan(2000);
    expect(retryAfter).toBeLessThanOrEqual(5000);
    const store = await readyStore();
    server.fail({ status: 429, code: 971, times: 2, headers });
    await store.saveThread({ thread: thread('u') });
  });

  it('too many requests, for no longer than the timeout in all', async () => {
    const { core, clock } = quickCore();
    const store = openStore(server, { core });
    await store.saveThread({ thread: thread('u') });
    const started = clock.now();
    server.fail({ status: 429, code: 971, headers: { 'retry-after': '6' } });
    const error = await errorOf(store.saveThread({ thread: thread('v') }));
    expect(error.code).toBe('KV_FAILED');
    expect(error.message).toMatch(/429: too many requests \(971\), to be tried again in 6 s$/);
    expect(clock.now() - started).toBe(12_000);
    server.fail({ status: 429, code: 971, headers: { 'retry-after': '60' } });
    const before = clock.now();
    await errorOf(store.saveThread({ thread: thread('v') }));
    expect(clock.now()).toBe(before);
    const patient = openStore(server, { timeout: 130_000 });
    server.reset();
    server.fail({ status: 429, code: 971, times: 2, headers: { 'retry-after': '60' } });
    await patient.saveThread({ thread: thread('v') });
  });

  it('connections that break, before and after the write was made', async () => {
    const store = await readyStore();
    server.fail({ match: isPut, how: 'cut', times: 1 });
    await store.saveMessages({ messages: conversation(3) });
    server.fail({ match: isPut, how: 'apply', status: 502, times: 1 });
    await store.saveMessages({ messages: [message('again', 5)] });
    const { messages } = await openStore(server).listMessages({ threadId: 't' });
    expect(ids(messages)).toEqual(['m', 'm001', 'm002', 'm003', 'again']);
  });

  it('a server that does not answer, within its time', async () => {
    const backend = openBackend(server, ['a'], { timeout: 100 });
    server.fail({ how: 'hang', times: 1 });
    expect(await backend.run([get('k')])).toEqual([{ status: 0, reason: 'no answer within 100 ms' }]);
    expect(await backend.run([get('k')])).toEqual([{ status: 404 }]);
  });

  it('an answer that stops half way', async () => {
    const backend = openBackend(server, ['a'], { timeout: 100 });
    server.fail({ how: 'stall', times: 1 });
    expect(await backend.run([get('k')])).toEqual([{ status: 0, reason: 'no answer within 100 ms' }]);
  });

  it('an answer that drips', async () => {
    const fetch = answering(Array.from({ length: 100 }, () => ' '));
    const backend = openBackend(server, ['a'], { fetch, timeout: 200 });
    const started = performance.now();
    expect(await backend.run([get('k')])).toEqual([{ status: 0, reason: 'no answer within 200 ms' }]);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('but not one that had to wait for its turn', async () => {
    const turn = () => new Promise((resolve) => setTimeout(resolve, 150));
    const backend = openBackend(server, ['a'], { turn, timeout: 100 });
    expect(await backend.run([get('k')])).toEqual([{ status: 404 }]);
  });

  it('and not a large one that is slow', async () => {
    const parts = Array.from({ length: 10 }, () => ' '.repeat(50_000));
    const fetch = answering([...parts, '{"success":true,"errors":[],"result":[]}']);
    const backend = openBackend(server, ['a'], { fetch, timeout: 200 });
    expect(await backend.run([get('k')])).toEqual([{ status: 404 }]);
  });

  it('no server at all', async () => {
    const gone = await startServer();
    const baseURL = gone.url;
    await gone.close();
    const error = await errorOf(openStore(server, { baseURL }).getThreadById({ threadId: 't' }));
    expect(error.message).toMatch(/got no answer: no connection to the API \(ECONNREFUSED\)/);
  });
});

describe('bulk writes that were left out in part', () => {
  it('are made up for', async () => {
    const store = await readyStore();
    let left = 4;
    server.fail({ match: isBulkPut, leaveOut: (key) => key.startsWith('messages:') && left-- > 0 });
    await store.saveMessages({ messages: conversation(10) });
    server.reset();
    const { total } = await openStore(server).listMessages({ threadId: 't' });
    expect(total).toBe(11);
  });

  it('are few tried singly, and many in bulk again', async () => {
    const backend = openBackend(server, ['a']);
    await backend.run([put('x', 'x')]);
    const puts = Array.from({ length: 20 }, (_, i) => put(`k${i}`, 'x'));
    server.reset();
    server.fail({ times: 1, leaveOut: (key) => ['k3', 'k4'].includes(key) });
    expect((await backend.run(puts)).map(({ status }) => status)).toEqual(puts.map(() => 200));
    expect(asked(server)).toEqual(['PUT a/bulk', 'PUT a/values/k3', 'PUT a/values/k4']);
    server.reset();
    server.fail({ times: 1, leaveOut: (key) => key !== 'k3' });
    expect((await backend.run(puts)).map(({ status }) => status)).toEqual(puts.map(() => 200));
    expect(asked(server)).toEqual(['PUT a/bulk', 'PUT a/bulk']);
    server.fail({ leaveOut: () => true });
    const removes = puts.map(({ key }) => remove(key));
    expect((await backend.run(removes)).map(({ status }) => status)).toEqual(puts.map(() => 429));
  });

  it('fail only what is wrong', async () => {
    const backend = openBackend(server, ['a']);
    const past = Math.floor(Date.now() / 1000) - 5;
    const puts = Array.from({ length: 9 }, (_, i) => put(`k${i}`, 'x', null, 0, i === 5 ? past : 0));
    const replies = await backend.run(puts);
    expect(replies.map(({ status }) => status)).toEqual(puts.map((_, i) => (i === 5 ? 400 : 200)));
    expect(server.account().titled('a')?.storage.size).toBe(8);
  });
});

describe('what is not the API', () => {
  it('leads the token nowhere', async () => {
    let told = '';
    const other = await startServer();
    other.fail({ match: (seen) => ((told += seen.path), true) });
    const backend = openBackend(server, ['a']);
    server.fail({ status: 302, headers: { location: `${other.url}/elsewhere` } });
    const [reply] = await backend.run([get('k')]);
    expect(reply).toEqual({ status: 302, reason: 'a redirect, which is not followed (HTTP 302)' });
    expect(told).toBe('');
    await other.close();
  });

  it.each([
    ['a page', '<html>hello</html>'],
    ['nothing', ''],
    ['null', 'null'],
    ['something else', '{"ok":true}'],
    ['no result', '{"success":true,"errors":[],"messages":[],"result":null}'],
  ])('is no answer to a read: %s', async (_, body) => {
    const backend = openBackend(server, ['a']);
    await backend.run([put('k', 'x')]);
    server.fail({ status: 200, body });
    const replies = await backend.run([get('k'), getMany(['k', 'l']), list('')]);
    expect(replies.map(({ status }) => status)).toEqual([0, 0, 0]);
    const [fresh] = await openBackend(server, ['a']).run([put('k', 'x')]);
    expect(fresh.status).toBe(0);
  });

  it('is no word on a key: only the code says that there is none', async () => {
    const backend = openBackend(server, ['a']);
    await backend.run([put('k', 'x')]);
    server.fail({ status: 404, body: '<html>not here</html>' });
    const replies = await backend.run([get('k'), getMany(['k', 'l']), list(''), put('k', 'y'), remove('k')]);
    expect(replies).toEqual(replies.map(() => ({ status: 400, reason: 'the API refused it (HTTP 404)' })));
    server.fail({ status: 404, code: 10009 });
    expect((await backend.run([remove('k')]))[0]).toEqual({ status: 200 });
  });

  it('may fail with success', async () => {
    const backend = openBackend(server, ['a']);
    await backend.run([put('k', 'x')]);
    server.fail({ status: 200, body: '{"success":false,"errors":[{"code":10001}]}' });
    const [reply] = await backend.run([put('k', 'y')]);
    expect(reply).toEqual({ status: 500, reason: 'the API refused it (10001)' });
  });

  it('may talk for ever', async () => {
    const backend = openBackend(server, ['a']);
    await backend.run([put('k', 'x')]);
    server.fail({ status: 200, body: ' '.repeat(17 * 1024 * 1024) });
    expect((await backend.run([list('')]))[0]).toMatchObject({ status: 413, reason: /more than/ });
    server.reset();
    server.fail({ status: 400, body: 'x'.repeat(1024 * 1024) });
    expect((await backend.run([list('')]))[0]).toMatchObject({ status: 400 });
  });

  it('may throw anything', async () => {
    for (const thrown of [undefined, null, 'x', new TypeError('fetch failed'), { cause: { code: 7 } }]) {
      const backend = openBackend(server, ['a'], { fetch: () => Promise.reject(thrown) });
      expect(await backend.run([get('k')])).toEqual([{ status: 0, reason: 'no connection to the API' }]);
    }
  });
});

it('a namespace that vanishes again and again is a failure that passes', async () => {
  const backend = openBackend(server, ['a']);
  await backend.run([put('k', 'x')]);
  server.fail({ match: ({ path }) => path !== '', status: 404, code: 10013 });
  const replies = await backend.run([get('k'), put('l', 'x'), list('')]);
  expect(replies.map(({ status }) => status)).toEqual([503, 503, 503]);
});

it('writes of one key in quick succession are refused and made later', async () => {
  let now = Date.now();
  const slow = await startServer({ writeInterval: 1000, now: () => now });
  const store = openStore(slow);
  await store.saveThread({ thread: thread('t') });
  const saves = conversation(6).map((one) => {
    now += 200;
    return store.saveMessages({ messages: [one] });
  });
  await Promise.all(saves);
  now += 120_000;
  expect((await openStore(slow).listMessages({ threadId: 't' })).total).toBe(6);
  await slow.close();
});
