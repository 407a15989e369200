/**
 * One instance of the module: the only place that sees an address. Text goes in as UTF-8, requests and results come
 * out as strings and bytes of their own; nothing that points into the memory leaves this file.
 *
 * The layouts of struct tkv_request and struct tkv_outcome are those of src/host.h and src/core.h, of answers that of
 * src/kv.h. Views of the memory are stale once it has grown, so they are looked at again after every call into it.
 *
 * @module
 */

import { NO_VALUE, TABLES } from './abi.js';

/**
 * @typedef {import('./backend.js').KVRequest} KVRequest
 * @typedef {import('./backend.js').KVReply} KVReply
 * @typedef {import('./backend.js').KVEntry} KVEntry
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
 * The exports of bindings/wasm.h.
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
 * @property {(core: number, call: number) => number} call_outcome
 * @property {(core: number, call: number) => void} call_end
 * @property {(core: number) => number} calls
 */

/** Above this many characters text is encoded on its own first, for its exact length; below, room for the worst. */
const LARGE = 64 * 1024;
const MAX_BYTES_PER_CHARACTER = 3;
const EMPTY = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @typedef {string | Uint8Array} Text */

/** @param {Text} text */
function boundOf(text) {
  return typeof text === 'string' ? text.length * MAX_BYTES_PER_CHARACTER : text.length;
}

/** @param {Text} text @returns {Text} */
function compact(text) {
  return typeof text === 'string' && text.length > LARGE ? encoder.encode(text) : text;
}

