/** What holds for every request: bodies, odd ids, unknown routes, Server-Timing; and the cron. */

import {
  createExecutionContext,
  createScheduledController,
  env,
  SELF,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { MAX_REQUEST } from '../../bindings/remote/calls.js';
import worker from '../../worker/index.js';
import { createClient } from './client.js';

const ask = createClient();

/** @param {string} message  of every error */
const brokenNamespace = (message) => {
  const fail = async () => {
    throw new Error(message);
  };
  return { get: fail, getWithMetadata: fail, put: fail, delete: fail, list: fail };
};

describe('bodies', () => {
  it.each([
    ['{"resourceId":', 'application/json', 400, 'INVALID_JSON'],
    ['', 'application/json', 400, 'INVALID_JSON'],
    ['[]', 'application/json', 400, 'INVALID_ARGUMENT'],
    ['"text"', 'application/json', 400, 'INVALID_ARGUMENT'],
    ['null', 'application/json', 400, 'INVALID_ARGUMENT'],
    ['{"resourceId":"u"}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['resourceId=u', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('%s as %s is refused', async (raw, type, status, code) => {
    const answer = await ask('POST', '/v1/threads', { raw, headers: { 'Content-Type': type } });
    expect(answer.status).toBe(status);
    expect(answer.json.error.code).toBe(code);
    if (raw !== '') expect(answer.json.error.message).not.toContain(raw);
  });

  it.each([
    [[0x22, 0xff, 0x22]],
    [[0x22, 0xc3, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]], // half of a pair
    [[0x22, 0xc0, 0xaf, 0x22]], // longer than it need be
    [[0x22, 0xe2, 0x82]],
  ])('with %j, which is not UTF-8, are refused and not mended', async (bytes) => {
    const frame = '{"resourceId":"u","title":';
    const raw = Uint8Array.from([...new TextEncoder().encode(frame), ...bytes, 0x7d]);
    const headers = { 'Content-Type': 'application/json' };
    const { status, json } = await ask('PUT', '/v1/threads/utf8', { raw, headers });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 'INVALID_JSON', op: 'replaceThread' });
    expect(json.error.message).toContain('UTF-8');
    expect((await ask('GET', '/v1/threads/utf8')).status).toBe(404);
  });

  it('keep every character that UTF-8 has', async () => {
    const title = '\ufffd\u0000 Grüße 😀 \uffff';
    expect((await ask('PUT', '/v1/threads/utf8', { body: { resourceId: 'u', title } })).json.title).toBe(
      title,
    );
    const raw = new TextEncoder().encode('\ufeff{"resourceId":"u"}');
    const headers = { 'Content-Type': 'application/json' };
    expect((await ask('PUT', '/v1/threads/utf8', { raw, headers })).status).toBe(200);
  });

  it('that are not JSON are told where, not what', async () => {
    const raw = '{\n  "resourceId": "u",\n  "title": secret\n}';
    const headers = { 'Content-Type': 'application/json' };
    const { json } = await ask('POST', '/v1/threads', { raw, headers });
    expect(json.error).toEqual({
      code: 'INVALID_JSON',
      message: 'the body is not JSON: line 3, column 12: a value was expected',
      op: 'createThread',
      details: { in: 'body', line: 3, column: 12, offset: 34 },
    });
  });

  it('may name a charset', async () => {
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
    expect((await ask('POST', '/v1/threads', { raw: '{"resourceId":"u"}', headers })).status).toBe(201);
  });

  /** @param {number} bytes */
  const bodyOf = (bytes) => {
    const frame = '{"resourceId":"u","title":""}';
    return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
  };

  it.each([
    [undefined, 1024 * 1024],
    ['nonsense', 1024 * 1024],
    ['1000', 1000],
  ])('with MAX_BODY_BYTES %s may have %d bytes', async (MAX_BODY_BYTES, limit) => {
    const headers = { 'Content-Type': 'application/json' };
    const options = { headers, vars: { MAX_BODY_BYTES } };
    expect((await ask('POST', '/v1/threads', { ...options, raw: bodyOf(limit) })).status).toBe(201);
    const over = await ask('POST', '/v1/threads', { ...options, raw: bodyOf(limit + 1) });
    expect(over.status).toBe(413);
    expect(over.json.error).toEqual({
      code: 'BODY_TOO_LARGE',
      message: expect.stringContaining(String(limit)),
      op: null,
      details: {},
    });
  });

  it.each([
    ['/v1/threads', 'application/json', 1000],
    ['/v1/calls', 'application/x-ndjson', MAX_REQUEST],
  ])('of unknown length are measured as they come: %s', async (path, type, limit) => {
    const chunk = new TextEncoder().encode(' '.repeat(limit / 2 + 1));
    let taken = 0;
    const raw = new ReadableStream({
      pull(controller) {
        taken++;
        controller.enqueue(chunk);
        if (taken === 100) controller.close();
      },
    });
    const headers = { 'Content-Type': type };
    const { status } = await ask('POST', path, { raw, headers, vars: { MAX_BODY_BYTES: '1000' } });
    expect(status).toBe(413);
    expect(taken).toBeLessThan(10);
  });

  it.each([
    ['/v1/threads', 'application/json'],
    ['/v1/calls', 'application/x-ndjson'],
  ])('that are not UTF-8 are refused, not mended: %s', async (path, type) => {
    const raw = new Uint8Array([0x7b, 0xff, 0x7d]);
    const { status, json } = await ask('POST', path, { raw, headers: { 'Content-Type': type } });
    expect([status, json.error.code]).toEqual([400, 'INVALID_JSON']);
  });
});

