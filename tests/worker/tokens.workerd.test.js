/** Named tokens: what each may do, where, and which configurations are refused. */

import {
  createExecutionContext,
  createScheduledController,
  env,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import worker from '../../worker/index.js';
import { createClient, TOKEN } from './client.js';

const READER = 'reader-of-everything-1234';
const ACME = 'writer-of-acme-123456789';
const BETA = 'reader-of-beta-123456789';

/** @type {string} */
let own;
/** @type {ReturnType<typeof createClient>} */
let ask;
let count = 0;
beforeEach(() => {
  own = `tokens${++count}_`;
  const named = [
    { name: 'dashboard', token: READER, access: 'read' },
    { name: 'acme', token: ACME, access: 'write', keyPrefix: `${own}acme_` },
    { name: 'beta', token: BETA, access: 'read', keyPrefix: `${own}beta_` },
  ];
  ask = createClient({ vars: { KEY_PREFIX: own, THREADKV_TOKENS: JSON.stringify(named) } });
});

const THREAD = { resourceId: 'u', title: 'One' };

describe('named tokens', () => {
  it('go beside the single one, or without it', async () => {
    for (const token of [TOKEN, READER, ACME, BETA]) {
      expect((await ask('GET', '/v1/threads', { token })).status).toBe(200);
    }
    expect((await ask('GET', '/v1/threads', { token: `${READER}x` })).status).toBe(401);
    const named = [{ name: 'a', token: READER, access: 'read' }];
    const vars = { THREADKV_TOKEN: undefined, THREADKV_TOKENS: JSON.stringify(named) };
    expect((await ask('GET', '/v1/threads', { token: READER, vars })).status).toBe(200);
    expect((await ask('GET', '/v1/threads', { token: TOKEN, vars })).status).toBe(401);
    expect((await ask('GET', '/v1/threads', { token: 'undefined', vars })).status).toBe(401);
  });

  it('tell what they may do, and never themselves', async () => {
    for (const [token, rights] of /** @type {[string, object][]} */ ([
      [TOKEN, { name: 'THREADKV_TOKEN', access: 'write', keyPrefix: own }],
      [READER, { name: 'dashboard', access: 'read', keyPrefix: own }],
      [ACME, { name: 'acme', access: 'write', keyPrefix: `${own}acme_` }],
    ])) {
      expect((await ask('GET', '/v1/token', { token })).json).toEqual({ ...rights, choosesPrefix: false });
    }
  });

  it.each([
    ['POST', '/v1/threads', THREAD],
    ['PUT', '/v1/threads/t', { ...THREAD, title: 'Two' }],
    ['PATCH', '/v1/threads/t', { title: 'Two' }],
    ['DELETE', '/v1/threads/t', undefined],
    ['POST', '/v1/threads/t/copy', {}],
    ['POST', '/v1/threads/t/messages', { messages: [{ role: 'user', content: 'x' }] }],
    ['PATCH', '/v1/messages', { messages: [{ id: 'm' }] }],
    ['DELETE', '/v1/messages?id=m', undefined],
    ['PUT', '/v1/resources/u', {}],
    ['DELETE', '/v1/workflow-runs/w/r', undefined],
  ])('one that may read does not %s %s', async (method, path, body) => {
    await ask('PUT', '/v1/threads/t', { body: THREAD });
    const answer = await ask(method, path, { body, token: READER });
    expect(answer.status).toBe(403);
    expect(answer.json.error.code).toBe('READ_ONLY_TOKEN');
    expect((await ask('GET', '/v1/threads', { token: READER })).json.threads).toMatchObject([
      { title: 'One' },
    ]);
  });

  it('one with a prefix sees and writes nothing else', async () => {
    await ask('PUT', '/v1/threads/t', { body: THREAD });
    expect((await ask('GET', '/v1/threads/t', { token: ACME })).status).toBe(404);
    await ask('PUT', '/v1/threads/t', { body: { ...THREAD, title: 'of Acme' }, token: ACME });
    const message = { id: 'm', role: 'user', content: 'of Acme' };
    await ask('POST', '/v1/threads/t/messages', { body: { messages: [message] }, token: ACME });
    expect((await ask('GET', '/v1/threads', { token: ACME })).json).toMatchObject({
      total: 1,
      threads: [{ title: 'of Acme' }],
    });
    expect((await ask('GET', '/v1/threads', { token: TOKEN })).json).toMatchObject({
      total: 1,
      threads: [{ title: 'One' }],
    });
    expect((await ask('GET', '/v1/messages?id=m', { token: TOKEN })).json.messages).toEqual([]);
    expect((await ask('GET', '/v1/threads', { token: BETA })).json.total).toBe(0);
    await ask('DELETE', '/v1/threads/t', { token: ACME });
    expect((await ask('GET', '/v1/threads/t')).json.title).toBe('One');
    const { keys } = await env.THREADS_KV.list({ prefix: own });
    const foreign = keys.filter(
      ({ name }) => !name.startsWith(`${own}acme_`) && !name.startsWith(`${own}beta_`),
    );
    expect(foreign.length).toBeGreaterThan(0);
    expect(keys.length).toBeGreaterThan(foreign.length);
  });

  it("what a request cost is told of the token's own store", async () => {
    const { headers } = await ask('GET', '/v1/threads/t', { token: ACME });
    expect(headers.get('server-timing')).toMatch(/^kv;desc="get/);
  });
});

describe('a configuration that is not what somebody meant', () => {
  const good = { name: 'a', token: READER, access: 'read' };
  it.each([
    ['nonsense', 'THREADKV_TOKENS is not JSON'],
    [{ a: READER }, 'THREADKV_TOKENS must be an array'],
    [[READER], 'THREADKV_TOKENS[0] must be an object'],
    [[{ ...good, access: undefined }], 'THREADKV_TOKENS[0].access'],
    [[{ ...good, access: 'admin' }], 'THREADKV_TOKENS[0].access must be one of: read, write'],
    [
      [good, { ...good, name: 'b', token: ACME, prefix: 'x' }],
      'THREADKV_TOKENS[1] has a field that is not known here',
    ],
    [[{ ...good, [ACME]: 'read' }], 'THREADKV_TOKENS[0] has a field that is not known here'],
    [[{ ...good, name: '' }], 'THREADKV_TOKENS[0].name'],
    [[{ ...good, name: ACME.repeat(4) }], 'THREADKV_TOKENS[0].name'],
    [[{ ...good, token: 'short' }], 'THREADKV_TOKENS[0].token has fewer than 16 characters'],
    [[good, { ...good, token: ACME }], 'THREADKV_TOKENS[1].name is that of another'],
    [[good, { ...good, name: 'b' }], 'THREADKV_TOKENS[1].token is that of another'],
    [[{ ...good, token: TOKEN }], 'THREADKV_TOKEN is that of another'],
    [[{ ...good, name: 'THREADKV_TOKEN' }], 'THREADKV_TOKENS[0].name is that of another'],
    [
      [{ ...good, keyPrefix: '' }],
      "THREADKV_TOKENS[0].keyPrefix does not begin with the Worker's own, KEY_PREFIX",
    ],
    [
      [{ ...good, keyPrefix: 'other_' }],
      "THREADKV_TOKENS[0].keyPrefix does not begin with the Worker's own, KEY_PREFIX",
    ],
    [[{ ...good, keyPrefix: 'mine_ ' }], 'THREADKV_TOKENS[0].keyPrefix has white space'],
    [[{ ...good, keyPrefix: 'mine_\ud800' }], 'THREADKV_TOKENS[0].keyPrefix has'],
  ])('%j is refused, with the place in the log', async (tokens, reason) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const THREADKV_TOKENS = typeof tokens === 'string' ? tokens : JSON.stringify(tokens);
    await ask('GET', '/health', { vars: { THREADKV_TOKEN: 'few' } });
    log.mockClear();
    for (const token of [TOKEN, READER]) {
      const { status, json } = await ask('GET', '/v1/threads', {
        token,
        vars: { KEY_PREFIX: 'mine_', THREADKV_TOKENS },
      });
      expect(status).toBe(403);
      expect(json.error.code).toBe('TOKEN_UNUSABLE');
    }
    expect(log).toHaveBeenCalledOnce();
    const [line] = log.mock.calls[0];
    expect(JSON.parse(line)).toEqual({
      event: 'error',
      code: 'TOKEN_UNUSABLE',
      reason: expect.stringContaining(reason),
    });
    for (const secret of [READER, ACME, TOKEN, 'short', 'nonsense']) expect(line).not.toContain(secret);
    log.mockRestore();
  });

  it('an empty list is none', async () => {
    const vars = { THREADKV_TOKEN: undefined, THREADKV_TOKENS: '[]' };
    expect((await ask('GET', '/v1/threads', { vars })).json.error.code).toBe('NO_TOKEN_CONFIGURED');
  });
});

describe('the cron', () => {
  it('sweeps under every prefix that a token opens', async () => {
    const { THREADS_KV: threads, MESSAGES_KV: messages } = env;
    const named = ['one', 'two'].map((name) => ({
      name,
      token: `${ACME}-${name}`,
      access: 'write',
      keyPrefix: `${own}${name}_`,
    }));
    const prefixes = [own, ...named.map(({ keyPrefix }) => keyPrefix)];
    for (const keyPrefix of prefixes) {
      const core = createCore({ now: () => Date.now() - 240_000 });
      const store = new CloudflareStore({
        bindings: { threads, messages },
        keyPrefix,
        maxOperations: 30,
        core,
      });
      const dates = { createdAt: new Date(), updatedAt: new Date() };
      await store.saveThread({ thread: { id: 'large', resourceId: 'u', ...dates } });
      for (const from of [0, 20, 40]) {
        const said = {
          threadId: 'large',
          resourceId: 'u',
          role: 'user',
          content: 'x',
          createdAt: new Date(),
        };
        await store.saveMessages({
          messages: Array.from({ length: 20 }, (_, i) => ({ ...said, id: `m${from + i}` })),
        });
      }
      await store.deleteThread({ threadId: 'large' });
    }
    const left = async () => (await messages.list({ prefix: own })).keys.length;
    expect(await left()).toBeGreaterThan(60);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const settings = {
      ...env,
      KEY_PREFIX: own,
      THREADKV_TOKEN: TOKEN,
      THREADKV_TOKENS: JSON.stringify(named),
    };
    const context = createExecutionContext();
    await worker.scheduled?.(createScheduledController({ cron: '*/15 * * * *' }), settings, context);
    await waitOnExecutionContext(context);
    expect(await left()).toBe(0);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe('sites that are configured', () => {
  const SITE = 'https://app.example';
  const vars = { CORS_ORIGINS: `${SITE}, http://localhost:5173` };

  it('may ask, and read what is answered', async () => {
    for (const Origin of [SITE, 'http://localhost:5173']) {
      const preflight = await ask('OPTIONS', '/v1/threads', {
        token: null,
        headers: { Origin, 'Access-Control-Request-Method': 'POST' },
        vars: { ...vars },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(Origin);
      expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
      expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      for (const [path, token, status] of /** @type {[string, string | null, number][]} */ ([
        ['/v1/threads', TOKEN, 200],
        ['/v1/threads', null, 401],
        ['/v1/threads/none', TOKEN, 404],
        ['/v1/threads?nonsense=1', TOKEN, 400],
      ])) {
        const answer = await ask('GET', path, { token, headers: { Origin }, vars });
        expect(answer.status).toBe(status);
        expect.soft(answer.headers.get('access-control-allow-origin'), path).toBe(Origin);
        expect.soft(answer.headers.get('access-control-expose-headers'), path).toContain('Server-Timing');
        expect.soft(answer.headers.get('vary'), path).toContain('Origin');
      }
    }
  });

  it.each([['https://other.example'], ['http://app.example'], ['https://app.example.evil'], ['null']])(
    'others may not: %s',
    async (Origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await ask(method, '/v1/threads', { headers: { Origin }, vars });
        expect(answer.status).toBe(403);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('an entry that is no origin is ignored, and the log says so', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const settings = { CORS_ORIGINS: `* null ${SITE}/ ${SITE}/path http://localhost:5173` };
    for (const Origin of [SITE, 'null', '*']) {
      expect((await ask('GET', '/v1/threads', { headers: { Origin }, vars: settings })).status).toBe(403);
    }
    expect(log).toHaveBeenCalledOnce();
    const headers = { Origin: 'http://localhost:5173' };
    expect((await ask('GET', '/v1/threads', { headers, vars: settings })).status).toBe(200);
    log.mockRestore();
  });
});

describe('a rate limiting binding', () => {
  it('counts by token, and refused requests by address', async () => {
    /** @type {string[]} */
    const keys = [];
    const RATE_LIMITER = { limit: async ({ key = '' }) => ({ success: keys.push(key) > 0 }) };
    const headers = { 'CF-Connecting-IP': '192.0.2.1' };
    await ask('GET', '/v1/threads', { vars: { RATE_LIMITER }, headers });
    await ask('GET', '/v1/threads', { vars: { RATE_LIMITER }, headers, token: ACME });
    await ask('GET', '/v1/threads', { vars: { RATE_LIMITER }, headers, token: null });
    await ask('GET', '/v1/threads/none', { vars: { RATE_LIMITER }, headers });
    await ask('GET', '/health', { vars: { RATE_LIMITER }, headers });
    expect(keys).toEqual(['token THREADKV_TOKEN', 'token acme', 'address 192.0.2.1', 'token THREADKV_TOKEN']);
  });

  it('that says no makes it 429, before anything is read', async () => {
    const RATE_LIMITER = { limit: async () => ({ success: false }) };
    for (const token of [TOKEN, null, 'wrong']) {
      const answer = await ask('GET', '/v1/threads', { vars: { RATE_LIMITER }, token });
      expect(answer.status).toBe(429);
      expect(answer.json.error.code).toBe('TOO_MANY_REQUESTS');
      expect(answer.headers.get('server-timing')).toContain('kv;desc="none"');
    }
  });

  it('that fails limits nobody', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const RATE_LIMITER = { limit: async () => Promise.reject(new Error('private words')) };
    expect((await ask('GET', '/v1/threads', { vars: { RATE_LIMITER } })).status).toBe(200);
    expect(JSON.stringify(log.mock.calls)).not.toContain('private');
    log.mockRestore();
  });
});
