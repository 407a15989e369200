/**
 * What calls with large messages take: the module's memory, and it and JavaScript's heap together at their peak, what is
 * garbage, and what the caller hands over, left out. And how many calls later the module's memory is small again: 4 MiB
 * and what it remembers.
 *
 *   node --expose-gc tests/bench/memory.js [folder of a build, default this one's] [words of a name]
 *
 * @module
 */

import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const MIB = 1024 * 1024;
const SMALL = 4 * MIB;

/** @type {WeakRef<WebAssembly.Memory>[]} */
const memories = [];
let peak = 0;

/** Bytes of all modules' memories. */
const inModules = () => memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);

/** Bytes of JavaScript's heap, and of arrays beside it. */
function inHeap() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function look() {
  /** @type {any} */ (globalThis).gc();
  peak = Math.max(peak, inHeap() + inModules());
}

/** @param {any} owner @param {string} name */
function lookAround(owner, name) {
  const real = owner[name];
  owner[name] = function (/** @type {any[]} */ ...args) {
    const large = args.some((arg) => (arg?.length ?? 0) > MIB / 4);
    if (large) look();
    const result = Reflect.apply(real, this, args);
    if (large) look();
    return result;
  };
}

function watch() {
  const Real = WebAssembly.Instance;
  /** @param {WebAssembly.Module} module @param {any} imports */
  function Watched(module, imports) {
    const { exports } = new Real(module, imports);
    memories.push(new WeakRef(/** @type {WebAssembly.Memory} */ (exports.memory)));
    const watched = Object.entries(exports).map(([name, value]) => {
      if (typeof value !== 'function') return [name, value];
      return [
        name,
        (/** @type {any[]} */ ...args) => {
          const before = inModules();
          const result = value(...args);
          if (inModules() > before) look();
          return result;
        },
      ];
    });
    return { exports: Object.fromEntries(watched) };
  }
  WebAssembly.Instance = /** @type {any} */ (Watched);
  lookAround(JSON, 'parse');
  lookAround(TextDecoder.prototype, 'decode');
}

/** A back end whose large values are made when they are read: it holds none itself. @param {any} memory @param {number} bytes */
function swelling(memory, bytes) {
  const swollen = JSON.stringify('x'.repeat(bytes));
  const textOf = (/** @type {any} */ value) =>
    typeof value === 'string' ? value : new TextDecoder().decode(value);
  const swell = (/** @type {any} */ entry) => {
    const text = textOf(entry?.value);
    return text.includes('"SWELL"') ? { ...entry, value: text.replace('"SWELL"', swollen) } : entry;
  };
  const shrink = (/** @type {any} */ request) => {
    if (request.kind !== 'put') return request;
    return { ...request, value: new TextEncoder().encode(textOf(request.value).replace(swollen, '"SWELL"')) };
  };
  return {
    ...memory,
    run: async (/** @type {any[]} */ requests, /** @type {any} */ room) => {
      if (requests.some(({ kind }) => kind === 'put')) look();
      const replies = await memory.run(requests.map(shrink), room);
      const answers = replies.map((/** @type {any} */ reply) => ({
        ...reply,
        ...(reply.entry && { entry: swell(reply.entry) }),
        ...(reply.entries && { entries: reply.entries.map(swell) }),
      }));
      look();
      return answers;
    },
  };
}

const createdAt = new Date(Date.UTC(2026, 0, 1));

/** @param {number} i @param {string} text */
const messageOf = (i, text) => ({
  id: `m${i}`,
  threadId: 't',
  resourceId: 'r',
  role: 'user',
  content: { format: 2, parts: [{ type: 'text', text }], metadata: { even: i % 2 === 0 } },
  createdAt: new Date(createdAt.getTime() + i * 1000),
});

/** @param {any} page @param {number} count */
function requirePage({ messages }, count) {
  const texts = messages.map((/** @type {any} */ { content }) => content.parts[0].text.length);
  if (texts.length !== count || texts.some((/** @type {number} */ length) => length !== MIB)) {
    throw new Error('the page is not what was stored');
  }
}

