/**
 * The stores that are compared, each as Mastra's storage, each as an isolate finds it that has just started.
 *
 * @module
 */

import { D1Store } from '@mastra/cloudflare-d1';
import { InMemoryStore } from '@mastra/core/storage';
import { createCore } from '../../../bindings/core.js';
import { CloudflareStore } from '../../../bindings/mastra/index.js';
import { createMemoryNamespace } from '../../../bindings/memory.js';
import { meterDatabase, meterNamespace, meterObjects } from './meters.js';
import { takeRows } from './object.js';

/** @typedef {import('@mastra/core/storage').MastraCompositeStore} MastraStore */
/** @typedef {{ BENCH_KV: any, BENCH_DB: any, GROWING_DB: any, OBJECTS: any }} Env */
/** @typedef {{ name: string, open: (env: Env) => MastraStore | Promise<MastraStore> }} Contender */

/** @param {import('./meters.js').Tally} tally */
export function createContenders(tally) {
  const held = createMemoryNamespace();
  /** @param {any} namespace */
  const ours = (namespace) =>
    new CloudflareStore({
      id: 'bench',
      bindings: { default: meterNamespace(namespace, tally) },
      disableInit: true, // the others' init is left out, too
      core: createCore(),
    });
  /** @param {any} namespace @param {string} keyPrefix */
  const inObject = async (namespace, keyPrefix) => {
    await namespace.get(namespace.idFromName(keyPrefix)).renew();
    // How long an object is awake in a turn depends on the model: it is assumed.
    tally.bill('object awake 50 ms', 1);
    const durable = meterObjects(namespace, tally, takeRows);
    return new CloudflareStore({ id: 'bench', durable, keyPrefix, disableInit: true, core: createCore() });
  };
  /** Lives as long as the process, as its data does. @type {MastraStore | undefined} */
  let inMemory;
  /** @type {Record<string, Contender>} */
  const contenders = {
    threadkv: { name: 'threadkv on KV', open: ({ BENCH_KV }) => ours(BENCH_KV) },
    'threadkv-growing': { name: 'threadkv on KV in memory', open: () => ours(held) },
    durable: {
      name: 'threadkv in an object',
      open: ({ OBJECTS }) => inObject(OBJECTS, 'bench_'),
    },
    'durable-growing': {
      name: 'threadkv in an object',
      open: ({ OBJECTS }) => inObject(OBJECTS, 'growing_'),
    },
    d1: {
      name: 'Mastra on D1',
      open: ({ BENCH_DB }) => new D1Store({ id: 'bench', binding: meterDatabase(BENCH_DB, tally) }),
    },
    'd1-growing': {
      name: 'Mastra on D1',
      open: ({ GROWING_DB }) => new D1Store({ id: 'bench', binding: meterDatabase(GROWING_DB, tally) }),
    },
    memory: {
      name: "core's in-memory store",
      open: () => (inMemory ??= new InMemoryStore({ id: 'bench' })),
    },
  };
  return contenders;
}
