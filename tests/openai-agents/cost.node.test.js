/** What a turn of a session costs: every operation that reaches a namespace. */

import { Agent, Runner, tool } from '@openai/agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CloudflareSession, recordTools } from '../../bindings/openai-agents/index.js';
import { answered, asked, call, makeModel, makeSessions } from './support.js';

/**
 * A turn with one tool in a session of 100 items, in a new isolate; model and tool take three seconds each.
 *
 * @param {boolean} isRecorded
 */
async function turn(isRecorded) {
  const { session, open, clock, operations } = makeSessions();
  for (let i = 0; i < 25; i++) {
    await session().addItems([
      asked(`q${i}`),
      call(`${i}`),
      { ...call(`${i}`), type: 'x' },
      answered(`a${i}`),
    ]);
    clock.advance(3000);
  }
  clock.advance(3_600_000);
  const later = (/** @type {any} */ items) => {
    clock.advance(3000);
    return items;
  };
  const model = makeModel([[call('new')], [answered('Blue.')]]);
  const slow = {
    ...model,
    getResponse: async (/** @type {any} */ request) => later(await model.getResponse(request)),
  };
  const parameters = z.object({ at: z.string() });
  const look = tool({ name: 'look', description: 'Looks.', parameters, execute: async () => later('blue') });
  const { store } = open();
  const runner = new Runner();
  const own = new CloudflareSession({ store, sessionId: 's' });
  operations.length = 0;
  const agent = new Agent({ name: 'A', model: slow, tools: [look] });
  await runner.run(agent, 'What colour?', { session: isRecorded ? recordTools(own, runner) : own });
  await store.close();
  const cost = operations.length;
  expect((await session().getItems()).length).toBe(104);
  return cost;
}

describe('a turn with one tool', () => {
  it('takes at most 10 operations', async () => {
    expect(await turn(false)).toBeLessThanOrEqual(10);
  });

  it('takes at most 19 where the tool is recorded', async () => {
    expect(await turn(true)).toBeLessThanOrEqual(19);
  });
});
