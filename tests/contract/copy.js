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

/** @param {any[]} messages */
const texts = (messages) => messages.map((m) => m.content.parts[0].text);

/** @param {import('./support.js').MakeStore} makeStore */
export function copy(makeStore) {
  describe('copying a thread', () => {
    it('makes a new thread with messages of its own', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(3));
      const { thread: made, messageIdMap } = await store.copyThread({ sourceThreadId: 't' });
      expect(made.id).not.toBe('t');
      // A date within metadata is read back as its text.
      const asStored = (/** @type {unknown} */ record) => JSON.parse(JSON.stringify(record));
      expect(asStored(await store.getThreadById({ threadId: made.id }))).toEqual(asStored(made));
      expect(Object.keys(messageIdMap)).toEqual(['m001', 'm002', 'm003']);
      for (const reader of [store, reopen()]) {
        const copied = (await reader.listMessages({ threadId: made.id })).messages;
        expect(ids(copied)).toEqual(['m001', 'm002', 'm003'].map((id) => messageIdMap[id]));
        expect(copied.map((/** @type {any} */ m) => ({ ...m, id: '', threadId: '' }))).toEqual(
          conversation(3).map((m) => ({ ...m, id: '', threadId: '' })),
        );
        expect(await allIds(reader, 't')).toEqual(['m001', 'm002', 'm003']);
      }
    });

    it('tells in the metadata where it comes from', async () => {
      const { store, clock } = await storeTelling(makeStore, conversation(2));
      await store.updateThread({ id: 't', metadata: { ofSource: 1 } });
      const { thread: made } = await store.copyThread({ sourceThreadId: 't', metadata: { mine: 2 } });
      const { clone, ...others } = made.metadata;
      expect(others).toEqual({ mine: 2 });
      expect(clone).toMatchObject({ sourceThreadId: 't', lastMessageId: 'm002' });
      expect(new Date(clone.clonedAt)).toEqual(made.createdAt);
      expect(made.updatedAt).toEqual(made.createdAt);
      expect(Math.abs(made.createdAt.getTime() - clock.now())).toBeLessThan(1000);
    });

    it('names the copy after its source, unless told a title', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { title: 'Plans' }) });
      await store.saveThread({ thread: thread('untitled', { title: '' }) });
      expect((await store.copyThread({ sourceThreadId: 't' })).thread.title).toBe('Clone of Plans');
      expect((await store.copyThread({ sourceThreadId: 't', title: 'Mine' })).thread.title).toBe('Mine');
      expect((await store.copyThread({ sourceThreadId: 'untitled' })).thread.title).toBeUndefined();
    });

    it('takes the id and the owner given', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const { thread: made } = await store.copyThread({
        sourceThreadId: 't',
        newThreadId: 'u',
        resourceId: 'bob',
      });
      expect(made).toMatchObject({ id: 'u', resourceId: 'bob' });
      expect((await store.listMessages({ threadId: 'u', resourceId: 'bob' })).total).toBe(2);
      expect(ids((await store.listThreadsByResourceId({ resourceId: 'bob' })).threads)).toEqual(['u']);
    });

    it('keeps the owner of each message when none is given', async () => {
      const { store } = await storeTelling(makeStore, [
        message('m1', 1),
        message('m2', 2, { resourceId: 'bob' }),
      ]);
      const { thread: made } = await store.copyThread({ sourceThreadId: 't' });
      expect(made.resourceId).toBe('alice');
      const { messages } = await store.listMessages({ threadId: made.id });
      expect(messages.map((/** @type {any} */ m) => m.resourceId)).toEqual(['alice', 'bob']);
    });

    /** @type {[string, Record<string, unknown>, number[]][]} */
    const selections = [
      ['everything', {}, [1, 2, 3, 4, 5, 6]],
      ['the newest few', { messageLimit: 2 }, [5, 6]],
      ['a limit of nothing, which is no limit', { messageLimit: 0 }, [1, 2, 3, 4, 5, 6]],
      ['a limit beyond what there is', { messageLimit: 60 }, [1, 2, 3, 4, 5, 6]],
      ['from a moment on', { messageFilter: { startDate: at(4) } }, [4, 5, 6]],
      ['up to a moment', { messageFilter: { endDate: at(2) } }, [1, 2]],
      [
        'a span of time, the newest of it',
        { messageFilter: { startDate: at(2), endDate: at(5) }, messageLimit: 2 },
        [4, 5],
      ],
      ['messages by id', { messageFilter: { messageIds: ['m005', 'm002', 'nobody'] } }, [2, 5]],
      ['no ids, which is no filter', { messageFilter: { messageIds: [] } }, [1, 2, 3, 4, 5, 6]],
      ['a time without messages', { messageFilter: { startDate: at(99) } }, []],
    ];
    it.each(selections)('copies %s', async (_, options, expected) => {
      const { store } = await storeTelling(makeStore, conversation(6));
      const { thread: made, messageIdMap } = await store.copyThread({ sourceThreadId: 't', options });
      const names = expected.map((n) => `m00${n}`);
      expect(Object.keys(messageIdMap)).toEqual(names);
      const { messages } = await store.listMessages({ threadId: made.id });
      expect(texts(messages)).toEqual(names.map((id) => `This is ${id}.`));
      expect(made.metadata.clone.lastMessageId).toBe(names.at(-1));
    });

    it('makes copies that live on their own', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const { thread: made, messageIdMap } = await store.copyThread({ sourceThreadId: 't' });
      await store.updateMessages({ messages: [{ id: messageIdMap.m001, role: 'assistant' }] });
      await store.deleteMessages([messageIdMap.m002]);
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual(conversation(2));
      await store.deleteThread({ threadId: 't' });
      expect(await allIds(store, made.id)).toEqual([messageIdMap.m001]);
    });

    it('makes different ids every time', async () => {
      const { store } = await storeTelling(makeStore, conversation(1));
      const copies = [
        await store.copyThread({ sourceThreadId: 't' }),
        await store.copyThread({ sourceThreadId: 't' }),
      ];
      expect(new Set(copies.map((made) => made.thread.id)).size).toBe(2);
      expect(new Set(copies.map((made) => made.messageIdMap.m001)).size).toBe(2);
    });

    it('copies two hundred and fifty messages', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(250));
      const { thread: made } = await store.copyThread({ sourceThreadId: 't' });
      const { messages } = await reopen().listMessages({ threadId: made.id, perPage: false });
      expect(texts(messages)).toEqual(texts(conversation(250)));
    });

    it('refuses a source that does not exist', async () => {
      const { store } = await makeStore();
      const error = await refused(store.copyThread({ sourceThreadId: 'nobody' }), {
        code: 'NOT_FOUND',
        op: 'copyThread',
        text: /[Ss]ource thread with id .* not found/,
      });
      expect(error.message).toContain('nobody');
    });

    it('refuses an id that is taken, and leaves that thread alone', async () => {
      const { store } = await storeWith(makeStore, 't', 'u');
      await store.saveMessages({ messages: conversation(2) });
      await refused(store.copyThread({ sourceThreadId: 't', newThreadId: 'u' }), {
        code: 'ALREADY_EXISTS',
        op: 'copyThread',
        text: /already exists/,
      });
      expect((await store.getThreadById({ threadId: 'u' })).title).toBe('About u');
      expect(await allIds(store, 'u')).toEqual([]);
    });
  });
}
