/** Large messages stay outside of the module, and a list brings in no more than it may. */

import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/store.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { asBytes, failNth } from '../support/faults.js';
import { makeClock } from '../support/clock.js';
import { makeCore } from '../support/isolate.js';
import { at, conversation, message, thread } from '../support/records.js';
import { answering, watchInstances } from './support.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** @type {ReturnType<typeof watchInstances>} */
let watch;
beforeEach(() => {
  watch = watchInstances();
});
afterEach(() => watch.restore());

/** A store in an isolate of its own. @param {any} backend @param {object} [options] @returns {any} */
const open = (backend, options) =>
  new CloudflareStore({ backend, core: makeCore(makeClock(), 1), ...options });

/** @param {string} id @param {number} second @param {string} text @param {object} [fields] */
const saying = (id, second, text, fields) =>
  message(id, second, { content: { format: 2, parts: [{ type: 'text', text }] }, ...fields });

/** A back end that holds a thread `t` of these messages. @param {any[]} messages */
async function holding(messages) {
  const backend = createMemoryBackend();
  const store = open(backend);
  await store.saveThread({ thread: thread('t') });
  for (const one of messages) await store.saveMessages({ messages: [one] });
  watch.instances.length = 0;
  return backend;
}

/** @param {any} found @param {any} expected  megabytes that differ make no good report */
const expectSame = (found, expected) => expect(isDeepStrictEqual(found, expected)).toBe(true);

const SIZES = [10, 2 * KIB, 20 * KIB, 300 * KIB];
const mixed = (/** @type {number} */ count) =>
  Array.from({ length: count }, (_, i) =>
    saying(`m${String(i).padStart(3, '0')}`, i, 'é🎉"\\\n'.repeat(SIZES[i % 4] / 10), { extra: { '': i } }),
  );

