/**
 * What src/FORMAT.md says, held against the store: its examples, its lengths, and that a program which knows
 * nothing but that page can write data that the store reads.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { FORMAT_VERSION, ROWS, TABLES } from '../../bindings/core/abi.js';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { quoted, readText, section, tableRows } from './markdown.js';
import { readExamples } from './story.js';

const FORMAT = readText('src/FORMAT.md');
const HEADING = /^## (8\. .*)$/m.exec(FORMAT)?.[1] ?? '';
const NOW = Date.parse('2026-01-02T03:04:05.000Z');

describe('the page', () => {
  it('shows what is stored (else: node tests/docs/story.js --write)', async () => {
    const { text, fresh, unknown, count } = await readExamples();
    expect(unknown).toEqual([]);
    expect(count).toBeGreaterThan(10);
    expect(text).toBe(fresh);
  });

  it('is about this version', () => {
    expect(FORMAT).toContain(`# What threadkv stores: format ${FORMAT_VERSION}\n`);
  });

  it('names the tables', () => {
    const named = quoted(section(FORMAT, '1. Keys'));
    for (const [table] of TABLES) expect.soft(named, table).toContain(table);
  });

  it('says of every table of rows what its keys are made of, and what lists can tell', () => {
    const rows = tableRows(section(FORMAT, HEADING)).map((cells) => cells.map((cell) => quoted(cell)));
    const told = Object.fromEntries(rows.map(([[table], keys, , covered]) => [table, { keys, covered }]));
    // Section 2 tells of the others.
    const known = Object.entries(ROWS)
      .filter(([table]) => table !== 'workflow_snapshot' && table !== 'observational_memory')
      .map(([table, { keys, covered }]) => [table, { keys, covered }]);
    expect(told).toEqual(Object.fromEntries(known));
  });

  it('names every key of the story', async () => {
    const templates = tableRows(section(FORMAT, '1. Keys')).map(([key]) => key.replaceAll('`', ''));
    const patterns = templates.map((template) => new RegExp(`^dev_${template.replace(/<\w+>/g, '[^:]+')}$`));
    const { tellStory } = await import('./story.js');
    for (const { stored } of await tellStory()) {
      for (const { key } of stored)
        expect.soft(patterns.filter((pattern) => pattern.test(key)).length, key).toBe(1);
    }
  });
});

/** @type {import('../../bindings/memory.js').MemoryBackend} */
let backend;
/** @type {CloudflareStore} */
let store;
let now = NOW;
beforeEach(() => {
  now = NOW;
  backend = createMemoryBackend();
  store = new CloudflareStore({ backend, core: createCore({ now: () => now }) });
});

const date = new Date(NOW - 60_000);
const thread = { id: 't', resourceId: 'u', createdAt: date, updatedAt: date };
const message = { id: 'm', threadId: 't', resourceId: 'u', role: 'user', content: 'x', createdAt: date };

describe('the longest ids', () => {
  const [forThread, forResource, forRecord, forMessage] =
    /(\d+) bytes for a thread, (\d+) for the resource of a thread, (\d+)\s+for a resource record, (\d+) for a message/
      .exec(FORMAT)
      ?.slice(1)
      .map(Number) ?? [];

  it.each([
    ['a thread', forThread, (/** @type {string} */ id) => store.saveThread({ thread: { ...thread, id } })],
    [
      "a thread's resource",
      forResource,
      (/** @type {string} */ resourceId) => store.saveThread({ thread: { ...thread, resourceId } }),
    ],
    [
      'a resource',
      forRecord,
      (/** @type {string} */ id) =>
        store.saveResource({ resource: { id, metadata: {}, createdAt: date, updatedAt: date } }),
    ],
    [
      'a message',
      forMessage,
      async (/** @type {string} */ id) => {
        await store.saveThread({ thread });
        await store.saveMessages({ messages: [{ ...message, id }] });
      },
    ],
  ])('of %s have %d bytes', async (_what, most, save) => {
    await save('x'.repeat(most));
    await expect(save('x'.repeat(most + 1))).rejects.toMatchObject({ code: 'KEY_TOO_LONG' });
  });
});

