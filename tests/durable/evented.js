/**
 * Evented workflows of Mastra over a storage, as one place runs them: two steps, a human between, and what became of it.
 *
 * @module
 */

import { Mastra } from '@mastra/core/mastra';
import { createStep, createWorkflow } from '@mastra/core/workflows/evented';
import { z } from 'zod';

/**
 * @param {import('@mastra/core/storage').MastraCompositeStore} storage
 * @param {string} place  its name
 */
export async function createPlace(storage, place) {
  const any = { inputSchema: z.any(), outputSchema: z.any() };
  /** What ran here. @type {string[]} */
  const ran = [];
  const prepare = createStep({
    id: 'prepare',
    ...any,
    execute: async ({ inputData }) => {
      ran.push('prepare');
      return { ...inputData, prepared: true };
    },
  });
  const decide = createStep({
    id: 'decide',
    ...any,
    resumeSchema: z.any(),
    suspendSchema: z.any(),
    execute: async ({ inputData, resumeData, suspend }) => {
      if (!resumeData) return suspend({ question: 'Shall I?' });
      ran.push('decide');
      return { ...inputData, by: resumeData.by };
    },
  });
  const finish = createStep({
    id: 'finish',
    ...any,
    execute: async ({ inputData }) => {
      ran.push('finish');
      return inputData;
    },
  });
  const order = createWorkflow({ id: 'order', ...any })
    .then(prepare)
    .then(decide)
    .then(finish)
    .commit();
  const mastra = new Mastra({ storage, workflows: { order }, logger: false });
  await mastra.startWorkers();
  const workflow = mastra.getWorkflow('order');
  return {
    ran,
    /** @param {string} runId */
    async start(runId) {
      const run = await workflow.createRun({ runId });
      const { status } = await run.start({ inputData: { order: 7 } });
      return status;
    },
    /** @param {string} runId */
    async resume(runId) {
      const run = await workflow.createRun({ runId });
      return run.resume({ step: 'decide', resumeData: { by: place } }).then(
        (/** @type {any} */ { status, result, error }) => ({ status, by: result?.by, error: error?.message }),
        (/** @type {any} */ error) => ({
          status: 'refused',
          by: undefined,
          error: error?.id ?? error?.message,
        }),
      );
    },
    /** @param {string} runId */
    async look(runId) {
      const workflows = /** @type {any} */ (await storage.getStore('workflows'));
      const { status, context } = await workflows.loadWorkflowSnapshot({ workflowName: 'order', runId });
      return { status, decided: context.decide?.output?.by, finished: context.finish?.output?.by };
    },
    stop: () => mastra.shutdown(),
  };
}
