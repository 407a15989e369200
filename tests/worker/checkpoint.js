/**
 * Checkpoints as a graph leaves them.
 *
 * @module
 */

import { emptyCheckpoint } from '@langchain/langgraph-checkpoint';
import { CloudflareSaver } from '../../bindings/langgraph/index.js';

/**
 * A checkpoint of the thread `t`, with a write to it.
 *
 * @param {import('../../bindings/index.js').CloudflareStore} store
 * @param {string} id
 * @param {Record<string, unknown>} values
 * @param {{ namespace?: string, parent?: string }} [more]
 */
export async function putCheckpoint(store, id, values, { namespace = '', parent } = {}) {
  const saver = new CloudflareSaver({ store });
  const place = { thread_id: 't', checkpoint_ns: namespace };
  const versions = Object.fromEntries(Object.keys(values).map((name) => [name, 1]));
  const checkpoint = { ...emptyCheckpoint(), id, channel_values: values, channel_versions: versions };
  const metadata = { source: /** @type {const} */ ('loop'), step: Number(/\d+/.exec(id)?.[0]), parents: {} };
  await saver.put(
    { configurable: { ...place, ...(parent && { checkpoint_id: parent }) } },
    checkpoint,
    metadata,
    versions,
  );
  await saver.putWrites(
    { configurable: { ...place, checkpoint_id: id } },
    [['next', { go: true }]],
    'task-1',
  );
  await saver.settle();
}
