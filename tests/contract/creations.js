import { describe, expect, it } from 'vitest';
import {
  allIds,
  at,
  conversation,
  ids,
  message,
  refused,
  storeTelling,
  storeWith,
  thread,
} from './support.js';

/**
 * What became of calls that were made at once.
 *
 * @param {Promise<any>[]} calls
 */
async function outcomes(calls) {
  const settled = await Promise.allSettled(calls);
  return settled.map((one) => (one.status === 'fulfilled' ? 'made' : one.reason.code));
}

/** @param {number} count @param {() => Promise<any>} make */
const atOnce = (count, make) => outcomes(Array.from({ length: count }, make));

const ONE_OF_THREE = ['ALREADY_EXISTS', 'ALREADY_EXISTS', 'made'];

/** @param {import('./support.js').MakeStore} makeStore */
export function creations(makeStore) {
  describe('creating a thread', () => {
    it('stores it as it is given, and returns it with dates', async () => {
      const { store, reopen } = await makeStore();
      const given = thread('t', { title: 'Plans', pinned: true, createdAt: at(1).toISOString() });
      const made = await store.createThread({ thread: given });
      expect(made).toEqual({ ...given, createdAt: at(1) });
      expect(await reopen().getThreadById({ threadId: 't' })).toEqual(made);
      expect(ids((await store.listThreadsByResourceId({ resourceId: 'alice' })).threads)).toEqual(['t']);
    });

    it('refuses an id that is taken, and leaves that thread alone', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(1));
      for (const one of [store, reopen()])
        await refused(one.createThread({ thread: thread('t', { title: 'Second' }) }), {
          code: 'ALREADY_EXISTS',
          op: 'createThread',
          text: 'Thread with id t already exists',
        });
      expect((await store.getThreadById({ threadId: 't' })).title).toBe('About t');
      expect(await allIds(store)).toEqual(['m001']);
    });

    it('refuses the id of a record that cannot be read', async () => {
      const { store, raw, reopen } = await storeWith(makeStore, 't');
      await raw.put('threads:t', '{"id":7}');
      await refused(reopen().createThread({ thread: thread('t') }), {
        code: 'ALREADY_EXISTS',
        op: 'createThread',
        text: /already exists/,
      });
      await store.saveThread({ thread: thread('t', { title: 'Mended' }) });
    });

    it('makes a thread anew that was deleted, without its messages', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(2));
      await store.deleteThread({ threadId: 't' });
      await store.createThread({ thread: thread('t', { title: 'Anew' }) });
      await store.saveMessages({ messages: [message('n', 1)] });
      for (const one of [store, reopen()]) expect(await allIds(one)).toEqual(['n']);
    });

    /** @type {[string, Record<string, unknown>][]} */
    const bad = [
      ['no id', { id: undefined }],
      ['an empty id', { id: '' }],
      ['no owner', { resourceId: undefined }],
      ['no date', { createdAt: undefined }],
      ['metadata that is no object', { metadata: [] }],
    ];
    it.each(bad)('refuses %s', async (_, fields) => {
      const { store, raw } = await makeStore();
      await refused(store.createThread({ thread: thread('t', fields) }), {
        code: 'INVALID_ARGUMENT',
        op: 'createThread',
        text: new RegExp(`thread\\.${Object.keys(fields)[0]}`),
      });
      expect(await raw.keys()).toEqual([]);
    });
  });

  describe('creating one thread several times at once', () => {
    it('has one winner among creations', async () => {
      const { store, reopen } = await makeStore();
      let n = 0;
      const made = await atOnce(3, () => store.createThread({ thread: thread('t', { title: `${n++}` }) }));
      expect([...made].sort()).toEqual(ONE_OF_THREE);
      expect((await reopen().getThreadById({ threadId: 't' })).title).toBe(`${made.indexOf('made')}`);
    });

    it('has one winner among copies, and each message once', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(3));
      const made = await atOnce(3, () => store.copyThread({ sourceThreadId: 't', newThreadId: 'cp' }));
      expect(made.sort()).toEqual(ONE_OF_THREE);
      for (const one of [store, reopen()]) expect(await allIds(one, 'cp')).toHaveLength(3);
      expect((await reopen().listMessagesByResourceId({ resourceId: 'alice' })).total).toBe(6);
    });

    it('mixes no owners', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(2));
      await store.saveThread({ thread: thread('of-bob', { resourceId: 'bob' }) });
      await store.saveMessages({ messages: [message('b', 1, { threadId: 'of-bob', resourceId: 'bob' })] });
      const made = await outcomes([
        store.copyThread({ sourceThreadId: 't', newThreadId: 'cp' }),
        store.copyThread({ sourceThreadId: 'of-bob', newThreadId: 'cp' }),
      ]);
      expect([...made].sort()).toEqual(ONE_OF_THREE.slice(1));
      const reader = reopen();
      const { resourceId } = await reader.getThreadById({ threadId: 'cp' });
      const { messages } = await reader.listMessages({ threadId: 'cp' });
      expect(new Set(messages.map((/** @type {any} */ m) => m.resourceId))).toEqual(new Set([resourceId]));
      expect(messages).toHaveLength(resourceId === 'bob' ? 1 : 2);
    });

    it('lets a save wait until a copy is made, and then apply', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(2));
      const saved = thread('cp', { title: 'Mine' });
      expect(
        await outcomes([
          store.copyThread({ sourceThreadId: 't', newThreadId: 'cp' }),
          store.saveThread({ thread: saved }),
        ]),
      ).toEqual(['made', 'made']);
      for (const one of [store, reopen()]) {
        expect((await one.getThreadById({ threadId: 'cp' })).title).toBe('Mine');
        expect(await allIds(one, 'cp')).toHaveLength(2);
      }
    });

    it('counts a save that came before', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(2));
      const saved = thread('cp', { title: 'Mine' });
      expect(
        await outcomes([
          store.saveThread({ thread: saved }),
          store.copyThread({ sourceThreadId: 't', newThreadId: 'cp' }),
          store.saveThread({ thread: saved }),
        ]),
      ).toEqual(['made', 'ALREADY_EXISTS', 'made']);
      expect((await reopen().getThreadById({ threadId: 'cp' })).title).toBe('Mine');
      expect(await allIds(reopen(), 'cp')).toEqual([]);
    });
  });
}
