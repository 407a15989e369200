import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../client.js';

const PATH = '/v1/threads/t/messages';
const DATE = '2024-01-01T00:00:01.000Z';

/** @type {ReturnType<typeof createClient>} */
let ask;
beforeEach(async () => {
  ask = createClient();
  for (const id of ['t', 'other']) {
    await ask('PUT', `/v1/threads/${id}`, { body: { resourceId: 'u', createdAt: DATE, updatedAt: DATE } });
  }
});

/** @param {string} query */
const ids = async (query) => {
  const { status, json } = await ask('GET', `${PATH}?${query}`);
  expect(status).toBe(200);
  return json.messages.map((/** @type {{ id: string }} */ { id }) => id).join(' ');
};

describe('appending', () => {
  it('fills in id, date and resource, and keeps the order', async () => {
    const contents = ['one', 'two', 'three'];
    const body = { messages: contents.map((content) => ({ role: 'user', content })) };
    const { status, json } = await ask('POST', PATH, { body });
    expect(status).toBe(201);
    expect(json.messages).toHaveLength(3);
    expect(json.messages[0]).toMatchObject({ role: 'user', content: 'one', threadId: 't', resourceId: 'u' });
    const read = (await ask('GET', PATH)).json;
    expect(read).toEqual({ messages: json.messages, total: 3, page: 0, perPage: 40, hasMore: false });
  });

  it('dates none into the future: what is sent next comes next', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ role: 'user', content: `${i}` }));
    for (const messages of [many, [{ role: 'assistant', content: 'next' }]]) {
      await ask('POST', PATH, { body: { messages } });
    }
    const { messages } = (await ask('GET', `${PATH}?perPage=all`)).json;
    expect(messages.map((/** @type {any} */ m) => m.content)).toEqual([
      ...many.map((m) => m.content),
      'next',
    ]);
    const dates = messages.slice(0, -1).map((/** @type {any} */ m) => m.createdAt);
    expect(new Set(dates).size).toBe(1);
  });

  it('keeps what is given', async () => {
    const content = {
      format: 2,
      parts: [{ type: 'text', text: '\u0000 😀 "x"' }],
      metadata: { deep: [{ a: 1.5 }] },
    };
    const message = {
      id: 'm',
      role: 'assistant',
      content,
      resourceId: 'v',
      createdAt: DATE,
      type: 'text',
      extra: {},
    };
    await ask('POST', PATH, { body: { messages: [message] } });
    const read = (await ask('GET', `${PATH}/m`)).json;
    expect(read).toEqual({ ...message, threadId: 't' });
    // In the order that it was sent in; what was filled in stands after it.
    expect(Object.keys(read)).toEqual([...Object.keys(message), 'threadId']);
  });

  it('keeps numbers that JavaScript cannot, whoever writes and reads them', async () => {
    const numbers = '[9007199254740993,-0,1e400,0.1000000000000000055,1.0,-12345678901234567890]';
    const raw = `{"messages":[{"id":"m","role":"user","content":{"parts":[],"metadata":{"ids":${numbers}}},"n":${numbers}}]}`;
    const headers = { 'Content-Type': 'application/json' };
    expect((await ask('POST', PATH, { raw, headers })).status).toBe(201);
    const { status, text } = await ask('GET', `${PATH}/m`);
    expect(status).toBe(200);
    expect(text).toContain(`"ids":${numbers}`);
    expect(text).toContain(`"n":${numbers}`);
    expect((await ask('PATCH', `${PATH}/m`, { raw: `{"x":${numbers}}`, headers })).text).toContain(
      `"x":${numbers}`,
    );
  });

  it('replaces a message of the same id', async () => {
    for (const content of ['one', 'two']) {
      await ask('POST', PATH, { body: { messages: [{ id: 'm', role: 'user', content, createdAt: DATE }] } });
    }
    const { json } = await ask('GET', PATH);
    expect(json.total).toBe(1);
    expect(json.messages[0].content).toBe('two');
  });

  it.each([
    [{}, 400],
    [{ messages: [] }, 400],
    [{ messages: 'm' }, 400],
    [{ messages: [null] }, 400],
    [{ messages: [{ role: 'user', content: 'x', threadId: 'other' }] }, 400],
    [{ messages: [{ role: 'user', content: 'x' }, { content: 'x' }] }, 400],
    [{ messages: [{ role: 'user', content: 'x', createdAt: 'now' }] }, 400],
    [{ messages: [{ role: 'user', content: 'x', resourceId: null }] }, 400],
    [{ messages: [{ role: 'user' }] }, 400],
    [{ messages: [{ role: 'user', content: 'x' }], more: 1 }, 400],
  ])('refuses bad input whole (%#)', async (body, status) => {
    const answer = await ask('POST', PATH, { body });
    expect(answer.status).toBe(status);
    expect(answer.json.error.code).toBe('INVALID_ARGUMENT');
    expect((await ask('GET', PATH)).json.total).toBe(0);
  });

  it('tells the place of what is wrong', async () => {
    const body = { messages: [{ role: 'user', content: 'x' }, { content: 'secret' }] };
    const { json } = await ask('POST', PATH, { body });
    expect(json.error).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'messages[1].role is missing',
      op: 'saveMessages',
      details: { in: 'body', path: '/messages/1/role' },
    });
  });

  it('stores nothing when one of them is wrong', async () => {
    const good = { id: 'good', role: 'user', content: 'x' };
    for (const wrong of [
      { id: 'w', content: 'x' },
      { role: 'user', content: 'x', createdAt: 'never' },
    ]) {
      expect((await ask('POST', PATH, { body: { messages: [good, wrong] } })).status).toBe(400);
      expect(await ids('')).toBe('');
    }
  });

  it('says which are stored when KV fails in the midst, and goes on where it is told again', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const namespace = env.MESSAGES_KV;
    const failing = {
      get: namespace.get.bind(namespace),
      getWithMetadata: namespace.getWithMetadata.bind(namespace),
      list: namespace.list.bind(namespace),
      delete: namespace.delete.bind(namespace),
      put: (/** @type {string} */ key, /** @type {string} */ value, /** @type {object} */ options) =>
        key.endsWith('m-2')
          ? Promise.reject(new Error('KV PUT failed: 400'))
          : namespace.put(key, value, options),
    };
    const messages = ['m-1', 'm-2', 'm-3'].map((id) => ({ id, role: 'user', content: id }));
    const { status, json } = await ask('POST', PATH, { body: { messages }, vars: { MESSAGES_KV: failing } });
    expect(status).toBe(503);
    expect(json.error).toMatchObject({ code: 'KV_FAILED', op: 'saveMessages' });
    expect(json.error.details).toMatchObject({ stored: ['m-1', 'm-3'], failed: ['m-2'] });
    expect((await ask('POST', PATH, { body: { messages } })).status).toBe(201);
    expect(await ids('')).toBe('m-1 m-2 m-3');
    log.mockRestore();
  });

  it('wants the thread to exist', async () => {
    for (const resourceId of [undefined, 'u']) {
      const body = { messages: [{ role: 'user', content: 'x', resourceId }] };
      const { status, json } = await ask('POST', '/v1/threads/none/messages', { body });
      expect(status).toBe(404);
      expect(json.error.code).toBe('NOT_FOUND');
    }
  });
});

