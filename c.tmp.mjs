import { Mastra } from '@mastra/core/mastra';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';
import { CloudflareStore } from './bindings/mastra/index.js';
import { createCore } from './bindings/index.js';
import { createMemoryBackend } from './bindings/memory.js';
import { createPlaces } from './tests/support/faults.js';
const place = createPlaces(createMemoryBackend(), { now: Date.now });
const ran = [];
async function open(name) {
  const storage = new CloudflareStore({ backend: place(), core: createCore(), assumeSingleWriter: true });
  const any = { inputSchema: z.any(), outputSchema: z.any() };
  const mk = (id) => createStep({ id, ...any, execute: async ({ runId, inputData }) => { ran.push([name, id, runId]); return {}; } });
  const wf = createWorkflow({ id: 'wf', ...any, schedule: { cron: '0 0 1 1 *', inputData: {} } }).then(mk('first')).then(mk('second')).commit();
  const mastra = new Mastra({ storage, workflows: { wf }, scheduler: { tickIntervalMs: 1e8 }, logger: false });
  await mastra.startWorkers();
  return { storage, mastra, name };
}
const a = await open('a');
const s = await a.storage.getStore('schedules');
const [one] = await s.listSchedules();
console.log(one.id, one.nextFireAt);
const due = Date.now() - 1000;
await s.updateScheduleNextFire(one.id, one.nextFireAt, due, 0, 'x');
const b = await open('b');
console.log('b sees', (await (await b.storage.getStore('schedules')).listDueSchedules(Date.now())).length);
const ws = [await a.storage.getStore('workflows'), await b.storage.getStore('workflows')];
await a.mastra.scheduler.tick(); await new Promise(r => setTimeout(r, 700));
console.log('after a', ran.length, (await ws[0].getWorkflowRunById({ runId: `sched_${one.id}_${due}`, workflowName: 'wf' }))?.snapshot?.status);
await b.mastra.scheduler.tick(); await new Promise(r => setTimeout(r, 700));
console.log(ran);
const c = new CloudflareStore({ backend: place(), core: createCore() });
const run = await c.stores.workflows.getWorkflowRunById({ runId: `sched_${one.id}_${due}`, workflowName: 'wf' });
console.log(run?.snapshot?.status, Object.keys(run?.snapshot?.context ?? {}), (await c.stores.schedules.listTriggers(one.id)).length, (await c.stores.workflows.listWorkflowRuns({})).total);
// simultaneously
await a.mastra.shutdown(); await b.mastra.shutdown();
process.exit(0);
