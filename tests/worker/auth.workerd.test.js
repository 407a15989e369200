import { describe, expect, it } from 'vitest';
import { createClient, TOKEN } from './client.js';

const ask = createClient();
const ROUTES = /** @type {const} */ ([
  ['GET', '/v1/threads'],
  ['POST', '/v1/threads'],
  ['GET', '/v1/threads/t'],
  ['PUT', '/v1/threads/t'],
  ['PATCH', '/v1/threads/t'],
  ['DELETE', '/v1/threads/t'],
  ['GET', '/v1/threads/t/messages'],
  ['POST', '/v1/threads/t/messages'],
  ['GET', '/v1/threads/t/messages/m'],
  ['PATCH', '/v1/threads/t/messages/m'],
  ['DELETE', '/v1/threads/t/messages/m'],
  ['GET', '/v1/messages?id=m'],
  ['PATCH', '/v1/resources/u'],
  ['DELETE', '/v1/workflow-runs/w/r'],
  ['GET', '/openapi.json'],
  ['GET', '/v1/nothing'],
]);

describe('with a configured token', () => {
  it.each(ROUTES)('%s %s wants it', async (method, path) => {
    const answer = await ask(method, path, { token: null });
    expect(answer.status).toBe(401);
    expect(answer.json.error.code).toBe('UNAUTHORIZED');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('server-timing')).toContain('kv;desc="none"');
  });

  it.each([
    ['wrong'],
    [`${TOKEN}x`],
    [TOKEN.slice(0, -1)],
    [TOKEN.toUpperCase()],
    ['x'.repeat(5000)],
    ['undefined'],
  ])('%s is not it', async (token) => {
    const answer = await ask('GET', '/v1/threads', { token });
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.json)).not.toContain(TOKEN);
  });

  it.each([['Basic dXNlcjpwYXNz'], ['Bearer'], ['Bearer '], [TOKEN], [`Bearer ${TOKEN} ${TOKEN}`]])(
    'a header %s has none',
    async (header) => {
      const answer = await ask('GET', '/v1/threads', { token: null, headers: { Authorization: header } });
      expect([400, 401]).toContain(answer.status);
      expect(answer.json.error.code).toBe('UNAUTHORIZED');
    },
  );

  it('lets it in, however the scheme is spelt', async () => {
    expect((await ask('GET', '/v1/threads')).status).toBe(200);
    const headers = { Authorization: `bearer ${TOKEN}` };
    expect((await ask('GET', '/v1/threads', { token: null, headers })).status).toBe(200);
  });

  it('is wanted on localhost too, even in local development', async () => {
    const options = { token: null, host: 'localhost:8787', vars: { THREADKV_OPEN: 'local' } };
    expect((await ask('GET', '/v1/threads', options)).status).toBe(401);
  });

  it('is not wanted for /health, which tells nothing', async () => {
    const answer = await ask('GET', '/health', { token: null });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ status: 'ok' });
  });
});

describe('without a configured token', () => {
  const vars = { THREADKV_TOKEN: undefined };

  it.each([
    ...ROUTES,
    .../** @type {const} */ ([
      ['GET', '/health'],
      ['GET', '/'],
      ['GET', '/page/main.js'],
    ]),
  ])('%s %s is refused', async (method, path) => {
    for (const token of [null, TOKEN, 'undefined', '']) {
      for (const configured of [undefined, '']) {
        const answer = await ask(method, path, { token, vars: { THREADKV_TOKEN: configured } });
        expect(answer.status).toBe(403);
        expect(answer.json.error.code).toBe('NO_TOKEN_CONFIGURED');
        expect(answer.json.error.message).toContain('wrangler secret put THREADKV_TOKEN');
      }
    }
  });

  it.each([['localhost:8787'], ['127.0.0.1:8787'], ['[::1]:8787'], ['localhost']])(
    '%s is open when that is said',
    async (host) => {
      const open = { token: null, host, vars: { ...vars, THREADKV_OPEN: 'local' } };
      expect((await ask('GET', '/v1/threads', open)).status).toBe(200);
      expect((await ask('GET', '/v1/threads', { ...open, vars })).status).toBe(403);
      const almost = { ...open, vars: { ...vars, THREADKV_OPEN: 'true' } };
      expect((await ask('GET', '/v1/threads', almost)).status).toBe(403);
    },
  );

  it.each([['api.example'], ['localhost.example'], ['127.0.0.1.example'], ['10.0.0.1'], ['0.0.0.0']])(
    '%s is never open',
    async (host) => {
      const answer = await ask('GET', '/v1/threads', {
        token: null,
        host,
        vars: { ...vars, THREADKV_OPEN: 'local' },
      });
      expect(answer.status).toBe(403);
    },
  );
});
