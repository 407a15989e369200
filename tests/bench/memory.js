/**
 * What a page of large messages takes: the module's memory, and it and JavaScript's heap together at their peak, what is
 * garbage left out. And how many calls later the module's memory is small again.
 *
 *   node --expose-gc tests/bench/memory.js [folder of a build, default this one's]
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
  const swell = (/** @type {any} */ entry) => {
    const text = typeof entry?.value === 'string' ? entry.value : new TextDecoder().decode(entry?.value);
    if (!text.includes('"SWELL"')) return entry;
    return { ...entry, value: text.replace('"SWELL"', JSON.stringify('x'.repeat(bytes))) };
  };
  return {
    ...memory,
    run: async (/** @type {any[]} */ requests, /** @type {any} */ room) => {
      const replies = await memory.run(requests, room);
      const swollen = replies.map((/** @type {any} */ reply) => ({
        ...reply,
        ...(reply.entry && { entry: swell(reply.entry) }),
        ...(reply.entries && { entries: reply.entries.map(swell) }),
      }));
      look();
      return swollen;
    },
  };
}

/** @param {string} folder @param {{ count: number, options: object }} page */
export async function measure(folder, { count, options }) {
  const from = (/** @type {string} */ file) => import(pathToFileURL(resolve(folder, 'bindings', file)).href);
  const { CloudflareStore } = await from('index.js');
  const { createMemoryBackend } = await from('memory.js');
  const { createCore } = await from('core.js');
  const backend = swelling(createMemoryBackend(), MIB);
  const writer = new CloudflareStore({ backend, core: createCore() });
  const createdAt = new Date(Date.UTC(2026, 0, 1));
  await writer.init();
  await writer.saveThread({ thread: { id: 't', resourceId: 'r', createdAt, updatedAt: createdAt } });
  for (let i = 0; i < count; i++) {
    const content = { format: 2, parts: [{ type: 'text', text: 'SWELL' }] };
    const times = { createdAt: new Date(createdAt.getTime() + i * 1000) };
    await writer.saveMessages({
      messages: [{ id: `m${i}`, threadId: 't', resourceId: 'r', role: 'user', content, ...times }],
    });
  }
  memories.length = 0;
  const reader = new CloudflareStore({ backend, core: createCore(), ...options });
  await reader.getThreadById({ threadId: 't' });
  look();
  const before = inHeap();
  peak = 0;
  const texts = await reader
    .listMessages({ threadId: 't', perPage: count })
    .then((/** @type {any} */ { messages }) => {
      look();
      return messages.map((/** @type {any} */ { content }) => content.parts[0].text.length);
    });
  if (texts.length !== count || texts.some((/** @type {number} */ length) => length !== MIB)) {
    throw new Error('the page is not what was stored');
  }
  const module = memories.at(-1)?.deref()?.buffer.byteLength ?? 0;
  let calls = 0;
  look();
  while (inModules() > SMALL && calls < 100) {
    await reader.getThreadById({ threadId: 't' });
    calls++;
    // What is let go of goes when the turn ends.
    await new Promise((done) => setTimeout(done));
    look();
  }
  return { bytes: count * MIB, module, peak: peak - before, calls };
}

watch();
const folder = process.argv[2] ?? '.';
for (const { name, ...page } of [
  { name: '40 of 1 MiB, maxPageBytes 64 MiB', count: 40, options: { maxPageBytes: 64 * MIB } },
  { name: '30 of 1 MiB', count: 30, options: {} },
]) {
  const { bytes, module, peak: together, calls } = await measure(folder, page);
  const mib = (/** @type {number} */ value) => (value / MIB).toFixed(1);
  console.log(
    `${name}: module ${mib(module)} MiB (${(module / bytes).toFixed(2)} of the page), peak ${mib(together)} MiB, ` +
      `small again after ${calls === 100 ? 'more than 100' : calls} calls`,
  );
}
