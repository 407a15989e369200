/**
 * The generations of observations, scope by scope.
 *
 * The newest generation of a scope is one row, which also lists the older ones; each of those is a row of its own. A
 * new generation is begun by putting the one before away and then replacing it.
 *
 * This folder is what observational memory means in rows; store/ offers it. It needs of a store only its line to the core.
 *
 * @module
 */

import { archived, keyOf, plain } from './row.js';
import { pointerKey, Rows, TABLE } from './rows.js';
import { generationOf, makeId, namesScope } from './scope.js';

/**
 * @typedef {import('./types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./row.js').Row} Row
 * @typedef {import('./row.js').Older} Older
 * @typedef {import('./scope.js').Scope} Scope
 */

/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */

/**
 * A generation to begin, and what goes from the one before.
 * @typedef {{ record: ObservationalMemory, retired?: Record<string, undefined> }} Beginning
 */

export class Ledger extends Rows {
  /**
   * Generations, newest first.
   *
   * @param {string} method
   * @param {Scope} scope
   * @param {(all: Older[]) => Older[]} select
   * @returns {Steps<Row[]>}
   */
  *history(method, scope, select) {
    const newest = yield* this.newest(method, scope);
    if (newest === undefined) return [];
    const { createdAt, generationCount, older = [] } = newest;
    const first = { generation: '', createdAt, generationCount };
    const wanted = select([first, ...older]);
    const keys = wanted.filter((one) => one !== first).map(({ generation }) => ({ ...scope, generation }));
    const rows = yield* this.get(method, keys);
    if (wanted.includes(first)) rows.unshift(/** @type {any} */ (newest));
    return /** @type {Row[]} */ (rows.filter((row) => row !== undefined));
  }

  /**
   * Begins a generation, the newest from then on.
   *
   * @param {string} method
   * @param {Scope} scope
   * @param {(id: string, before: Row | undefined) => Beginning} make  may be asked several times
   * @returns {Steps<Row>}
   */
  *begin(method, scope, make) {
    return yield* this.repeat(method, () => this.#beginOnce(method, scope, make));
  }

  /**
   * @param {string} method
   * @param {Scope} scope
   * @param {(id: string, before: Row | undefined) => Beginning} make
   * @returns {Steps<{ result: Row } | undefined>}
   */
  *#beginOnce(method, scope, make) {
    const before = yield* this.newest(method, scope);
    const number = before === undefined ? 0 : (before.older ?? []).length + 1;
    const { record, retired } = make(makeId(scope, number, this.line.ground.now(), this.token()), before);
    const row = yield* this.#putFirst(method, scope, record, before, retired);
    return row && { result: row };
  }

  /**
   * Puts a record from elsewhere where its generation belongs.
   *
   * @param {string} method
   * @param {Scope} scope
   * @param {ObservationalMemory} record
   * @returns {Steps<void>}
   */
  *insert(method, scope, record) {
    if (!namesScope(record.id, scope)) yield* this.save(method, { ...pointerKey(record.id), target: scope });
    yield* this.repeat(method, () => this.#insertOnce(method, scope, record));
  }

  /**
   * @param {string} method
   * @param {Scope} scope
   * @param {ObservationalMemory} record
   * @returns {Steps<{ result: void } | undefined>}
   */
  *#insertOnce(method, scope, record) {
    const newest = yield* this.newest(method, scope);
    const done =
      newest === undefined || record.generationCount >= newest.generationCount
        ? yield* this.#putFirst(method, scope, record, newest)
        : yield* this.#putAmong(method, scope, record, newest);
    return done ? { result: undefined } : undefined;
  }

  /**
   * Deletes all generations of a scope.
   *
   * @param {string} method
   * @param {Scope} scope
   * @returns {Steps<void>}
   */
  *clear(method, scope) {
    const newest = yield* this.newest(method, scope);
    const generations = newest === undefined ? [] : [toldOf(newest, scope), ...(newest.older ?? [])];
    const keys = generations.slice(1).map(({ generation }) => ({ ...scope, generation }));
    const foreign = generations.filter(({ generation }) => generation.startsWith('='));
    const pointers = foreign.map(({ generation }) => pointerKey(generation.slice(1)));
    yield* this.delete(method, [...keys, ...pointers]);
    yield* this.#sweep(method, scope);
    yield* this.delete(method, [scope]);
  }

  /**
   * Deletes generations that no newest one knows of: places that did not see each other may leave some.
   *
   * @param {string} method
   * @param {Scope} scope
   * @returns {Steps<void>}
   */
  *#sweep(method, { scopeKind, scopeId }) {
    let left = true;
    while (left) {
      const { pending } = yield* this.line.read(method, 'store.clear', TABLE, {
        under: [scopeKind, scopeId],
      });
      left = pending;
    }
  }

  /**
   * @param {string} method
   * @param {Scope} scope
   * @param {ObservationalMemory} record
   * @param {Row | undefined} before
   * @param {Record<string, undefined>} [retired]
   * @returns {Steps<Row | undefined>} undefined when the one before has changed meanwhile
   */
  *#putFirst(method, scope, record, before, retired = {}) {
    if (before === undefined) {
      const row = this.#rowOf(scope, record, []);
      yield* this.save(method, row);
      return row;
    }
    const told = toldOf(before, scope);
    const row = this.#rowOf(scope, record, [told, ...(before.older ?? [])]);
    yield* this.save(method, archived({ ...before, ...retired }, told.generation));
    const gone = Object.fromEntries(Object.keys(before).map((name) => [name, undefined]));
    return (yield* this.update(method, before, { ...gone, ...row })) ? row : undefined;
  }

  /**
   * @param {string} method
   * @param {Scope} scope
   * @param {ObservationalMemory} record
   * @param {Row} newest
   * @returns {Steps<boolean>}
   */
  *#putAmong(method, scope, record, newest) {
    const older = newest.older ?? [];
    const row = this.#rowOf(scope, record, []);
    const told = toldOf(row, scope);
    const next = older.findIndex(({ generationCount }) => row.generationCount >= generationCount);
    const at = next < 0 ? older.length : next;
    yield* this.save(method, archived(row, told.generation));
    return yield* this.update(method, newest, { older: [...older.slice(0, at), told, ...older.slice(at)] });
  }

  /**
   * @param {Scope} scope
   * @param {ObservationalMemory} record
   * @param {Older[]} older
   * @returns {Row}
   */
  #rowOf(scope, record, older) {
    return /** @type {any} */ ({
      ...keyOf(/** @type {any} */ (scope)),
      ...plain(record),
      revision: this.token(),
      older,
    });
  }
}

/**
 * @param {Row} row
 * @param {Scope} scope
 * @returns {Older}
 */
function toldOf({ id, createdAt, generationCount }, scope) {
  return { generation: generationOf(id, scope), createdAt, generationCount };
}
