/**
 * `make load-durable`: what one object does under load in a local workerd, what its CPU time is beside that of 0.1.0's core
 * over the same storage, and the memory that many objects take.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerdCpu } from '../bench/compare/cpu.js';
import { formatTable } from '../bench/table.js';
import { unpackFirstRelease } from '../fixtures/first-release/index.js';
import { prepare } from './workerd.js';

const CALLERS = 50;
const MESSAGES = 1000;
/** How often each is done. */
const THROUGHPUT = { getThreadById: 20_000, save2: 2000, last40: 2000 };
const CPU = { save2: 400, last40: 400, getThreadById: 2000 };
const OBJECTS = [1, 50, 100, 200];

const folder = await mkdtemp(join(tmpdir(), 'threadkv-load-'));

/** @param {number} pid @returns {number} MB */
function memoryOf(pid) {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1]) / 1000);
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

try {
  const { url, start } = await prepare(folder, 'tests/durable/load.worker.js', {
    first: unpackFirstRelease(),
    classes: ['ThreadKVObject', 'OldObject'],
  });
  const workerd = await start();
  const get = async (/** @type {string} */ path) => {
    const response = await fetch(`${url}/${path}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return text;
  };

  await get(`fill/busy_/${MESSAGES}`);
  const rates = [];
  for (const [what, count] of Object.entries(THROUGHPUT)) {
    await get(`run/busy_/${what}/${count / 10}/${CALLERS}`);
    const [began, spent] = [performance.now(), workerdCpu() ?? NaN];
    const made = Number(await get(`run/busy_/${what}/${count}/${CALLERS}`));
    const ms = performance.now() - began;
    const cpu = ((workerdCpu() ?? NaN) - spent) / made;
    rates.push([what, Math.round((1000 * made) / ms), Math.round(1000 * cpu), Math.round(1000 / cpu)]);
  }
  console.log(`One object, ${CALLERS} callers, a thread of ${MESSAGES} messages\n`);
  console.log(formatTable(['call', 'a second', 'CPU µs, caller and object', 'a second of CPU'], rates));

  await get('inside/now/rows/500');
  const began = workerdCpu() ?? NaN;
  await get('inside/now/rows/2000');
  const bare = Math.round(((workerdCpu() ?? NaN) - began) / 2);
  const homes = ['old', 'now'];
  for (const home of homes) await get(`fill-inside/${home}/${MESSAGES}`);
  const rows = [];
  for (const [what, count] of Object.entries(CPU)) {
    /** @type {Record<string, number[]>} */
    const micros = { old: [], now: [] };
    for (const home of homes) await get(`inside/${home}/${what}/${count}`);
    for (let time = 0; time < 5; time++) {
      for (const home of homes) {
        const before = workerdCpu() ?? NaN;
        await get(`inside/${home}/${what}/${count}`);
        micros[home].push((1000 * ((workerdCpu() ?? NaN) - before)) / count);
      }
    }
    const [old, now] = homes.map((home) => Math.round(median(micros[home])));
    const rest = what === 'save2' ? bare : 0;
    rows.push([what, old, now, Number(((now - rest) / (old - rest)).toFixed(2))]);
  }
  console.log(
    '\nCPU of a call within an object, both halves and its commit, µs; of a save the ratio is of what',
  );
  console.log(`is left without ${bare} µs, which storage takes for four rows and their commit alone\n`);
  console.log(formatTable(['call', "0.1.0's core", 'now', 'ratio'], rows));

  const before = memoryOf(workerd.pid);
  const sizes = [];
  for (const count of OBJECTS) {
    await get(`objects/many${count}-/${count}`);
    sizes.push([count, memoryOf(workerd.pid) - before]);
  }
  console.log(
    `\nMemory of workerd beyond ${before} MB, objects of 100 messages each, all at once; those before included\n`,
  );
  console.log(formatTable(['objects', 'MB'], sizes));
  await workerd.kill();
} finally {
  await rm(folder, { recursive: true, force: true });
}
