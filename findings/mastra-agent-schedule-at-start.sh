#!/usr/bin/env bash
# What is due of an agent's schedule when a process starts is claimed, and the agent never hears of it.
#
# Versions: @mastra/core 1.71.0, Node 22 or newer.
# Guess: `startWorkers()` starts all that fires need, and then looks what is due.
# Behaviour: it starts the scheduler first, which looks at once, claims the fire and publishes it; the worker that tells
#   agents listens only afterwards, and what was published before is gone. Due a moment later, the same fire is told. A
#   Worker on Cloudflare starts anew for many of its cron events, so that there agents' schedules are lost.
# Output seen:
#   due at the start    claimed: true   triggers: 0
#   due later           claimed: true   triggers: 1
#
# Needs node and npm. Fails when any of this has changed.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-fund --no-audit --loglevel=error --legacy-peer-deps --ignore-scripts -E \
  @mastra/core@1.71.0 @mastra/memory@1.31.0 zod@4.6.7 >/dev/null

cat >try.js <<'JS'
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { InMemoryStore } from '@mastra/core/storage';
import { Memory } from '@mastra/memory';

const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
const chunks = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Yes.' },
  { type: 'text-end', id: '0' },
  { type: 'finish', finishReason: 'stop', usage },
];
const model = {
  specificationVersion: 'v2',
  provider: 'none',
  modelId: 'none',
  supportedUrls: {},
  doGenerate: async () => ({ content: [{ type: 'text', text: 'Yes.' }], finishReason: 'stop', usage, warnings: [] }),
  doStream: async () => ({ stream: ReadableStream.from(chunks) }),
};

for (const atStart of [true, false]) {
  const storage = new InMemoryStore();
  const memory = new Memory({ storage });
  const guide = new Agent({ id: 'guide', name: 'guide', instructions: 'Be brief.', model, memory });
  const mastra = new Mastra({ storage, agents: { guide }, scheduler: { tickIntervalMs: 2 ** 30 }, logger: false });
  await guide.generate('Hello', { memory: { thread: 't', resource: 'ada' } });
  if (!atStart) await mastra.startWorkers();
  const cron = '0 0 1 1 *';
  await mastra.schedules.create({ id: 's', agentId: 'guide', cron, prompt: 'Now', threadId: 't', resourceId: 'ada' });
  const schedules = await storage.getStore('schedules');
  const [{ id, nextFireAt }] = await schedules.listSchedules();
  await schedules.updateScheduleNextFire(id, nextFireAt, Date.now() - 1000, 0, 'earlier');
  if (atStart) await mastra.startWorkers();
  else await mastra.scheduler.tick();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const claimed = (await schedules.getSchedule(id)).lastRunId.startsWith('sched_');
  const triggers = await schedules.listTriggers(id);
  console.log(`${atStart ? 'due at the start' : 'due later'}\tclaimed: ${claimed}\ttriggers: ${triggers.length}`);
  await mastra.shutdown();
}
process.exit(0);
JS
node try.js | tee seen.txt
diff seen.txt - <<'SEEN' && echo 'as stated'
due at the start	claimed: true	triggers: 0
due later	claimed: true	triggers: 1
SEEN
