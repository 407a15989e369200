import { beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../client.js';

/** @type {ReturnType<typeof createClient>} */
let ask;
beforeEach(async () => {
  ask = createClient();
  const store = ask.store();
  for (let i = 1; i <= 5; i++) {
    const createdAt = `2024-01-0${i}T00:00:00.000Z`;
    await store.persistWorkflowSnapshot({
      workflowName: i < 4 ? 'refund' : 'a/b',
      runId: `r${i}`,
      resourceId: i % 2 === 1 ? 'odd' : undefined,
      snapshot: { status: i === 2 ? 'success' : 'suspended', context: { step: i } },
      createdAt,
      updatedAt: createdAt,
    });
  }
});

/** @param {string} query */
const ids = async (query) => {
  const { status, json } = await ask('GET', `/v1/workflow-runs?${query}`);
  expect(status).toBe(200);
  return json.runs.map((/** @type {{ runId: string }} */ { runId }) => runId).join(' ');
};

describe('runs', () => {
  it('are listed, newest first, by pages', async () => {
    expect(await ids('')).toBe('r5 r4 r3 r2 r1');
    expect(await ids('perPage=2&page=1')).toBe('r3 r2');
    expect(await ids('perPage=all')).toBe('r5 r4 r3 r2 r1');
    const { json } = await ask('GET', '/v1/workflow-runs?perPage=2&page=1');
    expect(json).toMatchObject({ total: 5, page: 1, perPage: 2, hasMore: true });
    expect((await ask('GET', '/v1/workflow-runs?perPage=2&page=2')).json.hasMore).toBe(false);
    expect((await ask('GET', '/v1/workflow-runs')).json).toMatchObject({
      page: 0,
      perPage: 40,
      hasMore: false,
    });
  });

  it('are filtered', async () => {
    expect(await ids('workflowName=refund')).toBe('r3 r2 r1');
    expect(await ids('workflowName=a%2Fb&status=suspended')).toBe('r5 r4');
    expect(await ids('status=success')).toBe('r2');
    expect(await ids('resourceId=odd')).toBe('r5 r3 r1');
    expect(await ids('start=2024-01-02T00:00:00Z&end=2024-01-04T00:00:00Z')).toBe('r4 r3 r2');
    expect(await ids('threadId=none')).toBe('');
  });

  it('are read and deleted by workflow and id', async () => {
    const { json } = await ask('GET', '/v1/workflow-runs/a%2Fb/r5');
    expect(json).toMatchObject({ workflowName: 'a/b', runId: 'r5', resourceId: 'odd' });
    expect(json.snapshot).toEqual({ status: 'suspended', context: { step: 5 } });
    for (let i = 0; i < 2; i++) {
      expect((await ask('DELETE', '/v1/workflow-runs/a%2Fb/r5')).status).toBe(204);
      expect((await ask('GET', '/v1/workflow-runs/a%2Fb/r5')).status).toBe(404);
    }
    expect(await ids('')).toBe('r4 r3 r2 r1');
  });

  it.each([['start=yesterday'], ['page=-1'], ['state=success']])('refuse ?%s', async (query) => {
    const { status, json } = await ask('GET', `/v1/workflow-runs?${query}`);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'listWorkflowRuns' });
  });
});
