/** A rate limiting binding as wrangler makes it of the configuration that worker/README.md shows. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorker } from '../page/server.js';

const TOKEN = 'correct-horse-battery-staple';

/** @type {Awaited<ReturnType<typeof startWorker>>} */
let worker;
beforeAll(async () => {
  const ratelimits = [
    { name: 'RATE_LIMITER', namespace_id: '1001', simple: { limit: 3, period: /** @type {const} */ (60) } },
  ];
  worker = await startWorker({ THREADKV_TOKEN: TOKEN }, undefined, { ratelimits });
});
afterAll(() => worker?.close());

/** @param {Record<string, string>} headers */
const statusOf = async (headers) => (await fetch(`${worker.origin}/v1/token`, { headers })).status;

describe('a rate limiting binding', () => {
  it('lets a token ask so often, and guesses count apart', async () => {
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await statusOf({}));
    for (let i = 0; i < 4; i++) answers.push(await statusOf(headers));
    expect(answers).toEqual([401, 401, 401, 429, 200, 200, 200, 429]);
  });
});
