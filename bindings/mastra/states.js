/**
 * Thread states for Mastra.
 *
 * @module
 */

import { ThreadStateStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';

/** @typedef {import('../store/row-types.js').StateKey} StateKey */

/** Mastra's `threadState` domain. Works in a store of its own, too. */
export class ThreadStateStorageCloudflare extends ThreadStateStorage {
  /** @override */
  static retentionTables = {
    threadState: { table: 'mastra_thread_state', column: 'updatedAt', indexed: false },
  };

  #store;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * @override
   * @param {StateKey} args
   * @returns {Promise<any>} a fresh value; undefined when there is none
   */
  getState(args) {
    return attempt('getState', [args], () => this.#store.getState(args));
  }

  /**
   * @override
   * @param {StateKey & { value: any }} args
   * @returns {Promise<void>}
   */
  setState(args) {
    return attempt('setState', [args], () => this.#store.setState(args));
  }

  /**
   * @override
   * @param {StateKey} args
   * @returns {Promise<void>}
   */
  deleteState(args) {
    return attempt('deleteState', [args], () => this.#store.deleteState(args));
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'threadState', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['thread_state']);
  }
}
