/**
 * Deletions and copies that end in the middle, over every back end: what was not done is as if it had never begun,
 * or is finished by a sweep.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { failNth, hideMetadata } from '../support/faults.js';
import { makeSubject } from './subject.js';
import { allIds, conversation, ids, storeTelling } from './support.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */

/** Back ends over one memory, and how a store is given one. */
const backends = {
  'a back end': (/** @type {Backend} */ backend) => ({ backend }),
  'a back end without metadata': (/** @type {Backend} */ backend) => ({ backend: hideMetadata(backend) }),
  'a KV namespace': (/** @type {Backend} */ _, /** @type {any} */ memory, /** @type {string} */ key) => ({
    bindings: { default: refusing(createMemoryNamespace({ storage: memory.spaces[0] }), key) },
  }),
};

/** @param {any} namespace @param {string} key  whose puts fail */
function refusing(namespace, key) {
  return new Proxy(namespace, {
    get:
      (target, name) =>
      (/** @type {any[]} */ ...args) => {
        if (name === 'put' && args[0] === key) throw new Error('Network connection lost.');
        return target[name](...args);
      },
  });
}

describe.each(Object.entries(backends))('over %s', (_name, storage) => {
  /** Thread t with five messages, and a store whose puts of one key all fail. @param {string} key */
  async function prepared(key) {
    const memory = createMemoryBackend();
    const subject = await storeTelling(
      async (options) => makeSubject(memory, { backend: memory }, 'dev_', options),
      conversation(5),
    );
    subject.clock.advance(60_000);
    const full = `dev_${key}`;
    const failing = failNth(memory, {
      at: 1,
      times: Infinity,
      status: 503,
      match: (request) => request.kind === 'put' && request.key === full,
    });
    const given = /** @type {any} */ (storage)(failing, memory, full);
    const reopen = () => subject.reopen(storage === backends['a back end'] ? {} : healthy(memory));
    return { ...subject, broken: subject.reopen({ backend: undefined, ...given }), reopen };
  }

  /** @param {any} memory */
  const healthy = (memory) =>
    storage === backends['a KV namespace']
      ? { backend: undefined, bindings: { default: createMemoryNamespace({ storage: memory.spaces[0] }) } }
      : { backend: hideMetadata(memory) };

  it('a deletion whose tombstone is not stored has taken nothing', async () => {
    const { broken, reopen, clock } = await prepared('threads:t');
    await expect(broken.deleteThread({ threadId: 't' })).rejects.toMatchObject({ code: 'KV_FAILED' });
    for (const reader of [broken, reopen()]) {
      expect(await reader.getThreadById({ threadId: 't' })).not.toBeNull();
      expect(await allIds(reader)).toEqual(ids(conversation(5)));
    }
    clock.advance(1_200_000);
    expect(await reopen().sweep()).toEqual({ deleted: 0, pending: 0 });
    expect(await allIds(reopen())).toEqual(ids(conversation(5)));
    await reopen().deleteThread({ threadId: 't' });
    expect(await allIds(reopen())).toEqual([]);
  });

  it('a deletion of which anything else is not stored can be called again', async () => {
    for (const key of ['metadata:thread:t', 'metadata:sweep:t']) {
      const { broken, reopen, clock, raw } = await prepared(key);
      await expect(broken.deleteThread({ threadId: 't' })).rejects.toMatchObject({ code: 'KV_FAILED' });
      expect(await reopen().getThreadById({ threadId: 't' })).toBeNull();
      await reopen().deleteThread({ threadId: 't' });
      expect(await allIds(reopen())).toEqual([]);
      clock.advance(1_200_000);
      await reopen().sweep();
      const keys = await raw.keys();
      expect(keys.filter((name) => /^messages:|:t:|sweep/.test(name))).toEqual([]);
    }
  });

  it('a copy whose thread is not stored is never seen, and goes', async () => {
    const { broken, reopen, clock, raw } = await prepared('threads:copy');
    const args = { sourceThreadId: 't', newThreadId: 'copy' };
    await expect(broken.copyThread(args)).rejects.toMatchObject({ code: 'KV_FAILED' });
    expect((await raw.keys()).filter((key) => key.startsWith('messages:'))).toHaveLength(10);
    for (const later of [0, 70_000, 600_000]) {
      clock.advance(later);
      for (const reader of [broken, reopen()]) {
        expect(await reader.getThreadById({ threadId: 'copy' })).toBeNull();
        expect(await reader.listMessages({ threadId: 'copy' })).toMatchObject({ messages: [], total: 0 });
        const newest = { threadId: 'copy', orderBy: { direction: 'DESC' }, perPage: 9, includeTotal: false };
        expect((await reader.listMessages(newest)).messages).toEqual([]);
        expect((await reader.listMessagesByResourceId({ resourceId: 'alice' })).total).toBe(5);
        expect(ids((await reader.listThreads({})).threads)).toEqual(['t']);
      }
    }
    const { found } = await reopen().verify({ repair: true });
    expect(Object.keys(found).filter((what) => what !== 'entry of what is gone')).toEqual([]);
    expect(await reopen().getThreadById({ threadId: 'copy' })).toBeNull();
    clock.advance(960_000);
    expect(await reopen().sweep()).toEqual({ deleted: 5, pending: 0 });
    const keys = await raw.keys();
    expect(keys.filter((key) => key.startsWith('messages:'))).toHaveLength(5);
    expect(keys.filter((key) => /copy/.test(key))).toEqual([]);
    expect(await allIds(reopen())).toEqual(ids(conversation(5)));
  });

  it('a copy that is made again after it failed has each message once', async () => {
    const { broken, reopen, clock, raw } = await prepared('threads:copy');
    const args = { sourceThreadId: 't', newThreadId: 'copy' };
    await expect(broken.copyThread(args)).rejects.toMatchObject({ code: 'KV_FAILED' });
    clock.advance(2000);
    const { messageIdMap } = await reopen().copyThread(args);
    const copies = Object.values(messageIdMap);
    for (const later of [0, 70_000, 1_200_000]) {
      clock.advance(later);
      expect(await allIds(reopen(), 'copy')).toEqual(copies);
      await reopen().sweep();
      expect(await allIds(reopen(), 'copy')).toEqual(copies);
      expect((await reopen().listMessagesByResourceId({ resourceId: 'alice' })).total).toBe(10);
    }
    expect((await raw.keys()).filter((key) => key.startsWith('messages:'))).toHaveLength(10);
  });
});
