/**
 * What was saved comes back byte for byte equal as JSON: every number, every escape, every field, also after
 * updates of something else; and the text in KV holds the user's JSON as it was written.
 */

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { isolates } from '../support/isolate.js';
import { at, message, thread } from '../support/records.js';

vi.setConfig({ testTimeout: 60_000 });

/**
 * JSON written by hand, where JSON.stringify would write something else or JavaScript holds no such number.
 * @param {string} text
 */
const raw = (text) => /** @type {any} */ (JSON).rawJSON(text);

const numberText = fc.oneof(
  fc.constantFrom('9007199254740993', '-0', '-0.0', '1e400', '1E+2', '1.0', '0.30000000000000004', '5e-324'),
  fc.constantFrom('123456789012345678901234567890.123456789', '1e-7', '0', '-1', '10000000000000000000000'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

const stringText = fc.oneof(
  fc.constantFrom(
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\/"',
    '"\\u0041"',
    '"\\uD83C\\uDF89"',
    '"\\"\\\\"',
  ),
  fc.constantFrom(
    '""',
    '"\u2028\u2029"',
    '"\u007f"',
    '"😀"',
    '"{\\"a\\":1}"',
    '"v2"',
    '"2024-01-01T00:00:00.000Z"',
  ),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);

const scalar = fc.oneof(numberText.map(raw), stringText.map(raw), fc.constantFrom(true, false, null));

/**
 * Keys that are names of what the store knows, or that JavaScript treats in a way of their own. None holds a
 * backslash: after {"a":1,"\\":1} the JSON.parse of Node 24 (V8 13.6) takes {"a":1,"\n":1} for the same.
 */
const key = fc
  .oneof(
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toJSON_',
      'id',
      'threadId',
      'createdAt',
      'metadata',
      'content',
      'type',
    ),
    fc.constantFrom('', '0', '42', '"', '\u0000', '\ud800', 'é', '🎉', 'a.b', 'a:b'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  .filter((name) => !name.includes('\\'));

/** @param {fc.Arbitrary<any>} value @param {number} maxLength */
const object = (value, maxLength) =>
  fc.uniqueArray(fc.tuple(key, value), { maxLength, selector: ([name]) => name }).map(Object.fromEntries);

const { anyValue } = fc.letrec((/** @type {(name: string) => fc.Arbitrary<any>} */ tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('anyValue'), { maxLength: 4 }),
    object(tie('anyValue'), 4),
  ),
}));

const anyMetadata = object(anyValue, 5);
const anyContent = fc.oneof(
  fc.tuple(anyMetadata, anyMetadata, fc.array(anyValue, { maxLength: 3 })).map(([more, metadata, parts]) => ({
    ...more,
    format: 2,
    parts,
    metadata,
  })),
  stringText.map((text) => JSON.parse(text)).filter((text) => text !== ''),
);

/** Fields that a record may have besides those that the store knows. */
const unknownFields = object(anyValue, 3).map((fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`x${name}`, value])),
);

const json = (/** @type {unknown} */ value) => JSON.stringify(value);
/** What JavaScript makes of the text, written again. @param {unknown} value */
const reread = (value) => json(JSON.parse(json(value)));

function fresh() {
  const backend = createMemoryBackend();
  const { open } = isolates(backend);
  /** @param {string} name */
  const stored = (name) => {
    const entry = backend.spaces[0].get(name);
    if (typeof entry === 'number') throw new Error(`no such key: ${name}`);
    return entry.text;
  };
  return { store: open(), reader: open(), stored };
}

const runs = { numRuns: 150 };

