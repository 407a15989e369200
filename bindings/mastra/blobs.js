/**
 * Blobs for Mastra: the files of skills, under the hashes of their content.
 *
 * @module
 */

import { BlobStore } from '@mastra/core/storage';
import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';

/** @typedef {import('@mastra/core/storage').StorageBlobEntry} StorageBlobEntry */

/** Mastra's `blobs` domain. Works in a store of its own, too. */
export class BlobStoreCloudflare extends BlobStore {
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
   * @param {StorageBlobEntry} entry
   * @returns {Promise<void>}
   */
  put(entry) {
    return attempt('putBlob', [entry], () => this.#store.putBlob(entry));
  }

  /**
   * @override
   * @param {string} hash
   * @returns {Promise<StorageBlobEntry | null>}
   */
  get(hash) {
    return attempt('getBlob', [hash], () => this.#store.getBlob(hash));
  }

  /**
   * @override
   * @param {string} hash
   * @returns {Promise<boolean>}
   */
  has(hash) {
    return attempt('hasBlob', [hash], () => this.#store.hasBlob(hash));
  }

  /**
   * @override
   * @param {string} hash
   * @returns {Promise<boolean>} whether it was there
   */
  delete(hash) {
    return attempt('deleteBlob', [hash], () => this.#store.deleteBlob(hash));
  }

  /**
   * @override
   * @param {StorageBlobEntry[]} entries
   * @returns {Promise<void>}
   */
  putMany(entries) {
    return attempt('putManyBlobs', [], () => this.#store.putManyBlobs(entries));
  }

  /**
   * @override
   * @param {string[]} hashes
   * @returns {Promise<Map<string, StorageBlobEntry>>}
   */
  getMany(hashes) {
    return attempt('getManyBlobs', [], () => this.#store.getManyBlobs(hashes));
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['blobs']);
  }
}
