import { describe, expect, it } from 'vitest';

/**
 * @param {object} [fields]
 * @returns {any}
 */
export const score = (fields = {}) => ({
  scorerId: 'tone',
  entityId: 'guide',
  entityType: 'AGENT',
  runId: 'run-1',
  score: 0.95,
  reason: 'Kind.',
  source: 'TEST',
  scorer: { id: 'tone', name: 'Tone', hasJudge: true },
  entity: { id: 'guide', name: 'Guide' },
  input: [{ role: 'user', content: 'Hello "there" 🎉' }],
  output: { text: 'Hi', deep: [null, 0.1] },
  ...fields,
});

const ALL = { page: 0, perPage: false };

/** @param {import('./support.js').Make} make */
export function scores(make) {
  /** Saves scores a second apart. @param {...object} list */
  async function holding(...list) {
    const subject = await make();
    const saved = [];
    for (const fields of list) {
      saved.push((await subject.scores.saveScore(score(fields))).score);
      subject.clock.advance(1000);
    }
    return { ...subject, saved };
  }

  /** @param {{ scores: { score: number }[] }} page */
  const values = (page) => page.scores.map((one) => one.score);

  describe('scores', () => {
    it('are replaced by the one with their id', async () => {
      const { scores, saved } = await holding({ id: 's1', score: 1 }, { id: 's1', score: 2 });
      expect(await scores.getScoreById({ id: 's1' })).toMatchObject({ id: 's1', score: 2 });
      expect(saved[1].createdAt).toEqual(saved[0].createdAt);
      expect(saved[1].updatedAt.getTime()).toBeGreaterThan(saved[0].updatedAt.getTime());
      expect(
        (await scores.listScoresByScorerId({ scorerId: 'tone', pagination: ALL })).pagination.total,
      ).toBe(1);
    });

    it('are listed by scorer', async () => {
      const { scores } = await holding(
        { score: 1 },
        { scorerId: 'other', score: 2 },
        { score: 3, entityId: 'x' },
      );
      const list = (/** @type {object} */ more) =>
        scores.listScoresByScorerId({ scorerId: 'tone', pagination: ALL, ...more });
      expect(values(await list({}))).toEqual([3, 1]);
      expect(values(await list({ entityId: 'x' }))).toEqual([3]);
      expect(values(await list({ source: 'LIVE' }))).toEqual([]);
    });

    it('come in pages of one, newest first', async () => {
      const { scores } = await holding({ score: 1 }, { score: 2 }, { score: 3 });
      const pages = [];
      for (const page of [0, 1, 2]) {
        pages.push(await scores.listScoresByScorerId({ scorerId: 'tone', pagination: { page, perPage: 1 } }));
      }
      expect(pages.flatMap(values)).toEqual([3, 2, 1]);
      expect(pages.map(({ pagination }) => pagination)).toEqual([
        { total: 3, page: 0, perPage: 1, hasMore: true },
        { total: 3, page: 1, perPage: 1, hasMore: true },
        { total: 3, page: 2, perPage: 1, hasMore: false },
      ]);
    });

    it('come back as saving answered them, with the same fields', async () => {
      const { scores, saved } = await holding({});
      const found = await scores.getScoreById({ id: saved[0].id });
      expect(found).toEqual(saved[0]);
      expect(Object.keys(found).sort()).toEqual(
        [...Object.keys(score()), 'createdAt', 'id', 'updatedAt'].sort(),
      );
      expect(found).toMatchObject(score());
    });

    it('are listed by scorer and source', async () => {
      const { scores } = await holding({ score: 1, source: 'LIVE' }, { score: 2, source: 'TEST' });
      const args = { scorerId: 'tone', source: 'LIVE', pagination: ALL };
      expect(values(await scores.listScoresByScorerId(args))).toEqual([1]);
    });

    it('are listed by run', async () => {
      const { scores } = await holding({ score: 1 }, { score: 2, runId: 'run-2' }, { score: 3 });
      const page = await scores.listScoresByRunId({ runId: 'run-1', pagination: { page: 0, perPage: 10 } });
      expect(values(page).sort()).toEqual([1, 3]);
      expect(page.pagination).toEqual({ total: 2, page: 0, perPage: 10, hasMore: false });
    });

    it('are found by the id that saving answered', async () => {
      const { scores, saved } = await holding({ score: 1 }, { score: 2 });
      expect(saved[0].id).not.toBe(saved[1].id);
      for (const { id, score } of saved) expect((await scores.getScoreById({ id })).score).toBe(score);
      expect(await scores.getScoreById({ id: 'nobody' })).toBeNull();
    });

    it('are listed by entity', async () => {
      const { scores } = await holding(
        { score: 1 },
        { score: 2, entityType: 'WORKFLOW' },
        { score: 3, entityId: 'x' },
      );
      const args = { entityId: 'guide', entityType: 'AGENT', pagination: ALL };
      expect(values(await scores.listScoresByEntityId(args))).toEqual([1]);
    });

    it('are listed by span', async () => {
      const { scores } = await holding(
        { score: 1, traceId: 't1', spanId: 's1' },
        { score: 2, traceId: 't1', spanId: 's2' },
        { score: 3, traceId: 't2', spanId: 's1' },
        { score: 4 },
      );
      const page = await scores.listScoresBySpan({ traceId: 't1', spanId: 's1', pagination: ALL });
      expect(values(page)).toEqual([1]);
    });

    /** Seven of one span among others. */
    const ofSpan = () =>
      holding(
        ...[1, 2, 3, 4, 5, 6, 7].flatMap((n) => [
          { score: n, traceId: 't1', spanId: 's1' },
          { score: 0, traceId: 't1', spanId: `decoy-${n}` },
        ]),
      );
    /** @type {[string, number, number[], boolean][]} */
    const pages = [
      ['first', 0, [7, 6, 5], true],
      ['middle', 1, [4, 3, 2], true],
      ['last', 2, [1], false],
    ];
    it.each(pages)('of a span: the %s page', async (_, page, expected, hasMore) => {
      const { scores } = await ofSpan();
      const found = await scores.listScoresBySpan({
        traceId: 't1',
        spanId: 's1',
        pagination: { page, perPage: 3 },
      });
      expect(values(found)).toEqual(expected);
      expect(found.pagination).toEqual({ total: 7, page, perPage: 3, hasMore });
    });

    it('of a span: three at once', async () => {
      const span = { traceId: 't1', spanId: 's1' };
      const { scores } = await holding({ ...span, score: 1 }, { ...span, score: 2 }, { ...span, score: 3 });
      const page = await scores.listScoresBySpan({ ...span, pagination: { page: 0, perPage: 10 } });
      expect(values(page)).toEqual([3, 2, 1]);
    });

    it('keep whose they are', async () => {
      const owner = { organizationId: 'org', projectId: 'project', resourceId: 'alice', threadId: 't' };
      const { scores, saved } = await holding(owner);
      expect(await scores.getScoreById({ id: saved[0].id })).toMatchObject(owner);
    });

    it('keep their batch and data set', async () => {
      const set = { batchId: 'b', datasetId: 'd', datasetItemId: 'i' };
      const { scores, saved } = await holding(set);
      expect(await scores.getScoreById({ id: saved[0].id })).toMatchObject(set);
    });

    it('are listed by scorer, organisation and project', async () => {
      const { scores } = await holding(
        { score: 1, organizationId: 'o1', projectId: 'p1' },
        { score: 2, organizationId: 'o1', projectId: 'p2' },
        { score: 3, organizationId: 'o2', projectId: 'p1' },
      );
      const list = (/** @type {object} */ filters) =>
        scores.listScoresByScorerId({ scorerId: 'tone', pagination: ALL, filters });
      expect(values(await list({ organizationId: 'o1' }))).toEqual([2, 1]);
      expect(values(await list({ organizationId: 'o1', projectId: 'p1' }))).toEqual([1]);
    });

    it('are listed by entity and organisation', async () => {
      const { scores } = await holding(
        { score: 1, organizationId: 'o1' },
        { score: 2, organizationId: 'o2' },
      );
      const args = {
        entityId: 'guide',
        entityType: 'AGENT',
        pagination: ALL,
        filters: { organizationId: 'o2' },
      };
      expect(values(await scores.listScoresByEntityId(args))).toEqual([2]);
    });
  });
}
