/**
 * A prefix is a wall: whatever two prefixes and the ids behind them look like, two stores in one namespace never
 * see, list, delete or clear each other's data.
 */

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { anyId, anyPrefix } from './texts.js';
import { isolates } from '../support/isolate.js';
import { allIds, ids, message, thread } from '../support/records.js';

vi.setConfig({ testTimeout: 60_000 });

/** Two prefixes that differ, often one the beginning of the other, or one that ends like a table. */
const twoPrefixes = fc
  .oneof(
    fc.tuple(anyPrefix, anyPrefix),
    fc.tuple(anyPrefix, anyPrefix).map(([a, b]) => [a, a + b]),
    fc
      .tuple(
        anyPrefix,
        fc.constantFrom('threads', 'threads:', 'metadata:thread:', 'messages:m', ':', '%', 'x'),
      )
      .map(([a, b]) => [a, a + b]),
  )
  .filter(([a, b]) => a.trim() !== b.trim());

const someIds = fc.uniqueArray(anyId, { minLength: 1, maxLength: 4 });

/** @param {any} store @param {string[]} names @param {string} title */
async function fill(store, names, title) {
  for (const id of names) {
    await store.saveThread({ thread: thread(id, { title, resourceId: id }) });
    await store.saveMessages({ messages: [message(id, 1, { threadId: id, resourceId: id, role: title })] });
    await store.updateResource({ resourceId: id, workingMemory: title });
  }
}

/**
 * Everything that the store shows, by the ids of both sides.
 * @param {any} store
 * @param {string[]} names
 */
async function view(store, names) {
  const shown = [];
  for (const id of names) {
    shown.push({
      id,
      thread: (await store.getThreadById({ threadId: id }))?.title,
      memory: (await store.getResourceById({ resourceId: id }))?.workingMemory,
      owned: ids((await store.listThreadsByResourceId({ resourceId: id })).threads),
      said: ids((await store.listMessagesByResourceId({ resourceId: id })).messages),
      messages: await allIds(store, id),
    });
  }
  const byId = (await store.listMessagesById({ messageIds: names })).messages;
  return {
    shown,
    threads: ids((await store.listThreads({ perPage: false })).threads).sort(),
    roles: byId.map((/** @type {any} */ { id, role }) => [id, role]),
  };
}

/** @param {string[]} names @param {string[]} mine @param {string} title */
function expected(names, mine, title) {
  return {
    shown: names.map((id) => {
      const own = mine.includes(id);
      const list = own ? [id] : [];
      const word = own ? title : undefined;
      return { id, thread: word, memory: word, owned: list, said: list, messages: list };
    }),
    threads: [...mine].sort(),
    roles: expect.arrayContaining(mine.map((id) => [id, title])),
  };
}

const runs = { numRuns: 60 };

describe('two prefixes in one namespace', () => {
  it('see only their own', async () => {
    const property = fc.asyncProperty(twoPrefixes, someIds, someIds, async ([p, q], left, right) => {
      const { open } = isolates(createMemoryBackend());
      await fill(open({ keyPrefix: p }), left, 'left');
      await fill(open({ keyPrefix: q }), right, 'right');
      const names = [...new Set([...left, ...right])];
      expect(await view(open({ keyPrefix: p }), names)).toEqual(expected(names, left, 'left'));
      expect(await view(open({ keyPrefix: q }), names)).toEqual(expected(names, right, 'right'));
    });
    await fc.assert(property, runs);
  });

  it('delete only their own', async () => {
    const property = fc.asyncProperty(twoPrefixes, someIds, async ([p, q], names) => {
      const backend = createMemoryBackend();
      const { open } = isolates(backend);
      await fill(open({ keyPrefix: q }), names, 'right');
      const before = snapshot(backend);
      const left = open({ keyPrefix: p });
      await fill(left, names, 'left');
      for (const id of names) {
        await left.deleteMessages([id]);
        await left.deleteThread({ threadId: id });
      }
      await left.sweep();
      expect(await view(open({ keyPrefix: q }), names)).toEqual(expected(names, names, 'right'));
      expect(snapshot(backend)).toMatchObject(before);
    });
    await fc.assert(property, runs);
  });

  it('clear only their own, and all of it', async () => {
    const property = fc.asyncProperty(twoPrefixes, someIds, fc.boolean(), async ([p, q], names, byTable) => {
      const backend = createMemoryBackend();
      const { open } = isolates(backend);
      const right = open({ keyPrefix: q });
      await right.init();
      await fill(right, names, 'right');
      const before = snapshot(backend);
      const left = open({ keyPrefix: p });
      await left.init();
      await fill(left, names, 'left');
      if (byTable) {
        for (const tableName of ['threads', 'messages', 'resources']) await left.clearTable({ tableName });
      } else {
        await left.dangerouslyClearAll();
        expect(snapshot(backend)).toEqual(before);
      }
      expect(snapshot(backend)).toMatchObject(before);
      expect(await view(open({ keyPrefix: q }), names)).toEqual(expected(names, names, 'right'));
      expect(await view(open({ keyPrefix: p }), names)).toEqual({ ...expected(names, [], ''), roles: [] });
    });
    await fc.assert(property, runs);
  });
});

describe('one namespace for all tables', () => {
  it('keeps tables apart, whatever the ids', async () => {
    const property = fc.asyncProperty(
      anyPrefix,
      someIds,
      someIds,
      someIds,
      async (keyPrefix, some, more, most) => {
        const { open } = isolates(createMemoryBackend());
        const store = open({ keyPrefix });
        for (const id of some) await store.saveThread({ thread: thread(id) });
        for (const id of more) await store.updateResource({ resourceId: id, workingMemory: id });
        await store.saveMessages({ messages: most.map((id) => message(id, 1, { threadId: some[0] })) });
        const reader = open({ keyPrefix });
        expect(ids((await reader.listThreads({})).threads).sort()).toEqual([...some].sort());
        expect((await allIds(reader, some[0])).sort()).toEqual([...most].sort());
        for (const id of more)
          expect((await reader.getResourceById({ resourceId: id })).workingMemory).toBe(id);
        for (const id of most.filter((one) => !more.includes(one))) {
          expect(await reader.getResourceById({ resourceId: id })).toBeNull();
        }
        for (const id of most.filter((one) => !some.includes(one))) {
          expect(await reader.getThreadById({ threadId: id })).toBeNull();
        }
      },
    );
    await fc.assert(property, runs);
  });
});

/** @param {import('../../bindings/memory.js').MemoryBackend} backend */
function snapshot(backend) {
  const [storage] = backend.spaces;
  return Object.fromEntries(
    storage.keys().map((key) => {
      const entry = storage.get(key);
      return [key, typeof entry === 'number' ? entry : entry.text];
    }),
  );
}
