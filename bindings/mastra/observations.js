/**
 * The whole memory domain for Mastra: conversations, and what the memory option `observationalMemory` stores.
 *
 * @module
 */

import { openStore } from './config.js';
import { attempt } from './errors.js';
import { ConversationStorage } from './memory.js';

/** @typedef {import('@mastra/core/storage').MemoryStorage} MemoryStorage */

/** Mastra's `memory` domain. Works in a store of its own, too. */
export class MemoryStorageCloudflare extends ConversationStorage {
  /** @type {true} */
  supportsObservationalMemory = true;

  #store;

  /** @param {import('./config.js').CloudflareDomainConfig & { newIds?: boolean }} config */
  constructor(config) {
    const store = openStore(config);
    super({ store, newIds: config.newIds });
    this.#store = store;
  }

  /**
   * The newest generation, or null.
   *
   * @override
   * @param {Parameters<MemoryStorage['getObservationalMemory']>[0]} threadId
   * @param {Parameters<MemoryStorage['getObservationalMemory']>[1]} resourceId
   * @returns {ReturnType<MemoryStorage['getObservationalMemory']>}
   */
  getObservationalMemory(threadId, resourceId) {
    return attempt('getObservationalMemory', [threadId, resourceId], () =>
      this.#store.getObservationalMemory(threadId, resourceId),
    );
  }

  /**
   * Generations, newest first.
   *
   * @override
   * @param {Parameters<MemoryStorage['getObservationalMemoryHistory']>[0]} threadId
   * @param {Parameters<MemoryStorage['getObservationalMemoryHistory']>[1]} resourceId
   * @param {Parameters<MemoryStorage['getObservationalMemoryHistory']>[2]} [limit]
   * @param {Parameters<MemoryStorage['getObservationalMemoryHistory']>[3]} [options]
   * @returns {ReturnType<MemoryStorage['getObservationalMemoryHistory']>}
   */
  getObservationalMemoryHistory(threadId, resourceId, limit, options) {
    return attempt('getObservationalMemoryHistory', [threadId, resourceId, limit, options], () =>
      this.#store.getObservationalMemoryHistory(threadId, resourceId, limit, options),
    );
  }

  /**
   * Begins with a first, empty generation.
   *
   * @override
   * @param {Parameters<MemoryStorage['initializeObservationalMemory']>[0]} input
   * @returns {ReturnType<MemoryStorage['initializeObservationalMemory']>}
   */
  initializeObservationalMemory(input) {
    return attempt('initializeObservationalMemory', [input], () =>
      this.#store.initializeObservationalMemory(input),
    );
  }

  /**
   * Puts in a whole record, such as the copy that `cloneThread` makes.
   *
   * @override
   * @param {Parameters<MemoryStorage['insertObservationalMemoryRecord']>[0]} record
   * @returns {ReturnType<MemoryStorage['insertObservationalMemoryRecord']>}
   */
  insertObservationalMemoryRecord(record) {
    return attempt('insertObservationalMemoryRecord', [record], () =>
      this.#store.insertObservationalMemoryRecord(record),
    );
  }