describe('a page of messages of all sizes', () => {
  const messages = mixed(24);
  /** @type {any} */
  let backend;
  beforeEach(async () => {
    backend = await holding(messages);
  });

  it('comes back as it was saved, whatever way it is read', async () => {
    for (const from of [backend, asBytes(backend)]) {
      const store = open(from);
      const all = await store.listMessages({ threadId: 't', perPage: false });
      expectSame(all.messages, messages);
      expect([all.total, all.hasMore]).toEqual([24, false]);
      const page = await store.listMessages({
        threadId: 't',
        perPage: 5,
        page: 1,
        orderBy: { direction: 'DESC' },
      });
      expectSame(page.messages, messages.slice(14, 19).toReversed());
      const byId = await store.listMessagesById({ messageIds: messages.map(({ id }) => id).toReversed() });
      expectSame(byId.messages, messages);
      const ofAlice = await store.listMessagesByResourceId({ resourceId: 'alice', perPage: false });
      expectSame(ofAlice.messages, messages);
    }
  });

  it('with neighbours of one among them', async () => {
    const include = [{ id: 'm011', withPreviousMessages: 2, withNextMessages: 1 }];
    const { messages: found } = await open(backend).listMessages({ threadId: 't', perPage: 0, include });
    expectSame(found, messages.slice(9, 13));
  });

  it('is read by the parser that was given, each record of it', async () => {
    const digits = '12345678901234567890';
    const put = (/** @type {any} */ requests, /** @type {any} */ run) =>
      run().then((/** @type {any[]} */ replies) =>
        replies.map((reply) => ({
          ...reply,
          entries: reply.entries?.map(
            (/** @type {any} */ entry) => entry && { ...entry, value: numbered(entry.value) },
          ),
        })),
      );
    const numbered = (/** @type {string} */ value) =>
      value.replace(/"extra":\{"":\d+\}/, `"extra":${digits}`);
    const parseJSON = (/** @type {string} */ text) =>
      JSON.parse(text.replaceAll(`:${digits}`, `:"${digits}"`));
    const { messages: found } = await open(answering(asText(backend), put), { parseJSON }).listMessages({
      threadId: 't',
      perPage: 24,
    });
    expectSame(
      found,
      messages.map((one) => ({ ...one, extra: digits })),
    );
  });

  it('by what is in their metadata', async () => {
    const store = open(backend);
    const marked = saying('marked', 100, 'x'.repeat(100 * KIB));
    marked.content.metadata = { kind: 'odd' };
    await store.saveMessages({ messages: [marked] });
    const { messages: found } = await store.listMessages({
      threadId: 't',
      filter: { metadata: { kind: 'odd' } },
    });
    expectSame(found, [marked]);
  });

  it('by numbers of more digits than JavaScript has', async () => {
    const marked = saying('marked', 100, 'x'.repeat(100 * KIB));
    marked.content.metadata = { kind: 42 };
    const digits = '12345678901234567890';
    const as = (/** @type {string} */ from, /** @type {string} */ to) =>
      answering(asText(backend), (requests, run) =>
        run().then((replies) =>
          replies.map((reply) => ({
            ...reply,
            entries: reply.entries?.map(
              (/** @type {any} */ entry) =>
                entry && { ...entry, value: entry.value.replace(`"kind":${from}`, `"kind":${to}`) },
            ),
          })),
        ),
      );
    await open(backend).saveMessages({ messages: [marked] });
    const list = (/** @type {any} */ from, /** @type {any} */ kind) =>
      open(from).listMessages({ threadId: 't', filter: { metadata: { kind } } });
    expect((await list(as('42', digits), 42)).total).toBe(0);
    expect((await list(as('42', `${digits.slice(0, 15)}`), Number(digits.slice(0, 15)))).total).toBe(1);
    expect((await list(as('42', '9007199254740993'), 9007199254740992)).total).toBe(0);
  });

  it('one of which is damaged is CORRUPT, and names the key', async () => {
    const large = 'x'.repeat(5 * KIB);
    for (const broken of [
      `{"id":"m002",${large}`,
      `{"id":"other","threadId":"t","resourceId":"alice","createdAt":"2024-01-01T00:00:02.000Z","role":"user","content":"${large}"}`,
    ]) {
      const put = (/** @type {any[]} */ requests, /** @type {any} */ run) =>
        run().then((/** @type {any[]} */ replies) =>
          replies.map((reply, i) => ({
            ...reply,
            entries: reply.entries?.map((/** @type {any} */ entry, /** @type {number} */ k) =>
              requests[i].keys[k] === 'messages:m002' ? { ...entry, value: broken } : entry,
            ),
          })),
        );
      await expect(open(answering(backend, put)).listMessages({ threadId: 't' })).rejects.toMatchObject({
        code: 'CORRUPT',
        details: { key: 'messages:m002' },
      });
    }
  });

  it('can be changed, moved, copied and deleted by whoever has just listed it', async () => {
    const store = open(backend);
    await store.saveThread({ thread: thread('u') });
    await store.listMessages({ threadId: 't', perPage: false });
    const [updated] = await store.updateMessages({ messages: [{ id: 'm003', content: { more: true } }] });
    expectSame(updated.content, { ...messages[3].content, more: true });
    await store.updateMessages({ messages: [{ id: 'm007', threadId: 'u' }] });
    const { messages: moved } = await store.listMessages({ threadId: 'u' });
    expectSame(moved, [{ ...messages[7], threadId: 'u' }]);
    await store.deleteMessages(['m002']);
    const { thread: copy } = await store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' });
    const { messages: copied } = await store.listMessages({ threadId: copy.id, perPage: false });
    const left = messages.filter(({ id }) => id !== 'm002' && id !== 'm007');
    expectSame(
      copied.map((/** @type {any} */ { content }) => content),
      left.map(({ id, content }) => (id === 'm003' ? updated.content : content)),
    );
    await store.deleteThread({ threadId: 't' });
    expect(
      (await store.listMessagesById({ messageIds: messages.map(({ id }) => id) })).messages,
    ).toHaveLength(1);
  });
});

