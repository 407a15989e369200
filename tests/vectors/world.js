/**
 * The world that vectors happen in: a KV that is never stale, a clock, randomness that counts, and a log of all that was
 * asked. tests/native/support/host_mem.c is the same for the native build.
 *
 * @module
 */

import { TABLES } from '../../bindings/core/abi.js';
import { createCore } from '../../bindings/core.js';
import { compareBytes } from '../../bindings/backends/limits.js';

/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */
/** @typedef {import('../../bindings/backends/backend.js').KVReply} KVReply */
/** @typedef {{ value: string, metadata: string | null }} Entry  metadata is JSON text */
/** @typedef {{ request?: number, count?: number, status?: number, applied?: boolean }} Fault */

const START = Date.parse('2026-01-01T00:00:00.000Z');
const decoder = new TextDecoder();
const tables = Object.fromEntries(TABLES.map(([name]) => [name, 0]));

export class World {
  /** @type {Map<string, Entry>} */
  #keys = new Map();
  #now = START;
  #random = 0;
  #core = this.#newCore();
  /** @type {string[]} */
  #log = [];
  #rounds = 0;
  #requests = 0;
  /** @type {Fault} */
  #fault = {};
  #metadataHidden = false;
  /** One identity for all its stores: a core tells namespaces apart by it. */
  #space = {};

  /** @param {string} [text]  as a `kv` block writes it */
  constructor(text = '') {
    let [key, value] = ['', ''];
    for (const line of text === '' ? [] : text.split('\n')) {
      if (line.startsWith('  @ ')) {
        this.#keys.set(key, { value, metadata: line.slice(4) });
      } else if (line.startsWith('  ')) {
        value = line.slice(2);
        this.#keys.set(key, { value, metadata: null });
      } else {
        key = line;
      }
    }
  }

  /** What KV holds now, for `changesSince`. */
  snapshot() {
    return new Map(this.#keys);
  }

  /** @param {Map<string, Entry>} before  of `snapshot` */
  changesSince(before) {
    /** @param {Map<string, Entry>} keys */
    const sorted = (keys) => [...keys].sort(([a], [b]) => compareBytes(a, b));
    const changed = sorted(this.#keys).filter(([key, entry]) => !same(before.get(key), entry));
    const gone = sorted(before).filter(([key]) => !this.#keys.has(key));
    return [...changed.flatMap(([key, entry]) => lines(key, entry)), ...gone.map(([key]) => `- ${key}`)].join(
      '\n',
    );
  }

  /**
   * Runs one call and its follow-up.
   *
   * @param {any} request  the block `json request`
   * @param {string | undefined} payload
   * @returns {Promise<{ result?: string, error?: string, log: string }>}
   */
  async run(request, payload) {
    const { op, control = {}, prefix = '', maxOperations = 900, at, isolate, metadata, fault = {} } = request;
    if (at !== undefined) this.#now = Date.parse(at);
    if (isolate === 'new') this.#core = this.#newCore();
    this.#metadataHidden = metadata === 'hidden';
    [this.#fault, this.#log, this.#rounds, this.#requests] = [fault, [], 0, 0];
    const store = {
      backend: { name: 'vectors', spaces: [this.#space], run: this.#round },
      prefix,
      tables,
      options: { strict: false, maxOperations },
    };
    /** @type {{ result?: string, error?: string }} */
    let outcome;
    try {
      const { text, followup } = await this.#core.call(store, op, control, payload, op);
      if (followup) this.#log.push(`followup ${followup.when}`);
      await followup?.run();
      outcome = { result: text };
    } catch (/** @type {any} */ { code, message, details }) {
      outcome = { error: JSON.stringify({ code, message, details }) };
    }
    return { ...outcome, log: this.#log.join('\n') };
  }

  #newCore() {
    return createCore({
      now: () => this.#now,
      random: (bytes) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = this.#random++;
      },
      wait: async (ms) => {
        this.#now += ms;
        this.#log.push(`${++this.#rounds} wait ${ms}`);
      },
    });
  }

  /** @param {KVRequest[]} requests */
  #round = async (requests) => {
    this.#rounds++;
    return requests.map((request) => this.#answer(request));
  };

  /** @param {KVRequest} request @returns {KVReply} */
  #answer(request) {
    const { request: first = Infinity, count = 1, status = 0, applied = false } = this.#fault;
    const number = ++this.#requests;
    const fails = number >= first && number < first + count;
    const done = !fails || applied ? this.#perform(request) : { status };
    const reply = fails ? { status } : done;
    const told = [200, 404].includes(reply.status) ? '' : ` -> ${reply.status}`;
    this.#log.push(`${this.#rounds} ${request.kind} ${named(request)}${told}`);
    return reply;
  }

  /** @param {KVRequest} request @returns {KVReply} */
  #perform(request) {
    switch (request.kind) {
      case 'get': {
        const entry = this.#get(request.key);
        return entry === null ? { status: 404 } : { status: 200, entry };
      }
      case 'get_many':
        return { status: 200, entries: request.keys.map((key) => this.#get(key)) };
      case 'put': {
        const { value, metadata } = request;
        this.#keys.set(request.key, { value: decoder.decode(value), metadata });
        return { status: 200 };
      }
      case 'delete':
        this.#keys.delete(request.key);
        return { status: 200 };
      case 'list': {
        const names = [...this.#keys.keys()].filter((name) => name.startsWith(request.prefix));
        const keys = names.sort(compareBytes).map((name) => ({ name, metadata: this.#get(name)?.metadata }));
        return { status: 200, keys, cursor: null };
      }
    }
  }

  /** @param {string} key */
  #get(key) {
    const entry = this.#keys.get(key);
    if (entry === undefined) return null;
    const { value, metadata } = entry;
    return { value, metadata: metadata === null || this.#metadataHidden ? null : JSON.parse(metadata) };
  }
}

/** @param {Entry | undefined} a @param {Entry} b */
function same(a, b) {
  return a !== undefined && a.value === b.value && a.metadata === b.metadata;
}

/** @param {string} key @param {Entry} entry */
function lines(key, { value, metadata }) {
  return [key, `  ${value}`, ...(metadata === null ? [] : [`  @ ${metadata}`])];
}

/** @param {KVRequest} request */
function named(request) {
  if (request.kind === 'get_many') return request.keys.join(' | ');
  return request.kind === 'list' ? request.prefix : request.key;
}
