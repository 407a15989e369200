/**
 * One instance of the module: the only place that sees an address. Text goes in as UTF-8, requests and results come
 * out as strings and bytes of their own; nothing that points into the memory leaves this file.
 *
 * The layouts of struct tkv_request and struct tkv_outcome are those of src/kv/host.h and src/core.h, of answers that of
 * src/kv/kv.h. Views of the memory are stale once it has grown, so they are looked at again after every call into it.
 *
 * @module
 */

import { NO_VALUE, TABLES } from './abi.js';

/**
 * @typedef {import('../backends/backend.js').KVRequest} KVRequest
 * @typedef {import('./answer.js').Answer} Answer
 * @typedef {import('./answer.js').Text} Text
 */

/**
 * What the core asks for and has to get an answer to: a KV request (its `space` is filled in by core.js), or a wait.
 * @typedef {object} Slot
 * @property {number} number
 * @property {KVRequest | undefined} request  undefined: a wait
 * @property {number} ms  of a wait
 * @property {number} retries  how often the request failed before
 */

/**
 * How the input of every call of a store begins: the bytes of its struct tkv_store, then its prefix.
 * @typedef {{ bytes: Uint8Array, prefix: number }} Head  `prefix`: its length
 */

/**
 * The exports of bindings/core/wasm.h.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} [_initialize]
 * @property {() => number} core_new
 * @property {(core: number, size: number, now: number) => number} call_new
 * @property {(core: number, call: number) => number} call_input
 * @property {(core: number, call: number, op: number, prefix: number, control: number, payload: number) => number} call_begin
 * @property {(core: number, call: number, slot: number, size: number) => number} call_reply
 * @property {(core: number, call: number, slot: number, status: number, used: number, retryAfter: number) => void} call_replied
 * @property {(core: number, call: number, now: number) => number} call_resume
 * @property {(core: number, call: number, now: number) => void} call_touch
 * @property {(core: number, call: number) => number} call_outcome
 * @property {(core: number, call: number) => void} call_end
 * @property {(core: number) => number} calls
 */

/** Above this many characters texts are encoded first, for their exact length; below, there is room for the worst. */
const LARGE = 128 * 1024;
const MAX_BYTES_PER_CHARACTER = 3;

/** Where the fields of a struct tkv_request stand, in words. */
const TABLE = 2;
const LIMIT = 3;
const TRIES = 4;
const EXPIRES = 5;
const KEY = 6;
const VALUE = 8;
const METADATA = 10;
const KEYS = 12;

/** The status of an answer that there was no room for. */
const NO_ROOM = 507;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