describe('a copy of a large message', () => {
  /** What is stored under a key. @param {any} backend @param {string} key */
  const stored = async (backend, key) => {
    const [{ entry }] = await backend.run([{ kind: 'get', space: 0, table: 'messages', key }]);
    return new TextDecoder().decode(new TextEncoder().encode(await asString(entry.value)));
  };
  const asString = (/** @type {any} */ value) =>
    typeof value === 'string' ? value : new TextDecoder().decode(value);

  /** Puts a text of its own in place of the message `m`. @param {any} backend @param {string} value */
  const replace = (backend, value) =>
    backend.run([
      {
        kind: 'put',
        space: 0,
        table: 'messages',
        key: 'messages:m',
        value: new TextEncoder().encode(value),
        metadata: null,
        expires: 0,
      },
    ]);
  const head =
    '"threadId":"t", "resourceId" : "alice","createdAt":"2024-01-01T00:00:00.000Z","role":"user","content":';

  it.each([
    [
      'its digits, escapes and spaces',
      `{"id":"m" ,${head}{ "n":12345678901234567890.10, "t":"\\u00e9\\"}{"}`,
    ],
    ['fields within that are called like its own', `{"id":"m",${head}{"id":"x","threadId":["t"]}`],
    ['what it says last', `{${head}"\\\\","id":"m"`],
  ])('keeps %s', async (_, start) => {
    const backend = await holding([message('m', 0)]);
    const text = `${start},"more":"${'x'.repeat(50 * KIB)}"}`;
    JSON.parse(text);
    await replace(backend, text);
    const { messageIdMap } = await open(backend).copyThread({ sourceThreadId: 't', newThreadId: 'copy' });
    const copied = await stored(backend, `messages:${messageIdMap.m}`);
    const expected = text
      .replace(/"id":"m"/, `"id":"${messageIdMap.m}"`)
      .replace(/"threadId":"t"/, '"threadId":"copy"');
    expectSame(copied, expected);
  });

  it('is made again when KV did not take it', async () => {
    const backend = await holding([saying('m', 0, 'x'.repeat(50 * KIB)), saying('n', 1, 'small')]);
    const clock = makeClock();
    const match = (/** @type {any} */ { kind, key }) => kind === 'put' && key.startsWith('messages:');
    const busy = failNth(backend, { at: 1, times: 3, status: 503, match });
    const store = new CloudflareStore({ backend: busy, core: makeCore(clock, 1) });
    await store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' });
    const { messages } = await open(backend).listMessages({ threadId: 'copy' });
    expect(messages.map((/** @type {any} */ { content }) => content.parts[0].text.length)).toEqual([
      50 * KIB,
      5,
    ]);
  });

  it('does not take a small one that looks like what stands for it for it', async () => {
    const backend = await holding([saying('m', 0, 'small'), saying('n', 1, 'x'.repeat(50 * KIB))]);
    const text = `{"":"0","id":"m",${head}"small"}`;
    await replace(backend, text);
    await open(backend).copyThread({ sourceThreadId: 't', newThreadId: 'copy' });
    const { messages } = await open(backend).listMessages({ threadId: 'copy' });
    expect(messages[0]).toMatchObject({ '': '0', content: 'small' });
    expect(messages[1].content.parts[0].text).toHaveLength(50 * KIB);
  });
});

