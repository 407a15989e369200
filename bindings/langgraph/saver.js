/**
 * LangGraph's checkpoints in a store.
 *
 * @module
 */

import {
  BaseCheckpointSaver,
  compareWritesSortKeys,
  getCheckpointId,
  maxChannelVersion,
  WRITES_IDX_MAP,
  writesSortKey,
} from '@langchain/langgraph-checkpoint';
import { asMethod, storeError } from '../core/errors.js';
import { requireStore } from '../forms/threads.js';
import { keepAlive, performPlan, storeNow, storeToken } from '../forms/line.js';
import { CloudflareStore } from '../index.js';
import { idOf, namespaceOf, packsOf, placeOf } from '../checkpoints/keys.js';
import * as plans from '../checkpoints/plans.js';
import { orAbsent } from '../store/absent.js';
import { targetOf, threadOf } from './config.js';
import { Heads } from './heads.js';
import { listTuples } from './listing.js';
import { packValues, unpackValue } from './packing.js';
import { dump, load, toStored } from './serial.js';

/** @typedef {import('@langchain/core/runnables').RunnableConfig} RunnableConfig */
/**
 * @typedef {import('@langchain/langgraph-checkpoint').Checkpoint} Checkpoint
 * @typedef {import('@langchain/langgraph-checkpoint').CheckpointMetadata} CheckpointMetadata
 * @typedef {import('@langchain/langgraph-checkpoint').CheckpointTuple} CheckpointTuple
 * @typedef {import('@langchain/langgraph-checkpoint').CheckpointListOptions} CheckpointListOptions
 * @typedef {import('@langchain/langgraph-checkpoint').CheckpointPendingWrite} CheckpointPendingWrite
 * @typedef {import('@langchain/langgraph-checkpoint').SerializerProtocol} SerializerProtocol
 * @typedef {import('@langchain/langgraph-checkpoint').PendingWrite} PendingWrite
 */
/** @typedef {{ store: CloudflareStore }} WithStore */
/** @typedef {import('../checkpoints/reading.js').Found} Found */

/** Where Send packets of checkpoints before version 4 were. */
const TASKS = '__pregel_tasks';

/**
 * A saver of checkpoints.
 *
 * ```js
 * const checkpointer = new CloudflareSaver({ store });
 * const graph = builder.compile({ checkpointer });
 * ```
 */
export class CloudflareSaver extends BaseCheckpointSaver {
  #store;
  #heads;
  #lastTime = 0;

  /**
   * Does no I/O.
   *
   * @param {WithStore | import('../index.js').CloudflareStoreConfig} options  a store, or the configuration of one
   * @param {SerializerProtocol} [serde]
   */
  constructor(options, serde) {
    super(serde);
    const has = typeof options === 'object' && options !== null && 'store' in options;
    if (has && Object.keys(options).length > 1)
      throw storeError('INVALID_ARGUMENT', 'constructor', 'a saver takes { store }, or what a store takes');
    this.#store = has
      ? requireStore(options.store, 'constructor')
      : new CloudflareStore(/** @type {any} */ (options));
    this.#heads = new Heads(this.#store);
  }

  /** The store that it is over. */
  get store() {
    return this.#store;
  }

  /**
   * The checkpoint that is named, else the newest one: the one with the highest id.
   *
   * @override
   * @param {RunnableConfig} config
   * @returns {Promise<CheckpointTuple | undefined>}
   */
  async getTuple(config) {
    return asMethod('getTuple', async () => {
      if (config?.configurable?.thread_id === undefined) return undefined;
      const { threadId, space } = targetOf(config, 'getTuple');
      const id = getCheckpointId(config) || undefined;
      const found = await this.#find('getTuple', { threadId, space, ...(id !== undefined && { id }) });
      if (found === null) return undefined;
      if (id === undefined) this.#heads.saw(found.record);
      return this.#tuple(found);
    });
  }

  /**
   * Checkpoints, thread by thread and namespace by namespace, the newest first.
   *
   * @override
   * @param {RunnableConfig} config
   * @param {CheckpointListOptions} [options]
   * @returns {AsyncGenerator<CheckpointTuple>}
   */
  async *list(config, options = {}) {
    const tools = {
      page: (/** @type {any} */ of) => this.#ask(plans.page, 'list', of),
      rows: (/** @type {any[]} */ keys) => this.#ask(plans.fetch, 'list', keys),
      metadata: (/** @type {any} */ stored) => load(this.serde, stored),
    };
    for await (const found of listTuples(tools, config, options)) yield await this.#tuple(found);
  }

