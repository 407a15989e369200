/**
 * What the module costs to start and to keep: compiling, instantiating, memory of stores and of calls under way.
 *
 * @module
 */

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

const TIMES = 15;
const STORES = 1000;
const CALLS = 1000;

setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));

/** @param {() => unknown} run @returns {number} the median of its milliseconds */
function time(run) {
  const times = Array.from({ length: TIMES }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[TIMES >> 1];
}

function heap() {
  collect();
  return process.memoryUsage().heapUsed;
}

/** The memory of the instances that `run` makes. @param {() => Promise<void>} run */
async function wasmMemory(run) {
  const { Instance } = WebAssembly;
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  WebAssembly.Instance = /** @type {any} */ (
    class extends Instance {
      /** @param {any[]} args */
      constructor(...args) {
        super(.../** @type {[any, any]} */ (args));
        memories.push(/** @type {any} */ (this.exports.memory));
      }
    }
  );
  try {
    await run();
  } finally {
    WebAssembly.Instance = Instance;
  }
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/** In a process of its own, for an engine compiles the same bytes but once. @param {URL} file */
function compileTime(file) {
  const script = `const bytes = require('node:fs').readFileSync(new URL(${JSON.stringify(file.href)}));
    const started = performance.now();
    new WebAssembly.Module(bytes);
    console.log(performance.now() - started);`;
  const runs = Array.from({ length: 5 }, () => Number(execFileSync(process.execPath, ['-e', script])));
  return runs.sort((a, b) => a - b)[2];
}

/** @param {URL} file  the module's @returns {Promise<Record<string, number>>} ms and bytes */
export async function measureModule(file) {
  const bytes = await readFile(file);
  const module = new WebAssembly.Module(bytes);
  const first = async (/** @type {number} */ calls) => {
    const memory = createMemoryBackend();
    const core = createCore({ module });
    const store = new CloudflareStore({ backend: memory, core });
    await store.getThreadById({ threadId: 't' });
    const silent = { ...memory, run: () => new Promise(() => undefined) };
    const waiting = new CloudflareStore({ backend: /** @type {any} */ (silent), core });
    for (let n = 0; n < calls; n++) void waiting.getThreadById({ threadId: `thread-${n}` });
  };
  const idle = await wasmMemory(() => first(0));
  const before = heap();
  const stores = Array.from(
    { length: STORES },
    () => new CloudflareStore({ backend: createMemoryBackend() }),
  );
  const perStore = (heap() - before) / stores.length;
  const beforeCalls = heap();
  const busy = await wasmMemory(() => first(CALLS));
  const heapOfCalls = heap() - beforeCalls;
  const [{ size, unpackedSize }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  );
  return {
    'compile, ms': compileTime(file),
    'first call of a new core, ms': time(() => void first(0)),
    'memory of a core, bytes': idle,
    'memory of a store, bytes': perStore,
    [`memory of ${CALLS} calls under way, bytes`]: busy - idle + heapOfCalls,
    'package, bytes': size,
    'package unpacked, bytes': unpackedSize,
  };
}