describe('a client that goes away in the midst of a body', () => {
  it.each([[{}], [{ 'Content-Length': '100' }]])('is no error of the server (%#)', async (headers) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const raw = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"resourceId":'));
        controller.error(new Error('gone'));
      },
    });
    const options = { raw, headers: { 'Content-Type': 'application/json', ...headers } };
    const { status, json } = await ask('POST', '/v1/threads', options);
    expect(status).toBe(400);
    expect(json.error.code).toBe('BODY_INCOMPLETE');
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe('ids in paths', () => {
  it.each([
    ['a/b'],
    ['a:b'],
    ['%2F'],
    ['%'],
    ['100%25'],
    ['a b+c'],
    ['?x=1#y'],
    ['Grüße 😀 你好'],
    ['\u0000\n\t'],
    ['..hidden'],
    ['messages'],
    ['__proto__'],
    ['42'],
    ['a\\b'],
    ['x'.repeat(200)],
  ])('%j works', async (id) => {
    const path = `/v1/threads/${encodeURIComponent(id)}`;
    expect((await ask('PUT', path, { body: { resourceId: 'u' } })).json).toMatchObject({ id });
    expect((await ask('GET', path)).json.id).toBe(id);
    const message = { id: `m ${id}`, role: 'user', content: 'x' };
    expect((await ask('POST', `${path}/messages`, { body: { messages: [message] } })).status).toBe(201);
    const read = await ask('GET', `${path}/messages/${encodeURIComponent(message.id)}`);
    expect(read.json).toMatchObject({ id: message.id, threadId: id });
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);
  });

  it.each([['%ff'], ['%E0%A4'], ['%zz'], ['a%']])('%s is refused', async (segment) => {
    for (const path of [`/v1/threads/${segment}`, `/v1/threads/t/messages/${segment}`]) {
      const { status, json } = await ask('GET', path);
      expect(status).toBe(400);
      expect(json.error.code).toBe('INVALID_ARGUMENT');
    }
  });

  it.each([
    ['/v1/threads?resourceId=%ff', 'resourceId'],
    ['/v1/threads?page=0&resourceId=a%E0%A4', 'resourceId'],
    ['/v1/threads?resourceId=%zz', 'resourceId'],
    ['/v1/messages?id=a&id=%', 'id'],
  ])('%s is refused in a query too', async (path, name) => {
    const { status, json } = await ask('GET', path);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `${name} in the query is not percent-encoded UTF-8`,
      details: { in: 'query', path: `/${name}` },
    });
  });

  it('too long for a key are refused where something is made', async () => {
    const path = `/v1/threads/${'x'.repeat(513)}`;
    const { status, json } = await ask('PUT', path, { body: { resourceId: 'u' } });
    expect(status).toBe(400);
    expect(json.error.code).toBe('KEY_TOO_LONG');
    expect((await ask('GET', path)).status).toBe(404);
  });
});

