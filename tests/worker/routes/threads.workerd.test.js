import { beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../client.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DATES = { createdAt: '2024-01-01T00:00:01.000Z', updatedAt: '2024-01-01T00:00:02.000Z' };

/** @type {ReturnType<typeof createClient>} */
let ask;
beforeEach(() => {
  ask = createClient();
});

describe('creating', () => {
  it('fills in id and dates', async () => {
    const { status, json, headers } = await ask('POST', '/v1/threads', {
      body: { resourceId: 'u', title: 'Hi' },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({ resourceId: 'u', title: 'Hi', id: expect.any(String) });
    expect(json.createdAt).toMatch(ISO);
    expect(json.updatedAt).toBe(json.createdAt);
    expect((await ask('GET', String(headers.get('location')))).json).toEqual(json);
  });

  it('keeps what is given, unknown fields too', async () => {
    const body = {
      id: 't',
      resourceId: 'u',
      title: '',
      metadata: { deep: { n: [1, null, '✓'] } },
      extra: 1,
      ...DATES,
    };
    expect((await ask('POST', '/v1/threads', { body })).json).toEqual(body);
    expect((await ask('GET', '/v1/threads/t')).json).toEqual(body);
  });

  it('refuses an id that is taken', async () => {
    const body = { id: 't', resourceId: 'u', title: 'first' };
    await ask('POST', '/v1/threads', { body });
    const again = await ask('POST', '/v1/threads', { body: { ...body, title: 'second' } });
    expect(again.status).toBe(409);
    expect(again.json.error.code).toBe('ALREADY_EXISTS');
    expect((await ask('GET', '/v1/threads/t')).json.title).toBe('first');
  });

  it('answers 201 once when one thread is created several times at once', async () => {
    const body = { id: 't', resourceId: 'u' };
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', '/v1/threads', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.json.error).toMatchObject({ code: 'ALREADY_EXISTS', op: 'createThread' });
  });

  it.each([
    [{}],
    [{ resourceId: 7 }],
    [{ resourceId: 'u', id: '' }],
    [{ resourceId: 'u', id: 7 }],
    [{ resourceId: 'u', id: null }],
    [{ resourceId: 'u', createdAt: null }],
    [{ resourceId: 'u', createdAt: 'yesterday' }],
    [{ resourceId: 'u', id: 'x'.repeat(600) }],
  ])('refuses bad input (%#)', async (body) => {
    const { status, json } = await ask('POST', '/v1/threads', { body });
    expect(status).toBe(400);
    expect(json.error).toEqual({
      code: expect.stringMatching(/^(INVALID_ARGUMENT|KEY_TOO_LONG)$/),
      message: expect.any(String),
      op: expect.stringMatching(/^(createThread|saveThread|getThreadById)$/),
      details: expect.any(Object),
    });
    expect((await ask('GET', '/v1/threads')).json.total).toBe(0);
  });
});

it.each(['.', '..'])('refuses %j wherever something would be made that no path leads to', async (dots) => {
  await ask('POST', '/v1/threads', { body: { id: 'dotted', resourceId: 'u' } });
  const text = { role: 'user', content: 'x' };
  for (const [path, body, place] of /** @type {const} */ ([
    ['/v1/threads', { id: dots, resourceId: 'u' }, '/id'],
    ['/v1/threads', { id: 'ok', resourceId: dots }, '/resourceId'],
    ['/v1/threads/dotted/copy', { newThreadId: dots }, '/newThreadId'],
    ['/v1/threads/dotted/messages', { messages: [{ ...text, id: dots }] }, '/messages/0/id'],
    ['/v1/threads/dotted/messages', { messages: [{ ...text, resourceId: dots }] }, '/messages/0/resourceId'],
  ])) {
    const { status, json } = await ask('POST', path, { body });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { in: 'body', path: place } });
    expect(json.error.message).toContain('URL parsers drop such a segment');
  }
  const { status } = await ask('POST', '/v1/threads', { body: { id: '...', resourceId: 'u' } });
  expect(status).toBe(201);
});

it('finds nothing under an id that no key can hold', async () => {
  const long = 'x'.repeat(600);
  for (const path of [`/v1/threads/${long}`, `/v1/resources/${long}`, `/v1/workflow-runs/w/${long}`]) {
    expect((await ask('GET', path)).status).toBe(404);
  }
  expect((await ask('DELETE', `/v1/threads/${long}`)).status).toBe(204);
  expect((await ask('GET', `/v1/threads/${long}/messages`)).json).toMatchObject({ messages: [], total: 0 });
  const { status, json } = await ask('POST', '/v1/threads', { body: { id: long, resourceId: 'u' } });
  expect([status, json.error.code]).toEqual([400, 'KEY_TOO_LONG']);
});

describe('reading, replacing, updating, deleting', () => {
  beforeEach(async () => {
    await ask('PUT', '/v1/threads/t', {
      body: { resourceId: 'u', title: 'Old', metadata: { a: 1 }, ...DATES },
    });
  });

  it('reads only for the right resource, if one is named', async () => {
    expect((await ask('GET', '/v1/threads/t?resourceId=u')).status).toBe(200);
    for (const path of ['/v1/threads/t?resourceId=x', '/v1/threads/t?resourceId=', '/v1/threads/none']) {
      const { status, json } = await ask('GET', path);
      expect(status).toBe(404);
      expect(json.error.code).toBe('NOT_FOUND');
    }
  });

  it('replaces', async () => {
    const body = { resourceId: 'v', ...DATES };
    const { status, json } = await ask('PUT', '/v1/threads/t', { body });
    expect(status).toBe(200);
    expect(json).toEqual({ id: 't', ...body });
    expect((await ask('GET', '/v1/threads/t')).json).toEqual({ id: 't', ...body });
    expect((await ask('PUT', '/v1/threads/t', { body: { ...body, id: 'other' } })).status).toBe(400);
  });

  it('updates', async () => {
    const { status, json } = await ask('PATCH', '/v1/threads/t', {
      body: { title: 'New', metadata: { b: 2 } },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ title: 'New', metadata: { a: 1, b: 2 }, createdAt: DATES.createdAt });
    expect(json.updatedAt > DATES.updatedAt).toBe(true);
    expect((await ask('GET', '/v1/threads/t')).json).toEqual(json);
    expect((await ask('PATCH', '/v1/threads/none', { body: { title: 'x' } })).status).toBe(404);
    expect((await ask('PATCH', '/v1/threads/t', { body: { resourceId: 'v' } })).status).toBe(400);
  });

  it('archives and brings back', async () => {
    const archivedAt = '2024-02-01T00:00:00.000Z';
    expect((await ask('PATCH', '/v1/threads/t', { body: { archivedAt } })).json.archivedAt).toBe(archivedAt);
    expect((await ask('GET', '/v1/threads?archived=true')).json.total).toBe(1);
    expect((await ask('GET', '/v1/threads?archived=false')).json.total).toBe(0);
    expect(
      (await ask('PATCH', '/v1/threads/t', { body: { archivedAt: null } })).json.archivedAt ?? null,
    ).toBeNull();
    expect((await ask('GET', '/v1/threads?archived=false')).json.total).toBe(1);
  });

  it('deletes, twice if need be', async () => {
    for (let i = 0; i < 2; i++) {
      const { status, json } = await ask('DELETE', '/v1/threads/t');
      expect(status).toBe(204);
      expect(json).toBeUndefined();
    }
    expect((await ask('GET', '/v1/threads/t')).status).toBe(404);
    expect((await ask('GET', '/v1/threads')).json.total).toBe(0);
  });
});

describe('copying', () => {
  beforeEach(async () => {
    await ask('PUT', '/v1/threads/t', { body: { resourceId: 'u', title: 'Old', ...DATES } });
    const messages = ['a', 'b', 'c'].map((content) => ({ id: content, role: 'user', content }));
    await ask('POST', '/v1/threads/t/messages', { body: { messages } });
  });

  it('makes a thread with messages of its own', async () => {
    const { status, json, headers } = await ask('POST', '/v1/threads/t/copy', { body: {} });
    expect(status).toBe(201);
    expect(json.thread).toMatchObject({ resourceId: 'u', title: 'Clone of Old' });
    expect(Object.keys(json.messageIdMap)).toEqual(['a', 'b', 'c']);
    const copy = String(headers.get('location'));
    expect((await ask('GET', copy)).json).toEqual(json.thread);
    expect((await ask('GET', `${copy}/messages`)).json.total).toBe(3);
  });

  it('takes an id, and part of the messages', async () => {
    const body = { newThreadId: 'n', resourceId: 'v', title: 'New', options: { messageLimit: 2 } };
    const { json } = await ask('POST', '/v1/threads/t/copy', { body });
    expect(json.thread).toMatchObject({ id: 'n', resourceId: 'v', title: 'New' });
    expect(Object.keys(json.messageIdMap)).toEqual(['b', 'c']);
    expect((await ask('POST', '/v1/threads/t/copy', { body })).status).toBe(409);
    expect((await ask('POST', '/v1/threads/none/copy', { body: {} })).status).toBe(404);
  });

  it('answers 201 once when several copies to one id are made at once', async () => {
    const body = { newThreadId: 'n' };
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', '/v1/threads/t/copy', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await ask('GET', '/v1/threads/n/messages')).json.total).toBe(3);
  });

  it('refuses what it does not know, deep inside too', async () => {
    const body = { options: { messageFilter: { messageIDs: ['a'] } } };
    const { json } = await ask('POST', '/v1/threads/t/copy', { body });
    expect(json.error).toMatchObject({
      message: 'options.messageFilter.messageIDs is not known here; did you mean "messageIds"?',
      details: { in: 'body', path: '/options/messageFilter/messageIDs' },
    });
    expect((await ask('GET', '/v1/threads')).json.total).toBe(1);
  });
});

describe('listing', () => {
  beforeEach(async () => {
    for (let i = 1; i <= 5; i++) {
      const createdAt = `2024-01-0${i}T00:00:00.000Z`;
      const updatedAt = `2024-02-0${6 - i}T00:00:00.000Z`;
      const body = { resourceId: i < 4 ? 'u' : 'v', metadata: { odd: i % 2 === 1 }, createdAt, updatedAt };
      await ask('PUT', `/v1/threads/t${i}`, { body });
    }
  });

  /** @param {string} query */
  const ids = async (query) => {
    const { status, json } = await ask('GET', `/v1/threads?${query}`);
    expect(status).toBe(200);
    return json.threads.map((/** @type {{ id: string }} */ { id }) => id).join(' ');
  };

  it('orders and pages', async () => {
    expect(await ids('')).toBe('t5 t4 t3 t2 t1');
    expect(await ids('direction=asc')).toBe('t1 t2 t3 t4 t5');
    expect(await ids('orderBy=updatedAt&direction=DESC')).toBe('t1 t2 t3 t4 t5');
    expect(await ids('page=1&perPage=2')).toBe('t3 t2');
    expect(await ids('perPage=all')).toBe('t5 t4 t3 t2 t1');
    const { json } = await ask('GET', '/v1/threads?page=2&perPage=2');
    expect(json).toMatchObject({ total: 5, page: 2, perPage: 2, hasMore: false });
    expect((await ask('GET', '/v1/threads?perPage=all')).json.perPage).toBe(false);
  });

  it('filters', async () => {
    expect(await ids('resourceId=v')).toBe('t5 t4');
    expect(await ids(`metadata=${encodeURIComponent('{"odd":true}')}`)).toBe('t5 t3 t1');
    expect(await ids(`resourceId=u&metadata=${encodeURIComponent('{"odd":false}')}`)).toBe('t2');
  });

  it.each([
    ['page=-1', 'page must be a whole number >= 0'],
    ['page=x', 'page must be a whole number >= 0'],
    ['page=', 'page must be a whole number >= 0'],
    ['perPage=-1', 'perPage must be a whole number >= 0, or all'],
    ['perPage=1.5', 'perPage must be a whole number >= 0, or all'],
    ['perPage=false', 'perPage must be a whole number >= 0, or all'],
    ['orderBy=title', 'orderBy must be one of: createdAt, updatedAt'],
    ['direction=up', 'direction must be one of: ASC, DESC'],
    ['archived=yes', 'archived must be one of: true, false'],
    ['metadata=x', 'metadata must be JSON: line 1, column 1: a value was expected'],
    ['resourceID=u', 'resourceID is not known here; did you mean "resourceId"?'],
    ['limit=5', 'limit is not known here; did you mean "perPage"?'],
    ['colour=blue', 'colour is not known here'],
    ['resourceId=', 'resourceId must not be empty'],
    ['page=1&page=2', 'page may be given only once'],
  ])('refuses ?%s', async (query, message) => {
    const { status, json } = await ask('GET', `/v1/threads?${query}`);
    expect(status).toBe(400);
    const [name] = query.split('=');
    const details = { in: 'query', path: `/${name}` };
    expect(json.error).toEqual({ code: 'INVALID_ARGUMENT', message, op: 'listThreads', details });
  });
});
