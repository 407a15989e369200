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

  it('fires, is claimed once and leaves a trigger for each fire', async () => {
    const step = vi.fn(async () => ({}));
    const storage = open({ assumeSingleWriter: true });
    start(storage, step, { schedule });
    await mastra?.startWorkers();
    await vi.waitFor(() => expect(step.mock.calls.length).toBeGreaterThan(1), {
      timeout: 10_000,
      interval: 100,
    });
    await mastra?.shutdown();
    const [declared] = await storage.stores.schedules.listSchedules({ workflowId: 'wf' });
    const triggers = await storage.stores.schedules.listTriggers(declared.id);
    const runs = triggers.map((/** @type {any} */ { runId }) => runId);
    expect(new Set(runs).size).toBe(runs.length);
    expect(runs.length).toBeGreaterThanOrEqual(step.mock.calls.length);
    expect(declared.lastRunId).toBe(runs[0]);
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
