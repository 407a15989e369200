/** The platform stops an object at any statement of a call: then the call has not been made, in storage and in answers. */

import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import { afterAll, beforeAll, expect, it } from 'vitest';

process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

/** @type {ReturnType<typeof createTestHarness>} */
let harness;

beforeAll(async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const config = {
    name: 'abort',
    main: 'tests/durable/abort.worker.js',
    compatibility_date: '2026-10-01',
    durable_objects: { bindings: [{ name: 'OBJECTS', class_name: 'ThreadKVObject' }] },
    migrations: [{ tag: 'v1', new_sqlite_classes: ['ThreadKVObject'] }],
  };
  harness = createTestHarness({ root, workers: [{ config }] });
  await harness.listen();
}, 120_000);
afterAll(() => harness.close());

/** @param {...(string | number)} path @returns {Promise<any>} */
const ask = async (...path) =>
  (await harness.getWorker('abort').fetch(`http://worker/${path.join('/')}`)).json();

it.each(['saveMessages', 'updateThread', 'deleteThread', 'copyThread', 'batchInsert'])(
  '%s',
  async (act) => {
    const prefix = `${act}_`;
    const before = await ask('prepare', prefix);
    for (let after = 0; ; after++) {
      const { code } = await ask(act, prefix, after);
      if (code === 'done') break;
      expect(code).toBe('OBJECT_RESET');
      expect(await ask('look', prefix), `stopped at statement ${after}`).toEqual(before);
      expect(after).toBeLessThan(100);
    }
    expect(await ask('look', prefix)).not.toEqual(before);
  },
  120_000,
);
