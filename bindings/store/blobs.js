/**
 * Blobs: text under the hash of its content.
 *
 * @module
 */

import { reviveDates, withDateText } from '../core/dates.js';
import { storeError } from '../core/errors.js';
import { orAbsent, withoutTooLong } from './absent.js';
import { chunksOf } from './chunks.js';
import * as shape from './shape.js';
import { StateStore } from './states.js';

/**
 * @typedef {import('./row-types.js').Blob} Blob
 * @typedef {import('./row-types.js').BlobInput} BlobInput
 */

const TABLE = 'blobs';
const DATES = ['createdAt'];

/**
 * Blobs.
 *
 * @template [Content=any]
 * @extends {StateStore<Content>}
 */
export class BlobStore extends StateStore {
  /**
   * Stores a blob, unless its hash is there already.
   *
   * @param {BlobInput} entry
   * @returns {Promise<void>}
   */
  async putBlob(entry) {
    await this.#put('putBlob', [entry]);
  }

  /**
   * @param {string} hash
   * @returns {Promise<Blob | null>} a fresh object
   */
  async getBlob(hash) {
    const [blob = null] = await this.#get('getBlob', [hash]);
    return blob;
  }

  /**
   * @param {string} hash
   * @returns {Promise<boolean>}
   */
  async hasBlob(hash) {
    const text = await orAbsent('[null]', () =>
      this.caller.call('hasBlob', 'row.get', this.caller.rows(TABLE), [{ hash }]),
    );
    return text !== '[null]';
  }

  /**
   * @param {string} hash
   * @returns {Promise<boolean>} whether it was there
   */
  async deleteBlob(hash) {
    const [existed] = await orAbsent([false], () =>
      this.caller.read('deleteBlob', 'row.delete', this.caller.rows(TABLE), [{ hash }]),
    );
    return existed;
  }

  /**
   * Stores blobs, unless their hashes are there already. Of several with one hash the first counts.
   *
   * @param {BlobInput[]} entries
   * @returns {Promise<void>}
   */
  async putManyBlobs(entries) {
    await this.#put('putManyBlobs', entries);
  }

  /**
   * @param {string[]} hashes
   * @returns {Promise<Map<string, Blob>>} of those that exist, by hash
   */
  async getManyBlobs(hashes) {
    shape.requireArray(hashes, 'hashes', 'getManyBlobs');
    /** @type {Map<string, Blob>} */
    const found = new Map();
    for (const blob of await this.#get('getManyBlobs', [...new Set(hashes)])) {
      if (blob !== null) found.set(blob.hash, blob);
    }
    return found;
  }

  /**
   * @param {string} method
   * @param {string[]} hashes
   * @returns {Promise<(Blob | null)[]>}
   */
  async #get(method, hashes) {
    const keys = hashes.map((hash) => ({ hash }));
    const control = this.caller.rows(TABLE);
    /** @param {{ hash: string }[]} some */
    const read = async (some) => {
      const calls = chunksOf(some).map((payload) => ({ op: 'row.get', control, payload }));
      return (await this.caller.together(method, calls)).flat();
    };
    const blobs = await withoutTooLong(keys, ({ hash }) => hash, read, TABLE);
    for (const blob of blobs) if (blob !== null) reviveDates(blob, DATES);
    return blobs;
  }

  /**
   * @param {string} method
   * @param {BlobInput[]} entries
   */
  async #put(method, entries) {
    shape.requireArray(entries, 'entries', method);
    for (const entry of entries) requireBlob(entry, method);
    const firsts = new Map(entries.toReversed().map((entry) => [entry.hash, entry]));
    const wanted = Array.from(firsts.values()).toReversed();
    const rows = wanted.map((entry) => withDateText(entry, DATES));
    const calls = chunksOf(rows).map((payload) => ({ op: 'row.save', control: { table: TABLE }, payload }));
    await this.caller.together(method, calls);
  }
}

/**
 * @param {BlobInput} entry
 * @param {string} method
 */
function requireBlob(entry, method) {
  shape.requireRecord(entry, 'entry', method);
  for (const name of /** @type {const} */ (['hash', 'content'])) {
    if (typeof entry[name] !== 'string' || (name === 'hash' && entry[name] === '')) {
      throw storeError('INVALID_ARGUMENT', method, `entry.${name} must be a string`);
    }
  }
}
