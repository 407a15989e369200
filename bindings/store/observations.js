/**
 * Observational memory: what an agent notes of its conversations, of a thread or of a resource across its threads.
 *
 * Methods that take an id mean the record of that generation, whether it is the newest or not. Flags and the count of
 * pending tokens are seen in this isolate at once and written within about a second; all else is stored when a method
 * returns.
 *
 * @module
 */

import { storable } from '../observations/config.js';
import * as plans from '../observations/plans.js';
import { recordOf } from '../observations/row.js';
import { requireId, scopeOf } from '../observations/scope.js';
import { orAbsent } from './absent.js';
import * as shape from './shape.js';
import { BlobStore } from './blobs.js';
import { requireArgument, requireArguments } from './check.js';

/**
 * @typedef {import('../observations/types.js').ObservationalMemory} ObservationalMemory
 */

/**
 * Observational memory.
 *
 * @template [Content=any]
 * @extends {BlobStore<Content>}
 */
export class ObservationStore extends BlobStore {
  /**
   * The newest generation.
   *
   * @param {string | null} threadId  null: of the resource
   * @param {string} resourceId
   * @returns {Promise<ObservationalMemory | null>} a fresh object
   */
  async getObservationalMemory(threadId, resourceId) {
    const method = 'getObservationalMemory';
    const scope = scopeOf(threadId, resourceId, method);
    const row = await orAbsent(undefined, () => this.caller.perform(plans.newest, method, scope));
    return row === undefined ? null : recordOf(row);
  }

  /**
   * Generations, newest first.
   *
   * @param {string | null} threadId
   * @param {string} resourceId
   * @param {number} [limit]
   * @param {import('../observations/types.js').ObservationHistoryOptions} [options]
   * @returns {Promise<ObservationalMemory[]>}
   */
  async getObservationalMemoryHistory(threadId, resourceId, limit, options) {
    const method = 'getObservationalMemoryHistory';
    const bounds = requireArgument(options, 3, 'options', method) ?? {};
    const scope = scopeOf(threadId, resourceId, method);
    const rows = await orAbsent([], () =>
      this.caller.perform(plans.history, method, scope, limit ?? null, bounds),
    );
    return rows.map(recordOf);
  }

  /**
   * Begins with a first, empty generation.
   *
   * @param {import('../observations/types.js').InitializeObservationsArgs} args
   * @returns {Promise<ObservationalMemory>}
   */
  async initializeObservationalMemory(args) {
    const method = 'initializeObservationalMemory';
    const { threadId, resourceId } = requireArguments(args, method);
    const scope = scopeOf(threadId, resourceId, method);
    const known = { ...args, config: storable(args.config) };
    return recordOf(await this.caller.perform(plans.initialize, method, scope, known));
  }

  /**
   * Puts in a whole record, such as a copy of another's, before those of the same and lower generations.
   *
   * @param {ObservationalMemory} record
   * @returns {Promise<void>}
   */
  async insertObservationalMemoryRecord(record) {
    const method = 'insertObservationalMemoryRecord';
    const { id, threadId, resourceId } = shape.requireObject(record, method);
    requireId(id, 'id', method);
    await this.caller.perform(plans.insert, method, scopeOf(threadId, resourceId, method), record);
  }

  /**
   * Replaces the active observations.
   *
   * @param {import('../observations/types.js').UpdateActiveArgs} args
   * @returns {Promise<void>}
   */
  async updateActiveObservations(args) {
    await this.#change('updateActiveObservations', plans.updateActive, args);
  }

  /**
   * Adds a chunk to those that wait; each observation cycle counts once.
   *
   * @param {import('../observations/types.js').UpdateBufferedArgs} args
   * @returns {Promise<void>}
   */
  async updateBufferedObservations(args) {
    await this.#change('updateBufferedObservations', plans.updateBuffered, args);
  }

  /**
   * Moves waiting observations to the active ones, as many as bring the context down to what is to remain.
   *
   * @param {import('../observations/types.js').SwapBufferedArgs} args
   * @returns {Promise<import('../observations/types.js').ActivationResult>}
   */
  async swapBufferedToActive(args) {
    const method = 'swapBufferedToActive';
    const { id } = requireArguments(args, method);
    requireId(id, 'id', method);
    return this.caller.perform(plans.swapBuffered, method, args);
  }