/** A writer that was made after the page, without any code of the store. */
const foreign = {
  /** @param {string} key @param {unknown} value @param {object} [metadata] */
  put(key, value, metadata) {
    const [storage] = backend.spaces;
    storage.put(key, JSON.stringify(value), metadata === undefined ? null : JSON.stringify(metadata));
  },

  /** @param {number} stamp @param {string} nonce  8 characters */
  suffix(stamp, nonce) {
    return (2n ** 48n - 1n - BigInt(stamp)).toString(32).padStart(10, '0') + nonce;
  },

  /** @param {number} stamp @param {string} owner @param {...unknown} entries */
  journal: (stamp, owner, ...entries) => ({ v: 1, w: stamp, owner, entries }),

  /** A thread with three messages, in two journal entries, and no head. @param {boolean} withMetadata */
  writeThread(withMetadata) {
    const j = [foreign.suffix(NOW - 50_000, '00000001'), foreign.suffix(NOW - 40_000, 'vvvvvvvv')];
    const beside = (/** @type {object} */ metadata) => (withMetadata ? metadata : undefined);
    const member = foreign.journal(NOW - 50_000, '', 't', +date);
    foreign.put(
      `metadata:resource:u:${j[0]}`,
      { ...member, entries: ['t', +date, 0] },
      beside({ v: 1, w: 1 }),
    );
    foreign.put(
      'threads:t',
      thread,
      beside({ v: 1, w: NOW - 50_000, j: j[0], c: +date, u: +date, a: false, r: 'u', m: null }),
    );
    const entries = [
      foreign.journal(NOW - 50_000, 'u', 'm1', +date + 1, 0, 'm0', +date, 0),
      foreign.journal(NOW - 40_000, 'u', 'm2', +date + 2, 'bob'),
    ];
    entries.forEach((entry, i) =>
      foreign.put(`metadata:thread:t:${j[i]}`, entry, beside(i === 0 ? entry : { v: 1 })),
    );
    for (const i of [0, 1, 2]) {
      const record = {
        ...message,
        id: `m${i}`,
        resourceId: i === 2 ? 'bob' : 'u',
        createdAt: new Date(+date + i),
      };
      foreign.put(`messages:m${i}`, record, beside({ v: 1, w: NOW - 40_000, j: j[i >> 1] }));
    }
  },
};

describe.each([
  ['with metadata', true],
  ['without metadata', false],
])('data by another writer, %s', (_how, withMetadata) => {
  beforeEach(() => foreign.writeThread(withMetadata));

  const ids = async (/** @type {object} */ more = {}) =>
    (await store.listMessages({ threadId: 't', ...more })).messages.map(({ id }) => id);

  it('is listed', async () => {
    expect(await ids()).toEqual(['m0', 'm1', 'm2']);
    expect(await ids({ orderBy: { direction: 'DESC' }, perPage: 2, includeTotal: false })).toEqual([
      'm2',
      'm1',
    ]);
    expect(await ids({ resourceId: 'bob' })).toEqual(['m2']);
    expect((await store.listThreads({ filter: { resourceId: 'u' } })).threads).toEqual([thread]);
    expect((await store.listThreads()).threads).toEqual([thread]);
    expect((await store.listMessagesByResourceId({ resourceId: 'u' })).total).toBe(2);
  });

  it('is updated, deleted and added to', async () => {
    await store.updateMessages({ messages: [{ id: 'm0', content: 'y' }] });
    await store.deleteMessages(['m1']);
    await store.saveMessages({ messages: [{ ...message, id: 'm3', createdAt: new Date(NOW) }] });
    expect(await ids()).toEqual(['m0', 'm2', 'm3']);
    expect((await store.listMessagesById({ messageIds: ['m0'] })).messages[0].content).toBe('y');
  });

  it('counts only where records agree', async () => {
    foreign.put('messages:m1', { ...message, id: 'm1', threadId: 'other' });
    expect(await ids()).toEqual(['m0', 'm2']);
  });

  it('is found out about when a head stands already', async () => {
    await store.saveMessages({ messages: [{ ...message, id: 'm3', createdAt: new Date(NOW) }] });
    const suffix = foreign.suffix(NOW, '0000000a');
    foreign.put(
      'messages:m9',
      { ...message, id: 'm9' },
      withMetadata ? { v: 1, w: NOW, j: suffix } : undefined,
    );
    foreign.put(`metadata:thread:t:${suffix}`, foreign.journal(NOW, 'u', 'm9', +date, 0));
    expect(await ids()).toContain('m9');
  });

  it('is deleted with its thread', async () => {
    await store.deleteThread({ threadId: 't' });
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
    expect(await ids()).toEqual([]);
    const left = (/** @type {RegExp} */ what) => backend.spaces[0].keys().filter((key) => what.test(key));
    expect(left(/^messages:/)).toEqual([]);
    now += 200_000; /* the journal's entries were young */
    await store.sweep();
    expect(left(/^metadata:thread:t:/)).toEqual([]);
  });
});
