import { describe, expect, it } from 'vitest';
import { allIds, at, ids, message, numbered, storeTelling, storeWith } from './support.js';

const ASC = { field: 'createdAt', direction: 'ASC' };
const DESC = { field: 'createdAt', direction: 'DESC' };

/** As random as ids are: their order says nothing. */
const SAID = ['q1', 'a1', 'z', 'b', 'y', 'c', 'x', 'd', 'a0', 'q0'];

/** @param {string} id @param {Record<string, unknown>} [fields] */
const said = (id, fields) => message(id, 1, fields);

/** A thread in which everything was said at once, each message saved by itself. @param {any} store @param {string[]} [list] */
async function sayOneByOne(store, list = SAID) {
  for (const id of list) await store.saveMessages({ messages: [said(id)] });
}

/** The thread by pages. @param {any} store @param {object} orderBy @param {number} perPage */
async function inPages(store, orderBy, perPage) {
  /** @type {string[]} */
  const seen = [];
  for (let page = 0; ; page++) {
    const { messages, hasMore } = await store.listMessages({ threadId: 't', orderBy, page, perPage });
    seen.push(...ids(messages));
    if (!hasMore) return seen;
  }
}

/**
 * In a Worker the clock stands still between I/O, so that a question and its answer often have one `createdAt`.
 *
 * @param {import('./support.js').MakeStore} makeStore
 */
