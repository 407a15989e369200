/** Datasets and experiments as an application has them; and where several places write. */

import { Mastra } from '@mastra/core/mastra';
import { describe, expect, it } from 'vitest';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { experiment, result } from './experiments.js';
import { openApp } from './routes/app.js';
import { makeSubject } from './support.js';

const ALL = { page: 0, perPage: /** @type {const} */ (false) };

describe('an experiment of an application', () => {
  it('is run over a dataset, and kept', async () => {
    const { storage, reopen } = await makeSubject(() => ({
      ...{ backend: createMemoryBackend(), assumeSingleWriter: true },
    }));
    const mastra = new Mastra({ storage, logger: false });
    const dataset = await mastra.datasets.create({ name: 'Sums' });
    await dataset.addItems({ items: [1, 2, 3].map((n) => ({ input: { n }, groundTruth: n + 1 })) });
    const summary = await dataset.startExperiment({
      name: 'add one',
      task: async (/** @type {any} */ { input }) => {
        if (input.n === 3) throw new Error('too much');
        return input.n + 1;
      },
    });
    expect(summary).toMatchObject({ status: 'completed', succeededCount: 2, failedCount: 1 });
    const { experiments } = await reopen({ assumeSingleWriter: true });
    const [kept] = (await experiments.listExperiments({ datasetId: dataset.id, pagination: ALL }))
      .experiments;
    expect(kept).toMatchObject({ id: summary.experimentId, name: 'add one', status: 'completed' });
    expect(kept).toMatchObject({ datasetVersion: 1, succeededCount: 2, failedCount: 1 });
    const { results } = await experiments.listExperimentResults({ experimentId: kept.id, pagination: ALL });
    const told = results.map((/** @type {any} */ { output, error }) => output ?? error.message);
    expect(told.sort()).toEqual([2, 3, expect.stringContaining('too much')]);
  });
});

describe('datasets over KV, where several places may write', () => {
  const open = () => {
    const namespace = createMemoryNamespace();
    return makeSubject(() => ({ bindings: { default: namespace } }));
  };

  it('are made and read; what counts versions is refused, and says what helps', async () => {
    const { datasets } = await open();
    const { id } = await datasets.createDataset({ name: 'Questions' });
    expect((await datasets.getDatasetById({ id })).version).toBe(0);
    const counting = [
      () => datasets.createDataset({ id: 'mine', name: 'x' }),
      () => datasets.updateDataset({ id, name: 'x' }),
      () => datasets.addItem({ datasetId: id, input: 1 }),
      () => datasets.batchInsertItems({ datasetId: id, items: [{ input: 1 }] }),
      () => datasets.updateItem({ id: 'i', datasetId: id, input: 1 }),
      () => datasets.deleteItem({ id: 'i', datasetId: id }),
      () => datasets.batchDeleteItems({ datasetId: id, itemIds: ['i'] }),
      () => datasets.createDatasetVersion(id, 1),
    ];
    for (const count of counting) {
      const error = await count().then(
        () => expect.fail('it was not refused'),
        (/** @type {any} */ one) => one,
      );
      expect(error.cause).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(error.message).toMatch(/assumeSingleWriter.*Durable Objects/);
    }
    const { name, version } = await datasets.getDatasetById({ id });
    expect([name, version]).toEqual(['Questions', 0]);
    expect((await datasets.listItems({ datasetId: id, pagination: ALL })).items).toEqual([]);
  });

  it('may be judged from all of them: a submission from two places leaves one result', async () => {
    const { experiments, reopen } = await open();
    await experiments.createExperiment(experiment({ id: 'x' }));
    const elsewhere = (await reopen()).experiments;
    const [here, there] = await Promise.all([
      experiments.upsertExperimentResult(result('i', { output: 'here' })),
      elsewhere.upsertExperimentResult(result('i', { output: 'there' })),
    ]);
    expect(here.id).toBe(there.id);
    const page = await (
      await reopen()
    ).experiments.listExperimentResults({ experimentId: 'x', pagination: ALL });
    expect(page.results.map((/** @type {any} */ { id }) => id)).toEqual([here.id]);
  });
});

it('what is refused is answered by Mastra’s server as the fault of who has asked', async () => {
  const namespace = createMemoryNamespace();
  const { storage } = await makeSubject(() => ({ bindings: { default: namespace } }));
  const { ask, close } = await openApp(storage);
  const { body } = await ask('POST', '/datasets', { name: 'Questions' });
  const path = `/datasets/${body.id}`;
  for (const [method, route, given] of /** @type {[string, string, object][]} */ ([
    ['POST', `${path}/items`, { input: 1 }],
    ['PATCH', path, { name: 'x' }],
    ['POST', `${path}/items/batch`, { items: [{ input: 1 }] }],
  ])) {
    const { status, body } = await ask(method, route, given);
    expect([status, body.error]).toEqual([400, expect.stringContaining('assumeSingleWriter')]);
  }
  await close();
});
