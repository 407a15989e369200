/**
 * What every method of a store stands on: the line to the core, and the calls that concern the whole store.
 *
 * The store's class is a chain, one link for each kind of record, from here to legacy.js. This folder shapes what goes
 * in and comes out; it stands on core/ and observations/, and chooses a back end (config.js).
 *
 * @module
 */

import { Caller } from '../core/caller.js';
import { findTable, readConfig } from './config.js';
import { storeError } from '../core/errors.js';
import { requireArguments } from './check.js';
import { ownError } from './guard.js';

/** Starting and stopping, upkeep, and what it all cost. */
export class BaseStore {
  /**
   * Does no I/O and may run at global scope.
   *
   * @param {import('./config.js').CloudflareStoreConfig} config  within this library also a line that is there already
   */
  constructor(config) {
    /** @protected @readonly */
    this.caller = lineOf(config);
    // Whoever prints a store sees the store, not what it was configured with.
    Object.defineProperty(this, 'caller', { enumerable: false, writable: false, configurable: false });
  }

  /**
   * Writes down the format of the data, or checks what is written there: data of a newer version is refused.
   * Worth one call at the start; calling it again is harmless.
   *
   * @returns {Promise<void>}
   */
  async init() {
    const work = this.caller.everywhere('init', 'store.init');
    // Programs keep this promise for all their requests. It must settle, whatever becomes of the first of them.
    this.caller.keep(work);
    await work;
  }

  /**
   * Finishes deletions that one call could not. Meant for a cron.
   *
   * @returns {Promise<import('./types.js').SweepResult>}
   */
  async sweep() {
    const results = await this.caller.everywhere('sweep', 'store.sweep');
    if (results.length === 1) return results[0];
    return { deleted: sumOf(results, 'deleted'), pending: sumOf(results, 'pending') };
  }

  /**
   * Deletes everything of one table under this prefix.
   *
   * @param {{ tableName: string }} args  'threads', 'messages', 'scores' …, or Mastra's name for one
   * @returns {Promise<import('./types.js').ClearResult>}
   */
  async clearTable(args) {
    const { tableName } = requireArguments(args, 'clearTable');
    const table = findTable(tableName);
    if (table === undefined)
      throw storeError('INVALID_ARGUMENT', 'clearTable', 'tableName must name a table');
    return this.caller.read('clearTable', 'store.clear', { table });
  }

  /**
   * Deletes everything under this prefix.
   *
   * @returns {Promise<import('./types.js').ClearResult>}
   */
  async dangerouslyClearAll() {
    const results = await this.caller.everywhere('dangerouslyClearAll', 'store.clear');
    if (results.length === 1) return results[0];
    return { deleted: sumOf(results, 'deleted'), pending: results.some(({ pending }) => pending) };
  }

  /**
   * What the calls of this object have cost so far.
   *
   * @returns {import('../core/stats.js').Stats}
   */
  stats() {
    return this.caller.stats();
  }

  /**
   * Forgets what this isolate remembers of its reads and writes, those of all stores with the same core; progress of runs
   * that was not written yet is lost. For tests, whose KV was emptied behind the store's back.
   *
   * @returns {void}
   */
  forget() {
    this.caller.forget();
  }

  /**
   * Waits for upkeep that is still under way. The store may be used again afterwards.
   *
   * @returns {Promise<void>}
   */
  async close() {
    await this.caller.settle();
  }
}

/** @param {import('./config.js').CloudflareStoreConfig} config */
function lineOf(config) {
  try {
    return config instanceof Caller ? config : new Caller(readConfig(config));
  } catch (error) {
    throw ownError('constructor', error);
  }
}

/**
 * @param {any[]} results  of the homes of a store
 * @param {string} name
 * @returns {number}
 */
function sumOf(results, name) {
  return results.reduce((sum, result) => sum + result[name], 0);
}
