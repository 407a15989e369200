import { beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../client.js';

const DATES = { createdAt: '2024-01-01T00:00:01.000Z', updatedAt: '2024-01-01T00:00:02.000Z' };
const PATH = '/v1/resources/ada%2F1';

/** @type {ReturnType<typeof createClient>} */
let ask;
beforeEach(() => {
  ask = createClient();
});

describe('working memory', () => {
  it('is stored, read, changed', async () => {
    const body = { workingMemory: '# Ada\n- likes: tea', metadata: { a: 1 }, extra: [1], ...DATES };
    const { status, json } = await ask('PUT', PATH, { body });
    expect(status).toBe(200);
    expect(json).toEqual({ id: 'ada/1', ...body });
    expect((await ask('GET', PATH)).json).toEqual(json);

    const change = { workingMemory: '# Ada\n- likes: coffee', metadata: { b: 2 } };
    const changed = (await ask('PATCH', PATH, { body: change })).json;
    expect(changed).toMatchObject({ ...change, metadata: { a: 1, b: 2 }, createdAt: DATES.createdAt });
    expect(changed.updatedAt > DATES.updatedAt).toBe(true);
    expect((await ask('GET', PATH)).json).toEqual(changed);
  });

  it('is made by a change, with dates', async () => {
    expect((await ask('GET', PATH)).status).toBe(404);
    const { status, json } = await ask('PATCH', PATH, { body: { workingMemory: 'x' } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: 'ada/1', workingMemory: 'x' });
    const { json: put } = await ask('PUT', '/v1/resources/bob', { body: {} });
    expect(put.updatedAt).toBe(put.createdAt);
  });

  it.each([
    ['PUT', { id: 'other' }, '/id', 'id in the body differs from the one in the path'],
    ['PUT', { workingMemory: 7 }, '/workingMemory', 'workingMemory must be a string'],
    ['PUT', { metadata: [] }, '/metadata', 'metadata must be an object'],
    ['PATCH', { metadata: null }, '/metadata', 'metadata must be an object'],
    [
      'PATCH',
      { workingmemory: 'x' },
      '/workingmemory',
      'workingmemory is not known here; did you mean "workingMemory"?',
    ],
    ['PATCH', { 'a/b~c': 'x' }, '/a~1b~0c', 'a/b~c is not known here'],
  ])('%s of %j is refused, with the place', async (method, body, path, message) => {
    const { status, json } = await ask(method, PATH, { body });
    expect(status).toBe(400);
    const op = method === 'PUT' ? 'replaceResource' : 'updateResource';
    expect(json.error).toEqual({ code: 'INVALID_ARGUMENT', message, op, details: { in: 'body', path } });
    expect((await ask('GET', PATH)).status).toBe(404);
  });
});

describe('the list', () => {
  it('has resources by pages; a deleted one is gone', async () => {
    for (const id of ['b', 'a', 'c'])
      await ask('PUT', `/v1/resources/${id}`, { body: { workingMemory: id } });
    const { status, json } = await ask('GET', '/v1/resources?perPage=2');
    expect(status).toBe(200);
    expect(json).toMatchObject({ total: 3, page: 0, perPage: 2, hasMore: true });
    expect(json.resources.map((/** @type {any} */ { id }) => id)).toEqual(['a', 'b']);
    expect((await ask('DELETE', '/v1/resources/a')).status).toBe(204);
    expect((await ask('DELETE', '/v1/resources/a')).status).toBe(204);
    expect((await ask('GET', '/v1/resources/a')).status).toBe(404);
    expect((await ask('GET', '/v1/resources')).json).toMatchObject({ total: 2, perPage: 100 });
  });
});

describe('forgetting a user', () => {
  it('takes everything that carries the id', async () => {
    await ask('PUT', PATH, { body: { workingMemory: 'x' } });
    await ask('PUT', '/v1/threads/mine', { body: { resourceId: 'ada/1' } });
    await ask('PUT', '/v1/threads/other', { body: { resourceId: 'bob' } });
    const messages = [{ id: 'a', role: 'user', content: 'x', resourceId: 'ada/1' }];
    await ask('POST', '/v1/threads/other/messages', { body: { messages } });
    const { status, json } = await ask('DELETE', `${PATH}?everything=true`);
    expect(status).toBe(200);
    expect(json).toEqual({ deleted: 2, pending: false });
    expect((await ask('GET', PATH)).status).toBe(404);
    expect((await ask('GET', '/v1/threads/mine')).status).toBe(404);
    expect((await ask('GET', '/v1/threads/other/messages')).json.total).toBe(0);
  });

  it('only where it is asked for', async () => {
    await ask('PUT', '/v1/threads/mine', { body: { resourceId: 'ada/1' } });
    expect((await ask('DELETE', `${PATH}?everything=false`)).status).toBe(204);
    expect((await ask('DELETE', `${PATH}?everything=1`)).status).toBe(400);
    expect((await ask('GET', '/v1/threads/mine')).status).toBe(200);
  });
});
