/**
 * The rows of observational memory: found by a record's id, and changed only as what they were when they were read.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { Held } from './held.js';
import { keyOf, plain, recordOf } from './row.js';
import { areTwins, generationOf, parseId } from './scope.js';

/**
 * @typedef {import('./types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./row.js').Row} Row
 * @typedef {import('./row.js').RowKey} RowKey
 * @typedef {import('./scope.js').Scope} Scope
 */
/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */

export const TABLE = { table: 'observational_memory' };

/** How often a change is computed anew. */
const TRIES = 20;
/** How long an advisory change waits for others. */
const HOLD_MS = 1000;
/** How many rows one call deletes. */
const DELETED_AT_ONCE = 200;
/** Of how many records from elsewhere it is remembered whose they are. */
const SCOPES_MAX = 1000;

export class Rows {
  /** @protected @readonly */
  line;

  /** @param {import('../core/plan.js').Line} line */
  constructor(line) {
    this.line = line;
  }

  now() {
    return new Date(this.line.ground.now());
  }

  token() {
    return this.line.ground.token();
  }

  /** @returns {Held} */
  get #held() {
    return this.line.ground.shared('held observations', () => new Held());
  }

  /** Where records with ids from elsewhere are. @returns {Map<string, Scope>} */
  get #scopes() {
    return this.line.ground.shared('scopes of observations', () => new Map());
  }

  /**
   * The newest generation of a scope.
   *
   * @param {string} method
   * @param {Scope} scope
   * @returns {Steps<Row | undefined>}
   */
  *newest(method, scope) {
    return (yield* this.get(method, [scope]))[0];
  }

  /**
   * @param {string} method
   * @param {string} id
   * @returns {Steps<Row>}
   */
  *find(method, id) {
    const scopes = [parseId(id), this.#scopes.get(id)];
    for (const scope of scopes) {
      const row = scope && (yield* this.#findIn(method, id, scope));
      if (row) return row;
    }
    const [pointer] = yield* this.get(method, [pointerKey(id)]);
    const row = pointer && (yield* this.#findIn(method, id, pointer.target));
    if (row) return row;
    throw storeError('NOT_FOUND', method, `Observational memory record not found: ${id}`, { id });
  }

  /**
   * @param {string} method
   * @param {string} id
   * @param {Scope} where
   * @returns {Steps<Row | undefined>}
   */
  *#findIn(method, id, { scopeKind, scopeId }) {
    const scope = { scopeKind, scopeId };
    const newest = yield* this.newest(method, scope);
    if (newest?.id === id) return newest;
    const [old] = yield* this.get(method, [{ ...scope, generation: generationOf(id, scope) }]);
    if (old !== undefined) return old;
    return newest !== undefined && areTwins(newest.id, id) ? newest : undefined;
  }

  /**
   * Changes a record. `compute` may be asked several times; without `set` nothing changes.
   *
   * @template T
   * @param {string} method
   * @param {string} id
   * @param {(record: ObservationalMemory) => { set?: Partial<ObservationalMemory>, result: T }} compute
   * @returns {Steps<T>}
   */
  *change(method, id, compute) {
    return yield* this.repeat(method, () => this.#changeOnce(method, id, compute));
  }

  /**
   * @template T
   * @param {string} method
   * @param {string} id
   * @param {(record: ObservationalMemory) => { set?: Partial<ObservationalMemory>, result: T }} compute
   * @returns {Steps<{ result: T } | undefined>}
   */
  *#changeOnce(method, id, compute) {
    const row = yield* this.find(method, id);
    const { set, result } = compute(recordOf(row));
    const done = set === undefined || (yield* this.update(method, row, set));
    return done ? { result } : undefined;
  }

  /**
   * Notes an advisory change: see held.js. Where writes are cheap nothing is held.
   *
   * @param {string} method
   * @param {string} id
   * @param {Partial<ObservationalMemory>} set
   * @returns {Steps<void>}
   */
  *advise(method, id, set) {
    const row = yield* this.find(method, id);
    const { sole, now, later } = this.line.ground;
    if (sole) {
      yield* this.#put(method, keyOf(row), id, plain(set));
      return;
    }
    const promised = this.#held.add(row, plain(set), now());
    if (promised) later(HOLD_MS, () => this.#flush(method, row));
  }

  /**
   * Writes what is held for a record.
   *
   * @param {string} method
   * @param {Row} row
   * @returns {Steps<void>}
   */
  *#flush(method, row) {
    const patch = this.#held.take(row);
    if (patch === undefined) return;
    const { id, key, set } = patch;
    if ((yield* this.#put(method, key, id, set)) || key.generation !== undefined) return;
    // Another generation has begun since, elsewhere.
    const generation = generationOf(id, /** @type {Scope} */ (key));
    yield* this.#put(method, { ...key, generation }, id, set);
  }

  /**
   * @param {string} method
   * @param {RowKey} key
   * @param {string} id
   * @param {Record<string, any>} set
   * @returns {Steps<boolean>} false when that record is not there
   */
  *#put(method, key, id, set) {
    return yield* this.line.read(method, 'row.update', TABLE, { key, expect: { id }, set });
  }

  /**
   * Updates a row if it is still as it was; with it goes what is held for it.
   *
   * @param {string} method
   * @param {Row} row
   * @param {Record<string, any>} set  undefined: the field goes
   * @returns {Steps<boolean>}
   */
  *update(method, row, set) {
    const held = this.#held.take(row);
    /** @type {Record<string, any>} */
    const changed = { ...held?.set, revision: this.token(), ...set };
    const clear = Object.keys(changed).filter((name) => changed[name] === undefined);
    const expect = { id: row.id, revision: row.revision };
    const payload = { key: keyOf(row), expect, set: changed, clear };
    let done = false;
    try {
      done = yield* this.line.read(method, 'row.update', TABLE, payload);
    } finally {
      if (!done) this.#held.restore(held);
    }
    return done;
  }

  /**
   * @param {string} method
   * @param {object[]} keys
   * @returns {Steps<(Row & { target: Scope } | undefined)[]>}
   */
  *get(method, keys) {
    if (keys.length === 0) return [];
    /** @type {any[]} */
    const rows = yield* this.line.read(method, 'row.get', TABLE, keys);
    return rows.map((row) => (row === null ? undefined : this.#seen(row)));
  }

  /** @param {Row} row */
  #seen(row) {
    const { id, scopeKind, scopeId } = row;
    if (typeof id === 'string' && parseId(id) === null) {
      if (this.#scopes.size >= SCOPES_MAX) this.#scopes.clear();
      this.#scopes.set(id, { scopeKind, scopeId });
    }
    return /** @type {any} */ (this.#held.over(row));
  }

  /**
   * @param {string} method
   * @param {object} row
   * @returns {Steps<void>}
   */
  *save(method, row) {
    yield* this.line.call(method, 'row.save', TABLE, [row]);
  }

  /**
   * @param {string} method
   * @param {object[]} keys
   * @returns {Steps<void>}
   */
  *delete(method, keys) {
    for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
      yield* this.line.call(method, 'row.delete', TABLE, keys.slice(at, at + DELETED_AT_ONCE));
    }
  }

  /**
   * @template T
   * @param {string} method
   * @param {() => Steps<{ result: T } | undefined>} attempt  undefined: the record changed meanwhile
   * @returns {Steps<T>}
   */
  *repeat(method, attempt) {
    for (let tries = 0; tries < TRIES; tries++) {
      const outcome = yield* attempt();
      if (outcome !== undefined) return outcome.result;
    }
    throw storeError('KV_FAILED', method, `${method} gave up: the record kept changing meanwhile`);
  }
}

/** The key of what tells where a record with an id from elsewhere is. @param {string} id */
export const pointerKey = (id) => ({ scopeKind: 'id', scopeId: id });