describe('listing', () => {
  beforeEach(async () => {
    const messages = Array.from({ length: 5 }, (_, i) => ({
      id: `m${i}`,
      role: 'user',
      resourceId: i < 3 ? 'u' : 'v',
      content: { format: 2, parts: [], metadata: { odd: i % 2 === 1 } },
      createdAt: `2024-01-01T00:00:0${i}.000Z`,
    }));
    await ask('POST', PATH, { body: { messages } });
  });

  it('orders and pages', async () => {
    expect(await ids('')).toBe('m0 m1 m2 m3 m4');
    expect(await ids('direction=desc&perPage=2')).toBe('m4 m3');
    expect(await ids('page=1&perPage=2')).toBe('m2 m3');
    expect(await ids('perPage=all')).toBe('m0 m1 m2 m3 m4');
    expect((await ask('GET', `${PATH}?perPage=2`)).json).toMatchObject({
      total: 5,
      page: 0,
      perPage: 2,
      hasMore: true,
    });
    expect((await ask('GET', `${PATH}?perPage=2&includeTotal=false`)).json.hasMore).toBe(true);
  });

  it('filters by date, resource and metadata', async () => {
    const [from, to] = ['2024-01-01T00:00:01.000Z', '2024-01-01T00:00:03.000Z'];
    expect(await ids(`start=${from}&end=${to}`)).toBe('m1 m2 m3');
    expect(await ids(`start=${from}&end=${to}&startExclusive=true&endExclusive=true`)).toBe('m2');
    expect(await ids(`start=${encodeURIComponent('2024-01-01T01:00:03+01:00')}`)).toBe('m3 m4');
    expect(await ids('resourceId=v')).toBe('m3 m4');
    expect(await ids(`metadata=${encodeURIComponent('{"odd":true}')}`)).toBe('m1 m3');
  });

  it('returns what is included, with its neighbours', async () => {
    const include = encodeURIComponent('[{"id":"m2","withPreviousMessages":1}]');
    expect(await ids(`perPage=0&include=${include}`)).toBe('m1 m2');
    expect((await ask('GET', `${PATH}?include=3`)).status).toBe(400);
  });

  it('of an unknown thread is empty', async () => {
    expect((await ask('GET', '/v1/threads/none/messages')).json).toMatchObject({ messages: [], total: 0 });
  });

  it.each([
    ['start=yesterday', 'INVALID_ARGUMENT'],
    ['perPage=-1', 'INVALID_ARGUMENT'],
    ['page=x', 'INVALID_ARGUMENT'],
    ['includeTotal=1', 'INVALID_ARGUMENT'],
    ['metadata=%7B%22__proto__%22%3A1%7D', 'INVALID_FILTER'],
    ['metadata=%7B%22a%22%3A%5B%5D%7D', 'INVALID_FILTER'],
    ['metadata=3', 'INVALID_FILTER'],
  ])('refuses ?%s', async (query, code) => {
    const { status, json } = await ask('GET', `${PATH}?${query}`);
    expect(status).toBe(400);
    expect(json.error.code).toBe(code);
  });
});

