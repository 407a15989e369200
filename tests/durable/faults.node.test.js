/** The caller's half of a store in a Durable Object: which options it takes, and what it makes of an object that fails. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore, httpStatus, StoreError } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { VERSIONS } from '../../bindings/remote/protocol.js';
import { thread } from '../support/records.js';

/** @param {(request: any) => unknown} answer */
function namespaceOf(answer) {
  /** @type {any[]} */
  const asked = [];
  /** @type {any[]} */
  const stubs = [];
  const namespace = {
    idFromName: (/** @type {string} */ name) => ({ name }),
    get: (/** @type {any} */ id, /** @type {any} */ options) => {
      stubs.push({ id, options });
      return {
        threadkv: async (/** @type {any} */ request) => {
          asked.push(request);
          return answer(request);
        },
      };
    },
    jurisdiction: (/** @type {string} */ where) => ({
      ...namespace,
      idFromName: (/** @type {string} */ name) => ({ name, where }),
    }),
  };
  return { namespace, asked, stubs };
}

/** @param {(request: any) => unknown} answer @param {Record<string, unknown>} [options] */
function open(answer, options) {
  /** @type {number[]} */
  const waited = [];
  const core = createCore({ wait: async (ms) => void waited.push(ms) });
  const { namespace, asked, stubs } = namespaceOf(answer);
  const store = /** @type {any} */ (
    new CloudflareStore({ durable: namespace, keyPrefix: 'dev_', core, .../** @type {any} */ (options) })
  );
  return { store, asked, stubs, waited };
}

const NONE = { ...VERSIONS, text: 'null', operations: [] };

/** @param {string} words @param {object} [marks] @returns {() => never} */
const raise = (words, marks) => () => {
  throw Object.assign(new Error(words), marks);
};

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
const failure = (promise) =>
  promise.then(
    () => expect.fail('did not fail'),
    (error) => error,
  );

describe('an object that does not answer', () => {
  it.each([
    ['OVERLOADED', { overloaded: true, retryable: true }, 'not done', 1],
    ['OBJECT_RESET', { durableObjectReset: true }, 'unknown', 3],
    ['DISCONNECTED', { retryable: true }, 'unknown', 3],
    ['OBJECT_FAILED', {}, 'unknown', 1],
  ])('is %s', async (code, marks, outcome, tries) => {
    const { store, asked, stubs, waited } = open(raise('words of the runtime', marks));
    const error = await failure(store.getThreadById({ threadId: 't' }));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code, op: 'getThreadById', details: { outcome } });
    expect(error.message).not.toContain('words of the runtime');
    expect(httpStatus(error)).toBe(503);
    expect(asked).toHaveLength(tries);
    expect(stubs).toHaveLength(tries);
    expect(waited).toHaveLength(tries - 1);
  });

  it('is asked again for a read, and on a stub of its own', async () => {
    let calls = 0;
    const { store, stubs } = open(() => {
      if (++calls < 3) raise('lost', { retryable: true })();
      return NONE;
    });
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
    expect(stubs).toHaveLength(3);
  });

  it('is never asked again for a write', async () => {
    for (const marks of [{ durableObjectReset: true }, { retryable: true }, {}]) {
      const { store, asked } = open(raise('lost', marks));
      await failure(store.saveThread({ thread: thread('t') }));
      await failure(store.updateTask('t', { status: 'running' }));
      await failure(store.deleteTasks({}));
      expect(asked).toHaveLength(3);
    }
  });
});

describe('which object it is', () => {
  it('the one that the prefix names, where it is wished or has to be', async () => {
    const { store, stubs } = open(() => NONE, { locationHint: 'weur', jurisdiction: 'eu' });
    await store.getThreadById({ threadId: 't' });
    expect(stubs).toEqual([{ id: { name: 'dev_', where: 'eu' }, options: { locationHint: 'weur' } }]);
  });

  it('none where the platform has no jurisdictions, as under wrangler dev: the error names the option', async () => {
    const { namespace } = namespaceOf(() => NONE);
    const without = {
      ...namespace,
      jurisdiction: () => {
        throw new Error('Jurisdiction restrictions are not implemented in workerd.');
      },
    };
    const store = new CloudflareStore({ durable: /** @type {any} */ (without), jurisdiction: 'eu' });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/no such jurisdiction.*wrangler dev/),
    });
  });
});

describe('options', () => {
  const { namespace: durable } = namespaceOf(() => NONE);
  const kv = createMemoryNamespace();

  it.each([
    [{ consistency: 'strict' }, /^consistency is for stores in KV/],
    [{ waitUntil: () => undefined }, /^waitUntil is for stores in KV/],
    [{ snapshots: 'all' }, /^snapshots is for stores in KV/],
    [{ assumeSingleWriter: true }, /^assumeSingleWriter is for stores in KV/],
    [{ namespacePrefix: 'dev_' }, /^namespacePrefix is for stores in KV/],
    [{ bindings: { default: kv } }, /bindings cannot be given beside it/],
    [{ backend: createMemoryBackend() }, /backend cannot be given beside it/],
    [{ accountId: 'a', apiToken: 't' }, /accountId cannot be given beside it/],
    [{ locationHint: '' }, /^locationHint must be a non-empty string/],
    [{ jurisdiction: 7 }, /^jurisdiction must be a non-empty string/],
    [{ jurisdicton: 'eu' }, /did you mean "jurisdiction"/],
  ])('%o are refused by name', (options, text) => {
    for (const Store of [CloudflareStore, MastraStore]) {
      expect(() => new Store(/** @type {any} */ ({ durable, ...options }))).toThrow(text);
    }
  });

  it.each([[kv], ['OBJECTS'], [{}], [null]])('%o is no namespace of objects', (durable) => {
    expect(() => new CloudflareStore(/** @type {any} */ ({ durable }))).toThrow(
      /^durable must be a namespace/,
    );
  });

  it('of objects are refused where there are none', () => {
    for (const options of [{ locationHint: 'weur' }, { jurisdiction: 'eu' }]) {
      expect(() => new CloudflareStore({ bindings: { default: kv }, ...options })).toThrow(
        /is for Durable Objects/,
      );
    }
  });

  it('threads, messages and metadata are in one home', () => {
    for (const bindings of [
      { threads: durable, messages: kv },
      { threads: kv, messages: durable },
      { threads: kv, messages: kv, metadata: durable },
      { threads: durable, messages: namespaceOf(() => NONE).namespace },
    ]) {
      expect(() => new CloudflareStore({ bindings })).toThrow(/must be in one home/);
    }
  });
});
