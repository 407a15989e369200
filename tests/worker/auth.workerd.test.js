import { describe, expect, it, vi } from 'vitest';
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

  it.each([['localhost:8787'], ['127.0.0.1:8787'], ['[::1]:8787']])('is wanted on %s too', async (host) => {
    expect((await ask('GET', '/v1/threads', { token: null, host })).status).toBe(401);
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

  it.each([['localhost:8787'], ['127.0.0.1:8787'], ['[::1]:8787'], ['localhost'], ['api.example']])(
    '%s is not open either, whatever once opened it',
    async (host) => {
      const open = { token: null, host, vars: { ...vars, THREADKV_OPEN: 'local' } };
      const answer = await ask('GET', '/v1/threads', open);
      expect(answer.status).toBe(403);
      expect(answer.json.error.code).toBe('NO_TOKEN_CONFIGURED');
    },
  );
});

describe('a token that could never match, or be guessed', () => {
  it.each([
    ['short-of-sixteen', 200, ''],
    ['fifteen-letters', 403, 'fewer than 16 characters'],
    ['short', 403, 'fewer than 16 characters'],
    ['correct horse battery staple', 403, 'other characters'],
    ['correct-horse-bättery-staple', 403, 'other characters'],
    ['correct-horse-battery-staple\n', 403, 'other characters'],
    ['correct=horse=battery=staple', 403, 'other characters'],
    ['AZaz09._~+/-AZaz09==', 200, ''],
  ])('%j: %d', async (token, status, reason) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    // A reason is logged when it is not the one that was logged last.
    const other = reason.startsWith('fewer') ? 'not characters of a header' : 'few';
    await ask('GET', '/health', { vars: { THREADKV_TOKEN: other } });
    log.mockClear();
    const vars = { THREADKV_TOKEN: token };
    for (const [method, path] of [...ROUTES, /** @type {const} */ (['GET', '/'])]) {
      const usable = status === 200;
      const answer = await ask(method, path, { token: usable ? token : TOKEN, vars });
      if (usable) {
        expect([401, 403]).not.toContain(answer.status);
      } else {
        expect(answer.status).toBe(403);
        expect(answer.json.error).toMatchObject({ code: 'TOKEN_UNUSABLE' });
        expect(answer.json.error.message).not.toContain(reason);
      }
      if (usable && path === '/v1/threads/t/messages/m') break;
    }
    const lines = log.mock.calls.flat();
    expect(lines.some((line) => line.includes(token.trim()))).toBe(false);
    const told = lines.filter((line) => line.includes('TOKEN_UNUSABLE'));
    expect(told).toHaveLength(status === 403 ? 1 : 0);
    for (const line of told) expect(JSON.parse(line).reason).toMatch(`THREADKV_TOKEN has ${reason}`);
    log.mockRestore();
  });
});

describe('pages of other sites', () => {
  it.each([
    ['https://evil.example'],
    ['http://api.example'],
    ['https://api.example:8443'],
    ['https://api.example.evil'],
    ['null'],
    [''],
    ['api.example'],
  ])('%s gets nothing, even with the token', async (Origin) => {
    for (const [method, path] of ROUTES) {
      const answer = await ask(method, path, { headers: { Origin } });
      expect(answer.status).toBe(403);
      expect(answer.json.error.code).toBe('FORBIDDEN_ORIGIN');
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('are not pages of this one, nor programs', async () => {
    expect((await ask('GET', '/v1/threads')).status).toBe(200);
    const headers = { Origin: 'https://api.example' };
    expect((await ask('GET', '/v1/threads', { headers })).status).toBe(200);
  });
});