describe('the memory of the module', () => {
  const memory = () => watch.instances.reduce((sum, one) => sum + one.memory.buffer.byteLength, 0);

  it('does not hold a page of large messages', async () => {
    const backend = await holding(Array.from({ length: 20 }, (_, i) => saying(`m${i}`, i, 'x'.repeat(MIB))));
    const { messages } = await open(backend).listMessages({ threadId: 't', perPage: 20 });
    expect(messages).toHaveLength(20);
    expect(memory()).toBeLessThan(2 * MIB); // emscripten's module begins with one
  });

  it('nor one that is chosen by metadata', async () => {
    const all = Array.from({ length: 20 }, (_, i) => saying(`m${i}`, i, 'x'.repeat(MIB)));
    for (const [i, one] of all.entries()) one.content.metadata = { even: i % 2 === 0 };
    const backend = await holding(all);
    const filter = { metadata: { even: true } };
    const { messages, total } = await open(backend).listMessages({ threadId: 't', filter });
    expectSame(
      messages,
      all.filter((_, i) => i % 2 === 0),
    );
    expect(total).toBe(10);
    expect(memory()).toBeLessThan(2 * MIB);
  });

  it('nor a thread of them that is copied', async () => {
    const all = Array.from({ length: 20 }, (_, i) => saying(`m${i}`, i, 'x'.repeat(MIB)));
    const backend = await holding(all);
    const store = open(backend);
    const { messageIdMap } = await store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' });
    expect(memory()).toBeLessThan(2 * MIB);
    const { messages } = await open(backend).listMessages({ threadId: 'copy', perPage: false });
    expectSame(
      messages,
      all.map((one) => ({ ...one, id: messageIdMap[one.id], threadId: 'copy' })),
    );
  });

  it('nor many small ones', async () => {
    const messages = conversation(6000).map((one) => ({ ...one, extra: 'x'.repeat(1800) }));
    const backend = createMemoryBackend();
    const store = open(backend);
    await store.saveThread({ thread: thread('t') });
    for (let i = 0; i < 6000; i += 500) await store.saveMessages({ messages: messages.slice(i, i + 500) });
    watch.instances.length = 0;
    const page = await open(backend).listMessages({ threadId: 't', perPage: false });
    expect(page.messages).toHaveLength(6000);
    expect(memory()).toBeLessThan(24 * MIB);
  });
});

