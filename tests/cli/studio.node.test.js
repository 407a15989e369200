/** `threadkv studio`: who gets in, what it shows, what it writes, how it ends. The page itself: tests/page/studio. */

import { createServer } from 'node:http';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Desk, fill } from './support.js';
import { openStudio } from './studio.js';

/** @type {Desk} */
let desk;
/** @type {Awaited<ReturnType<typeof openStudio>>} */
let studio;
beforeAll(async () => {
  desk = await Desk.open();
  // Long enough ago that indexes are looked at anew.
  await fill(desk.store({ keyPrefix: 'dev_', now: () => Date.now() - 600_000 }), { threads: 2 });
  await fill(desk.store({ keyPrefix: 'dev_eu_' }), { threads: 1 });
});
afterEach(() => studio?.stop());
afterAll(() => desk.close());

/** @param {string} path @param {RequestInit} [init] */
const ask = (path, init = {}) =>
  fetch(`${studio.origin}${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${studio.token}`, ...init.headers },
  });

/** @param {string} prefix */
const under = (prefix) => ({ 'Threadkv-Prefix': encodeURIComponent(prefix) });

/** Requests to the account that changed something. */
const writes = () =>
  desk.server.requests.filter(({ method, path }) => method !== 'GET' && !/bulk\/get/.test(path));

test('shows an account to who has the link, and writes nothing', async () => {
  studio = await openStudio(desk, ['--prefix', 'dev_']);
  // Reads put an index in order where one is missing; not here.
  desk.storage('metadata').delete('dev_metadata:thread:thread-0');
  const before = desk.contents();
  const { threads } = /** @type {any} */ (await (await ask('/v1/threads')).json());
  expect(threads.map((/** @type {any} */ { id }) => id).sort()).toEqual(['thread-0', 'thread-1']);
  const { messages } = /** @type {any} */ (await (await ask('/v1/threads/thread-1/messages')).json());
  expect(messages).toHaveLength(4);
  for (const query of ['direction=DESC&perPage=2&includeTotal=false', 'perPage=all']) {
    expect((await ask(`/v1/threads/thread-0/messages?${query}`)).status).toBe(200);
  }
  expect((await ask('/v1/resources/user-0/messages')).status).toBe(200);
  expect((await ask('/v1/threads?resourceId=user-0')).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await (await ask('/v1/prefixes')).json()).toEqual({ prefixes: ['dev_', 'dev_eu_'] });
  const other = await ask('/v1/threads', { headers: under('dev_eu_') });
  expect(await other.json()).toMatchObject({ total: 1 });
  expect((await ask('/v1/threads', { headers: under('prod_') })).status).toBe(403);
  const body = '{"title":"x"}';
  const headers = { 'Content-Type': 'application/json' };
  const changed = await ask('/v1/threads/thread-1', { method: 'PATCH', body, headers });
  expect(changed.status).toBe(403);
  expect(await changed.json()).toMatchObject({ error: { code: 'READ_ONLY_TOKEN' } });
  expect(desk.contents()).toEqual(before);
  expect(writes()).toEqual([]);
});

test('changes what --write lets it', async () => {
  studio = await openStudio(desk, ['--prefix', 'dev_', '--write']);
  const headers = { 'Content-Type': 'application/json', Origin: studio.origin };
  const changed = await ask('/v1/threads/thread-1', { method: 'PATCH', body: '{"title":"x"}', headers });
  expect(changed.status).toBe(200);
  expect(await desk.store({ keyPrefix: 'dev_' }).getThreadById({ threadId: 'thread-1' })).toMatchObject({
    title: 'x',
  });
  const made = await ask('/v1/threads', { method: 'POST', body: '{"id":"n","resourceId":"u"}', headers });
  expect(made.headers.get('location')).toBe('/v1/threads/n');
  expect((await ask('/v1/threads/n', { method: 'DELETE', headers })).status).toBe(204);
  expect((await ask('/v1/threads/n', { method: 'HEAD' })).status).toBe(404);
});

test('lets in nobody else', async () => {
  studio = await openStudio(desk, []);
  expect((await ask('/v1/threads', { headers: { Authorization: '' } })).status).toBe(401);
  expect((await ask('/v1/threads', { headers: { Authorization: `Bearer ${studio.token}x` } })).status).toBe(
    401,
  );
  const foreign = await ask('/v1/threads', { headers: { Origin: 'https://evil.example' } });
  expect(foreign.status).toBe(403);
  expect(await statusFor('evil.example')).toBe(421);
  expect(await statusFor(`evil.example:${new URL(studio.origin).port}`)).toBe(421);
  expect(await statusFor(`localhost:${new URL(studio.origin).port}`)).toBe(200);
  expect((await ask('/nothing')).status).toBe(404);
  expect((await ask('/page/..%2f..%2fpackage.json')).status).toBe(404);
});

/** Of the page, asked for under another name. @param {string} host @returns {Promise<number | undefined>} */
async function statusFor(host) {
  const [answer] = await once(request(studio.origin, { headers: { host } }).end(), 'response');
  answer.resume();
  return answer.statusCode;
}

test('ends with Ctrl-C, and says nothing of the token but in the link', async () => {
  studio = await openStudio(desk, []);
  expect(studio.printed().split(studio.token)).toHaveLength(2);
  expect(await studio.stop()).toBe(0);
  await expect(ask('/')).rejects.toThrow();
});

test('a port that is taken is said', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const { code, stderr } = await desk.run(['studio', '--port', `${port}`]);
  server.close();
  expect(stderr).toContain(`127.0.0.1:${port} cannot be listened at (EADDRINUSE); choose another by --port`);
  expect(code).toBe(2);
});
