import { describe, expect, it } from 'vitest';
import { at, ids, refused } from './support.js';

/**
 * @param {string} [id]
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
const score = (id, fields = {}) => ({
  id,
  scorerId: 'politeness',
  entityId: 'agent-1',
  entityType: 'AGENT',
  runId: 'run-1',
  score: 0.75,
  scorer: { name: 'Politeness' },
  entity: { id: 'agent-1' },
  source: 'LIVE',
  output: [{ role: 'assistant', content: 'You are welcome.' }],
  ...fields,
});

/**
 * Saves scores a second apart, so that a, b, c list as c, b, a.
 * @param {import('./support.js').Subject} subject
 * @param {...any} scores
 */
async function save({ store, clock }, ...scores) {
  for (const one of scores) {
    await store.saveScore(one);
    clock.advance(1000);
  }
}

const first = { page: 0, perPage: 10 };

/** @param {import('./support.js').MakeStore} makeStore */
export function scores(makeStore) {
  describe('saving and getting a score', () => {
    it('gives it an id and dates', async () => {
      const { store, reopen } = await makeStore();
      const { score: saved } = await store.saveScore(
        score(undefined, { input: { text: 'Thanks!' }, reason: 'kind' }),
      );
      expect(saved).toMatchObject({ scorerId: 'politeness', score: 0.75, reason: 'kind' });
      expect(saved.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(saved.createdAt).toBeInstanceOf(Date);
      expect(saved.updatedAt).toEqual(saved.createdAt);
      expect(await store.getScoreById({ id: saved.id })).toEqual(saved);
      expect(await reopen().getScoreById({ id: saved.id })).toEqual(saved);
    });

    it('answers null for a score that does not exist', async () => {
      const { store } = await makeStore();
      expect(await store.getScoreById({ id: 'nothing' })).toBeNull();
    });

    it('puts a score with an id in place of the one that has it, which was created then', async () => {
      const { store, clock } = await makeStore();
      const { score: before } = await store.saveScore(score('s', { reason: 'kind' }));
      clock.advance(5000);
      const { score: after } = await store.saveScore(score('s', { score: 0.1 }));
      expect(after.createdAt).toEqual(before.createdAt);
      expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
      const found = await store.getScoreById({ id: 's' });
      expect(found).toMatchObject({ score: 0.1 });
      expect(found.reason).toBeUndefined();
    });

    it('keeps no field that is null, and none that it does not know', async () => {
      const { store } = await makeStore();
      await store.saveScore(
        score('s', { traceId: null, reason: undefined, structuredOutput: true, other: 1 }),
      );
      const found = await store.getScoreById({ id: 's' });
      const wanted = [
        'id',
        'createdAt',
        'updatedAt',
        ...Object.keys(score()).filter((name) => name !== 'id'),
      ];
      expect(Object.keys(found).sort()).toEqual(wanted.sort());
    });

    it('keeps numbers, text and nested objects', async () => {
      const { store, reopen } = await makeStore();
      const metadata = {
        n: 0.30000000000000004,
        list: [null, { a: '日本 😀 "x"' }],
        date: at(1).toISOString(),
      };
      await store.saveScore(score('s', { metadata, score: -1e-7 }));
      expect(await reopen().getScoreById({ id: 's' })).toMatchObject({ metadata, score: -1e-7 });
    });
  });

  describe('scores that are refused', () => {
    it.each([
      ['without a scorer id', { scorerId: undefined }],
      ['with an empty run id', { runId: '' }],
      ['with an entity id that is a number', { entityId: 7 }],
      ['without a number', { score: 'high' }],
      ['with a number that is none', { score: NaN }],
      ['with a scorer that is text', { scorer: 'x' }],
      ['without an entity', { entity: undefined }],
      ['from an unknown source', { source: 'live' }],
      ['with a date that is none', { createdAt: 'yesterday' }],
      ['with an id that is a number', { id: 7 }],
    ])('are those %s', async (_, fields) => {
      const { store } = await makeStore();
      await refused(store.saveScore(score('s', fields)), { code: 'INVALID_ARGUMENT', op: 'saveScore' });
      expect(await store.getScoreById({ id: 's' })).toBeNull();
    });

    it('are not looked for without saying of what', async () => {
      const { store } = await makeStore();
      const op = 'listScoresByRunId';
      await refused(store.listScoresByRunId({ pagination: first }), { code: 'INVALID_ARGUMENT', op });
    });

    it('are not listed for everybody where a filter was meant', async () => {
      const { store } = await makeStore();
      const op = 'listScoresByRunId';
      const args = { runId: 'r', pagination: first, filters: 'org-1' };
      await refused(store.listScoresByRunId(args), { code: 'INVALID_ARGUMENT', op, text: /filters/ });
    });
  });

  describe('listing scores', () => {
    it('answers those of a scorer, newest first', async () => {
      const subject = await makeStore();
      await save(subject, score('a'), score('b', { scorerId: 'other' }), score('c'));
      const { scores: found, pagination } = await subject.store.listScoresByScorerId({
        scorerId: 'politeness',
        pagination: first,
      });
      expect(ids(found)).toEqual(['c', 'a']);
      expect(pagination).toEqual({ total: 2, page: 0, perPage: 10, hasMore: false });
      expect(found[0].createdAt).toBeInstanceOf(Date);
    });

    it('narrows those of a scorer down', async () => {
      const subject = await makeStore();
      await save(
        subject,
        score('a', { entityId: 'x' }),
        score('b', { source: 'TEST' }),
        score('c', { entityType: 'WORKFLOW' }),
        score('d', { organizationId: 'o', projectId: 'p' }),
        score('e', { organizationId: 'o', projectId: 'q' }),
      );
      const by = async (/** @type {any} */ more) => {
        const args = { scorerId: 'politeness', pagination: first, ...more };
        return ids((await subject.store.listScoresByScorerId(args)).scores);
      };
      expect(await by({ entityId: 'x' })).toEqual(['a']);
      expect(await by({ source: 'TEST' })).toEqual(['b']);
      expect(await by({ entityType: 'WORKFLOW' })).toEqual(['c']);
      expect(await by({ filters: { organizationId: 'o' } })).toEqual(['e', 'd']);
      expect(await by({ filters: { organizationId: 'o', projectId: 'p' } })).toEqual(['d']);
      expect(await by({ source: 'TEST', entityId: 'x' })).toEqual([]);
    });

    it('answers those of a run, of an entity, of a span', async () => {
      const subject = await makeStore();
      await save(
        subject,
        score('a', { runId: 'run-2' }),
        score('b', { entityId: 'agent-2' }),
        score('c', { traceId: 't', spanId: 's' }),
        score('d', { traceId: 't', spanId: 'other' }),
      );
      const { store } = subject;
      expect(ids((await store.listScoresByRunId({ runId: 'run-2', pagination: first })).scores)).toEqual([
        'a',
      ]);
      const entity = { entityId: 'agent-2', entityType: 'AGENT', pagination: first };
      expect(ids((await store.listScoresByEntityId(entity)).scores)).toEqual(['b']);
      expect((await store.listScoresByEntityId({ ...entity, entityType: 'WORKFLOW' })).scores).toEqual([]);
      const span = { traceId: 't', spanId: 's', pagination: first };
      expect(ids((await store.listScoresBySpan(span)).scores)).toEqual(['c']);
    });

    it('answers those of a batch and of a dataset', async () => {
      const subject = await makeStore();
      await save(subject, score('a', { batchId: 'b' }), score('b', { datasetId: 'd', datasetItemId: 'i' }));
      const { store } = subject;
      expect(ids((await store.listScoresByBatchId({ batchId: 'b', pagination: first })).scores)).toEqual([
        'a',
      ]);
      expect(ids((await store.listScoresByDatasetId({ datasetId: 'd' })).scores)).toEqual(['b']);
    });

    it('pages', async () => {
      const subject = await makeStore();
      await save(subject, ...['a', 'b', 'c', 'd', 'e'].map((id) => score(id)));
      const page = async (/** @type {any} */ pagination) => {
        const found = await subject.store.listScoresByScorerId({ scorerId: 'politeness', pagination });
        return [ids(found.scores).join(''), found.pagination.total, found.pagination.hasMore];
      };
      expect(await page({ page: 0, perPage: 2 })).toEqual(['ed', 5, true]);
      expect(await page({ page: 1, perPage: 2 })).toEqual(['cb', 5, true]);
      expect(await page({ page: 2, perPage: 2 })).toEqual(['a', 5, false]);
      expect(await page({ page: 3, perPage: 2 })).toEqual(['', 5, false]);
      expect(await page({ page: 0, perPage: false })).toEqual(['edcba', 5, false]);
    });

    it('answers a hundred unless told otherwise', async () => {
      const { store } = await makeStore();
      for (let i = 0; i < 101; i++) await store.saveScore(score(`s${i}`));
      const { scores: found, pagination } = await store.listScoresByRunId({ runId: 'run-1' });
      expect(found).toHaveLength(100);
      expect(pagination).toEqual({ total: 101, page: 0, perPage: 100, hasMore: true });
    });

    it('finds scores that another isolate has saved', async () => {
      const subject = await makeStore();
      await save(subject, score('a', { reason: 'é'.repeat(600) }), score('b', { entityId: 'ü' }));
      const other = subject.reopen();
      const { scores: found } = await other.listScoresByScorerId({
        scorerId: 'politeness',
        pagination: first,
      });
      expect(ids(found)).toEqual(['b', 'a']);
      const args = { scorerId: 'politeness', entityId: 'ü', pagination: first };
      expect(ids((await other.listScoresByScorerId(args)).scores)).toEqual(['b']);
    });
  });
}