describe('messages of several threads', () => {
  beforeEach(async () => {
    for (const [thread, id, second] of [
      ['t', 'm1', 1],
      ['other', 'm2', 2],
      ['t', 'm3', 3],
    ]) {
      const message = { id, role: 'user', content: `${id}`, createdAt: `2024-01-01T00:00:0${second}.000Z` };
      await ask('POST', `/v1/threads/${thread}/messages`, { body: { messages: [message] } });
    }
  });

  /** @param {string} path */
  const idsAt = async (path) => {
    const { status, json } = await ask('GET', path);
    expect(status).toBe(200);
    return json.messages.map((/** @type {{ id: string }} */ { id }) => id).join(' ');
  };

  it('are found by their ids', async () => {
    expect(await idsAt('/v1/messages?id=m3&id=m2&id=none')).toBe('m2 m3');
    expect((await ask('GET', '/v1/messages?id=m3')).json.messages[0]).toMatchObject({ threadId: 't' });
  });

  it('are changed and deleted by their ids', async () => {
    const body = { messages: [{ id: 'm3', role: 'assistant' }, { id: 'none' }, { id: 'm2', threadId: 't' }] };
    const { status, json } = await ask('PATCH', '/v1/messages', { body });
    expect(status).toBe(200);
    expect(json.messages).toMatchObject([
      { id: 'm3', role: 'assistant', content: 'm3' },
      { id: 'm2', threadId: 't' },
    ]);
    expect(await idsAt(PATH)).toBe('m1 m2 m3');
    const lost = { messages: [{ id: 'm1', threadId: 'nowhere' }] };
    expect((await ask('PATCH', '/v1/messages', { body: lost })).status).toBe(404);
    expect((await ask('DELETE', '/v1/messages?id=m1&id=m3&id=none')).status).toBe(204);
    expect(await idsAt(PATH)).toBe('m2');
  });

  it.each([[{}], [{ messages: [] }], [{ messages: [{ role: 'user' }] }]])(
    'are not changed by %j',
    async (body) => {
      const { status, json } = await ask('PATCH', '/v1/messages', { body });
      expect(status).toBe(400);
      expect(json.error).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'updateMessages' });
    },
  );

  it.each([[''], ['?id='], [`?${'id=m&'.repeat(101)}`], ['?ids=m1,m2']])(
    'want ids, a hundred at most (%#)',
    async (query) => {
      const { status, json } = await ask('GET', `/v1/messages${query}`);
      expect(status).toBe(400);
      expect(json.error).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'getMessages' });
    },
  );

  it('are listed by resource', async () => {
    expect(await idsAt('/v1/resources/u/messages')).toBe('m1 m2 m3');
    expect(await idsAt('/v1/resources/u/messages?direction=DESC&perPage=2')).toBe('m3 m2');
    expect(await idsAt('/v1/resources/nobody/messages')).toBe('');
    expect((await ask('GET', '/v1/resources/u/messages?resourceId=u')).status).toBe(400);
  });
});

