/**
 * Requests that their clients give up while they save: what they leave in the module of plain workerd, where a client that
 * goes away reaches the Worker. Bytes of the module's memory are counted.
 *
 *   node tests/load/aborted.js [folder of a build, default this one's]
 *
 * @module
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from '../durable/workerd.js';

const SAVES = 200;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** @typedef {{ stalled: number, calls: number, bytes: number }} Look */

/**
 * Two hundred saves of 1 MiB, a second apart by the Worker's clock, each given up by its client.
 *
 * @param {string} [root]
 * @returns {Promise<Record<'before' | 'after' | 'minute' | 'minutes' | 'quarter', Look>>} `before`: any; `after`: the last;
 *   the others: ten calls a minute, three and sixteen minutes after it
 */
export async function abortSaves(root) {
  const folder = await mkdtemp(join(tmpdir(), 'threadkv-aborted-'));
  try {
    const { url, start } = await prepare(folder, 'tests/load/aborted.worker.js', { root });
    const workerd = await start();
    const ask = async (/** @type {string} */ path) =>
      /** @type {Look} */ (await (await fetch(`${url}/${path}`)).json());
    const later = async (/** @type {number} */ ms) => {
      await ask(`pass/${ms}`);
      return ask('ask/10');
    };
    try {
      const before = await ask('look');
      for (let n = 0; n < SAVES; n++) {
        await giveUp(`${url}/save/${n}`, async () => (await ask('look')).stalled > n);
        await ask(`pass/${SECOND}`);
      }
      const after = await ask('look');
      const minute = await later(MINUTE + SECOND);
      const minutes = await later(2 * MINUTE);
      return { before, after, minute, minutes, quarter: await later(13 * MINUTE) };
    } finally {
      await workerd.kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} url @param {() => Promise<boolean>} begun */
async function giveUp(url, begun) {
  const client = new AbortController();
  const answer = fetch(url, { signal: client.signal }).then(
    async (response) => `${response.status} ${await response.text()}`,
    () => 'given up',
  );
  for (let tries = 0; !(await begun()); tries++) {
    if (tries > 1000) throw new Error(`nothing was begun: ${await Promise.race([answer, 'no answer'])}`);
  }
  client.abort();
  if ((await answer) !== 'given up') throw new Error('it was answered');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root] = process.argv.slice(2);
  for (const [name, { calls, bytes }] of Object.entries(await abortSaves(root && resolve(root)))) {
    console.log(`${name}: ${(bytes / 2 ** 20).toFixed(1)} MiB, ${calls} calls`);
  }
}
