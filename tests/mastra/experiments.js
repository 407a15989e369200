import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

const ALL = { page: 0, perPage: /** @type {const} */ (false) };

/** @param {object} [fields] */
export const experiment = (fields) => ({
  datasetId: 'd',
  datasetVersion: 1,
  targetType: 'agent',
  targetId: 'cook',
  totalItems: 2,
  ...fields,
});

/** @param {string} itemId @param {object} [fields] */
export const result = (itemId, fields) => ({
  experimentId: 'x',
  itemId,
  itemDatasetVersion: 1,
  input: { ask: itemId },
  output: { say: 'yes' },
  groundTruth: null,
  error: null,
  startedAt: at(1),
  completedAt: at(2),
  retryCount: 0,
  ...fields,
});

/** @param {any[]} list */
const idsOf = (list) => list.map(({ id }) => id).join('');

/** @param {import('./support.js').Make} make */
export function experiments(make) {
  /** Time goes on before each call. */
  async function open() {
    const { experiments: domain, clock } = /** @type {any} */ (await make());
    return new Proxy(domain, {
      get: (_, name) => {
        if (typeof domain[name] !== 'function' || name === 'then') return domain[name];
        return (/** @type {any[]} */ ...args) => {
          clock.advance(10);
          return domain[name](...args);
        };
      },
    });
  }
  /** @param {any} domain @param {object} [args] */
  const listed = async (domain, args) => {
    const page = await domain.listExperiments({ pagination: ALL, ...args });
    return idsOf(page.experiments);
  };
  /** @param {any} domain @param {object} [args] */
  const results = async (domain, args) => {
    const page = await domain.listExperimentResults({ experimentId: 'x', pagination: ALL, ...args });
    return page.results;
  };

  describe('experiments', () => {
    it('begin pending, with nothing counted', async () => {
      const domain = await open();
      const made = await domain.createExperiment(experiment({ name: 'first', metadata: { a: [1] } }));
      expect(made).toMatchObject({
        ...experiment({ name: 'first', metadata: { a: [1] } }),
        ...{ status: 'pending', succeededCount: 0, failedCount: 0, skippedCount: 0 },
        ...{ startedAt: null, completedAt: null },
      });
      expect(made.id).toEqual(expect.any(String));
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(made.updatedAt).toBeInstanceOf(Date);
      expect(await domain.getExperimentById({ id: made.id })).toMatchObject({ id: made.id, name: 'first' });
      expect(await domain.getExperimentById({ id: 'none' })).toBeNull();
    });

    it('keep where they come from, and what they belong to', async () => {
      const domain = await open();
      const fields = {
        ...{ id: 'x', experimentSetId: 's', comparisonId: 'c', variantId: 'v', trialIndex: 0 },
        ...{ agentVersion: 'v1', scorerIds: ['polite'], organizationId: 'o', projectId: 'p' },
        provenance: { source: 'ci', metadata: { run: 7 } },
        runnerAttestation: { runnerId: 'r', invocationId: 'i' },
      };
      await domain.createExperiment(experiment(fields));
      expect(await domain.getExperimentById({ id: 'x' })).toMatchObject(fields);
    });

    it('may be of no dataset and no target', async () => {
      const domain = await open();
      const none = { datasetId: null, datasetVersion: null, targetType: null, targetId: null };
      await domain.createExperiment(experiment({ id: 'x', ...none }));
      expect(await domain.getExperimentById({ id: 'x' })).toMatchObject(none);
    });

    it('are updated by what is given; the rest stays', async () => {
      const domain = await open();
      const before = await domain.createExperiment(
        experiment({ id: 'x', name: 'n', metadata: { a: 1, b: 2 } }),
      );
      const first = await domain.updateExperiment({ id: 'x', status: 'running', startedAt: at(5) });
      expect(first).toMatchObject({ status: 'running', name: 'n', startedAt: at(5), completedAt: null });
      expect(first.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
      const done = { status: 'completed', succeededCount: 1, failedCount: 1, completedAt: at(9) };
      await domain.updateExperiment({ id: 'x', ...done, metadata: { c: 3 }, name: undefined });
      const after = await domain.getExperimentById({ id: 'x' });
      expect(after).toMatchObject({ ...done, startedAt: at(5), name: 'n', createdAt: before.createdAt });
      expect(after.metadata).toEqual({ c: 3 });
      await expect(domain.updateExperiment({ id: 'none', status: 'failed' })).rejects.toThrow();
    });

    it('are listed newest first, and by all that tells them apart', async () => {
      const domain = await open();
      await domain.createExperiment(experiment({ id: 'a', experimentSetId: 's', trialIndex: 0 }));
      await domain.createExperiment(
        experiment({ id: 'b', experimentSetId: 's', trialIndex: 1, organizationId: 'o' }),
      );
      await domain.createExperiment(
        experiment({ id: 'c', datasetId: 'e', targetId: 'waiter', agentVersion: 'v2', variantId: 'w' }),
      );
      await domain.updateExperiment({ id: 'b', status: 'running' });
      expect(await listed(domain)).toBe('cba');
      expect(await listed(domain, { orderBy: { direction: 'ASC' } })).toBe('abc');
      expect(await listed(domain, { orderBy: { field: 'status', direction: 'ASC' } })).toBe('acb');
      expect(await listed(domain, { datasetId: 'd' })).toBe('ba');
      expect(await listed(domain, { targetType: 'agent', targetId: 'waiter' })).toBe('c');
      expect(await listed(domain, { agentVersion: 'v2' })).toBe('c');
      expect(await listed(domain, { status: 'running' })).toBe('b');
      expect(await listed(domain, { experimentSetId: 's', trialIndex: 0 })).toBe('a');
      expect(await listed(domain, { variantId: 'w', comparisonId: undefined })).toBe('c');
      expect(await listed(domain, { filters: { organizationId: 'o' } })).toBe('b');
      expect(await listed(domain, { filters: { organizationId: 'o', projectId: 'p' } })).toBe('');
    });

    it('come in pages', async () => {
      const domain = await open();
      for (const id of ['a', 'b', 'c']) await domain.createExperiment(experiment({ id }));
      const page = await domain.listExperiments({ pagination: { page: 1, perPage: 2 } });
      expect(idsOf(page.experiments)).toBe('a');
      expect(page.pagination).toEqual({ total: 3, page: 1, perPage: 2, hasMore: false });
      const first = await domain.listExperiments({ pagination: { page: 0, perPage: 2 } });
      expect([idsOf(first.experiments), first.pagination.hasMore]).toEqual(['cb', true]);
      const beyond = await domain.listExperiments({ pagination: { page: 9, perPage: 2 } });
      expect(beyond).toEqual({
        experiments: [],
        pagination: { total: 3, page: 9, perPage: 2, hasMore: false },
      });
      await expect(domain.listExperiments({ pagination: { page: -1, perPage: 2 } })).rejects.toThrow(/page/);
      await expect(domain.listExperiments({ pagination: ALL, orderBy: { field: 'name' } })).rejects.toThrow();
    });

    it('of another organization are not there', async () => {
      const domain = await open();
      await domain.createExperiment(experiment({ id: 'x', organizationId: 'o', projectId: 'p' }));
      await domain.addExperimentResult(result('i'));
      const mine = { organizationId: 'o', projectId: 'p' };
      const theirs = { organizationId: 'other' };
      expect((await domain.getExperimentById({ id: 'x', filters: mine })).id).toBe('x');
      expect(await domain.getExperimentById({ id: 'x', filters: theirs })).toBeNull();
      await domain.deleteExperimentResults({ experimentId: 'x', filters: theirs });
      await domain.deleteExperiment({ id: 'x', filters: theirs });
      expect(await results(domain)).toHaveLength(1);
      await domain.deleteExperiment({ id: 'x', filters: mine });
      expect(await domain.getExperimentById({ id: 'x' })).toBeNull();
      expect(await results(domain)).toEqual([]);
    });

    it('go with their results, and with nothing else', async () => {
      const domain = await open();
      for (const id of ['x', 'y']) {
        await domain.createExperiment(experiment({ id }));
        await domain.addExperimentResult(result('i', { experimentId: id, id: `${id}-i` }));
      }
      await domain.deleteExperiment({ id: 'x' });
      await domain.deleteExperiment({ id: 'none' });
      expect(await listed(domain)).toBe('y');
      expect(await domain.getExperimentResultById({ id: 'x-i' })).toBeNull();
      expect((await domain.getExperimentResultById({ id: 'y-i' })).experimentId).toBe('y');
      await domain.deleteExperimentResults({ experimentId: 'y' });
      expect(await results(domain, { experimentId: 'y' })).toEqual([]);
      expect(await listed(domain)).toBe('y');
    });

    it('are cleared', async () => {
      const domain = await open();
      await domain.createExperiment(experiment({ id: 'x' }));
      await domain.addExperimentResult(result('i', { id: 'r' }));
      await domain.dangerouslyClearAll();
      expect(await listed(domain)).toBe('');
      expect(await results(domain)).toEqual([]);
      expect(await domain.getExperimentResultById({ id: 'r' })).toBeNull();
    });
  });

  describe('results of an experiment', () => {
    it('come back as they were given', async () => {
      const domain = await open();
      const fields = {
        ...{ id: 'r', input: 'text', output: [1, { a: null }], groundTruth: false, metadata: { m: 1 } },
        ...{ error: { message: 'no', code: 'E' }, traceId: 't', status: 'needs-review', tags: ['a'] },
        ...{ retryCount: 2, toolMockReport: null, organizationId: 'o', projectId: 'p' },
      };
      const added = await domain.addExperimentResult(result('i', fields));
      expect(added).toMatchObject({ ...result('i', fields), attempt: 0 });
      expect(added.comment ?? null).toBeNull();
      expect(added.createdAt).toBeInstanceOf(Date);
      const found = await domain.getExperimentResultById({ id: 'r' });
      expect(found).toMatchObject({ ...result('i', fields), attempt: 0 });
      expect(found.startedAt).toEqual(at(1));
      expect(await domain.getExperimentResultById({ id: 'none' })).toBeNull();
      expect(await domain.getExperimentResultById({ id: 'r', filters: { projectId: 'q' } })).toBeNull();
      expect(await domain.getExperimentResultById({ id: 'r', filters: { projectId: 'p' } })).not.toBeNull();
    });

    it('sent again are one, with the id, the date and the comment of the first', async () => {
      const domain = await open();
      const first = await domain.upsertExperimentResult(result('i', { tags: ['old'], status: 'reviewed' }));
      await domain.updateExperimentResult({ id: first.id, comment: 'good' });
      const second = await domain.upsertExperimentResult(result('i', { output: 'again', retryCount: 1 }));
      expect(second).toMatchObject({ id: first.id, comment: 'good', output: 'again', retryCount: 1 });
      expect(second).toMatchObject({ tags: null, status: null, createdAt: first.createdAt });
      expect(await results(domain)).toHaveLength(1);
    });

    it('of other attempts, items and experiments stand beside them', async () => {
      const domain = await open();
      await domain.upsertExperimentResult(result('i'));
      await domain.upsertExperimentResult(result('i', { attempt: 1 }));
      await domain.upsertExperimentResult(result('j'));
      await domain.upsertExperimentResult(result('i', { experimentId: 'y' }));
      const all = await results(domain);
      const told = all.map((/** @type {any} */ { itemId, attempt }) => `${itemId}${attempt}`);
      expect(told.sort()).toEqual(['i0', 'i1', 'j0']);
      expect(await results(domain, { experimentId: 'y' })).toHaveLength(1);
    });

    it('are one, if ten are sent at once', async () => {
      const domain = await open();
      const sent = Array.from({ length: 10 }, (_, n) =>
        domain.upsertExperimentResult(result('i', { output: n })),
      );
      const ids = (await Promise.all(sent)).map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
      expect(await results(domain)).toHaveLength(1);
    });

    it('are reviewed: null clears, undefined keeps', async () => {
      const domain = await open();
      const { id } = await domain.addExperimentResult(result('i', { tags: ['a'], status: 'needs-review' }));
      const seen = await domain.updateExperimentResult({ id, experimentId: 'x', comment: 'hm' });
      expect(seen).toMatchObject({ tags: ['a'], status: 'needs-review', comment: 'hm' });
      const changed = await domain.updateExperimentResult({ id, status: 'complete', tags: null });
      expect(changed).toMatchObject({
        tags: null,
        status: 'complete',
        comment: 'hm',
        output: { say: 'yes' },
      });
      await domain.updateExperimentResult({ id, comment: null });
      expect((await domain.getExperimentResultById({ id })).comment).toBeNull();
      await expect(domain.updateExperimentResult({ id, experimentId: 'y' })).rejects.toThrow();
      await expect(domain.updateExperimentResult({ id: 'none' })).rejects.toThrow();
    });

    it('are listed in the order in which they began', async () => {
      const domain = await open();
      const add = (/** @type {string} */ id, /** @type {number} */ minute, /** @type {object} */ fields) =>
        domain.addExperimentResult(result(id, { id, startedAt: at(minute), ...fields }));
      await add('c', 3, { traceId: 't', tags: ['x', 'y'] });
      await add('a', 1, { status: 'needs-review', tags: ['x'] });
      await add('b', 2, { organizationId: 'o' });
      const told = async (/** @type {object} */ args) => idsOf(await results(domain, args));
      expect(await told({})).toBe('abc');
      expect(await told({ orderBy: { field: 'startedAt', direction: 'DESC' } })).toBe('cba');
      expect(await told({ orderBy: { field: 'createdAt', direction: 'ASC' } })).toBe('cab');
      expect(await told({ traceId: 't' })).toBe('c');
      expect(await told({ status: 'needs-review' })).toBe('a');
      expect(await told({ tags: ['x'] })).toBe('ac');
      expect(await told({ tags: ['x', 'y'] })).toBe('c');
      expect(await told({ tags: [] })).toBe('abc');
      expect(await told({ filters: { organizationId: 'o' } })).toBe('b');
      expect(await told({ experimentId: 'none' })).toBe('');
      const page = await domain.listExperimentResults({
        experimentId: 'x',
        tags: ['x'],
        pagination: { page: 1, perPage: 1 },
      });
      expect(idsOf(page.results)).toBe('c');
      expect(page.pagination).toEqual({ total: 2, page: 1, perPage: 1, hasMore: false });
    });

    it('that began at once stand by their ids', async () => {
      const domain = await open();
      for (const id of ['b', 'a', 'c']) await domain.addExperimentResult(result(`of ${id}`, { id }));
      expect(idsOf(await results(domain))).toBe('abc');
    });

    it('are counted for the reviewer', async () => {
      const domain = await open();
      const statuses = [null, 'needs-review', 'needs-review', 'reviewed', 'complete'];
      for (const [n, status] of statuses.entries())
        await domain.addExperimentResult(result(`i${n}`, { status }));
      await domain.addExperimentResult(result('i', { experimentId: 'y' }));
      const summary = await domain.getReviewSummary();
      expect(summary).toHaveLength(2);
      expect(summary).toContainEqual({
        ...{ experimentId: 'x', total: 5, needsReview: 2, reviewed: 1, complete: 1 },
      });
      expect(summary).toContainEqual({
        ...{ experimentId: 'y', total: 1, needsReview: 0, reviewed: 0, complete: 0 },
      });
    });
  });
}