export class Instance {
  /** The status of the call that ran last: done, pending, or an error. */
  status = 0;
  /** What that call asks for, when it is pending. @type {Slot[]} */
  slots = [];
  /** Set once the module has trapped: nothing of it may be used any more. */
  dead = false;
  /** @type {Exports} */
  #exports;
  #core = 0;
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  /**
   * @param {WebAssembly.Module} module
   * @param {(bytes: Uint8Array) => void} random
   */
  constructor(module, random) {
    const instance = new WebAssembly.Instance(module, this.#imports(random));
    this.#exports = /** @type {Exports} */ (/** @type {unknown} */ (instance.exports));
    this.#exports._initialize?.();
    this.#core = this.#exports.core_new();
  }

  calls() {
    return this.dead ? 0 : this.#exports.calls(this.#core);
  }

  /**
   * Starts a call: `status` and `slots` say how it goes on.
   *
   * @param {number} op
   * @param {Head} head
   * @param {string} control
   * @param {string} payload
   * @param {number} now
   * @returns {number} its handle; 0 when there is no memory
   */
  begin(op, head, control, payload, now) {
    return this.#guard(() => {
      const texts = [control, payload];
      const size = head.bytes.length + makeReady(texts);
      const handle = this.#exports.call_new(this.#core, size, now);
      if (handle === 0) return 0;
      let at = this.#exports.call_input(this.#core, handle) >>> 0;
      this.#look();
      this.#bytes.set(head.bytes, at);
      at += head.bytes.length;
      const first = this.#write(texts[0], at);
      const second = this.#write(texts[1], at + first);
      this.slots = [];
      this.status = this.#exports.call_begin(this.#core, handle, op, head.prefix, first, second);
      return handle;
    });
  }

  /**
   * Hands over the answer to a slot: a list's count and cursor, then the pairs' lengths, then all texts.
   *
   * @param {number} handle
   * @param {number} slot  its number
   * @param {Answer} answer
   * @returns {number} bytes of the values, of a list its names
   */
  answer(handle, slot, { status, retryAfter, pairs, cursor }) {
    return this.#guard(() => {
      if (pairs === null) {
        this.#exports.call_replied(this.#core, handle, slot, status, 0, retryAfter);
        return 0;
      }
      const listed = cursor === undefined ? [] : [cursor];
      const numbers = pairs.length + 2 * listed.length;
      const size = 4 * numbers + makeReady(listed) + makeReady(pairs);
      const start = this.#exports.call_reply(this.#core, handle, slot, size) >>> 0;
      if (start === 0) {
        this.#exports.call_replied(this.#core, handle, slot, NO_ROOM, 0, 0);
        return 0;
      }
      this.#look();
      let word = start / 4;
      let at = start + 4 * numbers;
      let bytes = 0;
      for (const text of listed) {
        this.#words[word++] = pairs.length / 2;
        at += this.#put(word++, text, at);
      }
      for (let i = 0; i < pairs.length; i += 2) {
        const length = this.#put(word++, pairs[i], at);
        bytes += length;
        at += length;
        at += this.#put(word++, pairs[i + 1], at);
      }
      this.#exports.call_replied(this.#core, handle, slot, status, at - start, retryAfter);
      return bytes;
    });
  }

  /**
   * Goes on with a call whose slots were answered: see `begin`.
   *
   * @param {number} handle
   * @param {number} now
   */
  resume(handle, now) {
    this.#guard(() => {
      this.slots = [];
      this.status = this.#exports.call_resume(this.#core, handle, now);
    });
  }

  /**
   * Says that the requests of a call are still under way.
   *
   * @param {number} handle
   * @param {number} now
   */
  touch(handle, now) {
    if (!this.dead) this.#guard(() => this.#exports.call_touch(this.#core, handle, now));
  }

  /**
   * @param {number} handle  of a finished call
   * @returns {{ result: string, followup: string, followupOp: number, soon: boolean }}
   */
  outcome(handle) {
    return this.#guard(() => {
      const at = this.#exports.call_outcome(this.#core, handle) >>> 0;
      if (at === 0) return { result: '', followup: '', followupOp: 0, soon: false };
      this.#look();
      const word = at / 4;
      return {
        result: this.#text(word),
        followup: this.#text(word + 2),
        soon: this.#words[word + 4] === 1,
        followupOp: this.#words[word + 5],
      };
    });
  }

  /** @param {number} handle */
  close(handle) {
    if (!this.dead && handle !== 0) this.#guard(() => this.#exports.call_end(this.#core, handle));
  }

  /**
   * Whatever leaves the module by an exception leaves it broken.
   *
   * @template T
   * @param {() => T} enter
   * @returns {T}
   */
  #guard(enter) {
    let good = false;
    try {
      const result = enter();
      good = true;
      return result;
    } finally {
      if (!good) this.dead = true;
    }
  }

  #look() {
    const { buffer } = this.#exports.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /**
   * @param {Text} text  for which there is room
   * @param {number} at
   * @returns {number} bytes
   */
  #write(text, at) {
    if (typeof text === 'string') {
      if (text === '') return 0;
      const room = this.#bytes.subarray(at, at + text.length * MAX_BYTES_PER_CHARACTER);
      return encoder.encodeInto(text, room).written;
    }
    this.#bytes.set(text, at);
    return text.length;
  }

  /**
   * Writes a text that may be missing, and its length into `word`.
   *
   * @param {number} word
   * @param {Text | null} text
   * @param {number} at
   * @returns {number} bytes
   */
  #put(word, text, at) {
    const length = text === null ? 0 : this.#write(text, at);
    this.#words[word] = text === null ? NO_VALUE : length;
    return length;
  }

  /** @param {number} word  of a struct span */
  #text(word) {
    const at = this.#words[word];
    const length = this.#words[word + 1];
    return length === 0 ? '' : decoder.decode(this.#bytes.subarray(at, at + length));
  }

  /** @param {number} word  of a struct span */
  #copy(word) {
    return this.#bytes.slice(this.#words[word], this.#words[word] + this.#words[word + 1]);
  }

  /** @param {number} word  of a pointer to struct spans, followed by their count */
  #texts(word) {
    const first = this.#words[word] / 4;
    const end = first + 2 * this.#words[word + 1];
    const texts = [];
    for (let span = first; span < end; span += 2) texts.push(this.#text(span));
    return texts;
  }

  /** @param {(bytes: Uint8Array) => void} random */
  #imports(random) {
    /** @param {(at: number, table: string) => KVRequest} read */
    const ask =
      (read) => (/** @type {number} */ _host, /** @type {number} */ _call, /** @type {number} */ at) => {
        this.#look();
        const word = (at >>> 0) / 4;
        const request = read(word, TABLES[this.#words[word + TABLE]][0]);
        this.slots.push({ number: this.#words[word], request, ms: 0, retries: this.#words[word + TRIES] });
      };
    return {
      kv: {
        get: ask((at, table) => ({ kind: 'get', space: 0, table, key: this.#text(at + KEY) })),
        get_many: ask((at, table) => ({ kind: 'get_many', space: 0, table, keys: this.#texts(at + KEYS) })),
        put: ask((at, table) => ({
          kind: 'put',
          space: 0,
          table,
          key: this.#text(at + KEY),
          value: this.#copy(at + VALUE),
          metadata: this.#text(at + METADATA) || null,
          expires: this.#words[at + EXPIRES],
        })),
        delete: ask((at, table) => ({ kind: 'delete', space: 0, table, key: this.#text(at + KEY) })),
        list: ask((at, table) => ({
          kind: 'list',
          space: 0,
          table,
          prefix: this.#text(at + KEY),
          cursor: this.#words[at + VALUE] === 0 ? null : this.#text(at + VALUE),
          limit: this.#words[at + LIMIT],
        })),
      },
      host: {
        /** @param {number} _host @param {number} _call @param {number} number @param {number} ms */
        wait: (_host, _call, number, ms) => {
          this.slots.push({ number, request: undefined, ms: ms >>> 0, retries: 0 });
        },
        /** @param {number} _host @param {number} at @param {number} count */
        random: (_host, at, count) => {
          this.#look();
          const bytes = this.#bytes.subarray(at >>> 0, (at >>> 0) + count);
          try {
            random(bytes);
          } catch {
            // An import that throws would leave the C stack where it is; uniqueness is all that is wanted.
            for (let i = 0; i < bytes.length; i++) bytes[i] = Math.random() * 256;
          }
        },
      },
    };
  }
}

/**
 * Makes texts ready to be written, in place.
 *
 * @param {(Text | null)[]} texts
 * @returns {number} the bytes that they may take
 */
function makeReady(texts) {
  let characters = 0;
  for (const text of texts) if (text !== null) characters += text.length;
  // Three times as much is too much of a large thing: the memory does not shrink again.
  const large = characters > LARGE;
  let room = 0;
  for (let i = 0; i < texts.length; i++) {
    let text = texts[i];
    if (large && typeof text === 'string') text = texts[i] = encoder.encode(text);
    if (text !== null) room += typeof text === 'string' ? text.length * MAX_BYTES_PER_CHARACTER : text.length;
  }
  return room;
}

/**
 * @param {WebAssembly.Module} module
 * @param {(bytes: Uint8Array) => void} random
 * @returns {Instance}
 */
export function createInstance(module, random) {
  return new Instance(module, random);
}