  /**
   * Stores a checkpoint. A value that its serializer cannot write is refused, with the path to it.
   *
   * @override
   * @param {RunnableConfig} config  `checkpoint_id` in it is the parent's
   * @param {Checkpoint} checkpoint
   * @param {CheckpointMetadata} metadata
   * @param {Record<string, string | number>} [newVersions]  of a checkpoint without a parent only these channels' values
   *   are stored; of others what has changed is seen from the values
   * @returns {Promise<RunnableConfig>}
   */
  async put(config, checkpoint, metadata, newVersions) {
    return asMethod('put', async () => {
      const { threadId, space } = targetOf(config, 'put');
      const { channel_values: values, ...rest } = checkpoint;
      if (typeof rest.id !== 'string' || rest.id === '')
        throw storeError('INVALID_ARGUMENT', 'put', 'checkpoint.id must be a non-empty string');
      const parent = config.configurable?.checkpoint_id;
      const isStored = (/** @type {string} */ name) =>
        parent !== undefined || newVersions === undefined || Object.hasOwn(newVersions, name);
      const stored = Object.entries(values ?? {}).filter(([name]) => isStored(name));
      // All of it is written down before anything is waited for: the graph goes on changing it.
      const [channels, state, meta] = await Promise.all([
        Promise.all(
          stored.map(async ([name, value]) => {
            const path = `checkpoint.channel_values.${name}`;
            return /** @type {const} */ ([name, await dump(this.serde, value, path, 'put')]);
          }),
        ),
        dump(this.serde, rest, 'checkpoint', 'put'),
        dump(this.serde, metadata, 'metadata', 'put'),
      ]);
      const place = placeOf(rest.id);
      // Who begins anew has seen nothing of what may have been there: it may be deleted by now.
      const before = parent ? await this.#heads.newest({ threadId, space }, 'put') : undefined;
      const packed = await packValues(new Map(channels), before, () => this.#word());
      const record = {
        threadId,
        space,
        place,
        ...(parent && { parent }),
        metadata: toStored(meta),
        checkpoint: toStored(state),
        values: packed.values,
        packs: packed.packs,
      };
      const packs = packed.made.map((pack) => ({ threadId, space: packsOf(space), ...pack }));
      const head = this.#heads.isNewest(record);
      await this.#ask(plans.write, 'put', { packs, record, head });
      // Not before it is stored: what may not be there must not be named.
      if (head) this.#heads.saw(record);
      return { configurable: configurableOf(record) };
    });
  }

  /**
   * Stores what a task has written; the checkpoint need not be there yet.
   *
   * @override
   * @param {RunnableConfig} config
   * @param {PendingWrite[]} writes
   * @param {string} taskId
   * @param {string} [taskPath]
   * @returns {Promise<void>}
   */
  async putWrites(config, writes, taskId, taskPath = '') {
    return asMethod('putWrites', async () => {
      const { threadId, space, id } = targetOf(config, 'putWrites');
      if (id === undefined)
        throw storeError('INVALID_ARGUMENT', 'putWrites', 'config.configurable.checkpoint_id must be given');
      if (typeof taskId !== 'string')
        throw storeError('INVALID_ARGUMENT', 'putWrites', 'taskId must be a string');
      const dumped = await Promise.all(
        writes.map(async ([channel, value], index) => {
          const stored = toStored(await dump(this.serde, value, `writes[${index}].${channel}`, 'putWrites'));
          return [WRITES_IDX_MAP[channel] || index, channel, stored];
        }),
      );
      if (dumped.length === 0) return;
      const place = placeOf(id) + this.#word();
      await this.#ask(plans.addWrites, 'putWrites', {
        threadId,
        space,
        place,
        task: taskId,
        path: taskPath,
        writes: dumped,
      });
    });
  }

  /**
   * Deletes checkpoints and writes of a thread, in all its namespaces.
   *
   * @override
   * @param {string} threadId
   * @returns {Promise<void>}
   */
  async deleteThread(threadId) {
    return asMethod('deleteThread', async () => {
      threadOf(threadId, 'deleteThread');
      this.#heads.forget(threadId);
      await orAbsent(null, () => this.#ask(plans.clear, 'deleteThread', threadId));
      this.#heads.forget(threadId);
    });
  }

  /**
   * What delta channels are rebuilt from: the writes of all ancestors back to one that has the value.
   *
   * @override
   * @param {{ config: RunnableConfig, channels: string[] }} options
   * @returns {Promise<Record<string, import('@langchain/langgraph-checkpoint').DeltaChannelHistory>>}
   */
  async getDeltaChannelHistory({ config, channels }) {
    return asMethod('getDeltaChannelHistory', async () => {
      if (channels.length === 0) return {};
      const { threadId, space } = targetOf(config, 'getDeltaChannelHistory');
      const id = getCheckpointId(config) || undefined;
      const of = { threadId, space, ...(id !== undefined && { id }), channels };
      const { path, seeds, packs } = await this.#ask(plans.history, 'getDeltaChannelHistory', of);
      const steps = await Promise.all(
        path.map(async ({ place, writes }) => ({ place, writes: await this.#writes(writes) })),
      );
      const entries = await Promise.all(
        channels.map(async (channel) => {
          const seed = Object.hasOwn(seeds, channel) ? seeds[channel] : undefined;
          const last =
            seed === undefined ? steps.length : steps.findIndex(({ place }) => place === seed.place) + 1;
          const writes = steps
            .slice(0, last)
            .reverse()
            .flatMap((step) => step.writes.filter(([, name]) => name === channel));
          return [channel, { writes, ...(seed && { seed: await this.#value(seed, channel, packs) }) }];
        }),
      );
      return Object.fromEntries(entries);
    });
  }

  /**
   * Waits until all that was put by now is stored, and whatever is to follow it: to be handed to `waitUntil`, for the
   * steps of a graph do not wait for their saver.
   *
   * @returns {Promise<void>}
   */
  async settle() {
    await this.#heads.settle();
    await this.#store.close();
  }

  /**
   * @template T
   * @param {import('../core/plan.js').Plan<any[], T>} plan
   * @param {string} method
   * @param {any} args
   * @returns {Promise<T>}
   */
  #ask(plan, method, args) {
    const work = performPlan(this.#store, plan, method, args);
    if (plan === plans.write || plan === plans.addWrites) {
      keepAlive(this.#store, work);
      this.#heads.wait(work);
    }
    return work;
  }

  /** @param {string} method @param {import('../checkpoints/reading.js').Wanted} of @returns {Promise<Found | null>} */
  #find(method, of) {
    return orAbsent(null, () => this.#ask(plans.read, method, of));
  }

  /** A part of a key that nobody else has; those of this saver are in the order of time. */
  #word() {
    this.#lastTime = Math.max(this.#lastTime + 1, storeNow(this.#store));
    return this.#lastTime.toString(36).padStart(9, '0') + storeToken(this.#store).slice(0, 8);
  }

  /** @param {Found} found @returns {Promise<CheckpointTuple>} */
  async #tuple({ record, packs, writes }) {
    const [checkpoint, metadata, pendingWrites, values] = await Promise.all([
      load(this.serde, record.checkpoint),
      load(this.serde, record.metadata),
      this.#writes(writes),
      Promise.all(
        Object.keys(record.values).map(async (name) => [name, await this.#value(record, name, packs)]),
      ),
    ]);
    checkpoint.channel_values = Object.fromEntries(values);
    if (checkpoint.v < 4 && record.parent !== undefined) await this.#migrate(checkpoint, record);
    const configurable = configurableOf(record);
    return {
      config: { configurable },
      checkpoint,
      metadata,
      pendingWrites,
      ...(record.parent !== undefined && {
        parentConfig: { configurable: { ...configurable, checkpoint_id: record.parent } },
      }),
    };
  }

  /** @param {any} record @param {string} channel @param {Found['packs']} packs */
  #value(record, channel, packs) {
    const { type, data } = unpackValue(record.values[channel], record.packs, packs);
    return this.serde.loadsTyped(type, data);
  }

  /**
   * Writes in the order in which a run applies them. Of the ordinary ones of a place the first counts, of the special ones
   * the last.
   *
   * @param {any[]} rows
   * @returns {Promise<CheckpointPendingWrite[]>}
   */
  async #writes(rows) {
    /** @type {Map<string, { key: any, write: [string, string, any] }>} */
    const byPlace = new Map();
    const inTime = [...rows].sort((a, b) => (a.place < b.place ? -1 : 1));
    for (const { task, path, writes } of inTime) {
      for (const [index, channel, stored] of writes) {
        const name = JSON.stringify([task, index]);
        if (index >= 0 && byPlace.has(name)) continue;
        byPlace.set(name, { key: writesSortKey(path, task, index), write: [task, channel, stored] });
      }
    }
    const sorted = [...byPlace.values()].sort((a, b) => compareWritesSortKeys(a.key, b.key));
    return Promise.all(
      sorted.map(async ({ write: [task, channel, stored] }) => [
        task,
        channel,
        await load(this.serde, stored),
      ]),
    );
  }

  /** Send packets of a checkpoint before version 4 are writes to its parent. @param {any} checkpoint @param {any} record */
  async #migrate(checkpoint, { threadId, space, parent }) {
    const found = await this.#find('getTuple', { threadId, space, id: parent });
    const writes = found === null ? [] : await this.#writes(found.writes);
    checkpoint.channel_values[TASKS] = writes
      .filter(([, name]) => name === TASKS)
      .map(([, , value]) => value);
    checkpoint.channel_versions ??= {};
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_versions[TASKS] =
      versions.length > 0
        ? maxChannelVersion(.../** @type {any[]} */ (versions))
        : this.getNextVersion(undefined);
  }
}

/** @param {{ threadId: string, space: string, place: string }} record */
function configurableOf({ threadId, space, place }) {
  return { thread_id: threadId, checkpoint_ns: namespaceOf(space), checkpoint_id: idOf(place) };
}
