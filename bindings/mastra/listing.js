/**
 * Lists of what one domain of Mastra's editor keeps: filtered, in order, a user's favorites first.
 *
 * @module
 */

import { hasAll } from './spans.js';
import { given, Table } from './table.js';

/**
 * What of a domain its lists depend on: see Kind of versioned.js.
 * @typedef {{ table: string, own: string[], favorites?: string, status?: string | null }} Listed
 */

/** What is asked for by name, by metadata or for a user is filtered and ordered here; all else by the store. */
export class Listing {
  /** @type {import('../index.js').CloudflareStore} */ #store;
  /** @type {Listed} */ #kind;
  /** @type {Table} */ #entities;
  /** @type {Table} */ #favorites;

  /** @param {import('../index.js').CloudflareStore} store @param {Listed} kind */
  constructor(store, kind) {
    this.#store = store;
    this.#kind = kind;
    this.#entities = new Table(store, kind.table);
    this.#favorites = new Table(store, 'favorites');
  }

  /**
   * @param {any} args  of the domain's `list`, with page and perPage
   * @param {{ field: string, direction: any }} order
   * @returns {Promise<{ rows: any[], total: number }>} those of the page, and how many there are
   */
  async list(args, { field, direction }) {
    const { page, perPage, entityIds } = args;
    const where = whereOf(this.#kind, args);
    const { matches, first } = await this.#choice(args);
    const question = { table: this.#kind.table, where, orderBy: field, direction };
    if (!matches && !first && !entityIds) {
      return this.#store.listRows({ ...question, page: perPage === false ? 0 : page, perPage });
    }
    const all = entityIds
      ? (await this.#named(entityIds)).filter((row) => hasAll(row, where))
      : (await this.#store.listRows({ ...question, perPage: false })).rows;
    const rows = sorted(matches ? all.filter(matches) : all, { field, direction, first });
    const from = perPage === false ? 0 : page * perPage;
    const to = perPage === false ? rows.length : from + perPage;
    return { rows: rows.slice(from, to), total: rows.length };
  }

  /** @param {string[]} ids @returns {Promise<any[]>} */
  async #named(ids) {
    const rows = await this.#entities.getAll([...new Set(ids)].map((id) => ({ id })));
    return rows.filter((row) => row !== null);
  }

  /** What only the record itself can tell, and whom somebody likes. @param {any} args */
  async #choice({ metadata, pinFavoritedFor, favoritedOnly }) {
    /** @type {((row: any) => boolean)[]} */
    const tests = [];
    if (metadata && Object.keys(metadata).length > 0) tests.push((row) => hasAll(row.metadata, metadata));
    if (!this.#kind.favorites) return { matches: tests[0], first: undefined };
    const first = pinFavoritedFor ? await this.#favoritesOf(pinFavoritedFor) : undefined;
    if (favoritedOnly) tests.push((row) => first?.has(row.id) === true);
    const matches =
      tests.length === 0 ? undefined : (/** @type {any} */ row) => tests.every((test) => test(row));
    return { matches, first };
  }

  /** @param {string} userId @returns {Promise<Set<string>>} */
  async #favoritesOf(userId) {
    const rows = await this.#favorites.list({ under: this.#kind.favorites, where: { userId } });
    return new Set(rows.map(({ entityId }) => entityId));
  }
}

/** @param {Listed} kind @param {any} args */
function whereOf({ own, status: standard }, { status = standard, authorId, visibility }) {
  return given({
    status: standard === null ? undefined : status || undefined,
    authorId,
    visibility: own.includes('visibility') ? visibility : undefined,
  });
}

/** @param {any[]} rows @param {{ field: string, direction: string, first?: Set<string> }} order */
function sorted(rows, { field, direction, first }) {
  const sign = direction === 'ASC' ? 1 : -1;
  const rank = (/** @type {any} */ { id }) => (first?.has(id) ? 0 : 1);
  return [...rows].sort(
    (a, b) => rank(a) - rank(b) || sign * (+a[field] - +b[field]) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
