/** Twenty callers from two Workers, one object: whatever they want of it at once, one of them gets it. */

import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

const CALLERS = 10; // in each Worker
const NAMES = ['here', 'there'];

/** @type {ReturnType<typeof createTestHarness>} */
let harness;
let tests = 0;
let prefix = '';

/** @param {string} name */
function config(name) {
  const binding = { name: 'OBJECTS', class_name: 'ThreadKVObject' };
  const isHome = name === NAMES[0];
  return {
    name,
    main: 'tests/durable/race.worker.js',
    compatibility_date: '2026-10-01',
    vars: { NAME: name },
    durable_objects: { bindings: [isHome ? binding : { ...binding, script_name: NAMES[0] }] },
    migrations: isHome ? [{ tag: 'v1', new_sqlite_classes: ['ThreadKVObject'] }] : [],
  };
}

beforeAll(async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  harness = createTestHarness({ root, workers: NAMES.map((name) => ({ config: config(name) })) });
  await harness.listen();
});
afterAll(() => harness.close());

/** @param {string} name @param {string} act @returns {Promise<any>} */
async function ask(name, act) {
  const response = await harness.getWorker(name).fetch(`http://worker/${act}/${prefix}/${CALLERS}`);
  const answer = /** @type {any} */ (await response.json());
  if (answer.error) throw new Error(answer.error);
  return answer;
}

/** @param {string} act @returns {Promise<any[]>} the winners */
const race = async (act) => (await Promise.all(NAMES.map((name) => ask(name, act)))).flat();

describe('twenty callers from two Workers', () => {
  beforeEach(async () => {
    prefix = `race${tests++}_`;
    await ask('here', 'prepare');
  });

  it('make one thread', async () => {
    const [winner, ...others] = await race('createThread');
    expect(others).toEqual([]);
    expect(await ask('there', 'look')).toMatchObject({ title: winner, threads: 2 });
  });

  it('make one copy, with its messages once', async () => {
    expect(await race('copyThread')).toHaveLength(1);
    expect(await ask('there', 'look')).toMatchObject({ copied: 10, threads: 2 });
  });

  it('claim each of fifty tasks once', async () => {
    const wins = await race('claims');
    expect(wins).toHaveLength(50);
    const owners = Object.fromEntries(wins.map(({ job, caller }) => [job, caller]));
    expect((await ask('there', 'look')).owners).toEqual(owners);
  });

  it('resume a run once', async () => {
    const winners = await race('resume');
    expect(winners).toHaveLength(1);
    expect(await ask('there', 'look')).toMatchObject({ resumedBy: winners[0] });
  });
});