describe('unknown routes', () => {
  it.each([
    ['GET', '/index.html'],
    ['GET', '/page/none.js'],
    ['GET', '/page/..%2Findex.html'],
    ['GET', '/v2/threads'],
    ['GET', '/v1/threads/'],
    ['GET', '/v1/threads/t/parts'],
    ['GET', '/v1/threads/t/messages/m/parts'],
    ['GET', '/v1/threads//messages'],
  ])('%s %s', async (method, path) => {
    const { status, json, headers } = await ask(method, path);
    expect(status).toBe(404);
    expect(json.error.code).toBe('NO_SUCH_ROUTE');
    expect(headers.get('content-type')).toContain('application/json');
  });
});

describe('known paths with another method', () => {
  it.each([
    ['DELETE', '/v1/threads', 'GET, POST, HEAD'],
    ['OPTIONS', '/v1/threads/t', 'GET, PUT, PATCH, DELETE, HEAD'],
    ['GET', '/v1/threads/a%2Fb/copy', 'POST'],
    ['PUT', '/health', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['POST', '/v1/messages?id=m', 'GET, PATCH, DELETE, HEAD'],
  ])('%s %s: %s', async (method, path, allowed) => {
    const { status, json, headers } = await ask(method, path);
    expect(status).toBe(405);
    expect(json.error.code).toBe('METHOD_NOT_ALLOWED');
    expect(headers.get('allow')).toBe(allowed);
  });
});

describe('Server-Timing', () => {
  const TIMING = /^kv;desc="([^"]*)";dur=[\d.]+, rounds;desc="(\d+)", total;dur=[\d.]+$/;

  /** @param {{ headers: Headers }} answer */
  const costOf = ({ headers }) => TIMING.exec(headers.get('server-timing') ?? '')?.slice(1);

  it('tells the operations of this request only', async () => {
    const body = { resourceId: 'u' };
    await ask('PUT', '/v1/threads/timed', { body });
    await ask('PUT', '/v1/threads/timed2', { body });
    expect(costOf(await ask('GET', '/health'))).toEqual(['none', '0']);
    const [kinds, rounds] = costOf(await ask('PUT', '/v1/threads/timed3', { body })) ?? [];
    expect(kinds).toMatch(/\bput \d/);
    expect(Number(rounds)).toBeGreaterThan(0);
  });

  it('stands on refusals too', async () => {
    expect(costOf(await ask('GET', '/v1/threads?page=-1'))?.[1]).toBe('0');
    expect(costOf(await ask('GET', '/nothing'))).toEqual(['none', '0']);
  });
});

