/** What a turn of a chat costs: every operation that reaches a namespace, with what follows the answer. */

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { makeWorld, said, talk } from './support.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CHAT = talk(500);
const TURN = [...CHAT, said('q-new'), said('a-new')];
const HOUR = 3_600_000;

it("a list of 10 of a user's 1,000 chats takes at most 4 operations", async () => {
  const world = makeWorld();
  const { store } = world.open();
  for (let i = 0; i < 1000; i++) {
    world.clock.advance(1100);
    const createdAt = new Date(world.clock.now());
    const thread = {
      id: `c${i}`,
      resourceId: 'u',
      createdAt,
      updatedAt: createdAt,
      metadata: { kind: 'chat' },
    };
    await store.saveThread({ thread });
  }
  await store.close();
  world.clock.advance(HOUR);
  world.operations.length = 0;
  const { store: later, chats } = world.open();
  const { chats: listed, total } = await chats.list('u', { perPage: 10 });
  await later.close();
  expect([listed.map(({ id }) => id).slice(0, 2), listed.length, total]).toEqual([
    ['c999', 'c998'],
    10,
    1000,
  ]);
  expect(world.operations.length).toBeLessThanOrEqual(4);
});

describe.each(/** @type {const} */ ([1, 2]))(
  'over %i namespaces, of a chat of 500 messages',
  (namespaces) => {
    /** @type {ReturnType<typeof makeWorld>} */
    let filled;

    beforeAll(async () => {
      filled = makeWorld({ namespaces });
      const { store, chats } = filled.open();
      for (let count = 10; count <= CHAT.length; count += 10) {
        await chats.save('c', CHAT.slice(0, count), { resourceId: 'u' });
        filled.clock.advance(5000);
      }
      await store.close();
    });

    /**
     * What something costs in a new isolate, upkeep included. Afterwards the chat is the turn's.
     *
     * @param {number} idle  ms since the chat was touched
     * @param {(chats: any, clock: any) => Promise<void>} run
     */
    async function cost(idle, run) {
      const world = makeWorld({ namespaces, like: filled });
      world.clock.advance(idle);
      const { store, chats } = world.open();
      await run(chats, world.clock);
      await store.close();
      const operations = [...world.operations];
      expect(await world.open().chats.load('c')).toEqual(TURN);
      return operations;
    }

    /** @param {number} thinking  ms that the model takes */
    const turn = (thinking) => async (/** @type {any} */ chats, /** @type {any} */ clock) => {
      expect(await chats.load('c')).toEqual(CHAT);
      clock.advance(thinking);
      await chats.save('c', TURN);
    };

    it.each([
      ['at once', 10_000],
      ['an hour later', HOUR],
    ])('a turn takes at most 14 operations, %s', async (_when, idle) => {
      const operations = await cost(idle, turn(8000));
      expect(operations.length, operations.join(' ')).toBeLessThanOrEqual(14);
      expect(operations.filter((kind) => kind === 'put').length).toBe(4);
      expect(operations).not.toContain('delete');
    });

    it('a turn in which the model thinks for over a minute takes one more over two namespaces', async () => {
      expect((await cost(HOUR, turn(90_000))).length).toBeLessThanOrEqual(13 + namespaces);
    });

    it('a save without a load takes at most 13, over two namespaces one more', async () => {
      const operations = await cost(HOUR, (chats) => chats.save('c', TURN));
      expect(operations.length, operations.join(' ')).toBeLessThanOrEqual(12 + namespaces);
    });

    it('to append without a load takes at most 10, however long the chat is', async () => {
      const operations = await cost(HOUR, (chats) => chats.save('c', TURN.slice(-2), { append: true }));
      expect(operations.length, operations.join(' ')).toBeLessThanOrEqual(10);
    });

    it('an answer made anew takes at most 15, over two namespaces one more', async () => {
      const world = makeWorld({ namespaces, like: filled });
      world.clock.advance(HOUR);
      const { store, chats } = world.open();
      await chats.load('c');
      world.clock.advance(8000);
      const anew = [...CHAT.slice(0, -1), said('a-new')];
      await chats.save('c', anew);
      await store.close();
      expect(world.operations.length, world.operations.join(' ')).toBeLessThanOrEqual(14 + namespaces);
      expect(await world.open().chats.load('c')).toEqual(anew);
    });

    it('what is equal already is not written', async () => {
      const world = makeWorld({ namespaces, like: filled });
      const { chats } = world.open();
      await chats.load('c');
      world.operations.length = 0;
      await chats.save('c', CHAT);
      expect(world.operations).toEqual([]);
    });
  },
);
