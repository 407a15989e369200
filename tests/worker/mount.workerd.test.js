/** `threadkv/worker`: the API and the page within another Worker, at a path of its own. */

import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createApp } from '../../worker/mount.js';
import tools from '../../build/threadkv.tools.wasm';

const TOKEN = 'correct-horse-battery-staple';
const { THREADS_KV: KV } = /** @type {any} */ (env);

const app = createApp({
  path: '/tools/threadkv',
  store: (/** @type {any} */ { KV }) => ({ bindings: { default: KV }, keyPrefix: 'mount_' }),
});

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @param {{ asked?: typeof app, vars?: Record<string, unknown> }} [options]
 */
async function ask(path, init = {}, { asked = app, vars = { THREADKV_TOKEN: TOKEN } } = {}) {
  const headers = { Authorization: `Bearer ${TOKEN}`, ...init.headers };
  const context = createExecutionContext();
  const request = /** @type {any} */ (
    new Request(`https://app.example${path}`, { redirect: 'manual', ...init, headers })
  );
  const response = await asked.fetch(request, { KV, ...vars }, context);
  await waitOnExecutionContext(context);
  return response;
}

/** @param {unknown} body @param {Record<string, string>} [headers] */
const post = (body, headers) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
});

describe('mounted at a path', () => {
  it('the API stores what a store over the same bindings finds, and says where it is', async () => {
    const created = await ask('/tools/threadkv/v1/threads', post({ id: 'a/b', resourceId: 'u' }));
    expect(created.status).toBe(201);
    const place = created.headers.get('location');
    expect(place).toBe('/tools/threadkv/v1/threads/a%2Fb');
    expect(await (await ask(String(place))).json()).toMatchObject({ id: 'a/b' });
    const store = new CloudflareStore({ bindings: { default: KV }, keyPrefix: 'mount_' });
    expect(await store.getThreadById({ threadId: 'a/b' })).toMatchObject({ resourceId: 'u' });
    expect(await (await ask('/tools/threadkv/openapi.json')).json()).toMatchObject({
      servers: [{ url: '/tools/threadkv' }],
    });
  });

  it('the page comes with it, and names its files as they stand beside it', async () => {
    const page = await ask('/tools/threadkv/');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const html = await page.text();
    const files = Array.from(html.matchAll(/(?:src|href)="([^"#]+)"/g), ([, file]) => file);
    expect(files).toContain('page/main.js');
    for (const file of [...files, 'page/marked.js']) {
      const answer = await ask(new URL(file, 'https://app.example/tools/threadkv/').pathname);
      expect(answer.status, file).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^(text\/(javascript|css)|image\/svg\+xml)/);
    }
    expect((await ask('/tools/threadkv/page/none.js')).status).toBe(404);
  });

  it('without the slash it leads to where the page is', async () => {
    const answer = await ask('/tools/threadkv?a=1');
    expect(answer.status).toBe(307);
    expect(answer.headers.get('location')).toBe('https://app.example/tools/threadkv/?a=1');
  });

  it('nothing is anywhere else', async () => {
    for (const path of ['/', '/v1/threads', '/tools/threadkvs/', '/tools/threadkv/../v1/threads']) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'NO_SUCH_ROUTE' } });
    }
  });

  it('is as closed as the Worker of its own', async () => {
    const open = { Authorization: '' };
    expect((await ask('/tools/threadkv/v1/threads', { headers: open })).status).toBe(401);
    expect(
      (await ask('/tools/threadkv/v1/threads', { headers: { Authorization: 'Bearer no' } })).status,
    ).toBe(401);
    const foreign = { Origin: 'https://evil.example' };
    expect((await ask('/tools/threadkv/v1/threads', { headers: foreign })).status).toBe(403);
    expect((await ask('/tools/threadkv/', {}, { vars: {} })).status).toBe(403);
  });

  it('sweeps what was deleted', async () => {
    const core = createCore({ now: () => Date.now() - 240_000 });
    const store = new CloudflareStore({
      bindings: { default: KV },
      keyPrefix: 'sweep_',
      maxOperations: 30,
      core,
    });
    const createdAt = new Date();
    await store.saveThread({ thread: { id: 'gone', resourceId: 'u', createdAt, updatedAt: createdAt } });
    const said = { threadId: 'gone', resourceId: 'u', role: 'user', content: 'x', createdAt };
    for (const from of [0, 20, 40]) {
      const messages = Array.from({ length: 20 }, (_, i) => ({ ...said, id: `gone-${from + i}` }));
      await store.saveMessages({ messages });
    }
    await store.deleteThread({ threadId: 'gone' });
    const left = () => KV.list({ prefix: 'sweep_messages:gone-' });
    expect((await left()).keys.length).toBeGreaterThan(0);
    const context = createExecutionContext();
    await createApp({ store: () => ({ bindings: { default: KV }, keyPrefix: 'sweep_' }) }).sweep({}, context);
    await waitOnExecutionContext(context);
    expect((await left()).keys).toEqual([]);
  });
});