describe('what is not there', () => {
  it.each(
    /** @type {[string, string, object | undefined, string, object][]} */ ([
      ['GET', '/v1/threads/none', undefined, 'Thread none not found', { what: 'thread', id: 'none' }],
      [
        'GET',
        '/v1/threads/here?resourceId=r',
        undefined,
        'Thread here not found in resource r',
        { what: 'thread', id: 'here', resourceId: 'r' },
      ],
      ['PATCH', '/v1/threads/none', { title: 'x' }, 'Thread none not found', { id: 'none' }],
      ['POST', '/v1/threads/none/copy', {}, 'Source thread with id none not found', { id: 'none' }],
      [
        'POST',
        '/v1/threads/none/messages',
        { messages: [{ role: 'user', content: 'x' }] },
        'Thread none not found',
        { what: 'thread', id: 'none' },
      ],
      ...['GET', 'PATCH', 'DELETE'].map((method) => [
        method,
        '/v1/threads/here/messages/m%2F1',
        method === 'PATCH' ? {} : undefined,
        'Message m/1 not found in thread here',
        { what: 'message', id: 'm/1', threadId: 'here' },
      ]),
      ['GET', '/v1/resources/none', undefined, 'Resource none not found', { what: 'resource', id: 'none' }],
      [
        'GET',
        '/v1/workflow-runs/w/r',
        undefined,
        'Run r not found in workflow w',
        { what: 'run', id: 'r', workflowName: 'w' },
      ],
    ]),
  )('is named: %s %s', async (method, path, body, message, details) => {
    await ask('PUT', '/v1/threads/here', { body: { resourceId: 'u' } });
    const answer = await ask(method, path, { body });
    expect(answer.status).toBe(404);
    expect(answer.json.error).toMatchObject({ code: 'NOT_FOUND', message, details });
  });
});

describe('reads of one thing', () => {
  /** @type {[string, string, string, object][]} */
  const READS = [
    ['/v1/threads/e', 'PATCH', '/v1/threads/e', { title: 'Two' }],
    ['/v1/threads/e/messages/em', 'PATCH', '/v1/threads/e/messages/em', { content: 'changed' }],
    ['/v1/resources/e', 'PATCH', '/v1/resources/e', { workingMemory: 'changed' }],
  ];

  it.each(READS)(
    '%s has a tag, and is sent only where it has changed',
    async (path, method, changed, body) => {
      await ask('PUT', '/v1/threads/e', { body: { resourceId: 'u', title: 'One' } });
      const message = { id: 'em', role: 'user', content: 'x' };
      await ask('POST', '/v1/threads/e/messages', { body: { messages: [message] } });
      await ask('PUT', '/v1/resources/e', { body: { workingMemory: 'x' } });
      const first = await ask('GET', path);
      const tag = first.headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
      for (const given of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await ask('GET', path, { headers: { 'If-None-Match': given } });
        expect(again.status).toBe(304);
        expect(again.text).toBe('');
        expect(again.headers.get('etag')).toBe(tag);
        expect(again.headers.get('server-timing')).toContain('kv;desc=');
        expect(again.headers.get('cache-control')).toBe('no-store');
      }
      await ask(method, changed, { body });
      const after = await ask('GET', path, { headers: { 'If-None-Match': tag } });
      expect(after.status).toBe(200);
      expect(after.headers.get('etag')).not.toBe(tag);
      expect(after.json).not.toEqual(first.json);
    },
  );

  it('may be read so by other sites that are configured', async () => {
    const Origin = 'https://app.example';
    const vars = { CORS_ORIGINS: Origin };
    await ask('PUT', '/v1/threads/e', { body: { resourceId: 'u' } });
    const first = await ask('GET', '/v1/threads/e', { headers: { Origin }, vars });
    const headers = { Origin, 'If-None-Match': first.headers.get('etag') ?? '' };
    const again = await ask('GET', '/v1/threads/e', { headers, vars });
    expect(again.status).toBe(304);
    expect(again.headers.get('access-control-allow-origin')).toBe(Origin);
    expect(again.headers.get('vary')).toContain('Origin');
  });

  it('no list has one, and no refusal', async () => {
    for (const path of ['/v1/threads', '/v1/threads/none']) {
      expect((await ask('GET', path)).headers.get('etag')).toBeNull();
    }
  });
});

