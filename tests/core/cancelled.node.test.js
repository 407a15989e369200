/**
 * Requests whose client goes away, in workerd: their code stops at an await and never runs again, not even its
 * `finally`. What they share with others must not care.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorker } from '../support/worker.js';

/** @type {ReturnType<typeof createWorker>} */
let worker;
/** @type {URL} */
let home;

beforeAll(async () => {
  const services = [{ binding: 'SELF', service: 'threadkv' }];
  worker = createWorker({ main: 'tests/core/worker.workerd.js', services });
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
  const path = (/** @type {string} */ id) => `?thread=stall-busy&id=${id}`;
  await ask(`/save${path('start')}`);
  expect(await ask(`/leave${path('left0')}`)).toBe('AbortError');
  const kept = Array.from({ length: 8 }, (_, i) => `kept${i}`);
  let waiting = kept.length;
  const saved = kept.map(async (id) => {
    await ask(`/save${path(id)}`);
    waiting--;
  });
  const left = ['left1', 'left2', 'left3'].map((id) => ask(`/leave${path(id)}`));
  expect(await Promise.all(left)).toEqual(left.map(() => 'AbortError'));
  // Longer than all their writes take: it is the one that went away first whose turn it is.
  await pass(3000);
  expect(waiting).toBe(kept.length);

  await ask(`/pass?ms=${16_000}`);
  await Promise.all(saved);
  expect(await ask('/list?thread=stall-busy')).toEqual(expect.arrayContaining(kept));
  expect((await ask('/state')).finished).not.toContain('left0');

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