describe('one message', () => {
  beforeEach(async () => {
    const content = { format: 2, parts: [{ type: 'text', text: 'x' }], metadata: { a: 1 } };
    await ask('POST', PATH, { body: { messages: [{ id: 'm', role: 'user', content, createdAt: DATE }] } });
  });

  it('is merged', async () => {
    const body = { role: 'assistant', content: { metadata: { b: 2 } } };
    const { status, json } = await ask('PATCH', `${PATH}/m`, { body });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: 'm', role: 'assistant', createdAt: DATE });
    expect(json.content).toEqual({
      format: 2,
      parts: [{ type: 'text', text: 'x' }],
      metadata: { a: 1, b: 2 },
    });
    expect((await ask('GET', `${PATH}/m`)).json).toEqual(json);
    expect((await ask('PATCH', `${PATH}/m`, { body: { id: 'n' } })).status).toBe(400);
  });

  it('moves to another thread', async () => {
    expect((await ask('PATCH', `${PATH}/m`, { body: { threadId: 'other' } })).json.threadId).toBe('other');
    expect(await ids('')).toBe('');
    expect((await ask('GET', '/v1/threads/other/messages/m')).status).toBe(200);
  });

  it('is deleted', async () => {
    expect((await ask('DELETE', `${PATH}/m`)).status).toBe(204);
    expect((await ask('GET', `${PATH}/m`)).status).toBe(404);
    expect(await ids('')).toBe('');
  });

  it.each([['GET'], ['PATCH'], ['DELETE']])(
    '%s answers 404 for another thread or an unknown id',
    async (method) => {
      const options = method === 'PATCH' ? { body: { role: 'user' } } : {};
      for (const path of ['/v1/threads/other/messages/m', `${PATH}/none`]) {
        const { status, json } = await ask(method, path, options);
        expect(status).toBe(404);
        expect(json.error.code).toBe('NOT_FOUND');
      }
      expect(await ids('')).toBe('m');
    },
  );

  it('is deleted with its thread', async () => {
    await ask('DELETE', '/v1/threads/t');
    expect((await ask('GET', `${PATH}/m`)).status).toBe(404);
  });
});
