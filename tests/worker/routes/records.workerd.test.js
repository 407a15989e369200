import { beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../client.js';

const ask = createClient();

beforeAll(async () => {
  const store = ask.store();
  const score = {
    scorer: { name: 's' },
    entity: { id: 'agent' },
    source: /** @type {const} */ ('LIVE'),
    output: 'x',
  };
  for (const i of [1, 2, 3]) {
    const ids = { scorerId: i === 3 ? 'other' : 'tone', entityId: 'agent', runId: `run-${i % 2}` };
    await store.saveScore({
      ...score,
      ...ids,
      id: `score-${i}`,
      score: i / 4,
      createdAt: new Date(i * 1000),
    });
  }
  for (const [id, status, threadId] of /** @type {const} */ ([
    ['task-1', 'running', 't'],
    ['task-2', 'failed', 't'],
    ['task-3', 'failed', 'other'],
  ])) {
    const task = { id, status, threadId, toolName: 'search', toolCallId: `call-${id}`, args: { q: 1 } };
    const more = {
      agentId: 'agent',
      runId: 'run-1',
      resourceId: 'u',
      retryCount: 0,
      maxRetries: 0,
      timeoutMs: 1,
    };
    await store.createTask({ ...task, ...more, createdAt: new Date(Number(id.at(-1)) * 1000) });
  }
  for (const threadId of [null, 't']) {
    /** @type {'resource' | 'thread'} */
    const scope = threadId === null ? 'resource' : 'thread';
    await store.initializeObservationalMemory({ threadId, resourceId: 'u', scope, config: {} });
  }
});

describe('states of threads', () => {
  it('are those that there are, of the types that are asked for', async () => {
    const store = ask.store();
    await store.setState({ threadId: 't/1', type: 'goal', value: { objective: 'x' } });
    await store.setState({ threadId: 't/1', type: 'mine', value: null });
    const states = async (/** @type {string} */ query) =>
      (await ask('GET', `/v1/threads/t%2F1/states${query}`)).json.states;
    expect(await states('')).toEqual([{ type: 'goal', value: { objective: 'x' } }]);
    expect(await states('?type=mine&type=none&type=goal')).toEqual([
      { type: 'mine', value: null },
      { type: 'goal', value: { objective: 'x' } },
    ]);
    expect((await ask('GET', '/v1/threads/none/states')).json).toEqual({ states: [] });
    expect((await ask('GET', '/v1/threads/t/states?type=')).status).toBe(400);
  });
});

/** @param {any[]} rows */
const ids = (rows) => rows.map(({ id }) => id);

describe('scores', () => {
  it('are listed by run, scorer and entity, by pages', async () => {
    const { json } = await ask('GET', '/v1/scores?runId=run-1');
    expect(json).toMatchObject({ total: 2, page: 0, perPage: 40, hasMore: false });
    expect(ids(json.scores)).toEqual(['score-3', 'score-1']);
    expect(json.scores[0]).toMatchObject({ score: 0.75, createdAt: '1970-01-01T00:00:03.000Z' });
    expect(ids((await ask('GET', '/v1/scores?scorerId=tone')).json.scores)).toEqual(['score-2', 'score-1']);
    const page = (await ask('GET', '/v1/scores?entityId=agent&perPage=2')).json;
    expect(ids(page.scores)).toEqual(['score-3', 'score-2']);
    expect(page).toMatchObject({ total: 3, hasMore: true, perPage: 2 });
  });

  it.each([[''], ['?runId=r&scorerId=s'], ['?page=0']])(
    'of nothing, or of two things, are refused: %s',
    async (query) => {
      const { status, json } = await ask('GET', `/v1/scores${query}`);
      expect(status).toBe(400);
      expect(json.error).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'listScores' });
    },
  );
});

describe('tasks', () => {
  it.each([
    ['', 'task-3 task-2 task-1'],
    ['?direction=asc', 'task-1 task-2 task-3'],
    ['?status=failed', 'task-3 task-2'],
    ['?threadId=t', 'task-2 task-1'],
    ['?threadId=t&status=FAILED', 'task-2'],
    ['?runId=run-1&agentId=agent&resourceId=u', 'task-3 task-2 task-1'],
    ['?runId=none', ''],
    ['?perPage=all', 'task-3 task-2 task-1'],
    ['?perPage=1&page=1', 'task-2'],
  ])('%s', async (query, wanted) => {
    const { status, json } = await ask('GET', `/v1/tasks${query}`);
    expect(status).toBe(200);
    expect(ids(json.tasks).join(' ')).toBe(wanted);
    if (query.includes('perPage=1')) expect(json).toMatchObject({ total: 3, hasMore: true });
  });

  it('in a state that there is not are refused', async () => {
    expect((await ask('GET', '/v1/tasks?status=done')).status).toBe(400);
    expect((await ask('GET', '/v1/tasks?threadId=')).status).toBe(400);
  });
});

describe('observational memory', () => {
  it('is that of a resource, or of a thread', async () => {
    for (const [query, threadId] of [
      ['', null],
      ['?threadId=t', 't'],
    ]) {
      const { json } = await ask('GET', `/v1/resources/u/observations${query}`);
      expect(json.observations).toHaveLength(1);
      expect(json.observations[0]).toMatchObject({ resourceId: 'u', threadId });
    }
    expect((await ask('GET', '/v1/resources/none/observations')).json).toEqual({ observations: [] });
  });
});
