/**
 * What the module imports: with these functions the core asks for KV requests, for a wait, for chance. They only note
 * what was asked; struct tkv_request (src/kv/host.h) is read here.
 *
 * @module
 */

import { TABLES } from './abi.js';

/** @typedef {import('../backends/backend.js').KVRequest} KVRequest */

/**
 * What the core asks for and has to get an answer to: a KV request (its `space` is filled in by round.js), or a wait.
 * @typedef {object} Slot
 * @property {number} number
 * @property {KVRequest | undefined} request  undefined: a wait
 * @property {number} ms  of a wait
 * @property {number} retries  how often the request failed before
 */

/** Where the fields of a struct tkv_request stand, in words; its slot is the first. */
const TABLE = 2;
const LIMIT = 3;
const TRIES = 4;
const EXPIRES = 5;
const KEY = 6;
const VALUE = 8;
const METADATA = 10;
const KEYS = 12;

/**
 * @param {import('./memory.js').Memory} memory
 * @param {(slot: Slot) => void} note
 * @param {(bytes: Uint8Array) => void} random
 */
export function createImports(memory, note, random) {
  /** @param {(at: number, table: string) => KVRequest} read */
  const ask =
    (read) => (/** @type {number} */ _host, /** @type {number} */ _call, /** @type {number} */ at) => {
      memory.look();
      const word = (at >>> 0) / 4;
      const request = read(word, TABLES[memory.number(word + TABLE)][0]);
      note({ number: memory.number(word), request, ms: 0, retries: memory.number(word + TRIES) });
    };
  return {
    kv: {
      get: ask((at, table) => ({ kind: 'get', space: 0, table, key: memory.text(at + KEY) })),
      get_many: ask((at, table) => ({ kind: 'get_many', space: 0, table, keys: memory.texts(at + KEYS) })),
      put: ask((at, table) => ({
        kind: 'put',
        space: 0,
        table,
        key: memory.text(at + KEY),
        value: memory.copy(at + VALUE),
        metadata: memory.text(at + METADATA) || null,
        expires: memory.number(at + EXPIRES),
      })),
      delete: ask((at, table) => ({ kind: 'delete', space: 0, table, key: memory.text(at + KEY) })),
      list: ask((at, table) => ({
        kind: 'list',
        space: 0,
        table,
        prefix: memory.text(at + KEY),
        cursor: memory.number(at + VALUE) === 0 ? null : memory.text(at + VALUE),
        limit: memory.number(at + LIMIT),
      })),
    },
    host: {
      /** @param {number} _host @param {number} _call @param {number} number @param {number} ms */
      wait: (_host, _call, number, ms) => {
        note({ number, request: undefined, ms: ms >>> 0, retries: 0 });
      },
      /** @param {number} _host @param {number} at @param {number} count */
      random: (_host, at, count) => {
        memory.look();
        memory.fill(at >>> 0, count, random);
      },
    },
  };
}
