/** A registered agent of Mastra over a Durable Object: what a turn takes. */

import { expect, it, vi } from 'vitest';
import { ask, count, createWorld, remembered } from '../agent/world.workerd.js';
import { OBJECTS } from './support.workerd.js';

vi.setConfig({ testTimeout: 60_000 });

/** The binding, and the calls that are made of its objects. */
function counted() {
  /** @type {string[]} */
  const calls = [];
  const counting = (/** @type {any} */ stub) => ({
    threadkv: (/** @type {any} */ request) => {
      calls.push(request.op ?? request.plan);
      return stub.threadkv(request);
    },
  });
  const namespace = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(`turn-${name}`),
    get: (/** @type {any} */ id, /** @type {any} */ options) => counting(OBJECTS.get(id, options)),
  };
  return { namespace, calls };
}

it('a turn is few calls and four rows', async () => {
  const { namespace, calls } = counted();
  const script = Array.from({ length: 8 }, (_, i) => `Answer ${i}.`);
  const isolate = createWorld({ script, bindings: { default: namespace } });
  const at = { thread: 'walk', resource: 'ada' };
  for (let turn = 0; turn < 3; turn++) await ask(isolate(), `Question ${turn}?`, at);
  calls.length = 0;
  const here = isolate();
  await ask(here, 'And now?', at);
  expect(calls).toEqual([
    'thread.get',
    'resource.get',
    'message.list',
    'row.get',
    'thread.get',
    'message.save',
    'thread.get',
  ]);
  expect(count(here.operations)).toMatchObject({ put: 4, delete: 0 });
  expect((await remembered(here, 'walk')).messages).toHaveLength(8);
});
