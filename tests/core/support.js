/**
 * What the tests of the Wasm boundary share: an isolate with a clock of its own, and eyes on what crosses.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/index.js';
import { makeCore } from '../support/isolate.js';
import { makeClock } from '../support/clock.js';
import { at } from '../support/records.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */
/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */
/** @typedef {import('../../bindings/backends/backend.js').KVReply} KVReply */

/**
 * A core, and a store over `backend` that uses it.
 *
 * @param {Backend} backend
 * @param {import('../../bindings/core.js').CoreOptions & { observe?: (operation: any) => void }} [options]
 */
export function openIsolate(backend, { observe, ...options } = {}) {
  const clock = makeClock();
  const core = makeCore(clock, 1, options);
  /** @type {any} */
  const store = new CloudflareStore({ backend, core, ...(observe && { onOperation: observe }) });
  return { clock, core, store };
}

/**
 * Everything that goes through a back end, and a say in what it answers.
 *
 * @param {Backend} backend
 * @param {(requests: KVRequest[], run: () => Promise<KVReply[]>) => any} answer
 * @returns {Backend}
 */
export function answering(backend, answer) {
  return { ...backend, run: (requests) => answer(requests, () => backend.run(requests)) };
}

/**
 * Watches every instance that is made until `restore`: what enters it (the names of its exports), what leaves it (of
 * its imports, as 'kv.get'), and how large its memory is.
 */
export function watchInstances() {
  const Real = WebAssembly.Instance;
  /** @type {string[]} */
  const entered = [];
  /** @type {string[]} */
  const left = [];
  /** @type {{ module: WebAssembly.Module, memory: WebAssembly.Memory }[]} */
  const instances = [];
  /** Called on every entry; what it throws comes out of the module. @type {(name: string) => void} */
  let onEntry = () => {};

  /** @param {WebAssembly.Module} module @param {any} imports */
  function Watched(module, imports) {
    const watched = Object.entries(imports).map(([from, functions]) => [
      from,
      mapFunctions(functions, (name) => left.push(`${from}.${name}`)),
    ]);
    const { exports } = new Real(module, Object.fromEntries(watched));
    instances.push({ module, memory: /** @type {WebAssembly.Memory} */ (exports.memory) });
    return {
      exports: mapFunctions(exports, (name) => {
        entered.push(name);
        onEntry(name);
      }),
    };
  }
  WebAssembly.Instance = /** @type {any} */ (Watched);
  return {
    entered,
    left,
    instances,
    forget() {
      entered.length = 0;
      left.length = 0;
    },
    /** @param {(name: string) => void} act */
    onEntry(act) {
      onEntry = act;
    },
    restore() {
      WebAssembly.Instance = Real;
    },
  };
}

/** @param {object} functions @param {(name: string) => void} before */
function mapFunctions(functions, before) {
  const entries = Object.entries(functions).map(([name, value]) => [
    name,
    typeof value !== 'function'
      ? value
      : (/** @type {any[]} */ ...args) => {
          before(name);
          return value(...args);
        },
  ]);
  return Object.fromEntries(entries);
}

/** @param {string} id @param {string} workingMemory */
export function resource(id, workingMemory) {
  return { id, workingMemory, metadata: {}, createdAt: at(0), updatedAt: at(0) };
}

/** A promise that a test settles. */
export function gate() {
  /** @type {(value?: any) => void} */
  let open = () => {};
  const promise = new Promise((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
