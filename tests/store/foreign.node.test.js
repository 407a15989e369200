// Errors that are not the store's own: of arguments that throw when they are read, of clocks, of functions among the
// options. Callers see a StoreError, which quotes nothing.

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore, StoreError, StoreTypeError } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { ownError } from '../../bindings/store/guard.js';

const fail = () => {
  throw new TypeError('private words');
};
const throwing = () =>
  new Proxy(
    {},
    { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
  );

const makeStore = (/** @type {object} */ options = {}) =>
  /** @type {any} */ (
    new CloudflareStore({ backend: createMemoryBackend(), core: createCore(), ...options })
  );

/** @param {() => unknown} run @returns {Promise<any>} what it threw, undefined if it did not */
async function thrownBy(run) {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}

const METHODS = (() => {
  const names = new Set();
  for (
    let { prototype } = CloudflareStore;
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
  }
  names.delete('constructor');
  return [...names];
})();

describe('an argument that throws when it is read', () => {
  it.each(METHODS)('%s', async (method) => {
    for (const args of [
      [throwing(), throwing(), throwing(), throwing()],
      [
        {
          thread: throwing(),
          messages: [throwing()],
          filter: throwing(),
          id: throwing(),
          record: throwing(),
        },
      ],
      ['a', throwing(), throwing()],
    ]) {
      const error = await thrownBy(() => makeStore()[method](...args));
      if (error === undefined) continue;
      expect(error instanceof StoreError || error instanceof StoreTypeError).toBe(true);
      expect(error.op).toBe(method);
      expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('private');
    }
  });

  it('is an argument that is refused', async () => {
    for (const args of [throwing(), { threadId: throwing() }]) {
      const error = await thrownBy(() => makeStore().getThreadById(args));
      expect(error).toMatchObject({ name: 'StoreError', code: 'INVALID_ARGUMENT', op: 'getThreadById' });
    }
  });

  it('is none of the configuration', async () => {
    const error = await thrownBy(() => new CloudflareStore(/** @type {any} */ (throwing())));
    expect(error).toMatchObject({ name: 'StoreError', code: 'INVALID_ARGUMENT', op: 'constructor' });
    const mastra = await thrownBy(() => new MastraStore(/** @type {any} */ (throwing())));
    expect(mastra.cause).toMatchObject({ name: 'StoreError', code: 'INVALID_ARGUMENT', op: 'constructor' });
  });

  it('is the cause of a MastraError', async () => {
    const memory = await new MastraStore({ backend: createMemoryBackend(), core: createCore() }).getStore(
      'memory',
    );
    const error = await thrownBy(() => memory?.saveMessages(/** @type {any} */ (throwing())));
    expect(error.cause).toMatchObject({ name: 'StoreError', code: 'INVALID_ARGUMENT', op: 'saveMessages' });
    expect(error.message).not.toContain('private');
  });

  it('and errors of anything else, however odd', () => {
    for (const error of [
      undefined,
      null,
      'private words',
      Symbol('x'),
      throwing(),
      { name: 'private words' },
    ]) {
      expect(ownError('init', error)).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'init' });
      expect(ownError('init', error).message).not.toContain('private');
    }
  });
});

describe('a clock', () => {
  const date = new Date('2026-01-02T03:04:05Z');
  const started = Date.now();
  let ticks = 0;
  /** @type {[string, () => number][]} */
  const clocks = [
    ['that stands still at 0', () => 0],
    ['that stands still', () => 1_767_323_045_000],
    ['that stands still near 1970', () => 1000],
    ['that begins at 0', () => Date.now() - started],
    ['that counts its readings', () => ticks++],
    ['of fractions', () => 1_767_323_045_000.7],
  ];
  it.each(clocks)('%s works', async (_, now) => {
    let waits = 0;
    const wait = async () => {
      if (++waits > 2000) throw new Error('waits for ever');
      await new Promise((resolve) => setImmediate(resolve));
    };
    const store = makeStore({ core: createCore({ now, wait }) });
    await store.saveThread({ thread: { id: 't', resourceId: 'u', createdAt: date, updatedAt: date } });
    for (const id of ['a', 'b', 'c']) {
      const message = { id, threadId: 't', resourceId: 'u', role: 'user', content: id, createdAt: date };
      await store.saveMessages({ messages: [message] });
    }
    await Promise.all([
      store.updateThread({ id: 't', title: 'x' }),
      store.updateThread({ id: 't', metadata: { x: 1 } }),
    ]);
    for (let i = 0; i < 3; i++) await store.setState({ threadId: 't', type: 'x', value: i });
    for (const status of ['running', 'running', 'success']) {
      await store.persistWorkflowSnapshot({ workflowName: 'w', runId: 'r', snapshot: { status } });
    }
    const { messages } = await store.listMessages({ threadId: 't' });
    expect(messages.map((/** @type {any} */ { id }) => id)).toEqual(['a', 'b', 'c']);
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ title: 'x', metadata: { x: 1 } });
    expect(await store.getState({ threadId: 't', type: 'x' })).toBe(2);
    await store.deleteThread({ threadId: 't' });
    expect(await store.getThreadById({ threadId: 't' })).toBe(null);
    await store.close();
  });

  it.each([NaN, Infinity, -1, 1e17, 1_767_323_045_000_000, undefined, null, '1767323045000', 5n])(
    'that says %s is refused at once',
    async (time) => {
      const store = makeStore({ core: createCore({ now: () => /** @type {any} */ (time) }) });
      const error = await thrownBy(() => store.getThreadById({ threadId: 't' }));
      expect(error).toMatchObject({ name: 'StoreError', code: 'INVALID_ARGUMENT', op: 'createCore' });
      expect(store.caller.place().backend.storage?.size ?? 0).toBe(0);
    },
  );

  it('or chance, or wait, that is no function is refused', () => {
    for (const name of ['now', 'random', 'wait']) {
      expect(() => createCore({ [name]: 7 })).toThrow(`${name} must be a function`);
    }
  });
});
