/**
 * What a back end is. The core decides which keys to read and write; a back end performs one round of such
 * requests against real storage and answers every one of them. It knows nothing of threads or messages, and nothing
 * outside this folder.
 *
 * Rules, checked by tests/backends/contract.js for every back end:
 * - `run` answers each request, in order, and never rejects: a failure is a reply with its status.
 * - A key that does not exist is status 404, never an empty value.
 * - The requests of a round are independent; a back end may reorder, merge or parallelise them, with at
 *   most six single-key requests under way at once (what Workers allows).
 * - Keys list in the byte order of their UTF-8 form. A page may be empty and still not be the last one.
 *
 * @module
 */

/** @typedef {{ kind: 'get', space: number, table: string, key: string }} KVGet */
/** @typedef {{ kind: 'get_many', space: number, table: string, keys: string[] }} KVGetMany  1 to 100 keys */
/**
 * @typedef {object} KVPut
 * @property {'put'} kind
 * @property {number} space
 * @property {string} table
 * @property {string} key
 * @property {Uint8Array} value  UTF-8 text; the back end may keep the array
 * @property {string | null} metadata  JSON text of at most 1,024 bytes
 * @property {number} expires  when the key is to go, seconds since 1970, at least a minute ahead; 0: never
 */
/** @typedef {{ kind: 'delete', space: number, table: string, key: string }} KVDelete */
/**
 * @typedef {object} KVList
 * @property {'list'} kind
 * @property {number} space
 * @property {string} table
 * @property {string} prefix
 * @property {string | null} cursor  from the page before; null for the first page
 * @property {number} limit  1 to 1,000
 */
/** @typedef {KVGet | KVGetMany | KVPut | KVDelete | KVList} KVRequest */

/**
 * A value with what was stored beside it; `metadata` is null where the platform has none.
 * @typedef {{ value: string | Uint8Array, metadata: unknown }} KVEntry
 */
/**
 * One answer. `status` is 200, 404 (get only: no such key), or the HTTP status of a failure; 0 when no
 * answer came at all. `retryAfter` (ms) is set when the platform named a delay; more than a minute counts as one.
 * @typedef {object} KVReply
 * @property {number} status
 * @property {KVEntry} [entry]  for get
 * @property {(KVEntry | null)[]} [entries]  for get_many, in the order of the keys; null: no such key
 * @property {{ name: string, metadata?: unknown }[]} [keys]  for list
 * @property {string | null} [cursor]  for list: null on the last page
 * @property {number} [retryAfter]
 * @property {number} [operations]  KV operations that the answer took, 1 when not given
 * @property {boolean} [unread]  the answer is not whole, for there was no room for more: `entries` has what was read
 * @property {string} [reason]  of a failure: a few words for people, without keys, values or secrets
 */

/**
 * @typedef {object} Backend
 * @property {string} name  for error details: 'kv', 'memory', 'rest'
 * @property {readonly unknown[]} spaces  one identity object (or string) per distinct namespace, by index
 * @property {(requests: KVRequest[], room?: { left: number }) => Promise<KVReply[]>} run
 *   room: bytes of values that whoever asks can take; a back end may count it down, and need not read on once nothing is
 *   left: such replies have a status of 413 and are `unread`
 * @property {number} [patience]  ms that the `retryAfter` of a request's failures may add up to; beyond them it has failed.
 *   Any, when not given
 * @property {(requests: KVRequest[], room?: { left: number }) => KVReply[]} [runSync]  the same at once; it throws what makes
 *   the whole call fail
 * @property {boolean} [sole]  nobody else writes there, and what one call writes is stored in whole or not at all
 * @property {boolean} [slow]  answers may take longer than 15 seconds: the core is told meanwhile that they are awaited still
 */

export {};
