/** Three places that tick for a day over caches of a minute: who claims what, and what is left of it. */

import { expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { makeClock } from '../support/clock.js';
import { createPlaces } from '../support/faults.js';
import { makeCore } from '../support/isolate.js';
import { schedule } from './schedules.js';

const MINUTE = 60_000;
const FIRES = 24 * 60;
const EVERY = 5;

it('every fire is claimed once, as one place after the other looks, and recorded once', async () => {
  const clock = makeClock();
  const { now } = clock;
  const begun = now();
  const open = createPlaces(createMemoryBackend({ now }), { now });
  const places = [0, 1, 2].map(
    (isolate) =>
      /** @type {any} */ (new CloudflareStore({ backend: open(), core: makeCore(clock, isolate) })).stores,
  );
  const due = { nextFireAt: begun, createdAt: begun, updatedAt: begun };
  await places[0].schedules.createSchedule(schedule('s', due));
  /** @type {Map<number, number>} */
  const claims = new Map();
  for (let minute = 0; minute < FIRES; minute++) {
    clock.advance(MINUTE);
    for (const { schedules } of places) {
      for (const { id, nextFireAt: at } of await schedules.listDueSchedules(now())) {
        const runId = `sched_${id}_${at}`;
        const won = await schedules.updateScheduleNextFire(id, at, at + EVERY * MINUTE, now(), runId);
        if (!won) continue;
        claims.set(at, (claims.get(at) ?? 0) + 1);
        const trigger = {
          scheduleId: id,
          runId,
          scheduledFireAt: at,
          actualFireAt: now(),
          outcome: 'published',
        };
        await schedules.recordTrigger(trigger);
      }
      clock.advance(100);
    }
  }
  clock.advance(2 * MINUTE);
  const triggers = await places[0].schedules.listTriggers('s');
  const fired = triggers.map((/** @type {any} */ { scheduledFireAt }) => scheduledFireAt);
  expect(new Set(fired).size).toBe(fired.length);
  expect(fired.length).toBe(claims.size);
  // No fire was left out, and none was claimed by a place that still saw it as due.
  expect(claims.size).toBeGreaterThanOrEqual(FIRES / EVERY - 1);
  expect(Math.max(...claims.values())).toBe(1);
  const times = [...claims.keys()].sort((a, b) => a - b);
  expect(times.slice(1).every((time, i) => time - times[i] === EVERY * MINUTE)).toBe(true);
});