describe('answers', () => {
  it('are not to be cached', async () => {
    expect((await ask('GET', '/v1/threads')).headers.get('cache-control')).toBe('no-store');
  });

  it('are what they say they are: no browser may guess', async () => {
    for (const [method, path] of [
      ['GET', '/health'],
      ['GET', '/v1/threads'],
      ['GET', '/openapi.json'],
      ['GET', '/v1/nothing'],
      ['PUT', '/health'],
      ['GET', '/v1/threads/none'],
      ['POST', '/v1/threads'],
    ]) {
      const { headers } = await ask(method, path);
      expect.soft(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect((await ask(method, path, { token: null })).headers.get('x-content-type-options')).toBe(
        'nosniff',
      );
    }
  });

  it('come through the deployed configuration: refused without a secret', async () => {
    expect((await SELF.fetch('https://api.example/v1/threads')).status).toBe(403);
  });

  it('blame the server for its bindings', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect((await ask('GET', '/v1/threads/t', { vars: { MESSAGES_KV: undefined } })).status).toBe(500);
    log.mockRestore();
  });

  it('hide what went wrong inside, and log no more than its code', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const broken = brokenNamespace('KV GET failed: 403 private words');
    const { status, json } = await ask('GET', '/v1/threads/t', {
      vars: { THREADS_KV: broken, MESSAGES_KV: broken },
    });
    expect(status).toBe(503);
    expect(json.error.code).toBe('KV_FAILED');
    expect(log).toHaveBeenCalledOnce();
    expect(JSON.stringify([json, log.mock.calls])).not.toContain('private');
    log.mockRestore();
  });
});

describe('the cron', () => {
  const tick = async (vars = {}) => {
    const context = createExecutionContext();
    const controller = createScheduledController({ cron: '*/15 * * * *' });
    await worker.scheduled?.(controller, { ...env, ...vars }, context);
    await waitOnExecutionContext(context);
  };

  it('finishes what a request could not, and logs counts alone', async () => {
    const { THREADS_KV: threads, MESSAGES_KV: messages } = env;
    // Another isolate, four minutes ago: what was deleted just now is let alone.
    const core = createCore({ now: () => Date.now() - 240_000 });
    const store = new CloudflareStore({ bindings: { threads, messages }, maxOperations: 30, core });
    const thread = { id: 'large-one', resourceId: 'ada', createdAt: new Date(), updatedAt: new Date() };
    await store.saveThread({ thread });
    const ids = Array.from({ length: 60 }, (_, i) => `secret-${i}`);
    for (const some of [ids.slice(0, 20), ids.slice(20, 40), ids.slice(40)]) {
      const said = { threadId: 'large-one', resourceId: 'ada', role: 'user', content: 'private words' };
      await store.saveMessages({ messages: some.map((id) => ({ ...said, id, createdAt: new Date() })) });
    }
    await store.deleteThread({ threadId: 'large-one' });
    const left = async () => (await messages.list({ prefix: 'messages:' })).keys;
    expect((await left()).length).toBeGreaterThan(0);

    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await tick();
    expect(await left()).toEqual([]);
    expect(log).toHaveBeenCalledOnce();
    const [line] = log.mock.calls[0];
    expect(JSON.parse(line)).toEqual({
      event: 'sweep',
      deleted: expect.any(Number),
      pending: expect.any(Number),
    });
    expect(line).not.toMatch(/large|secret|ada|private/);
    log.mockRestore();
  });

  it('says nothing when there is nothing to do', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { keys } = await env.THREADS_KV.list();
    await Promise.all(keys.map(({ name }) => env.THREADS_KV.delete(name)));
    await tick();
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  it('fails with a code alone, for the platform logs what it throws', async () => {
    const broken = brokenNamespace('KV LIST failed: 403 private words');
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    /** @type {unknown} */
    const error = await tick({ THREADS_KV: broken, MESSAGES_KV: broken }).catch((reason) => reason);
    expect(String(error)).toBe('Error: the sweep failed: KV_FAILED');
    expect(JSON.stringify([error, log.mock.calls])).not.toMatch(/private|metadata:/);
    log.mockRestore();
  });
});
