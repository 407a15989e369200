/**
 * Savers over KV in memory that counts what is asked of it.
 *
 * @module
 */

import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { CloudflareStore } from '../../bindings/index.js';
import { CloudflareSaver } from '../../bindings/langgraph/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { makeClock } from '../support/clock.js';
import { makeCore } from '../support/isolate.js';
import { createMeter } from '../support/meter.js';

/** No two have the same chance. */
let isolate = 0;

/** Isolates over one KV. @param {import('../../bindings/backends/backend.js').Backend} [backend] */
export function makeSavers(backend = createMemoryBackend()) {
  const clock = makeClock();
  const meter = createMeter(backend);
  /** @param {import('@langchain/langgraph-checkpoint').SerializerProtocol} [serde] */
  const open = (serde) => {
    const core = makeCore(clock, isolate++);
    return new CloudflareSaver({ store: new CloudflareStore({ backend: meter, core }) }, serde);
  };
  /** What `run` costs. @template T @param {() => Promise<T>} run */
  const cost = async (run) => {
    meter.reset();
    const result = await run();
    return { ...meter.counts(), result };
  };
  return { clock, meter, open, cost };
}

let steps = 0;

/**
 * A checkpoint that is newer than all others.
 *
 * @param {Record<string, unknown>} [values]
 */
export function makeCheckpoint(values = {}) {
  const versions = Object.fromEntries(Object.keys(values).map((name) => [name, 1]));
  return { ...emptyCheckpoint(), id: uuid6(steps++), channel_values: values, channel_versions: versions };
}

/** @param {string} [id] @param {string} [thread] @returns {{ configurable: any }} */
export const at = (id, thread = 't') => ({
  configurable: { thread_id: thread, checkpoint_ns: '', ...(id !== undefined && { checkpoint_id: id }) },
});

/** @param {number} step */
export const loop = (step) => /** @type {const} */ ({ source: 'loop', step, parents: {} });

/**
 * Puts checkpoints, one upon the other.
 *
 * @param {CloudflareSaver} saver
 * @param {Record<string, unknown>[]} states
 * @returns {Promise<string[]>} their ids
 */
export async function putAll(saver, states) {
  /** @type {string[]} */
  const ids = [];
  for (const [step, values] of states.entries()) {
    const checkpoint = makeCheckpoint(values);
    await saver.put(at(ids[ids.length - 1]), checkpoint, loop(step), checkpoint.channel_versions);
    ids.push(checkpoint.id);
  }
  return ids;
}