  /**
   * Begins a generation with a reflection in place of the observations.
   *
   * @param {import('../observations/types.js').ReflectionArgs} args
   * @returns {Promise<ObservationalMemory>} the new generation
   */
  async createReflectionGeneration(args) {
    const method = 'createReflectionGeneration';
    const { currentRecord } = requireArguments(args, method);
    const { threadId, resourceId } = shape.requireObject(currentRecord, method);
    const scope = scopeOf(threadId, resourceId, method);
    return recordOf(await this.caller.perform(plans.createReflection, method, scope, args));
  }

  /**
   * Keeps a reflection that was made ahead of time.
   *
   * @param {import('../observations/types.js').UpdateBufferedReflectionArgs} args
   * @returns {Promise<void>}
   */
  async updateBufferedReflection(args) {
    await this.#change('updateBufferedReflection', plans.updateBufferedReflection, args);
  }

  /**
   * Begins a generation with the reflection that was kept, and the observations since.
   *
   * @param {{ currentRecord: ObservationalMemory, tokenCount: number }} args
   * @returns {Promise<ObservationalMemory>} the new generation
   */
  async swapBufferedReflectionToActive(args) {
    const method = 'swapBufferedReflectionToActive';
    const { currentRecord, tokenCount } = requireArguments(args, method);
    const { id: source } = shape.requireObject(currentRecord, method);
    requireId(source, 'id', method);
    return recordOf(await this.caller.perform(plans.swapReflection, method, source, tokenCount));
  }

  /** @param {string} id @param {boolean} isReflecting @returns {Promise<void>} */
  async setReflectingFlag(id, isReflecting) {
    await this.#advise('setReflectingFlag', id, { isReflecting });
  }

  /** @param {string} id @param {boolean} isObserving @returns {Promise<void>} */
  async setObservingFlag(id, isObserving) {
    await this.#advise('setObservingFlag', id, { isObserving });
  }

  /**
   * @param {string} id
   * @param {boolean} isBufferingObservation
   * @param {number} [lastBufferedAtTokens]
   * @returns {Promise<void>}
   */
  async setBufferingObservationFlag(id, isBufferingObservation, lastBufferedAtTokens) {
    const count = lastBufferedAtTokens === undefined ? {} : { lastBufferedAtTokens };
    await this.#advise('setBufferingObservationFlag', id, { isBufferingObservation, ...count });
  }

  /** @param {string} id @param {boolean} isBufferingReflection @returns {Promise<void>} */
  async setBufferingReflectionFlag(id, isBufferingReflection) {
    await this.#advise('setBufferingReflectionFlag', id, { isBufferingReflection });
  }

  /** @param {string} id @param {number} pendingMessageTokens @returns {Promise<void>} */
  async setPendingMessageTokens(id, pendingMessageTokens) {
    await this.#advise('setPendingMessageTokens', id, { pendingMessageTokens });
  }

  /**
   * Lays a configuration over that of a record, object by object.
   *
   * @param {{ id: string, config: Record<string, unknown> }} args
   * @returns {Promise<void>}
   */
  async updateObservationalMemoryConfig(args) {
    const known = requireArguments(args, 'updateObservationalMemoryConfig');
    const config = storable(known.config);
    await this.#change('updateObservationalMemoryConfig', plans.updateConfig, { ...known, config });
  }

  /**
   * Deletes all generations.
   *
   * @param {string | null} threadId
   * @param {string} resourceId
   * @returns {Promise<void>}
   */
  async clearObservationalMemory(threadId, resourceId) {
    const method = 'clearObservationalMemory';
    const scope = scopeOf(threadId, resourceId, method);
    await orAbsent(undefined, () => this.caller.perform(plans.clear, method, scope));
  }

  /**
   * @template {{ id: string }} A
   * @param {Parameters<typeof requireArguments>[1]} method
   * @param {import('../core/plan.js').Plan<[args: A], undefined>} plan
   * @param {A} args
   */
  async #change(method, plan, args) {
    const { id } = requireArguments(args, method);
    requireId(id, 'id', method);
    await this.caller.perform(plan, method, args);
  }

  /**
   * @param {string} method
   * @param {string} id
   * @param {Partial<ObservationalMemory>} set
   */
  async #advise(method, id, set) {
    await this.caller.perform(plans.advise, method, requireId(id, 'id', method), set);
  }
}
