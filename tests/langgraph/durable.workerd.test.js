/** Checkpoints in a Durable Object: everything that a run asks for is one call of the object. */

import { expect, it } from 'vitest';
import { CloudflareSaver } from '../../bindings/langgraph/index.js';
import { newObject, OBJECTS } from '../durable/support.workerd.js';
import { makeClock } from '../support/clock.js';
import { at, loop, makeCheckpoint, putAll } from './support.js';

/** A maker of savers over one object, and the calls that reach it. */
function object() {
  /** @type {string[]} */
  const calls = [];
  const counting = (/** @type {any} */ stub) => ({
    threadkv: (/** @type {any} */ request) => {
      calls.push(request.plan ?? request.op);
      return stub.threadkv(request);
    },
  });
  const durable = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
    get: (/** @type {any} */ id, /** @type {any} */ options) => counting(OBJECTS.get(id, options)),
  };
  const keyPrefix = newObject(makeClock(Date.now()));
  return { open: () => new CloudflareSaver(/** @type {any} */ ({ durable, keyPrefix })), calls };
}

const long = 'x'.repeat(50_000);

it('is one call each, with a large state too', async () => {
  const { open, calls } = object();
  const saver = open();
  const ids = await putAll(saver, [{ text: long }, { text: `${long}y` }, { n: 1 }]);
  await saver.putWrites(at(ids[2]), [['n', 2]], 'task');
  calls.length = 0;
  const later = open();
  expect((await later.getTuple(at()))?.pendingWrites).toEqual([['task', 'n', 2]]);
  expect((await later.getTuple(at(ids[1])))?.checkpoint.channel_values).toEqual({ text: `${long}y` });
  await later.put(at(ids[2]), makeCheckpoint({ text: `${long}z` }), loop(3), {});
  await later.putWrites(at(ids[2]), [['n', 3]], 'task');
  const { text } = await later.getDeltaChannelHistory({ config: at(ids[2]), channels: ['text'] });
  expect(text).toEqual({ seed: `${long}y`, writes: [] });
  await later.deleteThread('t');
  expect(calls).toEqual(
    ['read', 'read', 'write', 'writes', 'history', 'clear'].map((name) => `checkpoints.${name}`),
  );
  expect(await open().getTuple(at())).toBeUndefined();
});
