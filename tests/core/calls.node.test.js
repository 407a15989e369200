/** Calls that nobody finishes, and calls that mingle. */

import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { randomPause, shuffle } from '../support/faults.js';
import { createRandom } from '../support/random.js';
import { answering, gate, openIsolate } from './support.js';
import { ids, message, thread } from '../support/records.js';

const MINUTE = 60_000;

/** An isolate whose calls stand still when they name a thread `stuck…`, until the door opens. */
function openStuck() {
  const door = gate();
  const backend = answering(createMemoryBackend(), async (requests, run) => {
    if (JSON.stringify(requests).includes(':stuck')) await door.promise;
    return run();
  });
  return { ...openIsolate(backend), door };
}

/** @param {Promise<unknown>} call */
const settled = (call) =>
  call.then(
    () => undefined,
    (/** @type {any} */ error) => error,
  );

describe('a call that is never answered', () => {
  it('is reclaimed by later calls once it has been silent for over a minute', async () => {
    const { store, core, clock } = openStuck();
    void store.getThreadById({ threadId: 'stuck' });
    await store.saveThread({ thread: thread('t') });
    expect(core.calls).toBe(1);
    clock.advance(MINUTE);
    await store.getThreadById({ threadId: 't' });
    expect(core.calls).toBe(1);
    clock.advance(MINUTE / 2 + 1);
    await store.getThreadById({ threadId: 't' });
    expect(core.calls).toBe(0);
  });

  it('is answered too late in vain, and harmlessly', async () => {
    const { store, core, clock, door } = openStuck();
    const late = settled(store.saveThread({ thread: thread('stuck') }));
    clock.advance(2 * MINUTE);
    await store.saveThread({ thread: thread('t') });
    expect(core.calls).toBe(0);
    door.open();
    expect(await late).toMatchObject({ name: 'StoreError', code: 'ABANDONED', op: 'saveThread' });
    expect(core.calls).toBe(0);
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ id: 't' });
  });

  it('does not answer for the call that took its place', async () => {
    const { store, core, clock, door } = openStuck();
    const late = Array.from({ length: 16 }, (_, i) =>
      settled(store.getThreadById({ threadId: `stuck${i}` })),
    );
    clock.advance(2 * MINUTE);
    await store.saveThread({ thread: thread('t') });
    // These sit where the late ones sat, and wait for the same door.
    const next = Array.from({ length: 16 }, (_, i) => store.saveThread({ thread: thread(`stuck-${i}`) }));
    expect(core.calls).toBe(16);
    door.open();
    for (const error of await Promise.all(late)) expect(error).toMatchObject({ code: 'ABANDONED' });
    await Promise.all(next);
    expect(core.calls).toBe(0);
    expect((await store.listThreads({ perPage: false })).total).toBe(17);
  });

  it('is one of many: a thousand of them are reclaimed', async () => {
    const { store, core, clock } = openStuck();
    for (let i = 0; i < 1000; i++) void store.getThreadById({ threadId: `stuck${i}` });
    expect(core.calls).toBe(1000);
    clock.advance(2 * MINUTE);
    await store.getThreadById({ threadId: 't' });
    expect(core.calls).toBe(0);
  });
});

describe('calls that mingle', () => {
  it('hundreds at once, answered in any order', async () => {
    const random = createRandom(7);
    const memory = createMemoryBackend();
    const backend = shuffle(memory, { below: random.below, pause: randomPause(random.below) });
    // Each would move the clock while it waits for its turn, as if they waited one after the other.
    const { store, core } = openIsolate(backend, { wait: () => new Promise((go) => setImmediate(go)) });
    const count = 300;
    const work = Array.from({ length: count }, async (_, i) => {
      const threadId = `t${i}`;
      await store.saveThread({ thread: thread(threadId, { title: `Title ${i} 日本 🎉` }) });
      const messages = Array.from({ length: 1 + (i % 5) }, (_unused, n) =>
        message(`${threadId}-${n}`, n, { threadId }),
      );
      await store.saveMessages({ messages });
      const [found, page] = await Promise.all([
        store.getThreadById({ threadId }),
        store.listMessages({ threadId, perPage: 40 }),
      ]);
      expect(found).toMatchObject({ id: threadId, title: `Title ${i} 日本 🎉` });
      expect(ids(page.messages)).toEqual(ids(messages));
    });
    expect(core.calls).toBe(count);
    await Promise.all(work);
    expect(core.calls).toBe(0);
    expect((await openIsolate(memory).store.listThreads({ perPage: false })).total).toBe(count);
  });

  it('some of which fail', async () => {
    const random = createRandom(8);
    const memory = createMemoryBackend();
    const failing = answering(memory, async (requests, run) =>
      JSON.stringify(requests).includes('bad') ? requests.map(() => ({ status: 403 })) : run(),
    );
    const backend = shuffle(failing, { below: random.below, pause: randomPause(random.below) });
    const { store, core } = openIsolate(backend);
    const calls = Array.from({ length: 200 }, (_, i) =>
      store.saveThread({ thread: thread(i % 3 === 0 ? `bad${i}` : `good${i}`) }),
    );
    const outcomes = await Promise.allSettled(calls);
    outcomes.forEach((outcome, i) => {
      if (i % 3 !== 0) expect(outcome.status).toBe('fulfilled');
      else expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'KV_FAILED' } });
    });
    expect(core.calls).toBe(0);
  });
});
