/** Mastra's own scheduler in two places over KV, whose caches are a minute old: which runs start, and how often. */

import { Mastra } from '@mastra/core/mastra';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createPlaces } from '../support/faults.js';

const YEARLY = '0 0 1 1 *';

/** @type {Mastra[]} */
const opened = [];
afterEach(() => Promise.all(opened.splice(0).map((mastra) => mastra.shutdown())));

/** Places over one KV, each with an application whose workflow writes down what it did. */
function world() {
  const place = createPlaces(createMemoryBackend(), { now: Date.now });
  /** @type {string[]} */
  const done = [];
  const open = async (/** @type {string} */ name) => {
    const storage = new CloudflareStore({
      backend: place(),
      core: createCore(),
      assumeSingleWriter: true,
    });
    const any = { inputSchema: z.any(), outputSchema: z.any() };
    const execute = async (/** @type {{ runId: string }} */ { runId }) => ({ done: done.push(runId) });
    const step = createStep({ id: 'step', ...any, execute });
    const wf = createWorkflow({ id: 'wf', ...any, schedule: { cron: YEARLY, inputData: {} } })
      .then(step)
      .commit();
    // Never by itself: the test says when.
    const scheduler = { tickIntervalMs: 2 ** 30 };
    const mastra = new Mastra({ storage, workflows: { wf }, scheduler, logger: false });
    opened.push(mastra);
    await mastra.startWorkers();
    return { name, mastra, schedules: /** @type {any} */ (storage.stores).schedules };
  };
  return { open, done };
}

/** Due a second ago. @param {{ schedules: any }} place @returns {Promise<string>} the id of its run */
async function makeDue({ schedules }) {
  const [{ id, nextFireAt }] = await schedules.listSchedules();
  const due = Date.now() - 1000;
  expect(await schedules.updateScheduleNextFire(id, nextFireAt, due, 0, 'earlier')).toBe(true);
  return `sched_${id}_${due}`;
}

it('a fire that another place has recorded is not started again, though it still looks due here', async () => {
  const { open, done } = world();
  const here = await open('here');
  const run = await makeDue(here);
  // Its workers look as soon as they start.
  await open('there');
  await vi.waitFor(() => expect(done).toEqual([run]), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await here.schedules.listTriggers('wf_wf')).toHaveLength(1));

  expect(await here.schedules.listDueSchedules(Date.now())).toHaveLength(1);
  await here.mastra.scheduler?.tick();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(done).toEqual([run]);
});

it('a fire that was only recorded as failed is started', async () => {
  const { open, done } = world();
  const here = await open('here');
  const run = await makeDue(here);
  const [, scheduledFireAt] = /_(\d+)$/.exec(run) ?? [];
  const trigger = { scheduleId: 'wf_wf', runId: run, triggerKind: 'schedule-fire', outcome: 'failed' };
  await here.schedules.recordTrigger({
    ...trigger,
    scheduledFireAt: Number(scheduledFireAt),
    actualFireAt: Date.now(),
  });
  await here.mastra.scheduler?.tick();
  await vi.waitFor(() => expect(done).toEqual([run]), { timeout: 10_000 });
});

it('a schedule that is set back to a time long gone fires again', async () => {
  const { open } = world();
  const { schedules } = await open('here');
  const [{ id, nextFireAt }] = await schedules.listSchedules();
  const run = `sched_${id}_${nextFireAt}`;
  const claim = (/** @type {number} */ at) =>
    schedules.updateScheduleNextFire(id, nextFireAt, nextFireAt, at, run);
  const now = Date.now();
  const trigger = { scheduleId: id, runId: run, scheduledFireAt: nextFireAt, outcome: 'published' };
  await schedules.recordTrigger({ ...trigger, actualFireAt: now });
  expect(await claim(now + 1000)).toBe(false);
  expect(await claim(now + 10 * 60_000)).toBe(true);
});
