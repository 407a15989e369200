/**
 * What a back end replied, checked. A reply that breaks the rules of backend.js counts as no answer (status 0), which
 * the core tries again and then reports: half an answer must never be taken for "there is no such key".
 *
 * @module
 */

/**
 * @typedef {import('../backends/backend.js').KVRequest} KVRequest
 * @typedef {import('../backends/backend.js').KVReply} KVReply
 */

/** @typedef {string | Uint8Array} Text */

/**
 * @typedef {object} Answer
 * @property {number} status  200, 404, or that of a failure; 0 when there is no answer to speak of
 * @property {number} retryAfter  ms, 0 for none
 * @property {number} operations  that it took
 * @property {string} [reason]  of a failure, in words
 * @property {(Text | null)[] | null} pairs
 *   value and metadata of each key asked for, the value null where there is no such key; of a list, name and metadata
 *   of each key found; null when the answer says nothing but its status
 * @property {string | null | undefined} cursor  of a list: null on its last page
 */

const MAX_RETRY_AFTER = 60_000;
const MAX_REASON = 200;

/** @type {Answer} */
const NONE = { status: 0, retryAfter: 0, operations: 1, pairs: null, cursor: undefined };

/**
 * @param {KVRequest} request
 * @param {KVReply | undefined} reply  of anyone's make
 * @returns {Answer}
 */
export function readReply(request, reply) {
  try {
    return read(request, /** @type {KVReply} */ (reply));
  } catch {
    // No object at all, no arrays where they belong, metadata that is no JSON.
    return NONE;
  }
}

/**
 * @param {KVRequest} request
 * @param {KVReply} reply
 * @returns {Answer}
 */
function read(request, reply) {
  const { status, retryAfter, operations, reason } = reply;
  /** @type {Answer} */
  const answer = {
    status: isWhole(status) && status < 1000 ? status : 0,
    retryAfter: Number.isFinite(retryAfter) ? clamp(/** @type {number} */ (retryAfter)) : 0,
    operations: isWhole(operations) ? operations : 1,
    pairs: null,
    cursor: undefined,
  };
  if (typeof reason === 'string' && status !== 200) answer.reason = reason.slice(0, MAX_REASON);
  if (status === 200) readContent(answer, request, reply);
  // Only a get of one key may say so; elsewhere it is a namespace, or a server, that is not there.
  else if (status === 404 && request.kind === 'get_many') answer.status = 0;
  return answer;
}

/**
 * @param {Answer} answer
 * @param {KVRequest} request
 * @param {KVReply} reply
 */
function readContent(answer, request, { entry, entries, keys, cursor }) {
  let good = true;
  if (request.kind === 'get') {
    answer.pairs = [];
    good = entry !== null && addPair(answer.pairs, entry?.value, entry?.metadata);
  } else if (request.kind === 'get_many') {
    answer.pairs = entryPairs(entries ?? [], request.keys.length);
    good = answer.pairs !== null;
  } else if (request.kind === 'list') {
    answer.pairs = keyPairs(keys);
    answer.cursor = cursor;
    good = answer.pairs !== null && isCursor(cursor, request.cursor);
  }
  if (good) return;
  answer.status = 0;
  answer.pairs = null;
}

/**
 * @param {NonNullable<KVReply['entries']>} entries
 * @param {number} count
 * @returns {(Text | null)[] | null}
 */
function entryPairs(entries, count) {
  if (entries.length !== count) return null;
  /** @type {(Text | null)[]} */
  const pairs = [];
  for (const entry of entries) {
    if (entry === null) pairs.push(null, '');
    else if (!addPair(pairs, entry.value, entry.metadata)) return null;
  }
  return pairs;
}

/**
 * @param {KVReply['keys']} keys
 * @returns {(Text | null)[] | null}
 */
function keyPairs(keys) {
  if (!Array.isArray(keys)) return null;
  /** @type {(Text | null)[]} */
  const pairs = [];
  for (const { name, metadata } of keys) {
    if (typeof name !== 'string' || !addPair(pairs, name, metadata)) return null;
  }
  return pairs;
}

/**
 * @param {(Text | null)[]} pairs
 * @param {unknown} text
 * @param {unknown} metadata
 * @returns {boolean} false when `text` is none
 */
function addPair(pairs, text, metadata) {
  if (typeof text !== 'string' && !isBytes(text)) return false;
  const about = metadata === null || metadata === undefined ? '' : (JSON.stringify(metadata) ?? '');
  pairs.push(text, about);
  return true;
}

/** Not `instanceof`: the array may come from another realm. @param {unknown} value @returns {value is Uint8Array} */
function isBytes(value) {
  return ArrayBuffer.isView(value) && /** @type {any} */ (value).BYTES_PER_ELEMENT === 1;
}

/**
 * A cursor leads on: one that leads to where it was found would be followed for ever.
 *
 * @param {unknown} cursor
 * @param {string | null} asked
 */
function isCursor(cursor, asked) {
  return cursor === null || (typeof cursor === 'string' && cursor !== '' && cursor !== asked);
}

/** @param {unknown} value @returns {value is number} */
function isWhole(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}

/** @param {number} ms */
function clamp(ms) {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_RETRY_AFTER);
}
