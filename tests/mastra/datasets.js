import { describe, expect, it } from 'vitest';
import { experiment, result } from './experiments.js';

const inWorkerd = /** @type {any} */ (globalThis).navigator?.userAgent === 'Cloudflare-Workers';
const ALL = { page: 0, perPage: /** @type {const} */ (false) };

/**
 * A store whose isolate alone writes, time going on before each call.
 *
 * @param {import('./support.js').Make} make
 */
export async function openSingle(make) {
  const made = /** @type {any} */ (await make());
  const subject = made.single ? await made.single() : made;
  const ticking = (/** @type {any} */ domain) =>
    new Proxy(domain, {
      get: (_, name) => {
        if (typeof domain[name] !== 'function' || name === 'then') return domain[name];
        return (/** @type {any[]} */ ...args) => {
          made.clock.advance(10);
          return domain[name](...args);
        };
      },
    });
  const { datasets, experiments, knowledge } = subject;
  return {
    ...{ subject, datasets: ticking(datasets), experiments: ticking(experiments) },
    knowledge: knowledge && ticking(knowledge),
  };
}

/** @param {import('./support.js').Make} make */
export function datasets(make) {
  /** With a dataset `d`. @param {object} [fields] */
  async function open(fields) {
    const all = await openSingle(make);
    await all.datasets.createDataset({ id: 'd', name: 'Questions', ...fields });
    const items = async (/** @type {object} */ args = {}) =>
      (await all.datasets.listItems({ datasetId: 'd', pagination: ALL, ...args })).items;
    const inputs = async (/** @type {object} */ args = {}) =>
      (await items(args)).map((/** @type {any} */ { input }) => input).join('');
    const version = async () => (await all.datasets.getDatasetById({ id: 'd' })).version;
    const versions = async () => {
      const page = await all.datasets.listDatasetVersions({ datasetId: 'd', pagination: ALL });
      return page.versions.map((/** @type {any} */ one) => one.version).join(' ');
    };
    const add = (/** @type {any} */ input, /** @type {object} */ more = {}) =>
      all.datasets.addItem({ datasetId: 'd', input, ...more });
    return { ...all, items, inputs, version, versions, add };
  }

  describe('datasets', () => {
    it('begin with version 0', async () => {
      const { datasets: domain } = await openSingle(make);
      const fields = {
        ...{ name: 'Questions', description: 'many', metadata: { a: 1 }, targetType: 'agent' },
        ...{ targetIds: ['cook'], scorerIds: ['polite'], inputSchema: { type: 'string' } },
        ...{ organizationId: 'o', projectId: 'p', candidateKey: 'k', candidateId: 'c' },
      };
      const made = await domain.createDataset(fields);
      expect(made).toMatchObject({ ...fields, version: 0 });
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(made.updatedAt).toBeInstanceOf(Date);
      expect(await domain.getDatasetById({ id: made.id })).toMatchObject({ id: made.id, ...fields });
      expect(await domain.getDatasetById({ id: made.id, filters: { projectId: 'q' } })).toBeNull();
      expect(await domain.getDatasetById({ id: 'none' })).toBeNull();
    });

    it('of an id that is there are those that are there', async () => {
      const { datasets: domain } = await open({ organizationId: 'o' });
      const again = await domain.createDataset({ id: 'd', name: 'Other', organizationId: 'o' });
      expect(again.name).toBe('Questions');
      await expect(domain.createDataset({ id: 'd', name: 'x', organizationId: 'p' })).rejects.toMatchObject({
        id: 'DATASET_ID_CONFLICT',
      });
      await expect(domain.createDataset({ id: '', name: 'x' })).rejects.toMatchObject({
        id: 'DATASET_INVALID_ID',
      });
    });

    it('are updated by what is given', async () => {
      const { datasets: domain, version } = await open({ description: 'd', metadata: { a: 1 }, tags: ['x'] });
      const before = await domain.getDatasetById({ id: 'd' });
      const changed = await domain.updateDataset({
        id: 'd',
        metadata: { b: 2 },
        tags: ['y'],
        scorerIds: null,
      });
      expect(changed).toMatchObject({ name: 'Questions', description: 'd', tags: ['y'] });
      expect(changed.metadata).toEqual({ b: 2 });
      expect(changed.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
      expect(await version()).toBe(0);
      await expect(domain.updateDataset({ id: 'none', name: 'x' })).rejects.toThrow(/not found/);
      const filters = { organizationId: 'other' };
      await expect(domain.updateDataset({ id: 'd', name: 'x', filters })).rejects.toThrow(/not found/);
      await domain.deleteDataset({ id: 'd', filters });
      expect((await domain.getDatasetById({ id: 'd' })).name).toBe('Questions');
    });

    it('are listed newest first, and by all that tells them apart', async () => {
      const { datasets: domain } = await openSingle(make);
      await domain.createDataset({ id: 'a', name: 'Cooking', targetType: 'agent', targetIds: ['x', 'y'] });
      await domain.createDataset({ id: 'b', name: 'baking', organizationId: 'o', candidateKey: 'k' });
      await domain.createDataset({ id: 'c', name: 'Äpfel', targetIds: ['z'] });
      const told = async (/** @type {object} */ filters, /** @type {any} */ orderBy = undefined) => {
        const page = await domain.listDatasets({ pagination: ALL, filters, orderBy });
        return page.datasets.map((/** @type {any} */ { id }) => id).join('');
      };
      expect(await told({})).toBe('cba');
      expect(await told({ name: 'KING' })).toBe('ba');
      expect(await told({ targetIds: ['y', 'z'] })).toBe('ca');
      expect(await told({ targetIds: [] })).toBe('cba');
      expect(await told({ targetType: 'agent' })).toBe('a');
      expect(await told({ organizationId: 'o', candidateKey: 'k' })).toBe('b');
      expect(await told({}, { field: 'createdAt', direction: 'ASC' })).toBe('abc');
      await domain.updateDataset({ id: 'a', description: 'new' });
      expect(await told({}, { field: 'updatedAt', direction: 'DESC' })).toBe('acb');
      const page = await domain.listDatasets({ pagination: { page: 1, perPage: 2 } });
      expect(page.pagination).toEqual({ total: 3, page: 1, perPage: 2, hasMore: false });
    });

    it('go with their items and versions; their experiments stay, as of none', async () => {
      const { datasets: domain, experiments, add, items, versions } = await open();
      const { id } = await add('a');
      await experiments.createExperiment(experiment({ id: 'x', datasetId: 'd' }));
      await domain.deleteDataset({ id: 'd' });
      await domain.deleteDataset({ id: 'none' });
      expect(await domain.getDatasetById({ id: 'd' })).toBeNull();
      expect([await items(), await versions(), await domain.getItemHistory(id)]).toEqual([[], '', []]);
      expect(await domain.getItemById({ id })).toBeNull();
      expect(await experiments.getExperimentById({ id: 'x' })).toMatchObject({
        ...{ datasetId: null, datasetVersion: null },
      });
    });

    it('are cleared', async () => {
      const { datasets: domain, add, items } = await open();
      const { id } = await add('a');
      await domain.dangerouslyClearAll();
      expect([await domain.getDatasetById({ id: 'd' }), await items()]).toEqual([null, []]);
      expect(await domain.getItemById({ id })).toBeNull();
    });
  });

  describe('items of a dataset', () => {
    it('come back as they were added, and make a version each', async () => {
      const { datasets: domain, add, version, versions } = await open({ organizationId: 'o' });
      const fields = {
        ...{ groundTruth: { b: [null] }, metadata: { m: 1 }, scorerIds: ['s'], expectedTrajectory: [1] },
        ...{ requestContext: { r: 1 }, source: { type: 'csv' }, unmockedToolPolicy: 'allow' },
      };
      const item = await add({ ask: 1 }, fields);
      expect(item).toMatchObject({ datasetId: 'd', datasetVersion: 1, input: { ask: 1 }, ...fields });
      expect(item.organizationId).toBe('o');
      expect(item.createdAt).toBeInstanceOf(Date);
      expect(item).not.toHaveProperty('validTo');
      expect(await domain.getItemById({ id: item.id })).toMatchObject({ id: item.id, ...fields });
      await add('second');
      expect([await version(), await versions()]).toEqual([2, '2 1']);
      await expect(domain.addItem({ datasetId: 'none', input: 1 })).rejects.toThrow(/not found/);
      const filters = { organizationId: 'p' };
      await expect(domain.addItem({ datasetId: 'd', input: 1, filters })).rejects.toThrow(/not found/);
    });

    it('keep what they were in each version', async () => {
      const { datasets: domain, add, inputs, version } = await open();
      const { id } = await add('a', { groundTruth: 'x' });
      await add('b');
      const updated = await domain.updateItem({ id, datasetId: 'd', input: 'A' });
      expect(updated).toMatchObject({ id, datasetVersion: 3, input: 'A', groundTruth: 'x' });
      await domain.deleteItem({ id, datasetId: 'd' });
      expect(await version()).toBe(4);
      expect([await inputs({ version: 1 }), await inputs({ version: 2 })]).toEqual(['a', 'ba']);
      expect([await inputs({ version: 3 }), await inputs({ version: 4 }), await inputs()]).toEqual([
        ...['bA', 'b', 'b'],
      ]);
      expect(await inputs({ version: 99 })).toBe('b');
      const at = async (/** @type {number} */ n) =>
        (await domain.getItemById({ id, datasetVersion: n }))?.input ?? null;
      expect([await at(0), await at(1), await at(2), await at(3), await at(4)]).toEqual([
        ...[null, 'a', 'a', 'A', null],
      ]);
      expect(await domain.getItemById({ id })).toBeNull();
      const history = await domain.getItemHistory(id);
      expect(
        history.map((/** @type {any} */ row) => [row.datasetVersion, row.validTo, row.isDeleted]),
      ).toEqual([
        [4, null, true],
        [3, 4, false],
        [1, 3, false],
      ]);
      expect(history[0]).toMatchObject({ input: 'A', createdAt: history[2].createdAt });
      const listed = await domain.getItemsByVersion({ datasetId: 'd', version: 2 });
      expect(listed.map((/** @type {any} */ one) => one.input)).toEqual(['b', 'a']);
    });

    it('are added and deleted together, in one version', async () => {
      const { datasets: domain, inputs, version } = await open();
      const added = await domain.batchInsertItems({
        datasetId: 'd',
        items: [{ input: 'a' }, { input: 'b' }, { input: 'c' }],
      });
      expect(added.map((/** @type {any} */ one) => one.input)).toEqual(['a', 'b', 'c']);
      expect(await version()).toBe(1);
      expect(await domain.batchInsertItems({ datasetId: 'd', items: [] })).toEqual([]);
      const [a, b] = added;
      await domain.batchDeleteItems({ datasetId: 'd', itemIds: [a.id, b.id, a.id, 'none'] });
      expect([await version(), await inputs(), (await inputs({ version: 1 })).length]).toEqual([2, 'c', 3]);
      await expect(domain.batchDeleteItems({ datasetId: 'none', itemIds: [] })).rejects.toThrow(/not found/);
    });

    it('that are unknown or elsewhere are not changed', async () => {
      const { datasets: domain, add, version } = await open();
      const { id } = await add('a');
      await domain.createDataset({ id: 'e', name: 'other' });
      await expect(domain.updateItem({ id: 'none', datasetId: 'd', input: 1 })).rejects.toThrow();
      await expect(domain.updateItem({ id, datasetId: 'e', input: 1 })).rejects.toThrow();
      await domain.deleteItem({ id: 'none', datasetId: 'd' });
      await domain.deleteItem({ id, datasetId: 'd', filters: { organizationId: 'x' } });
      expect([await version(), (await domain.getItemById({ id })).input]).toEqual([1, 'a']);
    });

    it('of one name are one', async () => {
      const { datasets: domain, add, version } = await open();
      const first = await add('a', { externalId: 'n' });
      expect(first.externalId).toBe('n');
      const again = await add('a', { externalId: 'n' });
      expect([again.id, await version()]).toEqual([first.id, 1]);
      await expect(add('b', { externalId: 'n' })).rejects.toMatchObject({
        conflicts: [{ index: 0, externalId: 'n', existingItemId: first.id, reason: 'payload_mismatch' }],
      });
      const items = [
        { input: 'c', externalId: 'm' },
        { input: 'a', externalId: 'n' },
        { input: 'c', externalId: 'm' },
      ];
      const made = await domain.batchInsertItems({ datasetId: 'd', items });
      expect([made[0].id === made[2].id, made[1].id === first.id, await version()]).toEqual([true, true, 2]);
      await domain.deleteItem({ id: first.id, datasetId: 'd' });
      await expect(add('a', { externalId: 'n' })).rejects.toMatchObject({
        conflicts: [{ reason: 'deleted' }],
      });
    });

    // Core's validator makes code of a schema, which the Workers runtime forbids.
    it.skipIf(inWorkerd)('are as the schemas say, or none of them is stored', async () => {
      const schema = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] };
      const { datasets: domain, add, version } = await open({ inputSchema: schema });
      const { id } = await add({ q: 'why' });
      await expect(add({ q: 7 })).rejects.toMatchObject({ name: 'SchemaValidationError' });
      const items = [{ input: { q: 'a' } }, { input: {} }];
      await expect(domain.batchInsertItems({ datasetId: 'd', items })).rejects.toThrow();
      await expect(domain.updateItem({ id, datasetId: 'd', input: { q: 7 } })).rejects.toThrow();
      expect(await version()).toBe(1);
      const inputSchema = { ...schema, properties: { q: { type: 'number' } } };
      await expect(domain.updateDataset({ id: 'd', inputSchema })).rejects.toMatchObject({
        name: 'SchemaUpdateValidationError',
      });
      await domain.updateDataset({ id: 'd', inputSchema: null });
      expect((await add(7)).input).toBe(7);
    });

    it('are listed newest first, by owner, and by what is in them', async () => {
      const { datasets: domain, add, inputs } = await open({ organizationId: 'o' });
      const { id } = await add('Apple');
      await add({ fruit: 'pear' });
      await add('x', { groundTruth: 'apple pie' });
      const found = async (/** @type {object} */ args) =>
        (await domain.listItems({ datasetId: 'd', pagination: ALL, ...args })).items.length;
      expect(await found({ search: 'APPLE' })).toBe(2);
      expect(await found({ search: 'fruit' })).toBe(1);
      expect(await found({ filters: { organizationId: 'o' } })).toBe(3);
      expect(await found({ filters: { organizationId: 'p' } })).toBe(0);
      await domain.updateItem({ id, datasetId: 'd', input: 'A' });
      expect((await inputs({ orderBy: { field: 'updatedAt', direction: 'DESC' } })).startsWith('A')).toBe(
        true,
      );
      expect((await inputs({ orderBy: { field: 'createdAt', direction: 'ASC' } })).startsWith('A')).toBe(
        true,
      );
      const page = await domain.listItems({ datasetId: 'd', pagination: { page: 1, perPage: 2 } });
      expect([page.items.length, page.pagination]).toEqual([
        ...[1, { total: 3, page: 1, perPage: 2, hasMore: false }],
      ]);
      expect((await domain.listItems({ datasetId: 'none', pagination: ALL })).items).toEqual([]);
    });

    it('lose nothing to others that are changed at once', async () => {
      const { datasets: domain, add, items, version, versions } = await open();
      await Promise.all(Array.from({ length: 5 }, (_, n) => add(n)));
      expect([await version(), await versions()]).toEqual([5, '5 4 3 2 1']);
      const [first] = await items();
      const { id } = first;
      await Promise.all([
        domain.updateItem({ id, datasetId: 'd', input: 'new' }),
        domain.updateItem({ id, datasetId: 'd', groundTruth: 'new' }),
        domain.updateItem({ id, datasetId: 'd', metadata: { new: true } }),
      ]);
      expect(await domain.getItemById({ id })).toMatchObject({
        ...{ input: 'new', groundTruth: 'new', metadata: { new: true }, datasetVersion: 8 },
      });
      expect(await domain.getItemHistory(id)).toHaveLength(4);
    });

    it('are purged from their history, and from what experiments found', async () => {
      const { datasets: domain, experiments, add, version } = await open();
      const { id } = await add('secret', { groundTruth: 'secret', externalId: 'n' });
      await domain.updateItem({ id, datasetId: 'd', input: 'more secret' });
      await experiments.createExperiment(experiment({ id: 'x', datasetId: 'd' }));
      await experiments.createExperiment(experiment({ id: 'y', datasetId: 'e' }));
      const before = await experiments.addExperimentResult(result(id, { tags: ['secret'] }));
      const other = await experiments.addExperimentResult(result(id, { experimentId: 'y' }));
      await experiments.updateExperimentResult({ id: before.id, comment: 'secret' });
      await domain.purgeItem({ id, datasetId: 'e' });
      expect((await domain.getItemById({ id })).input).toBe('more secret');
      await domain.purgeItem({ id, datasetId: 'd' });
      await domain.purgeItem({ id: 'none', datasetId: 'd' });
      expect(await version()).toBe(2);
      const history = await domain.getItemHistory(id);
      expect(history).toHaveLength(2);
      expect(JSON.stringify(history)).not.toContain('secret');
      for (const row of history) {
        expect(row).toMatchObject({ input: null, metadata: { __purged: true }, externalId: 'n' });
      }
      const found = await experiments.getExperimentResultById({ id: before.id });
      expect(found).toMatchObject({ input: null, output: null, comment: null, metadata: { __purged: true } });
      expect((await experiments.getExperimentResultById({ id: other.id })).output).toEqual({ say: 'yes' });
      const later = await experiments.upsertExperimentResult(result(id, { attempt: 1, tags: ['secret'] }));
      expect(later).toMatchObject({ input: null, tags: null, metadata: { __purged: true } });
      await expect(domain.updateItem({ id, datasetId: 'd', input: 1 })).rejects.toThrow();
    });
  });
}
