/**
 * Evented workflows over an object, from two Workers: a run that one has begun is resumed by the other, and what comes of two
 * resumes at once is what comes of them over Mastra's LibSQL store.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LibSQLStore } from '@mastra/libsql';
import { createTestHarness } from 'wrangler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlace } from './evented.js';

process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

const NAMES = ['here', 'there'];
const RUNS = 5;

/** @typedef {{ status: string, by?: string, error?: string }} Resumed */
/** Two places over one set of data. @typedef {(name: string, act: string, runId: string) => Promise<any>} Ask */

/** @type {ReturnType<typeof createTestHarness>} */
let harness;

/** @param {string} name */
function config(name) {
  const binding = { name: 'OBJECTS', class_name: 'ThreadKVObject' };
  const isHome = name === NAMES[0];
  return {
    name,
    main: 'tests/durable/evented.worker.js',
    compatibility_date: '2026-10-01',
    compatibility_flags: ['nodejs_compat'],
    vars: { NAME: name },
    durable_objects: { bindings: [isHome ? binding : { ...binding, script_name: NAMES[0] }] },
    migrations: isHome ? [{ tag: 'v1', new_sqlite_classes: ['ThreadKVObject'] }] : [],
  };
}

beforeAll(async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  harness = createTestHarness({ root, workers: NAMES.map((name) => ({ config: config(name) })) });
  await harness.listen();
}, 120_000);
afterAll(() => harness.close());

/** @type {Ask} */
async function askWorker(name, act, runId) {
  const response = await harness.getWorker(name).fetch(`http://worker/${act}/${runId}`);
  const { answer, failed } = /** @type {any} */ (await response.json());
  if (failed) throw new Error(failed);
  return answer;
}

/**
 * Both resume each of some runs, at once or one after the other: how it ends, run by run.
 *
 * @param {Ask} ask
 * @param {'at once' | 'in turn'} how
 */
async function resumeTwice(ask, how) {
  const ends = [];
  for (let n = 0; n < RUNS; n++) {
    const runId = `${how.replace(' ', '-')}${n}`;
    expect(await ask('here', 'start', runId)).toBe('suspended');
    const resume = (/** @type {string} */ name) => ask(name, 'resume', runId);
    const resumed =
      how === 'at once'
        ? await Promise.all(NAMES.map(resume))
        : [await resume(NAMES[0]), await resume(NAMES[1])];
    ends.push({
      resumed: resumed.map((/** @type {Resumed} */ { status }) => status),
      now: await ask('there', 'look', runId),
    });
  }
  return ends;
}

/** @param {Awaited<ReturnType<typeof resumeTwice>>} ends */
const kinds = (ends) => [
  ...new Set(ends.map(({ resumed, now }) => [...resumed.toSorted(), now.status].join())),
];

describe('an evented workflow', () => {
  it('goes on in another Worker than the one where it was suspended', async () => {
    expect(await askWorker('here', 'start', 'moves')).toBe('suspended');
    expect(await askWorker('there', 'look', 'moves')).toMatchObject({ status: 'suspended' });
    expect(await askWorker('there', 'resume', 'moves')).toMatchObject({ status: 'success', by: 'there' });
    expect(await askWorker('here', 'look', 'moves')).toEqual({
      ...{ status: 'success', decided: 'there', finished: 'there' },
    });
  });

  it('that is resumed twice ends as it does over LibSQL, its record whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threadkv-evented-'));
    const storage = new LibSQLStore({ id: 'libsql', url: `file:${join(folder, 'runs.db')}` });
    const places = Object.fromEntries(
      await Promise.all(NAMES.map(async (name) => [name, await createPlace(storage, name)])),
    );
    /** @type {Ask} */
    const askPlace = (name, act, runId) => places[name][act](runId);
    const theirs = [await resumeTwice(askPlace, 'at once'), await resumeTwice(askPlace, 'in turn')];
    for (const place of Object.values(places)) await place.stop();
    await rm(folder, { recursive: true, force: true });

    const ours = [await resumeTwice(askWorker, 'at once'), await resumeTwice(askWorker, 'in turn')];
    // Whoever comes when the other is through is refused.
    expect(kinds(ours[1])).toEqual(kinds(theirs[1]));
    expect(kinds(ours[1])).toEqual(['refused,success,success']);
    // At once both may pass; how far apart two Workers are is chance.
    const known = new Set(theirs.flatMap(kinds));
    for (const kind of kinds(ours[0])) expect(known).toContain(kind);
    for (const { now } of ours.flat()) {
      expect(NAMES).toContain(now.decided);
      expect(now.finished).toBe(now.decided);
    }
  });
});
