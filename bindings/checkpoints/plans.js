/**
 * What a saver of checkpoints asks for, as plans: each is one call where the data is in a Durable Object.
 *
 * A checkpoint is a row, with small values in it; the rest of a state stands in packs, which checkpoints share and
 * which never change. Beside them is, for each namespace of a thread, a head: its newest checkpoint once more. A head
 * is a copy: where a list shows a newer checkpoint, that one counts.
 *
 * @module
 */

import { ancestry } from './history.js';
import { listed, namespaceOf, spaceOf } from './keys.js';
import { complete, fetchAll, find, HEADS, PAGE, ROWS } from './reading.js';

/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */
/** @template {unknown[]} A @template T @typedef {import('../core/plan.js').Plan<A, T>} Plan */
/** @typedef {import('../core/plan.js').Line} Line */
/** @typedef {import('./keys.js').Place} Place */
/** @typedef {import('./keys.js').Listed} Listed */
/**
 * @typedef {import('./reading.js').Record} Record
 * @typedef {import('./reading.js').Found} Found
 * @typedef {import('./reading.js').Wanted} Wanted
 */

/** What one call deletes. */
const DELETED = 400;

/**
 * @template {unknown[]} A
 * @template T
 * @param {string} name
 * @param {(line: Line, method: string, ...args: A) => Steps<T>} run
 * @returns {Plan<A, T>}
 */
const plan = (name, run) => ({ name: `checkpoints.${name}`, table: ROWS.table, run });

/** A checkpoint with all that belongs to it. */
export const read = plan(
  'read',
  /** @param {Line} line @param {string} method @param {Wanted} of @returns {Steps<Found | null>} */
  function* (line, method, of) {
    const { record, writes } = yield* find(line, method, of);
    return record === null ? null : yield* complete(line, method, record, writes);
  },
);

/** The newest checkpoint as far as the head knows it. */
export const newest = plan(
  'newest',
  /** @param {Line} line @param {string} method @param {Wanted} of @returns {Steps<Record | null>} */
  function* (line, method, { threadId, space }) {
    const [head] = yield* line.read(method, 'row.get', HEADS, [{ threadId, space }]);
    return head?.record ?? null;
  },
);

/** Rows by their keys; `bytes`: as much as is known of their size. */
export const fetch = plan(
  'fetch',
  /** @param {Line} line @param {string} method @param {(Place & { bytes: number })[]} keys @returns {Steps<any[]>} */
  function* (line, method, keys) {
    return yield* fetchAll(line, method, keys);
  },
);

/** A page of keys, of heads or of what stands below `under`. */
export const page = plan(
  'page',
  /**
   * @param {Line} line
   * @param {string} method
   * @param {{ heads?: boolean, under: string[], limit?: number, cursor?: string }} of
   * @returns {Steps<{ keys: Listed[], cursor: string | null }>}
   */
  function* (line, method, { heads, under, limit = PAGE, cursor }) {
    const found = yield* line.read(method, 'row.page', heads ? HEADS : ROWS, { under, limit, cursor });
    return { keys: listed(found), cursor: found.cursor };
  },
);

/** Stores a checkpoint: first what it names, then itself, then the head. */
export const write = plan(
  'write',
  /**
   * @param {Line} line
   * @param {string} method
   * @param {{ packs: object[], record: Record, head: boolean }} what
   * @returns {Steps<null>}
   */
  function* (line, method, { packs, record, head }) {
    if (packs.length > 0) yield* line.call(method, 'row.save', ROWS, packs);
    yield* line.call(method, 'row.save', ROWS, [record]);
    const { threadId, space, place } = record;
    if (head) yield* line.call(method, 'row.save', HEADS, [{ threadId, space, newest: place, record }]);
    return null;
  },
);

/** Stores writes to a checkpoint, which need not be there yet. */
export const addWrites = plan(
  'writes',
  /** @param {Line} line @param {string} method @param {object} row @returns {Steps<null>} */
  function* (line, method, row) {
    yield* line.call(method, 'row.save', ROWS, [row]);
    return null;
  },
);

/** @param {Place} key */
const isNaming = ({ space, place }) => place === '' || space === spaceOf(namespaceOf(space));

/** Deletes all of a thread, in all its namespaces. */
export const clear = plan(
  'clear',
  /** @param {Line} line @param {string} method @param {string} threadId @returns {Steps<null>} */
  function* (line, method, threadId) {
    for (const table of [HEADS, ROWS]) {
      /** @type {string | null | undefined} */
      let cursor;
      do {
        /** @type {any} */
        const found = yield* line.read(method, 'row.page', table, {
          under: [threadId],
          limit: DELETED,
          ...(cursor && { cursor }),
        });
        const keys = listed(found).map(({ cover: _, ...key }) => key);
        // What is named goes after who names it.
        for (const some of [keys.filter(isNaming), keys.filter((key) => !isNaming(key))]) {
          if (some.length > 0) yield* line.call(method, 'row.delete', table, some);
        }
        cursor = found.cursor;
      } while (cursor !== null);
    }
    return null;
  },
);

/** What delta channels are rebuilt from: see history.js. */
export const history = plan('history', ancestry);

/** @type {Plan<any[], unknown>[]} */
export const PLANS = [read, newest, fetch, page, write, addWrites, clear, history];