describe('a list that comes to more than maxPageBytes', () => {
  const messages = Array.from({ length: 30 }, (_, i) => saying(`m${10 + i}`, i, 'x'.repeat(100 * KIB)));
  const bytes = JSON.stringify(messages[0]).length;
  /** @type {any} */
  let backend;
  beforeEach(async () => {
    backend = await holding(messages);
  });

  it('fails, and says how many messages would fit', async () => {
    const store = open(backend, { maxPageBytes: MIB });
    const error = await store.listMessages({ threadId: 't', perPage: 30 }).catch((/** @type {any} */ e) => e);
    expect(error).toMatchObject({ code: 'PAGE_TOO_LARGE', op: 'listMessages' });
    expect(error.details).toMatchObject({ maxPageBytes: MIB, fitting: 10 });
    expect(error.details.bytes).toBeGreaterThan(MIB);
    expect(error.message).toContain('10');
    const page = await store.listMessages({ threadId: 't', perPage: 10 });
    expectSame(page.messages, messages.slice(0, 10));
    expect(page.hasMore).toBe(true);
  });

  it.each([
    ['all of a thread', (/** @type {any} */ store) => store.listMessages({ threadId: 't', perPage: false })],
    [
      'a further page',
      (/** @type {any} */ store) => store.listMessages({ threadId: 't', perPage: 15, page: 1 }),
    ],
    ['of a resource', (/** @type {any} */ store) => store.listMessagesByResourceId({ resourceId: 'alice' })],
    [
      'by id',
      (/** @type {any} */ store) => store.listMessagesById({ messageIds: messages.map(({ id }) => id) }),
    ],
    [
      'with neighbours',
      (/** @type {any} */ store) =>
        store.listMessages({ threadId: 't', perPage: 1, include: [{ id: 'm20', withNextMessages: 15 }] }),
    ],
    [
      'by metadata',
      (/** @type {any} */ store) =>
        store.listMessages({ threadId: 't', filter: { metadata: { kind: 'x' } } }),
    ],
  ])('%s', async (_, list) => {
    await expect(list(open(backend, { maxPageBytes: MIB }))).rejects.toMatchObject({
      code: 'PAGE_TOO_LARGE',
    });
    await list(open(backend, { maxPageBytes: 30 * bytes + 1000 }));
  });

  it('by default 32 MiB', async () => {
    const large = Array.from({ length: 33 }, (_, i) => saying(`n${i}`, 100 + i, 'y'.repeat(MIB)));
    const more = await holding(large);
    await expect(open(more).listMessages({ threadId: 't', perPage: 33 })).rejects.toMatchObject({
      code: 'PAGE_TOO_LARGE',
      details: { maxPageBytes: 32 * MIB, fitting: 31 },
    });
    expect((await open(more).listMessages({ threadId: 't', perPage: 31 })).messages).toHaveLength(31);
  });

  it('counts bytes, not characters', async () => {
    const wide = Array.from({ length: 4 }, (_, i) => saying(`w${i}`, i, '世'.repeat(100)));
    const more = await holding(wide);
    const exact = wide.reduce((sum, one) => sum + new TextEncoder().encode(JSON.stringify(one)).length, 0);
    const list = (/** @type {number} */ maxPageBytes) =>
      open(more, { maxPageBytes }).listMessages({ threadId: 't', perPage: 4 });
    expect((await list(exact)).messages).toHaveLength(4);
    await expect(list(exact - 1)).rejects.toMatchObject({ details: { fitting: 3, bytes: exact } });
  });

  it('is not one message that is asked for by its id', async () => {
    const store = open(backend, { maxPageBytes: 10 });
    expectSame((await store.listMessagesById({ messageIds: ['m12'] })).messages, [messages[2]]);
  });

  it('leaves nothing behind', async () => {
    const core = makeCore(makeClock(), 1);
    const store = open(backend, { core, maxPageBytes: MIB });
    for (let i = 0; i < 3; i++) await store.listMessages({ threadId: 't' }).catch(() => undefined);
    expect(core.calls).toBe(0);
    expect((await store.listMessages({ threadId: 't', perPage: 1 })).messages).toHaveLength(1);
  });

  it('of threads', async () => {
    const store = open(createMemoryBackend(), { maxPageBytes: 100 * KIB });
    const metadata = { text: 'x'.repeat(30 * KIB) };
    for (let i = 0; i < 5; i++) await store.saveThread({ thread: thread(`t${i}`, { metadata }) });
    await store.sweep();
    const reader = open(createMemoryBackend());
    expect((await reader.listThreads({})).threads).toEqual([]);
    await expect(
      open(backendOf(store), { maxPageBytes: 100 * KIB }).listThreads({ perPage: 5 }),
    ).rejects.toMatchObject({ code: 'PAGE_TOO_LARGE', details: { fitting: 3 } });
  });

  it('is what Mastra gets that asks for all', async () => {
    const store = new MastraStore({ id: 'm', backend, core: makeCore(makeClock(), 1), maxPageBytes: MIB });
    const memory = /** @type {any} */ (await store.getStore('memory'));
    for (const list of [
      () => memory.listMessages({ threadId: 't', perPage: false }),
      () => memory.listMessagesByResourceId({ resourceId: 'alice', perPage: false }),
    ]) {
      expect((await list()).messages).toHaveLength(30);
    }
    await expect(memory.listMessages({ threadId: 't', perPage: 30 })).rejects.toMatchObject({
      details: { status: 413 },
    });
    const { clonedMessages } = await memory.cloneThread({ sourceThreadId: 't' });
    expect(clonedMessages).toHaveLength(30);
  });

  it('is a mistake in the options when it is no number of bytes', () => {
    for (const maxPageBytes of [0, -1, 1.5, NaN, '1000', null]) {
      expect(() => open(backend, { maxPageBytes })).toThrow('maxPageBytes must be a positive integer');
    }
  });
});

describe('what an isolate remembers', () => {
  it('is never what stands for a message that stayed outside', async () => {
    const backend = await holding([saying('m', 1, 'x'.repeat(100 * KIB))]);
    const store = open(backend);
    for (let i = 0; i < 3; i++) {
      const { messages } = await store.listMessages({ threadId: 't' });
      expect(messages[0].content.parts[0].text).toHaveLength(100 * KIB);
    }
    const [{ createdAt }] = await store.updateMessages({ messages: [{ id: 'm', createdAt: at(5) }] });
    expect(createdAt).toEqual(at(5));
  });
});

/** @param {any} store */
const backendOf = (store) => store.caller.place().backend;

/** Values as strings, as KV gives them. @param {any} backend */
function asText(backend) {
  const text = (/** @type {any} */ entry) =>
    entry && {
      ...entry,
      value: typeof entry.value === 'string' ? entry.value : new TextDecoder().decode(entry.value),
    };
  return answering(backend, async (_, run) =>
    (await run()).map((reply) => ({ ...reply, ...(reply.entries && { entries: reply.entries.map(text) }) })),
  );
}
