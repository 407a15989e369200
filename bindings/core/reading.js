/**
 * What one call reads, before the module sees it.
 *
 * Large messages stay outside: of each the core is handed the few fields that it looks at, as a record of their own,
 * and where that comes back, in the result or in what is to be written, the message takes its place. So a large message is
 * neither copied into the module nor out of it, and of a page of them the module's memory does not grow.
 *
 * And a list has a bound on what it may bring into memory: beyond it the call reads no further and fails.
 *
 * @module
 */

import { storeError } from './errors.js';
import { byteLength } from './memory.js';
import { rawFields, rawReplaced } from './raw.js';

/**
 * @typedef {import('../backends/backend.js').KVRequest} KVRequest
 * @typedef {import('../backends/backend.js').KVReply} KVReply
 * @typedef {import('./answer.js').Text} Text
 */

/**
 * How a call is to read.
 * @typedef {object} Manner
 * @property {number} [most]  bytes of values that it may read; default: any
 * @property {boolean} [apart]  messages of the result may stay outside, `complete` is called with it
 * @property {boolean} [filtered]  the same, where the core looks at their metadata
 * @property {number} [maxOperations]  KV operations that it may make; default: the store's
 * @property {boolean} [exact]  messages are wanted as text, for a parser that is not `JSON.parse`
 */

/** What comes of messages that operations read: they are in the result, written under other ids, or only looked at. */
const OPERATIONS = /** @type {Record<string, 'kept' | 'copied' | 'seen'>} */ ({
  'message.list': 'kept',
  'message.list_by_resource': 'kept',
  'message.get': 'kept',
  'thread.copy': 'copied',
  'message.save': 'seen',
  'message.delete': 'seen',
  'thread.delete': 'seen',
  'store.sweep': 'seen',
  'row.prune': 'seen',
  'collection.refresh': 'seen',
  'verify.records': 'seen',
});

/** From so many characters on messages stay outside: parsing them here is cheaper than handing them over. */
const KEPT_MIN = 2048;
const SEEN_MIN = 16 * 1024;
/** Where they have to be parsed twice it is the memory alone that is spared. */
const EXACT_MIN = 64 * 1024;
/** Once so many characters of messages were handed over, all stay outside that are longer than what stands for them. */
const INSIDE_MAX = 2 * 1024 * 1024;
const ALWAYS_MIN = 512;

const MAX_BYTES_PER_CHARACTER = 3;
const FIELDS = ['id', 'threadId', 'resourceId', 'createdAt'];
/** Of what stands for a message: its number. No message has it and lacks a role. */
const NUMBER = '';

/** How a record begins that stands for another. */
const STAND_IN = new TextEncoder().encode(`{"${NUMBER}":`);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** The reading of one call. */
export class Reading {
  /** The error that the call has to fail with. @type {Error | undefined} */
  refused;
  /** How much a back end may still read: it may stop asking once nothing is left. @type {{ left: number } | undefined} */
  room;
  #what;
  #method;
  #most;
  #exact;
  #filtered;
  #bytes = 0;
  #weighed = false;
  #fitting = 0;
  #inside = 0;
  /** @type {any[]} */
  #kept = [];
  /** @type {string | undefined} */
  #completed;

  /**
   * @param {string} op
   * @param {string} method  for errors
   * @param {Manner} manner
   */
  constructor(op, method, { most = Infinity, apart = false, exact = false, filtered = false }) {
    this.#what = OPERATIONS[op] === 'kept' && !apart && !filtered ? undefined : OPERATIONS[op];
    this.#filtered = filtered;
    this.#method = method;
    this.#most = most;
    this.#exact = exact;
    if (most !== Infinity) this.room = { left: most };
  }

