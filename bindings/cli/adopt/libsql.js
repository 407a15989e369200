/**
 * A file of Mastra's LibSQL store, read as the namespaces of its KV store are: pages of keys, and the values under
 * them. It is SQLite's format, which Node reads by itself; nothing is ever written.
 *
 * Every column becomes JSON text in the database, so that numbers stay as they were written there.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { CliError, usageError } from '../errors.js';

/**
 * What is asked of a table.
 * @typedef {object} Shape
 * @property {string} [by]  the column by which its records are asked for
 * @property {boolean} [whole]  all rows that have one value of it are one record
 * @property {readonly string[]} [json]  columns that hold JSON, as SQLite's own or as text
 */

/** Where records are not asked for by a column of theirs. */
const ROW = 'rowid';

export class LibsqlSource {
  #database;
  #shapes;
  /** The columns of each table. @type {Map<string, string[]>} */
  #columns = new Map();

  /**
   * @param {import('node:sqlite').DatabaseSync} database
   * @param {Map<string, Shape>} shapes  by table
   */
  constructor(database, shapes) {
    this.#database = database;
    this.#shapes = shapes;
    for (const name of this.tables()) {
      const columns = database.prepare(`PRAGMA table_info(${quoted(name)})`).all();
      this.#columns.set(
        name,
        columns.map((column) => String(column.name)),
      );
    }
  }

  /** Mastra's tables in the file. @returns {string[]} */
  tables() {
    const tables = this.#database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'mastra\\_%' ESCAPE '\\'`)
      .all();
    return tables.map(({ name }) => String(name));
  }

  /** @param {string} table  of Mastra's @returns {number} */
  count(table) {
    return Number(this.#database.prepare(`SELECT count(*) AS n FROM ${quoted(table)}`).get()?.n);
  }

  /**
   * @param {string} _table  of threadkv
   * @param {string} prefix  `<table>:`, or `<table>:<thread>:` for the messages of one
   * @param {string | null} cursor
   * @param {number} limit
   * @returns {Promise<{ keys: string[], cursor: string | null }>}
   */
  async page(_table, prefix, cursor, limit) {
    const [table, thread] = [before(prefix), after(prefix).slice(0, -1)];
    if (!this.#columns.has(table)) return { keys: [], cursor: null };
    const by = this.#columnOf(table);
    const filters = [cursor === null ? '' : `${by} > ?`, thread === '' ? '' : 'thread_id = ?'].filter(
      Boolean,
    );
    const where = filters.length === 0 ? '' : `WHERE ${filters.join(' AND ')}`;
    const place = by === ROW ? Number(cursor) : cursor;
    const values = [...(cursor === null ? [] : [place]), ...(thread === '' ? [] : [thread])];
    const found = this.#database
      .prepare(`SELECT DISTINCT ${by} AS place FROM ${quoted(table)} ${where} ORDER BY ${by} LIMIT ${limit}`)
      .all(...values)
      .map((row) => String(row.place));
    const next = found.length < limit ? null : found[found.length - 1];
    return { keys: found.map((one) => `${table}:${one}`), cursor: next };
  }

  /**
   * @param {string} _table  of threadkv
   * @param {string[]} keys
   * @returns {Promise<Map<string, string>>}
   */
  async values(_table, keys) {
    /** @type {Map<string, string>} */
    const found = new Map();
    for (const key of keys) {
      const table = before(key);
      const rows = this.#rows(table, after(key));
      if (rows.length === 0) continue;
      found.set(key, this.#shapes.get(table)?.whole ? `{"rows":[${rows.join(',')}]}` : rows[0]);
    }
    return found;
  }

  /** Nothing is deleted in a file. @returns {Promise<never>} */
  async remove() {
    throw new CliError('nothing is deleted in a file');
  }

  close() {
    this.#database.close();
  }

  /** @param {string} table @param {string} place @returns {string[]} JSON of each row */
  #rows(table, place) {
    const columns = this.#columns.get(table);
    if (columns === undefined) return [];
    const by = this.#columnOf(table);
    const { json = [] } = this.#shapes.get(table) ?? {};
    const fields = columns.map((name, i) => {
      const column = quoted(name);
      const asText = json.includes(name) ? `WHEN json_valid(${column}) THEN ${column}` : '';
      const isOwn = `WHEN typeof(${column}) = 'blob' THEN json(${column})`;
      return `CASE ${isOwn} ${asText} ELSE json_quote(${column}) END AS c${i}`;
    });
    const statement = `SELECT ${fields.join(', ')} FROM ${quoted(table)} WHERE ${by} = ? ORDER BY ${ROW}`;
    const rows = this.#database.prepare(statement).all(by === ROW ? Number(place) : place);
    return rows.map((row) => {
      const parts = columns.map((name, i) => `${JSON.stringify(name)}:${row[`c${i}`]}`);
      return `{${parts.join(',')}}`;
    });
  }

  /** @param {string} table */
  #columnOf(table) {
    const { by } = this.#shapes.get(table) ?? {};
    return by === undefined ? ROW : quoted(by);
  }
}

/**
 * @param {string} file
 * @param {Map<string, Shape>} shapes
 * @returns {Promise<LibsqlSource>}
 */
export async function openLibsql(file, shapes) {
  if (!existsSync(file)) throw usageError(`there is no ${file}`);
  const { DatabaseSync } = await sqlite();
  const problem = `${file} is no database of Mastra’s LibSQL store`;
  try {
    const source = new LibsqlSource(new DatabaseSync(file, { readOnly: true }), shapes);
    if (source.tables().length > 0) return source;
    source.close();
  } catch (error) {
    throw usageError(`${problem} (${error instanceof Error ? error.message : 'it cannot be read'})`);
  }
  throw usageError(problem);
}

/** Node's own, which says on stderr that it may still change. */
async function sqlite() {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return await import('node:sqlite');
  } catch {
    throw new CliError('reading a LibSQL file needs Node 22.13 or later');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** @param {string} name */
const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

/** @param {string} key */
const before = (key) => key.slice(0, key.indexOf(':'));

/** @param {string} key */
const after = (key) => key.slice(key.indexOf(':') + 1);
