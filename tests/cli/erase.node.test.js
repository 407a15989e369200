/** `threadkv erase`, as a program of its own. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desk, fill, readAll } from './support.js';

/** @type {Desk} */
let desk;
beforeAll(async () => {
  desk = await Desk.open();
  await fill(desk.store({ keyPrefix: 'e_' }), { threads: 6 });
});
afterAll(() => desk.close());

const ERASE = ['erase', '--prefix', 'e_', '--resource', 'user-1'];

test('wants to be told whom, and asks', async () => {
  const before = desk.contents();
  const nobody = await desk.run(['erase', '--prefix', 'e_', '--yes']);
  expect(nobody.stderr).toContain('--resource <id>');
  expect(nobody.code).toBe(2);
  const asked = await desk.run(ERASE);
  expect(asked.stderr).toContain('--yes');
  expect(asked.code).toBe(2);
  expect(desk.contents()).toEqual(before);
});

test('forgets a user, and nobody else', async () => {
  const owners = async () => {
    const { threads } = await readAll(desk.store({ keyPrefix: 'e_' }));
    return threads.map((/** @type {any} */ { resourceId }) => resourceId);
  };
  const before = await owners();
  const { done, deleted } = await desk.result([...ERASE, '--yes']);
  expect(done).toBe(true);
  expect(deleted).toBeGreaterThan(0);
  expect(before).toContain('user-1');
  expect(await owners()).toEqual(before.filter((/** @type {string} */ owner) => owner !== 'user-1'));
  expect((await desk.run([...ERASE, '--yes'])).stderr).toContain('0 records erased');
  expect((await desk.run(['sweep', '--prefix', 'e_'])).stderr).toContain(
    'who is erased not for five minutes',
  );
});

test('an export beside an erasure under way, and a verification, are good', async () => {
  const { counts } = await desk.result(['export', '--prefix', 'e_', '-o', 'e.ndjson']);
  // The marker would erase whoever has the id where it is imported.
  expect(counts).not.toHaveProperty('observation');
  expect(readFileSync(desk.file('e.ndjson'), 'utf8')).not.toContain('"user-1"');
  expect(await desk.result(['import', 'e.ndjson', '--prefix', 'again_'])).toMatchObject({
    counts,
    skipped: [],
  });
  expect((await desk.result(['verify', '--prefix', 'e_'])).done).toBe(true);
});