export class Instance {
  /** The status of the call that ran last: done, pending, or an error. */
  status = 0;
  /** Set once the module has trapped: nothing of it may be used any more. */
  dead = false;
  /** @type {Exports} */
  #exports;
  #core = 0;
  #bytes = EMPTY;
  #words = new Uint32Array(0);
  /** @type {Slot[]} */
  #slots = [];
  /** @type {number[]} */
  #lengths = [];

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
   * Makes a call and writes its input.
   *
   * @param {[prefix: string, control: string, payload: string]} input
   * @param {Uint32Array} descriptor  the bytes of a struct tkv_store
   * @param {number} now
   * @returns {number} its handle; 0 when there is no memory
   */
  open(input, descriptor, now) {
    const texts = input.map(compact);
    const size = texts.reduce((sum, text) => sum + boundOf(text), descriptor.byteLength);
    return this.#guard(() => {
      const handle = this.#exports.call_new(this.#core, size, now);
      if (handle === 0) return 0;
      let at = this.#exports.call_input(this.#core, handle);
      this.#look();
      this.#words.set(descriptor, at / 4);
      at += descriptor.byteLength;
      this.#lengths = texts.map((text) => {
        const length = this.#write(text, at);
        at += length;
        return length;
      });
      return handle;
    });
  }

  /**
   * @param {number} handle  of `open`, which must have been the last to run
   * @param {number} op
   * @returns {Slot[]} what to perform, when `status` is now pending
   */
  begin(handle, op) {
    const [prefix, control, payload] = this.#lengths;
    return this.#run(() => this.#exports.call_begin(this.#core, handle, op, prefix, control, payload));
  }

  /**
   * @param {number} handle
   * @param {{ slot: Slot, reply: KVReply }[]} replies
   * @param {number} now
   * @returns {Slot[]}
   */
  resume(handle, replies, now) {
    return this.#run(() => {
      for (const { slot, reply } of replies) this.#reply(handle, slot, reply);
      return this.#exports.call_resume(this.#core, handle, now);
    });
  }

  /**
   * @param {number} handle  of a finished call
   * @returns {{ result: string, followup: string, soon: boolean }}
   */
  outcome(handle) {
    return this.#guard(() => {
      const at = this.#exports.call_outcome(this.#core, handle) / 4;
      if (at === 0) return { result: '', followup: '', soon: false };
      this.#look();
      const [result, length, followup, followupLength, soon] = this.#words.subarray(at, at + 5);
      return {
        result: this.#read(result, length),
        followup: this.#read(followup, followupLength),
        soon: soon === 1,
      };
    });
  }

  /** @param {number} handle */
  close(handle) {
    if (!this.dead && handle !== 0) this.#guard(() => this.#exports.call_end(this.#core, handle));
  }

  /** @param {() => number} enter */
  #run(enter) {
    this.#slots = [];
    this.status = this.#guard(enter);
    return this.#slots;
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

  /** @param {Text} text @param {number} at @returns {number} bytes */
  #write(text, at) {
    if (typeof text === 'string') {
      if (text.length === 0) return 0;
      return encoder.encodeInto(text, this.#bytes.subarray(at, at + boundOf(text))).written;
    }
    this.#bytes.set(text, at);
    return text.length;
  }

  /** @param {number} at @param {number} length */
  #read(at, length) {
    return length === 0 ? '' : decoder.decode(this.#bytes.subarray(at, at + length));
  }

  /**
   * @param {number} handle
   * @param {Slot} slot
   * @param {KVReply} reply
   */
  #reply(handle, { number, request }, reply) {
    const parts = reply.status === 200 && request !== undefined ? partsOf(request, reply) : null;
    let used = 0;
    if (parts !== null) {
      const texts = parts.texts.map(compact);
      const size = texts.reduce((sum, text) => sum + boundOf(text), 4 * parts.numbers.length);
      const at = this.#exports.call_reply(this.#core, handle, number, size);
      if (at === 0) {
        this.#exports.call_replied(this.#core, handle, number, 507, 0, 0);
        return;
      }
      this.#look();
      used = this.#fill(at, parts.numbers, texts);
    }
    this.#exports.call_replied(this.#core, handle, number, reply.status, used, reply.retryAfter ?? 0);
  }

  /**
   * Writes numbers, each standing for a text (its length, set here) where it is undefined; then the texts.
   *
   * @param {number} start
   * @param {(number | undefined)[]} numbers
   * @param {Text[]} texts
   * @returns {number} bytes
   */
  #fill(start, numbers, texts) {
    let at = start + 4 * numbers.length;
    const lengths = texts.map((text) => {
      const length = this.#write(text, at);
      at += length;
      return length;
    });
    let next = 0;
    numbers.forEach((number, index) => {
      this.#words[start / 4 + index] = number ?? lengths[next++];
    });
    return at - start;
  }

  /** @param {(bytes: Uint8Array) => void} random */
  #imports(random) {
    /** @param {(at: number) => any} make */
    const ask = (make) => (/** @type {number} */ _host, /** @type {number} */ _call, /** @type {number} */ at) => {
      this.#look();
      const word = at / 4;
      const [number, , table, , tries] = this.#words.subarray(word, word + 5);
      const request = { ...make(word), space: 0, table: TABLES[table][0] };
      this.#slots.push({ number, request, ms: 0, retries: tries });
    };
    return {
      kv: {
        get: ask((at) => ({ kind: 'get', key: this.#span(at + KEY) })),
        get_many: ask((at) => ({ kind: 'get_many', keys: this.#spans(at + KEYS) })),
        put: ask((at) => ({
          kind: 'put',
          key: this.#span(at + KEY),
          value: this.#copy(at + VALUE),
          metadata: this.#span(at + METADATA) || null,
        })),
        delete: ask((at) => ({ kind: 'delete', key: this.#span(at + KEY) })),
        list: ask((at) => ({
          kind: 'list',
          prefix: this.#span(at + KEY),
          cursor: this.#words[at + VALUE] === 0 ? null : this.#span(at + VALUE),
          limit: this.#words[at + LIMIT],
        })),
      },
      host: {
        /** @param {number} _host @param {number} _call @param {number} number @param {number} ms */
        wait: (_host, _call, number, ms) => {
          this.#slots.push({ number, request: undefined, ms, retries: 0 });
        },
        /** @param {number} _host @param {number} at @param {number} count */
        random: (_host, at, count) => {
          this.#look();
          const bytes = this.#bytes.subarray(at, at + count);
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

  /** @param {number} word  of a struct span */
  #span(word) {
    return this.#read(this.#words[word], this.#words[word + 1]);
  }

  /** @param {number} word  of a struct span */
  #copy(word) {
    return this.#bytes.slice(this.#words[word], this.#words[word] + this.#words[word + 1]);
  }

  /** @param {number} word  of a pointer to struct spans, followed by their count */
  #spans(word) {
    const first = this.#words[word] / 4;
    return Array.from({ length: this.#words[word + 1] }, (_, index) => this.#span(first + 2 * index));
  }
}

/** Where the fields of a struct tkv_request stand, in words. */
const LIMIT = 3;
const KEY = 5;
const VALUE = 7;
const METADATA = 9;
const KEYS = 11;

/**
 * An answer as numbers and texts: a number that is undefined is the length of the next text.
 *
 * @param {KVRequest} request
 * @param {KVReply} reply
 * @returns {{ numbers: (number | undefined)[], texts: Text[] } | null}
 */
function partsOf(request, reply) {
  switch (request.kind) {
    case 'get':
      return entryParts([reply.entry ?? null]);
    case 'get_many':
      return entryParts(reply.entries ?? []);
    case 'list':
      return listParts(reply);
    default:
      return null;
  }
}

/** @param {(KVEntry | null)[]} entries */
function entryParts(entries) {
  /** @type {(number | undefined)[]} */
  const numbers = [];
  /** @type {Text[]} */
  const texts = [];
  for (const entry of entries) {
    if (entry === null) {
      numbers.push(NO_VALUE, 0);
      continue;
    }
    numbers.push(undefined, undefined);
    texts.push(entry.value, metadataText(entry.metadata));
  }
  return { numbers, texts };
}

/** @param {KVReply} reply */
function listParts({ keys = [], cursor }) {
  const hasMore = cursor !== null && cursor !== undefined;
  /** @type {(number | undefined)[]} */
  const numbers = [keys.length, hasMore ? undefined : NO_VALUE];
  /** @type {Text[]} */
  const texts = hasMore ? [cursor] : [];
  for (const { name, metadata } of keys) {
    numbers.push(undefined, undefined);
    texts.push(name, metadataText(metadata));
  }
  return { numbers, texts };
}

/** @param {unknown} metadata */
function metadataText(metadata) {
  return metadata === null || metadata === undefined ? '' : JSON.stringify(metadata);
}

/**
 * @param {WebAssembly.Module} module
 * @param {(bytes: Uint8Array) => void} random
 * @returns {Instance}
 */
export function createInstance(module, random) {
  return new Instance(module, random);
}