describe('options', () => {
  it('without any it is the Worker of wrangler.toml', async () => {
    const vars = { ...env, KEY_PREFIX: 'plain_', THREADKV_TOKEN: TOKEN };
    const asked = createApp();
    const created = await ask('/v1/threads', post({ id: 't', resourceId: 'u' }), { asked, vars });
    expect(created.headers.get('location')).toBe('/v1/threads/t');
    expect((await ask('/', {}, { asked, vars })).status).toBe(200);
    const { THREADS_KV, MESSAGES_KV } = /** @type {any} */ (env);
    const store = new CloudflareStore({
      bindings: { threads: THREADS_KV, messages: MESSAGES_KV },
      keyPrefix: 'plain_',
    });
    expect(await store.getThreadById({ threadId: 't' })).not.toBeNull();
  });

  it.each(['threadkv', '/threadkv/', '/', '/a b', '/a?b', '/a/../b', 7])('the path %j is refused', (path) => {
    expect(() => createApp({ path: /** @type {any} */ (path) })).toThrow(
      /^path must be '' or like '\/threadkv'/,
    );
  });

  it('one that is not known is refused, with the nearest', () => {
    expect(() => createApp(/** @type {any} */ ({ paht: '/x' }))).toThrow(/did you mean "path"/);
  });

  it('onOperation is told what requests cost', async () => {
    /** @type {string[]} */
    const kinds = [];
    const asked = createApp({
      init: false,
      store: () => ({ bindings: { default: KV }, onOperation: ({ kind }) => void kinds.push(kind) }),
    });
    await ask('/v1/threads/none', {}, { asked });
    expect(kinds).toEqual(['get_many']);
  });
});

describe('a prefix that the request chooses', () => {
  const asked = createApp({
    store: () => ({ bindings: { default: KV }, keyPrefix: 'p_' }),
    prefixes: async () => ['p_a_', 'other_', 'p_ü/'],
  });
  const HEADER = 'Threadkv-Prefix';

  it('is a wall like any', async () => {
    const under = (/** @type {string} */ prefix) => ({ [HEADER]: encodeURIComponent(prefix) });
    await ask('/v1/threads', post({ id: 't', resourceId: 'u' }, under('p_ü/')), { asked });
    const status = async (/** @type {Record<string, string>} */ headers) =>
      (await ask('/v1/threads/t', { headers }, { asked })).status;
    expect(await status(under('p_ü/'))).toBe(200);
    expect(await status(under('p_a_'))).toBe(404);
    expect(await status({})).toBe(404);
  });

  it('is told by the token and the list, without those of others', async () => {
    expect(await (await ask('/v1/token', {}, { asked })).json()).toMatchObject({
      keyPrefix: 'p_',
      choosesPrefix: true,
    });
    expect(await (await ask('/v1/prefixes', {}, { asked })).json()).toEqual({
      prefixes: ['p_', 'p_a_', 'p_ü/'],
    });
    expect(await (await ask('/tools/threadkv/v1/prefixes')).json()).toEqual({ prefixes: ['mount_'] });
  });

  it.each([
    [403, 'FORBIDDEN_PREFIX', 'other_', asked],
    [403, 'FORBIDDEN_PREFIX', '', asked],
    [400, 'INVALID_ARGUMENT', '%E0%A4%A', asked],
    [400, 'INVALID_ARGUMENT', 'p_a_', createApp({ store: () => ({ bindings: { default: KV } }) })],
  ])('%i %s for %j', async (status, code, prefix, asked) => {
    const answer = await ask('/v1/threads', { headers: { [HEADER]: prefix } }, { asked });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });
});

describe('calls of the command', () => {
  const line = {
    protocol: 1,
    format: 1,
    method: 'm',
    op: 'record.scan',
    control: { table: 'threads' },
    json: { cursor: null },
  };
  const lines = {
    method: 'POST',
    body: `${JSON.stringify(line)}\n`,
    headers: { 'Content-Type': 'application/x-ndjson' },
  };

  it('say what is missing where the app was not given the tools', async () => {
    const answer = await (await ask('/tools/threadkv/v1/calls', lines)).text();
    expect(JSON.parse(answer)).toMatchObject({
      failure: { code: 'NO_MODULE', message: expect.stringContaining('`tools`') },
    });
  });

  it('are answered where it was', async () => {
    const store = (/** @type {any} */ { KV }) => ({ bindings: { default: KV }, keyPrefix: 'calls_' });
    const asked = createApp({ store, tools });
    const answer = await (await ask('/v1/calls', lines, { asked })).text();
    expect(JSON.parse(answer)).toMatchObject({ text: { records: [] } });
    const wrong = () => createApp({ store, tools: /** @type {any} */ ('threadkv.tools.wasm') });
    expect(wrong).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', op: 'createApp' }));
  });
});
