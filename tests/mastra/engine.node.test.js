/** Mastra's own workflow engines over the store: what a step may return, and what a schedule needs. */

import { Mastra } from '@mastra/core/mastra';
import { InMemoryStore, MastraCompositeStore } from '@mastra/core/storage';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

/** @param {object} [config] @returns {any} */
const open = (config) =>
  new CloudflareStore(/** @type {any} */ ({ backend: createMemoryBackend(), ...config }));

/** @type {Mastra | undefined} */
let mastra;
afterEach(() => mastra?.shutdown());

/**
 * A Mastra with one workflow of one step.
 *
 * @param {any} storage
 * @param {(context: any) => Promise<any>} execute  the step
 * @param {object} [options]  of the workflow
 */
function start(storage, execute, options) {
  const any = { inputSchema: z.any(), outputSchema: z.any() };
  const step = createStep({ id: 'step', ...any, resumeSchema: z.any(), suspendSchema: z.any(), execute });
  const workflow = createWorkflow({ id: 'wf', ...any, ...options })
    .then(step)
    .commit();
  const scheduler = { tickIntervalMs: 50 };
  mastra = new Mastra({ storage, workflows: { wf: workflow }, scheduler, logger: false });
  return mastra;
}

describe('a step that returns what JSON has no word for', () => {
  function odd() {
    const output = /** @type {any} */ ({ wei: 10n ** 20n });
    output.self = output;
    return output;
  }

  it('does not fail its run', async () => {
    const storage = open();
    const run = await start(storage, async () => odd())
      .getWorkflow('wf')
      .createRun();
    expect((await run.start({ inputData: {} })).status).toBe('success');
    const { workflows } = storage.stores;
    const stored = await workflows.loadWorkflowSnapshot({ workflowName: 'wf', runId: run.runId });
    expect(stored.context.step).toMatchObject({
      status: 'success',
      output: { wei: '100000000000000000000' },
    });
    expect(stored.context.step.output).not.toHaveProperty('self');
  });

  it('does not keep it from being suspended and resumed', async () => {
    const step = async (/** @type {any} */ { resumeData, suspend }) => (resumeData ? odd() : suspend(odd()));
    const run = await start(open(), step).getWorkflow('wf').createRun();
    expect((await run.start({ inputData: {} })).status).toBe('suspended');
    expect((await run.resume({ step: 'step', resumeData: { go: true } })).status).toBe('success');
  });
});

describe('a scheduled workflow', () => {
  const schedule = { cron: '* * * * * *', inputData: {} };

  it('needs a single writer', async () => {
    const { wf } = start(open(), async () => ({}), { schedule }).listWorkflows();
    await expect(wf.createRun()).rejects.toMatchObject({ id: 'ATOMIC_STORAGE_OPERATIONS_NOT_SUPPORTED' });
  });

  it('needs a domain for its schedules, which this store has not', async () => {
    const store = open({ assumeSingleWriter: true });
    expect(await store.getStore('schedules')).toBeUndefined();
    const step = vi.fn(async () => ({}));
    const { wf } = start(store, step, { schedule }).listWorkflows();
    await mastra?.startWorkers();
    const run = await wf.createRun();
    expect((await run.start({ inputData: {} })).status).toBe('success');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(step).toHaveBeenCalledTimes(1);
  });

  it('runs where another store keeps the schedules', async () => {
    const step = vi.fn(async () => ({}));
    const { schedules } = /** @type {any} */ (new InMemoryStore().stores);
    const store = open({ assumeSingleWriter: true });
    const storage = new MastraCompositeStore({ id: 'both', default: store, domains: { schedules } });
    start(storage, step, { schedule });
    await mastra?.startWorkers();
    await vi.waitFor(() => expect(step).toHaveBeenCalled(), { timeout: 10_000, interval: 100 });
    await vi.waitFor(async () => {
      const { runs } = await store.stores.workflows.listWorkflowRuns({
        workflowName: 'wf',
        status: 'success',
      });
      expect(runs.length).toBeGreaterThan(0);
    });
  });
});
