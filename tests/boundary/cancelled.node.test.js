/**
 * Requests whose client goes away, in workerd: their code stops at an await and never runs again, not even its
 * `finally`. What they share with others must not care.
 */

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

vi.stubEnv('WRANGLER_SEND_METRICS', 'false');
vi.stubEnv('CLOUDFLARE_CF_FETCH_ENABLED', 'false');

/** @type {ReturnType<typeof createTestHarness>} */
let worker;
/** @type {URL} */
let home;

beforeAll(async () => {
  const { rawConfig } = readRawConfig({ config: `${ROOT}wrangler.toml` }, {});
  const services = [{ binding: 'SELF', service: rawConfig.name ?? '' }];
  const config = { ...rawConfig, main: 'tests/boundary/worker.workerd.js', services };
  worker = createTestHarness({ root: ROOT, workers: [{ config }] });
  home = (await worker.listen()).url;
}, 60_000);
afterAll(() => worker?.close());

/** @param {string} path @returns {Promise<any>} */
async function ask(path) {
  const response = await fetch(new URL(path, home));
  expect(response.status).toBe(200);
  return response.json();
}

/** @param {number} ms */
const pass = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

it('a request that goes away leaves a call behind, which later ones clear away', async () => {
  await ask('/save?thread=t&id=first');
  const others = Array.from({ length: 10 }, (_, i) => ask(`/save?thread=t${i}&id=m${i}`));
  expect(await ask('/leave?thread=stall&id=gone')).toBe('AbortError');
  await Promise.all(others);
  await ask('/save?thread=t&id=second');
  expect(await ask('/list?thread=t')).toEqual(['first', 'second']);
  for (let i = 0; i < 10; i++) expect(await ask(`/list?thread=t${i}`)).toEqual([`m${i}`]);

  // Longer than the answer would have taken: nobody waits for it any more.
  await pass(1500);
  const { calls, finished } = await ask('/state');
  expect(finished).not.toContain('gone');
  expect(calls).toBe(1);

  await ask(`/pass?ms=${16 * 60_000}`);
  expect(await ask('/list?thread=t')).toEqual(['first', 'second']);
  expect((await ask('/state')).calls).toBe(0);
  // The same call again finds what the one that went away has written, and completes it.
  await ask('/save?thread=stall&id=gone');
  expect(await ask('/list?thread=stall')).toEqual(['gone']);
});

it('requests that go away while they write leave nobody waiting for their turn at a key', async () => {
  const ids = (/** @type {string} */ name, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, i) => `${name}${i}`);
  await ask('/save?thread=stall-busy&id=start');
  const kept = ids('kept', 8);
  let waiting = kept.length;
  const saved = kept.map(async (id) => {
    await ask(`/save?thread=stall-busy&id=${id}`);
    waiting--;
  });
  const left = ids('left', 4).map((id) => ask(`/leave?thread=stall-busy&id=${id}`));
  expect(await Promise.all(left)).toEqual(left.map(() => 'AbortError'));
  // Each of those that went away holds up the others for 15 seconds at most.
  for (let i = 0; i < left.length; i++) {
    await pass(1000);
    await ask(`/pass?ms=${16_000}`);
  }
  await Promise.all(saved);
  expect(waiting).toBe(0);
  expect(await ask('/list?thread=stall-busy')).toEqual(expect.arrayContaining(kept));

  await ask(`/pass?ms=${16 * 60_000}`);
  await ask('/list?thread=t');
  expect((await ask('/state')).calls).toBe(0);
});

it('so does one whose KV never answers: the runtime ends it', async () => {
  const hung = await fetch(new URL('/save?thread=hang&id=hung', home));
  expect(hung.status).toBe(500);
  await ask('/save?thread=t&id=third');
  expect(await ask('/state')).toMatchObject({ calls: 1, finished: expect.not.arrayContaining(['hung']) });
  await ask(`/pass?ms=${16 * 60_000}`);
  expect(await ask('/list?thread=t')).toEqual(['first', 'second', 'third']);
  expect((await ask('/state')).calls).toBe(0);
});