/** @typedef {{ name: string, count: number, options?: object, fresh?: boolean, run: (store: any, count: number, given: any[]) => Promise<any> }} Work */

/** @type {Work[]} */
const WORK = [
  {
    name: 'a page of 40 of 1 MiB, maxPageBytes 64 MiB',
    count: 40,
    options: { maxPageBytes: 64 * MIB },
    run: async (store, count) =>
      requirePage(await store.listMessages({ threadId: 't', perPage: count }), count),
  },
  {
    name: 'a page of 30 of 1 MiB',
    count: 30,
    run: async (store, count) =>
      requirePage(await store.listMessages({ threadId: 't', perPage: count }), count),
  },
  {
    name: 'half of 30 of 1 MiB, by metadata',
    count: 30,
    run: async (store, count) =>
      requirePage(
        await store.listMessages({ threadId: 't', filter: { metadata: { even: true } } }),
        count / 2,
      ),
  },
  {
    name: 'a copy of 40 of 1 MiB',
    count: 40,
    run: (store) => store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' }),
  },
  {
    name: 'a save of 20 of 1 MiB',
    count: 20,
    fresh: true,
    run: (store, _, given) => store.saveMessages({ messages: given }),
  },
  {
    name: 'an update of 20 of 1 MiB',
    count: 20,
    run: (store, count) =>
      store.updateMessages({
        messages: Array.from({ length: count }, (_, i) => ({ id: `m${i}`, content: { more: true } })),
      }),
  },
  {
    name: 'a deletion of a thread of 40 of 1 MiB',
    count: 40,
    run: (store) => store.deleteThread({ threadId: 't' }),
  },
];

/** @param {string} folder @param {Work} work */
export async function measure(folder, { count, options = {}, fresh = false, run }) {
  const from = (/** @type {string} */ file) => import(pathToFileURL(resolve(folder, 'bindings', file)).href);
  const { CloudflareStore } = await from('index.js');
  const { createMemoryBackend } = await from('memory.js');
  const { createCore } = await from('core.js');
  const backend = swelling(createMemoryBackend(), MIB);
  const writer = new CloudflareStore({ backend, core: createCore() });
  await writer.init();
  await writer.saveThread({ thread: { id: 't', resourceId: 'r', createdAt, updatedAt: createdAt } });
  for (let i = 0; i < count && !fresh; i++) await writer.saveMessages({ messages: [messageOf(i, 'SWELL')] });
  memories.length = 0;
  const reader = new CloudflareStore({ backend, core: createCore(), ...options });
  await reader.getThreadById({ threadId: 'other' });
  const given = fresh ? Array.from({ length: count }, (_, i) => messageOf(i, `${'x'.repeat(MIB)}`)) : [];
  for (const one of given) one.content.parts[0].text.charCodeAt(0); // flat
  look();
  const before = inHeap();
  peak = 0;
  await run(reader, count, given);
  look();
  const module = memories.at(-1)?.deref()?.buffer.byteLength ?? 0;
  let calls = 0;
  const notes = 8 * MIB;
  while (inModules() > SMALL + notes * 1.25 && calls < 100) {
    await reader.getThreadById({ threadId: 'other' });
    calls++;
    // What is let go of goes when the turn ends.
    await new Promise((done) => setTimeout(done));
    look();
  }
  return { bytes: count * MIB, module, peak: peak - before, calls, after: inModules() };
}

watch();
const folder = process.argv[2] ?? '.';
const wanted = process.argv[3] ?? '';
for (const { name, ...work } of WORK.filter((one) => one.name.includes(wanted))) {
  const { bytes, module, peak: together, calls, after } = await measure(folder, { name, ...work });
  const mib = (/** @type {number} */ value) => (value / MIB).toFixed(1);
  console.log(
    `${name}: module ${mib(module)} MiB (${(module / bytes).toFixed(2)}), peak together ${mib(together)} MiB, ` +
      `after ${calls === 100 ? 'more than 100' : calls} calls ${mib(after)} MiB`,
  );
}
