import { describe, expect, it } from 'vitest';
import { allIds, at, conversation, message, refused, storeTelling, storeWith, thread } from './support.js';

const longId = 'x'.repeat(600);
const notText = [undefined, null, 42, {}, [], true, Symbol.iterator];
const invalidDate = new Date(NaN);
/** The first half of a pair of code units: not a character, so KV could not store it as part of a key. */
const half = 'a\ud800b';

/** @param {import('./support.js').MakeStore} makeStore */
export function errors(makeStore) {
  /**
   * Every call that takes an id, with the id given.
   * @type {[string, (store: any, id: any) => Promise<unknown>][]}
   */
  const callsById = [
    ['getThreadById', (store, threadId) => store.getThreadById({ threadId })],
    ['saveThread', (store, id) => store.saveThread({ thread: { ...thread('t'), id } })],
    ['updateThread', (store, id) => store.updateThread({ id, title: 'x' })],
    ['deleteThread', (store, threadId) => store.deleteThread({ threadId })],
    ['copyThread', (store, sourceThreadId) => store.copyThread({ sourceThreadId })],
    ['saveMessages', (store, id) => store.saveMessages({ messages: [{ ...message('m'), id }] })],
    ['saveMessages', (store, threadId) => store.saveMessages({ messages: [{ ...message('m'), threadId }] })],
    ['listMessages', (store, threadId) => store.listMessages({ threadId })],
    ['listMessagesById', (store, id) => store.listMessagesById({ messageIds: ['m', id] })],
    ['updateMessages', (store, id) => store.updateMessages({ messages: [{ id, role: 'user' }] })],
    ['deleteMessages', (store, id) => store.deleteMessages(['m', id])],
    [
      'saveResource',
      (store, id) => store.saveResource({ resource: { id, createdAt: at(0), updatedAt: at(0) } }),
    ],
    ['getResourceById', (store, resourceId) => store.getResourceById({ resourceId })],
    ['updateResource', (store, resourceId) => store.updateResource({ resourceId, workingMemory: 'x' })],
  ];

  describe('ids that are refused', () => {
    it.each(callsById)('%s: an empty id, and what is not text', async (op, call) => {
      const { store, raw } = await makeStore();
      for (const id of ['', ...notText]) await refused(call(store, id), { code: 'INVALID_ARGUMENT', op });
      expect(await raw.keys()).toEqual([]);
    });

    it.each(callsById)('%s: half a character', async (op, call) => {
      const { store, raw } = await makeStore();
      await refused(call(store, half), { code: 'INVALID_ARGUMENT', op });
      expect(await raw.keys()).toEqual([]);
    });

    const writes = callsById.filter(([op]) => !/^(get|list|delete)/.test(op));
    it.each(writes)('%s: an id whose key would be longer than KV allows', async (op, call) => {
      const { store, raw } = await makeStore();
      await refused(call(store, longId), { code: 'KEY_TOO_LONG', op });
      await refused(call(store, '🎉'.repeat(130)), { code: 'KEY_TOO_LONG', op });
      expect(await raw.keys()).toEqual([]);
    });

    it.each([' ', '\t', '\n', ' \r\n'])(
      'a blank id, where something would be made under it: %j',
      async (blank) => {
        const { store } = await storeWith(makeStore, 't');
        const makes = {
          saveThread: () => store.saveThread({ thread: thread(blank) }),
          copyThread: () => store.copyThread({ sourceThreadId: 't', newThreadId: blank }),
          saveMessages: () => store.saveMessages({ messages: [message('m'), message(blank)] }),
          saveResource: () =>
            store.saveResource({ resource: { id: blank, createdAt: at(0), updatedAt: at(0) } }),
          updateResource: () => store.updateResource({ resourceId: blank, workingMemory: 'x' }),
        };
        for (const [op, make] of Object.entries(makes)) {
          await refused(make(), { code: 'INVALID_ARGUMENT', op, text: /blank/ });
        }
        expect(await allIds(store)).toEqual([]);
      },
    );

    it('says which id, and how long the key may be', async () => {
      const { store } = await makeStore();
      const error = await refused(store.saveThread({ thread: thread(longId) }), {
        code: 'KEY_TOO_LONG',
        op: 'saveThread',
      });
      expect(error.message).toMatch(/512/);
      expect(error.message.length).toBeLessThan(1000);
    });
  });

  describe('ids that no key can hold', () => {
    it.each([longId, '🎉'.repeat(130), ':'.repeat(180)])('are of nothing: %s', async (id) => {
      const { store, raw } = await storeTelling(makeStore, conversation(3));
      const keys = await raw.keys();
      expect(await store.getThreadById({ threadId: id })).toBeNull();
      expect(await store.getResourceById({ resourceId: id })).toBeNull();
      const none = { total: 0, hasMore: false };
      expect(await store.listThreads({ filter: { resourceId: id } })).toMatchObject({ threads: [], ...none });
      expect(await store.listThreadsByResourceId({ resourceId: id })).toMatchObject({ threads: [], ...none });
      expect(await store.listMessages({ threadId: id })).toEqual({
        messages: [],
        page: 0,
        perPage: 40,
        ...none,
      });
      expect(await store.listMessagesByResourceId({ resourceId: id })).toMatchObject({
        messages: [],
        ...none,
      });
      await store.deleteThread({ threadId: id });
      await store.deleteMessages([id]);
      expect(await raw.keys()).toEqual(keys);
    });

    it('hide nothing that stands beside them', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      expect(
        (await store.listMessagesById({ messageIds: [longId, 'm002', `${longId}x`] })).messages,
      ).toHaveLength(1);
      expect((await store.listMessages({ threadId: [longId, 't'] })).total).toBe(3);
      const include = [{ id: longId }, { id: 'm002', withNextMessages: 1 }];
      const page = await store.listMessages({ threadId: 't', perPage: 1, include });
      expect(page.messages.map((/** @type {any} */ one) => one.id)).toEqual(['m001', 'm002', 'm003']);
      const lost = await store.listMessages({ threadId: longId, include });
      expect(lost.messages.map((/** @type {any} */ one) => one.id)).toEqual(['m002', 'm003']);
      expect(lost).toMatchObject({ total: 0, hasMore: false, perPage: 40 });
      await store.deleteMessages([longId, 'm001']);
      expect(await allIds(store)).toEqual(['m002', 'm003']);
    });

    it('are of nothing in the other tables, too', async () => {
      const { store, raw } = await makeStore();
      const run = { workflowName: 'order', runId: longId };
      expect(await store.loadWorkflowSnapshot(run)).toBeNull();
      expect(await store.getWorkflowRunById(run)).toBeNull();
      expect(await store.getWorkflowRunById({ runId: longId })).toBeNull();
      await store.deleteWorkflowRunById(run);
      expect(await store.getScoreById({ id: longId })).toBeNull();
      expect(await store.getTask(longId)).toBeNull();
      await store.deleteTask(longId);
      expect(await store.getState({ threadId: longId, type: 'x' })).toBeUndefined();
      await store.deleteState({ threadId: longId, type: 'x' });
      expect(await store.getBlob(longId)).toBeNull();
      expect(await store.hasBlob(longId)).toBe(false);
      expect(await store.deleteBlob(longId)).toBe(false);
      await store.putBlob({ hash: 'h', content: 'x', size: 1 });
      expect([...(await store.getManyBlobs([longId, 'h'])).keys()]).toEqual(['h']);
      expect(await store.getObservationalMemory(longId, 'alice')).toBeNull();
      expect(await store.getObservationalMemoryHistory(longId, 'alice')).toEqual([]);
      await store.clearObservationalMemory(longId, 'alice');
      await refused(store.createTask({ id: longId }), { code: 'KEY_TOO_LONG', op: 'createTask' });
      expect((await raw.keys()).length).toBe(1);
    });
  });

  describe('threads that are refused', () => {
    /** @type {[string, Record<string, unknown>][]} */
    const bad = [
      ['without an owner', { resourceId: undefined }],
      ['with null as owner', { resourceId: null }],
      ['with a number as owner', { resourceId: 7 }],
      ['without createdAt', { createdAt: undefined }],
      ['with an invalid createdAt', { createdAt: invalidDate }],
      ['with createdAt that is no date', { createdAt: 'last week' }],
      ['with an invalid updatedAt', { updatedAt: invalidDate }],
      ['with a title that is not text', { title: 7 }],
      ['with metadata that is not an object', { metadata: 'x' }],
      ['with metadata that is a list', { metadata: [] }],
      ['with archivedAt that is no date', { archivedAt: 'never' }],
    ];
    it.each(bad)('%s', async (_, fields) => {
      const { store, raw } = await makeStore();
      await refused(store.saveThread({ thread: thread('t', fields) }), {
        code: 'INVALID_ARGUMENT',
        op: 'saveThread',
      });
      expect(await raw.keys()).toEqual([]);
    });

    /** @type {[string, Record<string, unknown>][]} */
    const badUpdates = [
      ['a title that is not text', { title: 7 }],
      ['metadata that is not an object', { metadata: 'x' }],
      ['metadata that is a list', { metadata: [1] }],
      ['an invalid archivedAt', { archivedAt: invalidDate }],
    ];
    it.each(badUpdates)('updates with %s', async (_, fields) => {
      const { store } = await storeWith(makeStore, 't');
      const before = await store.getThreadById({ threadId: 't' });
      await refused(store.updateThread({ id: 't', ...fields }), {
        code: 'INVALID_ARGUMENT',
        op: 'updateThread',
      });
      expect(await store.getThreadById({ threadId: 't' })).toEqual(before);
    });
  });

  describe('resources that are refused', () => {
    it.each([{ workingMemory: 5 }, { metadata: 'x' }, { metadata: [] }])('with %j', async (fields) => {
      const { store, raw } = await makeStore();
      const resource = { id: 'alice', createdAt: at(0), updatedAt: at(0), ...fields };
      await refused(store.saveResource({ resource }), {
        code: 'INVALID_ARGUMENT',
        op: 'saveResource',
        text: new RegExp(Object.keys(fields)[0]),
      });
      expect(await raw.keys()).toEqual([]);
    });
  });

  describe('filters that are refused, for nothing must be listed that was not asked for', () => {
    it.each([['alice'], [5], [true], [['alice']]])('%j', async (filter) => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const refusal = { code: 'INVALID_ARGUMENT', text: /filter must be an object/ };
      await refused(store.listThreads({ filter }), { ...refusal, op: 'listThreads' });
      await refused(store.listMessages({ threadId: 't', filter }), { ...refusal, op: 'listMessages' });
      await refused(store.listMessagesByResourceId({ resourceId: 'alice', filter }), {
        ...refusal,
        op: 'listMessagesByResourceId',
      });
    });

    it.each(['true', 0, {}])('archived: %j', async (archived) => {
      const { store } = await makeStore();
      await refused(store.listThreads({ filter: { archived } }), {
        code: 'INVALID_ARGUMENT',
        op: 'listThreads',
        text: /archived/,
      });
    });
  });

  describe('messages that are refused', () => {
    /** @type {[string, Record<string, unknown>][]} */
    const bad = [
      ['without role', { role: undefined }],
      ['with an empty role', { role: '' }],
      ['with a role that is not text', { role: 1 }],
      ['without content', { content: undefined }],
      ['with a truth value as content', { content: false }],
      ['without createdAt', { createdAt: undefined }],
      ['with an invalid createdAt', { createdAt: invalidDate }],
      ['with createdAt that is no date', { createdAt: 'soon' }],
      ['without owner', { resourceId: undefined }],
      ['with null as owner', { resourceId: null }],
      ['with an owner that is not text', { resourceId: 5 }],
    ];
    it.each(bad)('%s: nothing of the batch is stored', async (_, fields) => {
      const { store, raw } = await storeWith(makeStore, 't');
      const before = await raw.keys();
      const messages = [message('good', 1), message('bad', 2, fields), message('fine', 3)];
      const error = await refused(store.saveMessages({ messages }), {
        code: 'INVALID_ARGUMENT',
        op: 'saveMessages',
      });
      expect(error.message).toContain('1');
      expect(error.message).toContain(Object.keys(fields)[0]);
      expect(await raw.keys()).toEqual(before);
      expect(await allIds(store)).toEqual([]);
    });

    it.each([[null], [42], ['text'], [[]], [undefined]])('%j in place of a message', async (one) => {
      const { store } = await storeWith(makeStore, 't');
      const messages = [message('good', 1), one];
      await refused(store.saveMessages({ messages }), { code: 'INVALID_ARGUMENT', op: 'saveMessages' });
      expect(await allIds(store)).toEqual([]);
    });

    /** @type {[string, Record<string, unknown>][]} */
    const badUpdates = [
      ['an empty thread id', { threadId: '' }],
      ['an invalid date', { createdAt: invalidDate }],
      ['a truth value as content', { content: true }],
      ['a role that is not text', { role: 1 }],
    ];
    it.each(badUpdates)('updates with %s: nothing is changed', async (_, fields) => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const messages = [
        { id: 'm001', role: 'assistant' },
        { id: 'm002', ...fields },
      ];
      await refused(store.updateMessages({ messages }), { code: 'INVALID_ARGUMENT', op: 'updateMessages' });
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual(conversation(2));
    });

    it('a value larger than KV takes', async () => {
      const { store, raw } = await storeWith(makeStore, 't');
      const before = await raw.keys();
      const content = { format: 2, parts: [{ type: 'text', text: 'x'.repeat(26 * 1024 * 1024) }] };
      const messages = [message('small', 1), message('large', 2, { content })];
      const error = await refused(store.saveMessages({ messages }), {
        code: 'VALUE_TOO_LARGE',
        op: 'saveMessages',
      });
      expect(error.message).toMatch(/25 MiB|26214400/);
      expect(await raw.keys()).toEqual(before);
    });

    it('what cannot be written as JSON', async () => {
      const { store } = await storeWith(makeStore, 't');
      /** @type {any} */
      const loop = { format: 2, parts: [] };
      loop.self = loop;
      for (const content of [loop, { format: 2, parts: [1n] }]) {
        await refused(store.saveMessages({ messages: [message('m1', 1, { content })] }), {
          code: 'INVALID_ARGUMENT',
          op: 'saveMessages',
        });
      }
      expect(await allIds(store)).toEqual([]);
    });
  });

  describe('errors', () => {
    it('never carry what users said', async () => {
      const { store } = await storeWith(makeStore, 't');
      const secret = 'the launch code is 0000';
      const content = { format: 2, parts: [{ type: 'text', text: secret }] };
      const bad = [
        store.saveMessages({ messages: [message('m1', 1, { content, role: undefined })] }),
        store.saveMessages({ messages: [message('m1', 1, { content, threadId: 'nobody' })] }),
        store.updateThread({ id: 'nobody', title: secret, metadata: { secret } }),
        store.saveThread({ thread: thread('u', { metadata: { secret }, createdAt: invalidDate }) }),
      ];
      for (const outcome of await Promise.allSettled(bad)) {
        if (outcome.status === 'fulfilled') return expect.fail('an invalid call succeeded');
        const { message: text, details, stack } = outcome.reason;
        expect(`${text} ${JSON.stringify(details)} ${stack}`).not.toContain(secret);
      }
    });

    it('leave the store in working order', async () => {
      const { store } = await storeWith(makeStore, 't');
      for (let i = 0; i < 20; i++) {
        await store.saveMessages({ messages: [message('m', 1, { role: undefined })] }).catch(() => {});
        await store.listMessages({ threadId: '' }).catch(() => {});
      }
      await store.saveMessages({ messages: conversation(3) });
      expect(await allIds(store)).toEqual(['m001', 'm002', 'm003']);
    });
  });

  describe('damaged data in KV', () => {
    const damages = [
      '{"id":"t"',
      '',
      'null',
      '[]',
      '"text"',
      '{}',
      '{"id":"someone else"}',
      '\u0000',
      '{"id":"t",}',
    ];

    it.each(damages)('a thread that reads %j is an error that names its key', async (value) => {
      const { reopen, raw } = await storeWith(makeStore, 't', 'u');
      await raw.put('threads:t', value);
      const store = reopen();
      const error = await refused(store.getThreadById({ threadId: 't' }), {
        code: 'CORRUPT',
        op: 'getThreadById',
      });
      expect(`${error.message} ${JSON.stringify(error.details)}`).toContain('threads:t');
      expect((await store.getThreadById({ threadId: 'u' })).id).toBe('u');
    });

    it.each(damages)('a message that reads %j is an error that names its key', async (value) => {
      const { reopen, raw } = await storeTelling(makeStore, [
        ...conversation(3),
        message('u1', 1, { threadId: 'u' }),
      ]);
      await raw.put('messages:m002', value);
      const store = reopen();
      const error = await refused(store.listMessages({ threadId: 't' }), {
        code: 'CORRUPT',
        op: 'listMessages',
      });
      expect(`${error.message} ${JSON.stringify(error.details)}`).toContain('messages:m002');
      const byId = store.listMessagesById({ messageIds: ['m001', 'm002'] });
      await refused(byId, { code: 'CORRUPT', op: 'listMessagesById' });
      expect((await store.listMessagesById({ messageIds: ['m001', 'm003'] })).messages).toHaveLength(2);
      expect(await allIds(store, 'u')).toEqual(['u1']);
    });

    it.each(damages)('a resource that reads %j is an error that names its key', async (value) => {
      const { store: writer, reopen, raw } = await makeStore();
      await writer.updateResource({ resourceId: 'alice', workingMemory: 'x' });
      await writer.updateResource({ resourceId: 'bob', workingMemory: 'y' });
      await raw.put('resources:alice', value);
      const store = reopen();
      const got = store.getResourceById({ resourceId: 'alice' });
      const error = await refused(got, { code: 'CORRUPT', op: 'getResourceById' });
      expect(`${error.message} ${JSON.stringify(error.details)}`).toContain('resources:alice');
      expect((await store.getResourceById({ resourceId: 'bob' })).workingMemory).toBe('y');
    });

    it('a whole record of another id is damaged, too: reads and changes say so', async () => {
      const { store: writer, reopen, raw } = await storeTelling(makeStore, conversation(3));
      await writer.saveThread({ thread: thread('copy') });
      await raw.put('threads:copy', JSON.stringify(thread('t')));
      await raw.put('messages:m002', JSON.stringify(message('m001', 1)));
      const store = reopen();
      /** @type {[string, string, () => Promise<unknown>][]} */
      const calls = [
        ['getThreadById', 'threads:copy', () => store.getThreadById({ threadId: 'copy' })],
        ['updateThread', 'threads:copy', () => store.updateThread({ id: 'copy', title: 'x', metadata: {} })],
        [
          'saveMessages',
          'threads:copy',
          () => store.saveMessages({ messages: [message('n', 1, { threadId: 'copy' })] }),
        ],
        ['listMessages', 'messages:m002', () => store.listMessages({ threadId: 't' })],
        ['listMessagesById', 'messages:m002', () => store.listMessagesById({ messageIds: ['m002'] })],
        [
          'updateMessages',
          'messages:m002',
          () => store.updateMessages({ messages: [{ id: 'm002', role: 'user' }] }),
        ],
      ];
      for (const [op, key, call] of calls) {
        const error = await refused(call(), { code: 'CORRUPT', op });
        expect(`${error.message} ${JSON.stringify(error.details)}`).toContain(key);
      }
      await store.deleteMessages(['m002']);
      await store.deleteThread({ threadId: 'copy' });
      expect(await allIds(reopen(), 't')).toEqual(['m001', 'm003']);
    });

    it('can be replaced by saving again', async () => {
      const { reopen, raw } = await storeTelling(makeStore, conversation(2));
      await raw.put('threads:t', '{"broken');
      await raw.put('messages:m001', '{"broken');
      const store = reopen();
      await store.saveThread({ thread: thread('t', { title: 'Mended' }) });
      await store.saveMessages({ messages: [message('m001', 1)] });
      const reader = reopen();
      expect((await reader.getThreadById({ threadId: 't' })).title).toBe('Mended');
      expect((await reader.listMessages({ threadId: 't' })).messages).toEqual(conversation(2));
    });

    it('can be deleted', async () => {
      const { reopen, raw } = await storeTelling(makeStore, conversation(2));
      await raw.put('messages:m001', '{"broken');
      await reopen().deleteMessages(['m001']);
      expect(await allIds(reopen())).toEqual(['m002']);
      await raw.put('threads:t', '{"broken');
      await reopen().deleteThread({ threadId: 't' });
      expect(await reopen().getThreadById({ threadId: 't' })).toBeNull();
    });

    it('in the index of a thread costs no message', async () => {
      const { reopen, raw } = await storeTelling(makeStore, conversation(5));
      for (const value of ['{"broken', 'null', '{}', '']) {
        await raw.put('metadata:thread:t', value);
        expect(await allIds(reopen())).toEqual(['m001', 'm002', 'm003', 'm004', 'm005']);
      }
      await raw.remove('metadata:thread:t');
      expect(await allIds(reopen())).toEqual(['m001', 'm002', 'm003', 'm004', 'm005']);
      const { messages } = await reopen().listMessages({
        threadId: 't',
        perPage: 2,
        orderBy: { direction: 'DESC' },
      });
      expect(messages.map((/** @type {any} */ m) => m.id)).toEqual(['m005', 'm004']);
    });

    it('a record that is missing drops out of the thread', async () => {
      const { reopen, raw } = await storeTelling(makeStore, conversation(3));
      await raw.remove('messages:m002');
      expect(await allIds(reopen())).toEqual(['m001', 'm003']);
      expect((await reopen().listMessages({ threadId: 't' })).total).toBe(2);
    });
  });

  describe('a platform without KV metadata', () => {
    it('shows everything as before', async () => {
      const { store, reopen, raw } = await storeTelling(makeStore, [
        ...conversation(3),
        message('u1', 1, { threadId: 'u' }),
      ]);
      await store.updateThread({ id: 't', metadata: { tag: 'x' }, archivedAt: at(9) });
      await store.updateResource({ resourceId: 'alice', workingMemory: 'x' });
      const before = await everything(reopen());
      for (const key of await raw.keys()) await raw.put(key, String(await raw.get(key)));
      expect(await everything(reopen())).toEqual(before);
    });
  });
}

/** @param {any} store */
async function everything(store) {
  return {
    threads: await store.listThreads({}),
    owned: await store.listThreadsByResourceId({ resourceId: 'alice' }),
    tagged: await store.listThreads({ filter: { metadata: { tag: 'x' } } }),
    archived: await store.listThreads({ filter: { archived: true } }),
    t: await store.getThreadById({ threadId: 't' }),
    messages: await store.listMessages({ threadId: ['t', 'u'], perPage: false }),
    newest: await store.listMessages({ threadId: 't', perPage: 2, orderBy: { direction: 'DESC' } }),
    owners: await store.listMessagesByResourceId({ resourceId: 'alice' }),
    resource: await store.getResourceById({ resourceId: 'alice' }),
  };
}