  /**
   * Replaces the active observations.
   *
   * @override
   * @param {Parameters<MemoryStorage['updateActiveObservations']>[0]} input
   * @returns {ReturnType<MemoryStorage['updateActiveObservations']>}
   */
  updateActiveObservations(input) {
    return attempt('updateActiveObservations', [input], () => this.#store.updateActiveObservations(input));
  }

  /**
   * Adds a chunk to those that wait; each observation cycle counts once.
   *
   * @override
   * @param {Parameters<MemoryStorage['updateBufferedObservations']>[0]} input
   * @returns {ReturnType<MemoryStorage['updateBufferedObservations']>}
   */
  updateBufferedObservations(input) {
    return attempt('updateBufferedObservations', [input], () =>
      this.#store.updateBufferedObservations(input),
    );
  }

  /**
   * Moves waiting observations to the active ones.
   *
   * @override
   * @param {Parameters<MemoryStorage['swapBufferedToActive']>[0]} input
   * @returns {ReturnType<MemoryStorage['swapBufferedToActive']>}
   */
  swapBufferedToActive(input) {
    return attempt('swapBufferedToActive', [input], () => this.#store.swapBufferedToActive(input));
  }

  /**
   * Begins a generation with a reflection in place of the observations.
   *
   * @override
   * @param {Parameters<MemoryStorage['createReflectionGeneration']>[0]} input
   * @returns {ReturnType<MemoryStorage['createReflectionGeneration']>}
   */
  createReflectionGeneration(input) {
    return attempt('createReflectionGeneration', [input], () =>
      this.#store.createReflectionGeneration(input),
    );
  }

  /**
   * Keeps a reflection that was made ahead of time.
   *
   * @override
   * @param {Parameters<MemoryStorage['updateBufferedReflection']>[0]} input
   * @returns {ReturnType<MemoryStorage['updateBufferedReflection']>}
   */
  updateBufferedReflection(input) {
    return attempt('updateBufferedReflection', [input], () => this.#store.updateBufferedReflection(input));
  }

  /**
   * Begins a generation with the reflection that was kept.
   *
   * @override
   * @param {Parameters<MemoryStorage['swapBufferedReflectionToActive']>[0]} input
   * @returns {ReturnType<MemoryStorage['swapBufferedReflectionToActive']>}
   */
  swapBufferedReflectionToActive(input) {
    return attempt('swapBufferedReflectionToActive', [input], () =>
      this.#store.swapBufferedReflectionToActive(input),
    );
  }

  /**
   * @override
   * @param {Parameters<MemoryStorage['setReflectingFlag']>[0]} id
   * @param {Parameters<MemoryStorage['setReflectingFlag']>[1]} isReflecting
   * @returns {ReturnType<MemoryStorage['setReflectingFlag']>}
   */
  setReflectingFlag(id, isReflecting) {
    return attempt('setReflectingFlag', [id, isReflecting], () =>
      this.#store.setReflectingFlag(id, isReflecting),
    );
  }

  /**
   * @override
   * @param {Parameters<MemoryStorage['setObservingFlag']>[0]} id
   * @param {Parameters<MemoryStorage['setObservingFlag']>[1]} isObserving
   * @returns {ReturnType<MemoryStorage['setObservingFlag']>}
   */
  setObservingFlag(id, isObserving) {
    return attempt('setObservingFlag', [id, isObserving], () =>
      this.#store.setObservingFlag(id, isObserving),
    );
  }

  /**
   * @override
   * @param {Parameters<MemoryStorage['setBufferingObservationFlag']>[0]} id
   * @param {Parameters<MemoryStorage['setBufferingObservationFlag']>[1]} isBuffering
   * @param {Parameters<MemoryStorage['setBufferingObservationFlag']>[2]} [lastBufferedAtTokens]
   * @returns {ReturnType<MemoryStorage['setBufferingObservationFlag']>}
   */
  setBufferingObservationFlag(id, isBuffering, lastBufferedAtTokens) {
    return attempt('setBufferingObservationFlag', [id, isBuffering, lastBufferedAtTokens], () =>
      this.#store.setBufferingObservationFlag(id, isBuffering, lastBufferedAtTokens),
    );
  }

  /**
   * @override
   * @param {Parameters<MemoryStorage['setBufferingReflectionFlag']>[0]} id
   * @param {Parameters<MemoryStorage['setBufferingReflectionFlag']>[1]} isBuffering
   * @returns {ReturnType<MemoryStorage['setBufferingReflectionFlag']>}
   */
  setBufferingReflectionFlag(id, isBuffering) {
    return attempt('setBufferingReflectionFlag', [id, isBuffering], () =>
      this.#store.setBufferingReflectionFlag(id, isBuffering),
    );
  }

  /**
   * @override
   * @param {Parameters<MemoryStorage['setPendingMessageTokens']>[0]} id
   * @param {Parameters<MemoryStorage['setPendingMessageTokens']>[1]} tokenCount
   * @returns {ReturnType<MemoryStorage['setPendingMessageTokens']>}
   */
  setPendingMessageTokens(id, tokenCount) {
    return attempt('setPendingMessageTokens', [id, tokenCount], () =>
      this.#store.setPendingMessageTokens(id, tokenCount),
    );
  }

  /**
   * Lays a configuration over that of a record, object by object.
   *
   * @override
   * @param {Parameters<MemoryStorage['updateObservationalMemoryConfig']>[0]} input
   * @returns {ReturnType<MemoryStorage['updateObservationalMemoryConfig']>}
   */
  updateObservationalMemoryConfig(input) {
    return attempt('updateObservationalMemoryConfig', [input], () =>
      this.#store.updateObservationalMemoryConfig(input),
    );
  }

  /**
   * Deletes all generations.
   *
   * @override
   * @param {Parameters<MemoryStorage['clearObservationalMemory']>[0]} threadId
   * @param {Parameters<MemoryStorage['clearObservationalMemory']>[1]} resourceId
   * @returns {ReturnType<MemoryStorage['clearObservationalMemory']>}
   */
  clearObservationalMemory(threadId, resourceId) {
    return attempt('clearObservationalMemory', [threadId, resourceId], () =>
      this.#store.clearObservationalMemory(threadId, resourceId),
    );
  }
}