export function messagesOfOneMoment(makeStore) {
  describe('messages of one moment', () => {
    it('come in the order in which they were saved', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store);
      for (const each of [store, reopen()]) {
        expect(await allIds(each)).toEqual(SAID);
        const byResource = await each.listMessagesByResourceId({ resourceId: 'alice', orderBy: ASC });
        expect(ids(byResource.messages)).toEqual(SAID);
      }
    });

    it('come in the order in which one call gave them', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: SAID.map((id) => said(id)) });
      for (const each of [store, reopen()]) expect(await allIds(each)).toEqual(SAID);
    });

    it('come in the order in which one call gave them to several threads', async () => {
      const { store, reopen } = await storeWith(makeStore, 't', 'u', 'v');
      const threads = ['u', 't', 'v', 't', 'u'];
      const messages = SAID.map((id, i) => said(id, { threadId: threads[i % threads.length] }));
      await store.saveMessages({ messages });
      for (const each of [store, reopen()]) {
        const ofAll = await each.listMessages({ threadId: ['t', 'u', 'v'], orderBy: ASC });
        expect(ids(ofAll.messages)).toEqual(SAID);
        const newest = await each.listMessages({ threadId: ['v', 'u', 't'], orderBy: DESC, perPage: 4 });
        expect(ids(newest.messages)).toEqual(SAID.toReversed().slice(0, 4));
        const byResource = await each.listMessagesByResourceId({ resourceId: 'alice', orderBy: ASC });
        expect(ids(byResource.messages)).toEqual(SAID);
        expect(ids((await each.listMessagesById({ messageIds: SAID.toSorted() })).messages)).toEqual(SAID);
      }
    });

    it('come in the order of calls that did not wait for one another', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await Promise.all(SAID.map((id) => store.saveMessages({ messages: [said(id)] })));
      for (const each of [store, reopen()]) expect(await allIds(each)).toEqual(SAID);
    });

    it('come by id in the order in which they were saved', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store, ['d', 'b']);
      await store.saveMessages({ messages: ['c', 'e', 'a'].map((id) => said(id)) });
      for (const each of [store, reopen()]) {
        const { messages } = await each.listMessagesById({ messageIds: ['a', 'b', 'c', 'd', 'e'] });
        expect(ids(messages)).toEqual(['d', 'b', 'c', 'e', 'a']);
      }
    });

    it('come the other way round when the newest come first', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store, SAID.slice(0, 4));
      await store.saveMessages({ messages: SAID.slice(4).map((id) => said(id)) });
      for (const each of [store, reopen()]) {
        const { messages } = await each.listMessages({ threadId: 't', orderBy: DESC });
        expect(ids(messages)).toEqual(SAID.toReversed());
        const last = { threadId: 't', orderBy: DESC, perPage: 3, includeTotal: false };
        expect(ids((await each.listMessages(last)).messages)).toEqual(SAID.slice(-3).toReversed());
      }
    });

    it.each([1, 2, 3, 4, 7])('come in the same order in pages of %i', async (perPage) => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store, SAID.slice(0, 3));
      await store.saveMessages({ messages: SAID.slice(3).map((id) => said(id)) });
      for (const each of [store, reopen()]) {
        expect(await inPages(each, ASC, perPage)).toEqual(SAID);
        expect(await inPages(each, DESC, perPage)).toEqual(SAID.toReversed());
      }
    });

    it('stand around a message as they do in the list', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store);
      for (const each of [store, reopen()]) {
        for (let n = 0; n < SAID.length; n++) {
          const include = [{ id: SAID[n], withPreviousMessages: 2, withNextMessages: 1 }];
          const { messages } = await each.listMessages({ threadId: 't', perPage: 0, include });
          expect(ids(messages)).toEqual(SAID.slice(Math.max(n - 2, 0), n + 2));
        }
      }
    });

    it('keep their places when they are saved again', async () => {
      const { store, clock, reopen } = await storeWith(makeStore, 't');
      for (let step = 1; step <= 5; step++) {
        await store.saveMessages({ messages: SAID.slice(0, 2 * step).map((id) => said(id)) });
        clock.advance(step === 3 ? 400_000 : 10);
      }
      await reopen().saveMessages({ messages: [said('x'), said('a1'), said('q1')] });
      for (const each of [store, reopen()]) expect(await allIds(each)).toEqual(SAID);
    });

    it('keep their places when they are updated, or belong to somebody else', async () => {
      const { store, clock, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store);
      clock.advance(5);
      await store.updateMessages({
        messages: [
          { id: 'y', content: { metadata: { read: true } } },
          { id: 'a1', createdAt: at(1) },
        ],
      });
      await reopen().updateMessages({ messages: [{ id: 'q1', resourceId: 'bob' }] });
      await reopen().saveMessages({ messages: [said('b', { resourceId: 'bob' })] });
      for (const each of [store, reopen()]) {
        expect(await allIds(each)).toEqual(SAID);
        const { messages } = await each.listMessagesById({ messageIds: SAID });
        expect(ids(messages)).toEqual(SAID);
      }
    });

    it('get new places where they move to', async () => {
      const { store, clock, reopen } = await storeWith(makeStore, 't', 'u');
      await sayOneByOne(store);
      await store.saveMessages({ messages: [message('later', 2), said('elsewhere', { threadId: 'u' })] });
      clock.advance(5);
      await store.updateMessages({ messages: [{ id: 'later', createdAt: at(1) }] });
      await store.saveMessages({ messages: [said('elsewhere'), said('a1', { threadId: 'u' })] });
      for (const each of [store, reopen()]) {
        expect(await allIds(each)).toEqual([...SAID.filter((id) => id !== 'a1'), 'later', 'elsewhere']);
        expect(await allIds(each, 'u')).toEqual(['a1']);
      }
    });

    it('keep their order in a copy', async () => {
      const { store, clock, reopen } = await storeWith(makeStore, 't');
      await sayOneByOne(store);
      clock.advance(5);
      for (const [newThreadId, options, expected] of /** @type {const} */ ([
        ['all', undefined, SAID],
        ['last', { messageLimit: 3 }, SAID.slice(-3)],
        ['some', { messageFilter: { messageIds: ['b', 'z', 'a0'] } }, ['z', 'b', 'a0']],
      ])) {
        await store.copyThread({ sourceThreadId: 't', newThreadId, options });
        for (const each of [store, reopen()]) {
          const { messages } = await each.listMessages({ threadId: newThreadId, perPage: false });
          const texts = messages.map((/** @type {any} */ one) => one.content.parts[0].text);
          expect(texts).toEqual(expected.map((id) => `This is ${id}.`));
        }
      }
    });

    it('may be more than the newest part of a thread holds', async () => {
      const many = Array.from({ length: 620 }, (_, i) => numbered('m', (i * 277) % 620));
      const { store, reopen } = await storeTelling(makeStore, [
        message('first', 0),
        ...many.map((id) => said(id)),
        message('last', 2),
      ]);
      const whole = ['first', ...many, 'last'];
      for (const each of [store, reopen()]) {
        expect(await allIds(each)).toEqual(whole);
        expect(await inPages(each, DESC, 150)).toEqual(whole.toReversed());
        const newest = { threadId: 't', orderBy: DESC, perPage: 7, includeTotal: false };
        expect(ids((await each.listMessages(newest)).messages)).toEqual(whole.slice(-7).toReversed());
        const include = [{ id: many[300], withPreviousMessages: 2, withNextMessages: 2 }];
        const around = await each.listMessages({ threadId: 't', perPage: 0, include });
        expect(ids(around.messages)).toEqual(many.slice(298, 303));
      }
    });
  });
}
