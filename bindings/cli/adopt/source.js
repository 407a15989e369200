/**
 * What another store left in KV, key by key, past threadkv's core: lists, values, deletions.
 *
 * @module
 */

import { CliError } from '../errors.js';

/**
 * @typedef {import('../../backends/backend.js').Backend} Backend
 * @typedef {import('../../backends/backend.js').KVRequest} KVRequest
 * @typedef {import('../../backends/backend.js').KVReply} KVReply
 */

const MAX_KEYS = 100;
const TRIES = 6;

export class Source {
  #backend;
  #tables;
  #wait;

  /**
   * @param {Backend} backend
   * @param {readonly string[]} tables  the n-th one is in the n-th space
   * @param {(ms: number) => Promise<unknown>} [wait]
   */
  constructor(backend, tables, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))) {
    this.#backend = backend;
    this.#tables = tables;
    this.#wait = wait;
  }

  /**
   * @param {string} table
   * @param {string} prefix
   * @param {string | null} cursor
   * @param {number} limit
   * @returns {Promise<{ keys: string[], cursor: string | null }>}
   */
  async page(table, prefix, cursor, limit) {
    const [{ keys = [], cursor: next = null }] = await this.#run(table, [
      { kind: 'list', ...this.#place(table), prefix, cursor, limit },
    ]);
    return { keys: keys.map(({ name }) => name), cursor: next };
  }

  /**
   * @param {string} table
   * @param {string[]} keys
   * @returns {Promise<Map<string, string>>} of those that exist
   */
  async values(table, keys) {
    /** @type {import('../../backends/backend.js').KVGetMany[]} */
    const requests = [];
    for (let at = 0; at < keys.length; at += MAX_KEYS) {
      requests.push({ kind: 'get_many', ...this.#place(table), keys: keys.slice(at, at + MAX_KEYS) });
    }
    const replies = await this.#run(table, requests);
    const found = new Map();
    replies.forEach(({ entries = [] }, i) =>
      requests[i].keys.forEach((key, k) => {
        const value = entries[k]?.value;
        if (value !== undefined)
          found.set(key, typeof value === 'string' ? value : new TextDecoder().decode(value));
      }),
    );
    return found;
  }

  /** @param {string} table @param {string[]} keys */
  async remove(table, keys) {
    if (keys.length === 0) return;
    await this.#run(
      table,
      keys.map((key) => ({ kind: 'delete', ...this.#place(table), key })),
    );
  }

  /** @param {string} table */
  #place(table) {
    return { table, space: this.#tables.indexOf(table) };
  }

  /**
   * Performs requests, those that fail for a while several times.
   *
   * @param {string} table
   * @param {KVRequest[]} requests
   * @returns {Promise<KVReply[]>}
   */
  async #run(table, requests) {
    const { patience = Infinity } = this.#backend;
    const replies = await this.#backend.run(requests);
    let waited = 0;
    for (let tries = 1; ; tries++) {
      const failed = replies.flatMap(({ status }, i) => (status === 200 || status === 404 ? [] : [i]));
      if (failed.length === 0) return replies;
      const {
        status,
        retryAfter = 0,
        reason,
      } = /** @type {KVReply & { reason?: string }} */ (replies[failed[0]]);
      waited += retryAfter;
      if (tries === TRIES || !mayPass(status) || waited > patience) {
        const why = reason ?? (status === 0 ? 'no answer' : `status ${status}`);
        throw new CliError(`${requests[0].kind} in the source of ${table} failed: ${why}`, {
          code: 'KV_FAILED',
        });
      }
      await this.#wait(Math.max(retryAfter, status === 429 ? 1000 * tries : 100 * tries));
      const again = await this.#backend.run(failed.map((i) => requests[i]));
      failed.forEach((i, k) => (replies[i] = again[k]));
    }
  }
}

/** @param {number} status */
function mayPass(status) {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}