  /**
   * Looks through an answer before the core gets it.
   *
   * @param {KVRequest} request
   * @param {(Text | null)[]} pairs  the values of gets, and their metadata; what stays outside is replaced
   * @returns {number} bytes that the values have beyond what now stands there
   */
  take(request, pairs) {
    if (request.kind !== 'get' && request.kind !== 'get_many') return 0;
    if (this.#most === Infinity && this.#what === undefined) return 0;
    const keys = request.kind === 'get' ? [request.key] : request.keys;
    let [characters, longest] = [0, 0];
    for (let i = 0; i < pairs.length; i += 2) {
      const length = pairs[i]?.length ?? 0;
      characters += length;
      longest = Math.max(longest, length);
    }
    if (this.room !== undefined) this.#weigh(keys, pairs, characters);
    if (this.#what === undefined || this.refused !== undefined) return 0;
    this.#inside += characters;
    const least = this.#least();
    return longest < least ? 0 : this.#spare(keys, pairs, least);
  }

  /**
   * @param {string[]} keys
   * @param {(Text | null)[]} pairs
   * @param {number} least
   */
  #spare(keys, pairs, least) {
    let spared = 0;
    for (let i = 0; i < keys.length; i++) {
      const value = pairs[2 * i];
      if (value === null || value.length < least || !isMessage(keys[i])) continue;
      const put = this.#setAside(value);
      if (put === undefined) continue;
      spared += byteLength(value) - byteLength(put);
      this.#inside -= value.length;
      pairs[2 * i] = put;
    }
    return spared;
  }

  /**
   * Says how many bytes the values of the answer had that was looked through last.
   *
   * @param {number} bytes
   */
  count(bytes) {
    if (this.room === undefined || this.#weighed) return;
    this.#bytes += bytes;
    this.room.left = this.#most - this.#bytes;
  }

  /**
   * A back end has read no further, for nothing was left.
   *
   * @param {KVReply} reply
   */
  stop({ entries = [] }) {
    this.#weighEach(entries.map((entry) => entry?.value ?? null));
    this.#refuse();
  }

  /** The id of the message that the parser of `complete` threw at. */
  get unreadable() {
    return this.#completed;
  }

  /**
   * Puts the messages that stayed outside where they belong.
   *
   * @param {any} result  parsed
   * @param {(text: string) => any} parse
   * @returns {any} the same
   */
  complete(result, parse) {
    const noted = (/** @type {string | undefined} */ id) => {
      this.#completed = id;
    };
    return putBack(result, this.kept, this.#exact ? parse : (message) => message, noted);
  }

  /**
   * Looks through what is to be written: a record that stands for a message becomes that message, with its fields. Its text
   * is made when it is asked for: of a round of large ones few are under way at a time.
   *
   * @param {KVRequest} request
   */
  give(request) {
    if (request.kind !== 'put' || this.#what !== 'copied' || this.#kept.length === 0) return;
    if (!startsWith(request.value, STAND_IN)) return;
    const { [NUMBER]: number, ...fields } = JSON.parse(decoder.decode(request.value));
    const text = this.#kept[number];
    if (text === undefined || fields.role !== undefined) return;
    Object.defineProperty(request, 'value', { get: () => encoder.encode(rawReplaced(text, fields)) });
  }

  /** Those of the result that stayed outside, by number: as text where they are wanted so. @returns {any[]} */
  get kept() {
    return this.#what === 'kept' ? this.#kept : [];
  }

  /**
   * Counts what was read: one by one when all might be too much, or when not all of it counts; else `count` does.
   *
   * @param {string[]} keys
   * @param {(Text | null)[]} pairs
   * @param {number} characters  of all values
   */
  #weigh(keys, pairs, characters) {
    const most = this.#bytes + characters * MAX_BYTES_PER_CHARACTER;
    this.#weighed = most > this.#most || keys.some(isIndex);
    if (this.#weighed) this.#weighEach(keys.map((key, i) => (isIndex(key) ? null : pairs[2 * i])));
    else for (let i = 0; i < pairs.length; i += 2) if (pairs[i] !== null) this.#fitting++;
    if (this.#bytes > this.#most) this.#refuse();
  }

  /** @param {(Text | null)[]} values */
  #weighEach(values) {
    for (const value of values) {
      if (value === null) continue;
      this.#bytes += byteLength(value);
      if (this.#bytes <= this.#most) this.#fitting++;
    }
    if (this.room !== undefined) this.room.left = this.#most - this.#bytes;
  }

  #refuse() {
    const [most, bytes, fitting] = [this.#most, this.#bytes, this.#fitting];
    this.refused = storeError(
      'PAGE_TOO_LARGE',
      this.#method,
      `what was asked for came to ${bytes} bytes and more, maxPageBytes is ${most}: ${fitting} of the records would fit; ` +
        'ask for smaller pages, or raise maxPageBytes where there is memory for it',
      { bytes, maxPageBytes: most, fitting },
    );
  }

  #least() {
    if (this.#inside > INSIDE_MAX) return ALWAYS_MIN;
    if (this.#what !== 'kept') return SEEN_MIN;
    if (this.#exact) return EXACT_MIN;
    return this.#filtered ? SEEN_MIN : KEPT_MIN;
  }

  /**
   * @param {Text} value
   * @returns {string | undefined} what the core gets in its place; nothing when the core has to judge it
   */
  #setAside(value) {
    const text = typeof value === 'string' ? value : decoder.decode(value);
    const record = parseMessage(text);
    if (record === undefined) return undefined;
    /** @type {Record<string, string>} */
    const fields = { [NUMBER]: String(this.#kept.length) };
    for (const name of FIELDS) fields[name] = record[name];
    if (this.#what !== 'seen') this.#kept.push(this.#exact || this.#what === 'copied' ? text : record);
    const metadata = this.#filtered ? metadataOf(text, record) : undefined;
    const standIn = JSON.stringify(fields);
    return metadata === undefined ? standIn : `${standIn.slice(0, -1)},"content":{"metadata":${metadata}}}`;
  }
}

/**
 * The text of a message's metadata, whose numbers may have more digits than JavaScript's.
 *
 * @param {string} text
 * @param {any} record  parsed of it
 * @returns {string | undefined}
 */
function metadataOf(text, { content }) {
  if (content?.metadata === undefined) return undefined;
  return rawFields(rawFields(text).get('content') ?? '{}').get('metadata');
}

/**
 * @param {Uint8Array} bytes
 * @param {Uint8Array} start
 */
function startsWith(bytes, start) {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

/**
 * @param {string} text
 * @returns {any} undefined for what is no message
 */
function parseMessage(text) {
  try {
    const record = JSON.parse(text);
    return FIELDS.every((name) => typeof record[name] === 'string') ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts messages that stayed outside where they belong.
 *
 * @param {any} result  parsed
 * @param {any[]} kept  emptied on the way
 * @param {(one: any) => any} toMessage
 * @param {(id: string | undefined) => void} [note]  told which message is being read, and then that it was
 * @returns {any} the same
 */
export function putBack(result, kept, toMessage, note = () => {}) {
  if (kept.length === 0) return result;
  const { messages } = result;
  for (let i = 0; i < messages.length; i++) {
    const number = messages[i][NUMBER];
    if (number === undefined || messages[i].role !== undefined) continue;
    note(messages[i].id);
    messages[i] = toMessage(kept[number]);
    note(undefined);
    kept[number] = undefined;
  }
  return result;
}

/** A record of who is in a thread, or whose threads there are. @param {string} key */
function isIndex(key) {
  return key.includes('metadata:');
}

/** Journal entries may look so, too, but no other record has all fields of a message. @param {string} key */
function isMessage(key) {
  return key.slice(0, key.lastIndexOf(':')).endsWith('messages');
}
