/**
 * `make kill`: workerd is killed while callers save batches of messages in a Durable Object, KILLS times. Each batch is
 * there in whole, in its records and in the list of its thread, or it is not there; and what was acknowledged is there.
 *
 * @module
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './workerd.js';

const KILLS = Number(process.env.KILLS) || 150;
const CALLERS = 8;
const [SOONEST, LATEST] = [30, 280];

const folder = await mkdtemp(join(tmpdir(), 'threadkv-kill-'));
const counts = { acknowledged: 0, lost: 0, whole: 0, absent: 0, torn: 0 };
let batches = 0;

/** @param {string} url @param {Map<number, boolean>} saves  batch → whether it was acknowledged */
async function caller(url, saves) {
  for (;;) {
    const batch = batches++;
    saves.set(batch, false);
    try {
      const response = await fetch(`${url}/save/${batch}`);
      if (response.status !== 200) throw new Error(await response.text());
      saves.set(batch, true);
    } catch {
      return; // Killed.
    }
  }
}

/** @param {string} url @param {Map<number, boolean>} saves */
async function look(url, saves) {
  for (const [batch, acknowledged] of saves) {
    const { size, stored, listed } = /** @type {any} */ (await (await fetch(`${url}/look/${batch}`)).json());
    const isWhole = stored === size && listed === size;
    const isAbsent = stored === 0 && listed === 0;
    if (acknowledged) counts[isWhole ? 'acknowledged' : 'lost']++;
    else counts[isWhole ? 'whole' : isAbsent ? 'absent' : 'torn']++;
    if (!isWhole && (acknowledged || !isAbsent)) console.error({ batch, acknowledged, size, stored, listed });
  }
}

try {
  const { url, start } = await prepare(folder, 'tests/durable/kill.worker.js');
  let workerd = await start();
  for (let kill = 0; kill < KILLS; kill++) {
    /** @type {Map<number, boolean>} */
    const saves = new Map();
    const callers = Array.from({ length: CALLERS }, () => caller(url, saves));
    await new Promise((resolve) => setTimeout(resolve, SOONEST + Math.random() * (LATEST - SOONEST)));
    await workerd.kill();
    await Promise.all(callers);
    workerd = await start();
    await look(url, saves);
  }
  await workerd.kill();
} finally {
  await rm(folder, { recursive: true, force: true });
}

const { acknowledged, lost, whole, absent, torn } = counts;
console.log(
  `${KILLS} kills: of ${acknowledged + lost} batches that were acknowledged ${lost} are lost; of the others`,
);
console.log(`${whole} are there in whole, ${absent} are not there, and ${torn} are torn`);
if (lost > 0 || torn > 0 || acknowledged === 0 || whole + absent === 0) process.exitCode = 1;