describe('JSON that comes back equal', () => {
  it('is the content of a message', async () => {
    const property = fc.asyncProperty(anyContent, unknownFields, async (content, fields) => {
      const { store, reader, stored } = fresh();
      await store.saveThread({ thread: thread('t') });
      await store.saveMessages({ messages: [message('m', 1, { ...fields, content })] });
      expect(stored('messages:m')).toContain(`"content":${json(content)}`);
      for (const from of [store, reader]) {
        const [found] = (await from.listMessages({ threadId: 't' })).messages;
        expect(json(found.content)).toBe(reread(content));
        for (const [name, value] of Object.entries(fields)) expect(json(found[name])).toBe(reread(value));
      }
      await store.updateMessages({ messages: [{ id: 'm', role: 'assistant', createdAt: at(5) }] });
      expect(stored('messages:m')).toContain(`"content":${json(content)}`);
      for (const value of Object.values(fields)) expect(stored('messages:m')).toContain(json(value));
    });
    await fc.assert(property, runs);
  });

  it('is what an update of content leaves alone', async () => {
    const property = fc.asyncProperty(anyMetadata, anyMetadata, async (metadata, others) => {
      const { store, stored } = fresh();
      await store.saveThread({ thread: thread('t') });
      const content = { others, format: 2, parts: [others], metadata };
      await store.saveMessages({ messages: [message('m', 1, { content })] });
      await store.updateMessages({ messages: [{ id: 'm', content: { metadata: { fresh: raw('1.0') } } }] });
      for (const part of [`"others":${json(others)}`, `"parts":${json([others])}`, '"fresh":1.0']) {
        expect(stored('messages:m')).toContain(part);
      }
      for (const [name, value] of Object.entries(metadata)) {
        expect(stored('messages:m')).toContain(`${json(name)}:${json(value)}`);
      }
      const [found] = (await store.listMessages({ threadId: 't' })).messages;
      const merged = Object.fromEntries([...Object.entries(metadata), ['fresh', 1]]);
      expect(sorted(found.content.metadata)).toBe(sorted(merged));
    });
    await fc.assert(property, runs);
  });

  it('is the metadata of a thread', async () => {
    const property = fc.asyncProperty(anyMetadata, unknownFields, async (metadata, fields) => {
      const { store, reader, stored } = fresh();
      await store.saveThread({ thread: thread('t', { ...fields, metadata }) });
      expect(stored('threads:t')).toContain(`"metadata":${json(metadata)}`);
      for (const from of [store, reader]) {
        const found = await from.getThreadById({ threadId: 't' });
        expect(json(found.metadata)).toBe(reread(metadata));
        const [listed] = (await from.listThreads({})).threads;
        expect(json(listed.metadata)).toBe(reread(metadata));
        for (const [name, value] of Object.entries(fields)) expect(json(found[name])).toBe(reread(value));
      }
      await store.updateThread({ id: 't', title: 'New' });
      await store.saveMessages({ messages: [message('m', 1)] });
      expect(stored('threads:t')).toContain(`"metadata":${json(metadata)}`);
      await store.updateThread({ id: 't', metadata: { fresh: raw('1.0') } });
      for (const [name, value] of Object.entries(metadata)) {
        expect(stored('threads:t')).toContain(`${json(name)}:${json(value)}`);
      }
      expect(stored('threads:t')).toContain('"fresh":1.0');
    });
    await fc.assert(property, runs);
  });

  it('is the metadata of a resource, and its working memory', async () => {
    const property = fc.asyncProperty(
      anyMetadata,
      stringText,
      unknownFields,
      async (metadata, text, fields) => {
        const { store, reader, stored } = fresh();
        const workingMemory = JSON.parse(text);
        const resource = { ...fields, id: 'r', workingMemory, metadata, createdAt: at(0), updatedAt: at(0) };
        await store.saveResource({ resource });
        for (const from of [store, reader]) {
          const found = await from.getResourceById({ resourceId: 'r' });
          expect(json(found.metadata)).toBe(reread(metadata));
          expect(found.workingMemory).toBe(workingMemory);
        }
        await store.updateResource({ resourceId: 'r', workingMemory: 'new' });
        expect(stored('resources:r')).toContain(`"metadata":${json(metadata)}`);
        await store.updateResource({ resourceId: 'r', metadata: { fresh: true } });
        const found = await store.getResourceById({ resourceId: 'r' });
        expect(sorted(found.metadata)).toBe(sorted({ ...JSON.parse(json(metadata)), fresh: true }));
        for (const [name, value] of Object.entries(fields)) expect(json(found[name])).toBe(reread(value));
      },
    );
    await fc.assert(property, runs);
  });

  it('is a copy of a message', async () => {
    const property = fc.asyncProperty(anyContent, async (content) => {
      const { store, stored } = fresh();
      await store.saveThread({ thread: thread('t') });
      await store.saveMessages({ messages: [message('m', 1, { content })] });
      const { messageIdMap } = await store.copyThread({ sourceThreadId: 't' });
      expect(stored(`messages:${messageIdMap.m}`)).toContain(`"content":${json(content)}`);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it.each([10, 100, 240])('is nested %i deep', async (depth) => {
    const { store, reader, stored } = fresh();
    const nested = JSON.parse('{"a":['.repeat(depth) + ']}'.repeat(depth));
    await store.saveThread({ thread: thread('t', { metadata: { nested } }) });
    await store.saveMessages({ messages: [message('m', 1, { content: { parts: [], nested } })] });
    await store.updateMessages({ messages: [{ id: 'm', content: { metadata: { a: 1 } } }] });
    expect(stored('messages:m')).toContain(json(nested));
    expect(json((await reader.getThreadById({ threadId: 't' })).metadata.nested)).toBe(json(nested));
  });
});

/** JSON with the keys of the outermost object in order: a merge may put them anywhere. @param {any} value */
function sorted(value) {
  const entries = Object.entries(JSON.parse(json(value))).sort(([a], [b]) => (a < b ? -1 : 1));
  return json(Object.fromEntries(entries));
}
