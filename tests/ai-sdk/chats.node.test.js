/** Chats: what was saved is what is loaded, whatever was edited, by whomever, and however fast. */

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createChats } from '../../bindings/ai-sdk/index.js';
import { makeWorld, said, talk } from './support.js';

vi.setConfig({ testTimeout: 60_000 });

/** @param {Promise<unknown>} work @returns {Promise<any>} the error */
const refused = (work) =>
  work.then(
    () => undefined,
    (error) => error,
  );

describe('a chat', () => {
  it('is loaded as it was saved, in another isolate too', async () => {
    const { open } = makeWorld();
    /** @type {any[]} */
    const messages = [
      {
        id: 'q',
        role: 'user',
        metadata: { from: 'web', n: [1.5, null] },
        parts: [{ type: 'text', text: 'é 😀 "x"' }],
      },
      {
        id: 'a',
        role: 'assistant',
        parts: [
          { type: 'step-start' },
          { type: 'reasoning', text: 'Hm.', state: 'done', providerMetadata: { p: { s: 'x' } } },
          {
            type: 'tool-weather',
            toolCallId: '1',
            state: 'output-available',
            input: { city: 'Rome' },
            output: { sun: true },
          },
          { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==' },
          { type: 'data-note', id: 'n', data: { deep: { er: [] } } },
          { type: 'text', text: 'Sunny.', state: 'done' },
        ],
      },
      { id: 's', role: 'system', parts: [], later: { version: 8 } },
    ];
    await open().chats.save('c', messages);
    expect(await open().chats.load('c')).toEqual(messages);
    expect(await open().chats.load('nobody')).toEqual([]);
  });

  it('keeps the order of the list though all of it is of one millisecond', async () => {
    const { open, clock } = makeWorld();
    const { chats } = open();
    const list = talk(40).reverse();
    await chats.save('c', list.slice(0, 20));
    await chats.save('c', list);
    expect(await open().chats.load('c')).toEqual(list);
    clock.advance(1);
    const turned = [...list.slice(30), said('x'), ...list.slice(5, 20)];
    await open().chats.save('c', turned);
    expect(await open().chats.load('c')).toEqual(turned);
  });

  it('is equal to any list that follows any other', async () => {
    const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 });
    const lists = fc.array(fc.tuple(ids, fc.nat(2), fc.boolean(), fc.nat(3)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lists, async (saves) => {
        const { open, clock } = makeWorld();
        let chats = open().chats;
        for (const [names, version, anew, pause] of saves) {
          clock.advance(pause);
          if (anew) chats = open().chats;
          const list = names.map((id) => said(id, `${id} ${version}`));
          await chats.save('c', list);
          expect(await open().chats.load('c')).toEqual(list);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('writes what is new or changed, and nothing else', async () => {
    const { open, clock, operations } = makeWorld();
    const { chats } = open();
    const list = talk(30);
    await chats.save('c', list);
    clock.advance(5000);
    const edited = list.map((message, i) => (i === 12 ? said('q6', 'edited') : message));
    operations.length = 0;
    await chats.save('c', edited);
    // The record and the head; its place in the journal stays.
    expect(operations.filter((kind) => kind === 'put').length).toBeLessThanOrEqual(2);
    clock.advance(5000);
    operations.length = 0;
    const moved = [...edited.slice(1), edited[0]];
    await chats.save('c', moved);
    expect(operations.filter((kind) => kind === 'put').length).toBeLessThanOrEqual(3);
    expect(await open().chats.load('c')).toEqual(moved);
  });

  it('is no other for keys in another order', async () => {
    const { open, operations } = makeWorld();
    const { chats } = open();
    await chats.save('c', [said('q')]);
    operations.length = 0;
    await chats.save('c', [
      { parts: [/** @type {any} */ ({ text: 'This is q.', type: 'text' })], role: 'user', id: 'q' },
    ]);
    expect(operations).toEqual([]);
  });

  it('regenerated or edited lacks what followed', async () => {
    const { open, clock } = makeWorld();
    const first = talk(6);
    await open().chats.save('c', first);
    clock.advance(5000);
    const { chats } = open();
    await chats.load('c');
    const regenerated = [...first.slice(0, 5), said('a-again')];
    await chats.save('c', regenerated);
    expect(await open().chats.load('c')).toEqual(regenerated);
    clock.advance(5000);
    const edited = [...first.slice(0, 2), said('q1', 'No, this.'), said('a-new')];
    await chats.save('c', edited);
    expect(await open().chats.load('c')).toEqual(edited);
  });

  it('keeps the rest when a list is appended', async () => {
    const { open, clock } = makeWorld();
    const first = talk(4);
    await open().chats.save('c', first);
    clock.advance(5000);
    await open().chats.save('c', [said('q9'), said('a9')], { append: true });
    const { chats } = open();
    await chats.save('c', [said('a9', 'changed'), said('q10')], { append: true });
    const all = [...first, said('q9'), said('a9', 'changed'), said('q10')];
    expect(await open().chats.load('c')).toEqual(all);
    await chats.save('c', all.slice(2));
    expect(await open().chats.load('c')).toEqual(all.slice(2));
  });

  it('keeps what another isolate has added since it was loaded', async () => {
    const { open, clock } = makeWorld();
    await open().chats.save('c', talk(2));
    const { chats } = open();
    await chats.load('c');
    clock.advance(5000);
    await open().chats.save('c', [...talk(2), said('q-other')]);
    clock.advance(5000);
    await chats.save('c', [...talk(2), said('q-mine')]);
    expect((await open().chats.load('c')).map(({ id }) => id)).toEqual(['q0', 'a0', 'q-other', 'q-mine']);
  });

  it('that was deleted meanwhile is made anew', async () => {
    const { open, clock } = makeWorld();
    await open().chats.save('c', talk(2), { resourceId: 'u' });
    const { chats } = open();
    await chats.load('c');
    clock.advance(120_000);
    await open().chats.delete('c');
    clock.advance(120_000);
    await chats.save('c', talk(4), { resourceId: 'u' });
    expect(await open().chats.load('c')).toEqual(talk(4));
  });
});

describe('a large chat', () => {
  it('is written and deleted in as many calls as it takes', async () => {
    const { open, clock } = makeWorld();
    const all = talk(1500);
    await open().chats.save('c', all);
    expect(await open().chats.load('c')).toEqual(all);
    clock.advance(5000);
    await open().chats.save('c', [all[0], said('x')]);
    expect(await open().chats.load('c')).toEqual([all[0], said('x')]);
  });
});

describe('chats', () => {
  it('are walls: an id that a client chooses moves no message of another chat', async () => {
    const { open } = makeWorld();
    const { chats } = open();
    await chats.save('a', [said('q')]);
    await chats.save('a/q', [said('x')]);
    await chats.save('b', [said('q', 'mine'), said('a/q', 'not theirs'), said('q/x')]);
    const fresh = open().chats;
    expect(await fresh.load('a')).toEqual([said('q')]);
    expect(await fresh.load('a/q')).toEqual([said('x')]);
    expect((await fresh.load('b')).map(({ id }) => id)).toEqual(['q', 'a/q', 'q/x']);
  });

  it('are listed, named and deleted', async () => {
    const { open, clock } = makeWorld();
    const { store, chats } = open();
    for (const id of ['one', 'two']) {
      await chats.save(id, talk(2), { resourceId: 'u' });
      clock.advance(2000);
    }
    const createdAt = new Date(clock.now());
    await store.saveThread({ thread: { id: 'agent', resourceId: 'u', createdAt, updatedAt: createdAt } });
    expect(await chats.title('two')).toBeUndefined();
    expect(await chats.title('two', 'Kyoto')).toBe('Kyoto');
    const { chats: listed, total } = await open().chats.list('u');
    expect([listed.map(({ id, title }) => [id, title]), total]).toEqual([
      [
        ['two', 'Kyoto'],
        ['one', undefined],
      ],
      3,
    ]);
    expect((await chats.list('u', { perPage: 1, page: 2 })).chats.map(({ id }) => id)).toEqual(['one']);
    await chats.delete('one');
    await chats.delete('one');
    expect((await open().chats.list('u')).chats.map(({ id }) => id)).toEqual(['two']);
    expect(await open().chats.load('one')).toEqual([]);
    expect((await refused(chats.title('one', 'x'))).code).toBe('NOT_FOUND');
  });

  it('of one resource are of no other', async () => {
    const { open } = makeWorld();
    const ada = open({ resourceId: 'ada' }).chats;
    await ada.save('c', talk(2));
    const eve = open({ resourceId: 'eve' }).chats;
    const answer = said('a');
    expect(await eve.load('c')).toEqual([]);
    for (const work of [
      () => eve.save('c', talk(4)),
      () => eve.save('c', [said('x')], { append: true }),
      () => eve.delete('c'),
      () => eve.title('c'),
      () => eve.title('c', 'mine'),
      () => eve.onEnd('c')({ messages: [answer], responseMessage: answer }),
    ]) {
      expect(await refused(work())).toMatchObject({ code: 'NOT_FOUND' });
    }
    for (const work of [() => eve.list('ada'), () => eve.save('d', talk(1), { resourceId: 'ada' })])
      expect(await refused(work())).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await eve.list()).chats).toEqual([]);
    const fresh = open({ resourceId: 'ada' }).chats;
    expect(await fresh.load('c')).toEqual(talk(2));
    expect((await fresh.list('ada')).chats.map(({ id, title }) => [id, title])).toEqual([['c', undefined]]);
  });

  it('refuse what they cannot store before anything is written', async () => {
    const { open, operations } = makeWorld();
    const { store, chats } = open();
    const big = /** @type {any} */ ({ id: 'x', role: 'user', parts: [{ type: 'data-n', data: 1n }] });
    /** @type {[any, RegExp][]} */
    const bad = [
      [undefined, /^messages must be an array$/],
      [[null], /^messages\[0\] must be a message$/],
      [[said('q'), { ...said('a'), id: '' }], /^messages\[1\]\.id must be .* chats\.messageId$/],
      [[said('q'), said('q')], /^messages\[1\]\.id stands twice/],
      [[{ ...said('q'), role: 'data' }], /^messages\[0\]\.role must be 'system', 'user', 'assistant'$/],
      [[{ id: 'q', role: 'user', content: 'old' }], /^messages\[0\]\.parts must be an array$/],
      [[{ ...said('q'), parts: ['text'] }], /^messages\[0\]\.parts\[0\] must be a part, with a type$/],
      [[big], /^messages\[0\] has a value that cannot be written as JSON$/],
    ];
    for (const [messages, message] of bad) {
      const error = await refused(chats.save('c', messages));
      expect([error.code, error.op, message.test(error.message), error.message]).toEqual([
        'INVALID_ARGUMENT',
        'save',
        true,
        error.message,
      ]);
    }
    expect((await refused(chats.save('', talk(1)))).message).toBe('id must be a non-empty string');
    expect((await refused(chats.save('c', talk(1), /** @type {any} */ ({ apend: true })))).message).toBe(
      'unknown option "apend"; did you mean "append"?',
    );
    expect((await refused(chats.list(''))).message).toBe('resourceId must be a non-empty string');
    expect(() => createChats(/** @type {any} */ ({}))).toThrow(
      "store must be a CloudflareStore of 'threadkv'",
    );
    expect(() => createChats(store, /** @type {any} */ ({ resource: 'u' }))).toThrow(
      /did you mean "resourceId"/,
    );
    expect(operations).toEqual([]);
  });
});
