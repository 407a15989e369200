/** What KV adds to observational memory: writes that wait, isolates that do not see each other, failures. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { makeCore } from '../support/isolate.js';
import { makeClock } from '../support/clock.js';

const trip = { threadId: 'trip', resourceId: 'alice', scope: /** @type {const} */ ('thread'), config: {} };

/** @param {string} cycleId */
const chunk = (cycleId) => ({
  cycleId,
  observations: `- saw ${cycleId}`,
  tokenCount: 5,
  messageIds: [`of ${cycleId}`],
  messageTokens: 50,
  lastObservedAt: new Date('2024-01-01T00:00:00Z'),
});

let isolates = 100;

/** Isolates over one KV. */
function makeWorld(backend = createMemoryBackend()) {
  const clock = makeClock();
  /** @type {string[]} */
  const asked = [];
  const open = () =>
    new CloudflareStore({
      backend,
      keyPrefix: 'dev_',
      core: makeCore(clock, isolates++),
      onOperation: ({ kind }) => asked.push(kind),
    });
  return { open, clock, asked, backend };
}

/** @param {CloudflareStore} store @returns {Promise<any>} */
const newest = (store) => store.getObservationalMemory('trip', 'alice');

describe('flags and counts', () => {
  it('are seen at once and written later, all in one', async () => {
    const { open, asked } = makeWorld();
    const store = open();
    const { id } = await store.initializeObservationalMemory(trip);
    asked.length = 0;
    await store.setObservingFlag(id, true);
    await store.setPendingMessageTokens(id, 700);
    await store.setBufferingObservationFlag(id, true, 300);
    const flags = { isObserving: true, pendingMessageTokens: 700, lastBufferedAtTokens: 300 };
    expect(await newest(store)).toMatchObject(flags);
    await store.close();
    expect(asked.filter((kind) => kind === 'put')).toEqual(['put']);
    expect(await newest(open())).toMatchObject(flags);
  });

  it('go along with the next write of their record', async () => {
    const { open, asked } = makeWorld();
    const store = open();
    const { id } = await store.initializeObservationalMemory(trip);
    asked.length = 0;
    await store.setObservingFlag(id, true);
    await store.updateBufferedObservations({ id, chunk: chunk('one') });
    await store.close();
    expect(asked.filter((kind) => kind === 'put')).toEqual(['put']);
    expect(await newest(open())).toMatchObject({ isObserving: true });
  });

  it('leave alone what another isolate has written meanwhile', async () => {
    const { open, clock } = makeWorld();
    const [a, b] = [open(), open()];
    const { id } = await a.initializeObservationalMemory(trip);
    await a.setObservingFlag(id, true);
    clock.advance(10);
    await b.updateBufferedObservations({ id, chunk: chunk('one') });
    await a.close();
    clock.advance(2000);
    const record = await newest(open());
    expect(record.bufferedObservationChunks).toHaveLength(1);
    expect(record.isObserving).toBe(true);
  });

  it('of a record that is not there are refused', async () => {
    const { open } = makeWorld();
    for (const id of ['nobody', 'thread:trip#0-abc-def0']) {
      await expect(open().setObservingFlag(id, true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('at once', () => {
  it('chunks of one isolate are all kept', async () => {
    const { open } = makeWorld();
    const store = open();
    const { id } = await store.initializeObservationalMemory(trip);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await Promise.all(names.map((name) => store.updateBufferedObservations({ id, chunk: chunk(name) })));
    const { bufferedObservationChunks } = await newest(open());
    expect(bufferedObservationChunks.map((/** @type {any} */ one) => one.cycleId).sort()).toEqual(names);
  });

  it('a swap and a chunk lose neither', async () => {
    const { open } = makeWorld();
    const store = open();
    const { id } = await store.initializeObservationalMemory(trip);
    await store.updateBufferedObservations({ id, chunk: chunk('early') });
    const { bufferedObservationChunks: bufferedChunks } = await newest(store);
    const wish = { activationRatio: 1, messageTokensThreshold: 100, currentPendingTokens: 50 };
    await Promise.all([
      store.updateBufferedObservations({ id, chunk: chunk('late') }),
      store.swapBufferedToActive({ id, ...wish, bufferedChunks }),
    ]);
    const record = await newest(open());
    expect(record.activeObservations).toBe('- saw early');
    expect(record.bufferedObservationChunks).toMatchObject([{ cycleId: 'late' }]);
  });

  it('the same chunks become active once', async () => {
    const { open } = makeWorld();
    const store = open();
    const { id } = await store.initializeObservationalMemory(trip);
    await store.updateBufferedObservations({ id, chunk: chunk('one') });
    const { bufferedObservationChunks: bufferedChunks } = await newest(store);
    const wish = {
      id,
      activationRatio: 1,
      messageTokensThreshold: 9,
      currentPendingTokens: 9,
      bufferedChunks,
    };
    const results = await Promise.all([store.swapBufferedToActive(wish), store.swapBufferedToActive(wish)]);
    expect(results.map(({ chunksActivated }) => chunksActivated).sort()).toEqual([0, 1]);
    expect((await newest(open())).activeObservations).toBe('- saw one');
  });

  it('two isolates begin, and both go on with the one record that is left', async () => {
    const { open, clock } = makeWorld();
    const [a, b] = [open(), open()];
    expect(await Promise.all([newest(a), newest(b)])).toEqual([null, null]);
    const [one, other] = await Promise.all([
      a.initializeObservationalMemory(trip),
      b.initializeObservationalMemory(trip),
    ]);
    expect(one.id).not.toBe(other.id);
    clock.advance(2000);
    await a.updateBufferedObservations({ id: one.id, chunk: chunk('a') });
    clock.advance(2000);
    await b.updateBufferedObservations({ id: other.id, chunk: chunk('b') });
    clock.advance(2000);
    const { bufferedObservationChunks } = await newest(open());
    expect(bufferedObservationChunks.map((/** @type {any} */ one) => one.cycleId)).toEqual(['a', 'b']);
  });
});

describe('a clear', () => {
  it('leaves no key, of records from elsewhere either, and nothing of its neighbours is gone', async () => {
    const { open, backend } = makeWorld();
    const store = open();
    const neighbour = await store.initializeObservationalMemory({ ...trip, threadId: 'trip:2' });
    const first = await store.initializeObservationalMemory(trip);
    await store.insertObservationalMemoryRecord({ ...first, id: 'copy' });
    await store.createReflectionGeneration({ currentRecord: first, reflection: 'short', tokenCount: 1 });
    await store.clearObservationalMemory('trip', 'alice');
    const list = { kind: /** @type {const} */ ('list'), space: 0, table: 'any', cursor: null, limit: 1000 };
    const [{ keys }] = await backend.run([{ ...list, prefix: 'dev_observational_memory:' }]);
    expect(keys?.map(({ name }) => name)).toEqual(['dev_observational_memory:thread:trip%3A2']);
    await store.setObservingFlag(neighbour.id, true);
    await expect(store.setObservingFlag('copy', true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a failure', () => {
  it('is an error, never an empty answer', async () => {
    const { open } = makeWorld();
    const { id } = await open().initializeObservationalMemory(trip);
    const broken = {
      ...createMemoryBackend(),
      run: async (/** @type {any[]} */ all) => all.map(() => ({ status: 403 })),
    };
    const store = makeWorld(broken).open();
    const failed = { code: 'KV_FAILED' };
    await expect(newest(store)).rejects.toMatchObject({ ...failed, op: 'getObservationalMemory' });
    await expect(store.setObservingFlag(id, true)).rejects.toMatchObject({
      ...failed,
      op: 'setObservingFlag',
    });
    await expect(store.clearObservationalMemory('trip', 'alice')).rejects.toMatchObject(failed);
  });

  it('names what is wrong with the arguments', async () => {
    const store = makeWorld().open();
    const invalid = { code: 'INVALID_ARGUMENT' };
    await expect(store.getObservationalMemory(null, '')).rejects.toMatchObject(invalid);
    await expect(store.updateActiveObservations(/** @type {any} */ ({}))).rejects.toMatchObject(invalid);
    await expect(store.initializeObservationalMemory(/** @type {any} */ (undefined))).rejects.toMatchObject(
      invalid,
    );
  });
});
