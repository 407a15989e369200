/**
 * Keys and values in a table of SQLite: bytes as they are, metadata before the value so that lists do not read it, and
 * values that are too large for a row in pieces.
 *
 * @module
 */

/**
 * As much of `ctx.storage.sql` as is used.
 * @typedef {{ exec: (query: string, ...bindings: any[]) => Iterable<Record<string, any>> }} SqlLike
 */
/** @typedef {{ key: string, metadata: string | null, value: Uint8Array }} Row */

/**
 * Bytes of a row: what Durable Objects take. A local workerd takes four times as much, so that only this number, and the
 * test that knows it, keep to it.
 */
export const MAX_ROW = 2_000_000;
/** Of a piece, whose row has a key and a number besides. */
const PIECE = 1_900_000;

const encoder = new TextEncoder();

export class Table {
  #sql;
  #name;
  #now;
  /** Whether the table exists; undefined: not known. @type {boolean | undefined} */
  #made;
  /** Whether some value is in pieces; undefined: not known. @type {boolean | undefined} */
  #pieces;

  /**
   * @param {SqlLike} sql
   * @param {string} name
   * @param {() => number} now  seconds since 1970: what has expired by then is not there
   */
  constructor(sql, name, now) {
    this.#sql = sql;
    this.#name = name;
    this.#now = now;
  }

  /** What was known of the storage may not hold any more: a transaction was rolled back, or all was deleted. */
  forget() {
    this.#made = undefined;
    this.#pieces = undefined;
  }

  /** @param {string} key @returns {Row | undefined} */
  get(key) {
    return this.getMany([key])[0];
  }

  /** @param {string[]} keys  at most 98, or a statement has too many parameters @returns {Row[]} */
  #some(keys) {
    const marks = keys.map(() => '?').join();
    const query = `SELECT key, metadata, value FROM ${this.#name} WHERE key IN (${marks}) AND (expires = 0 OR expires > ?)`;
    const rows = [];
    for (const { key, metadata, value } of this.#sql.exec(query, ...keys, this.#now())) {
      rows.push({ key, metadata, value: value === null ? this.#joined(key) : new Uint8Array(value) });
    }
    return rows;
  }

  /** @param {string[]} keys @returns {Row[]} those that are there, in any order */
  getMany(keys) {
    if (!this.#exists()) return [];
    const half = Math.ceil(keys.length / 2);
    return keys.length < 99
      ? this.#some(keys)
      : [...this.#some(keys.slice(0, half)), ...this.#some(keys.slice(half))];
  }

  /**
   * @param {string} prefix
   * @param {string | null} after
   * @param {number} limit
   * @returns {{ key: string, metadata: string | null }[]} in the order of their bytes
   */
  list(prefix, after, limit) {
    if (!this.#exists()) return [];
    const end = endOf(prefix);
    const bounds = [['key >= ?', prefix], ...(after === null ? [] : [['key > ?', after]])];
    if (end !== null) bounds.push(['key < ?', end]);
    const query = `SELECT key, metadata FROM ${this.#name} WHERE ${bounds.map(([bound]) => bound).join(' AND ')}
      AND (expires = 0 OR expires > ?) ORDER BY key LIMIT ?`;
    const values = bounds.map(([, value]) => value);
    return /** @type {any} */ ([...this.#sql.exec(query, ...values, this.#now(), limit)]);
  }

  /**
   * @param {string} key
   * @param {Uint8Array} value
   * @param {string | null} metadata
   * @param {number} expires  seconds since 1970; 0: never
   */
  put(key, value, metadata, expires) {
    this.#make();
    if (this.#hasPieces()) this.#sql.exec(`DELETE FROM ${this.#name}_pieces WHERE key = ?`, key);
    const whole = rowSize(key, value, metadata) <= MAX_ROW;
    if (!whole) this.#cut(key, value);
    this.#sql.exec(
      `INSERT INTO ${this.#name} (key, expires, metadata, value) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
        expires = excluded.expires, metadata = excluded.metadata, value = excluded.value`,
      key,
      expires,
      metadata,
      whole ? value : null,
    );
  }

  /** @param {string} key */
  delete(key) {
    if (!this.#exists()) return;
    this.#sql.exec(`DELETE FROM ${this.#name} WHERE key = ?`, key);
    if (this.#hasPieces()) this.#sql.exec(`DELETE FROM ${this.#name}_pieces WHERE key = ?`, key);
  }

  /**
   * Deletes what has expired, as much as the limit says.
   *
   * @param {number} limit
   * @returns {number} how many keys went
   */
  expire(limit) {
    if (!this.#exists()) return 0;
    const query = `SELECT key FROM ${this.#name} WHERE expires > 0 AND expires <= ? LIMIT ?`;
    const keys = [...this.#sql.exec(query, this.#now(), limit)];
    for (const { key } of keys) this.delete(key);
    return keys.length;
  }

  /** When the next key expires, seconds since 1970; 0: none does. @returns {number} */
  nextExpiry() {
    if (!this.#exists()) return 0;
    const query = `SELECT min(expires) AS next FROM ${this.#name} WHERE expires > 0`;
    for (const { next } of this.#sql.exec(query)) return next ?? 0;
    return 0;
  }

  /** Whether no key is left but one that ends so. @param {string} ending */
  holdsOnly(ending) {
    if (!this.#exists()) return true;
    const keys = [...this.#sql.exec(`SELECT key FROM ${this.#name} LIMIT 2`)];
    return keys.length === 0 || (keys.length === 1 && keys[0].key.endsWith(ending));
  }

  /** @param {string} key @param {Uint8Array} value */
  #cut(key, value) {
    for (let n = 0; n * PIECE < value.length; n++) {
      const piece = value.slice(n * PIECE, (n + 1) * PIECE);
      this.#sql.exec(`INSERT INTO ${this.#name}_pieces (key, n, value) VALUES (?, ?, ?)`, key, n, piece);
    }
    this.#pieces = true;
  }

  /** @param {string} key @returns {Uint8Array} */
  #joined(key) {
    const query = `SELECT value FROM ${this.#name}_pieces WHERE key = ? ORDER BY n`;
    const pieces = Array.from(this.#sql.exec(query, key), ({ value }) => new Uint8Array(value));
    const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }

  #exists() {
    if (this.#made === undefined) {
      const found = this.#sql.exec(`SELECT 1 FROM sqlite_master WHERE name = ?`, this.#name);
      this.#made = [...found].length > 0;
    }
    return this.#made;
  }

  #hasPieces() {
    this.#pieces ??= [...this.#sql.exec(`SELECT 1 FROM ${this.#name}_pieces LIMIT 1`)].length > 0;
    return this.#pieces;
  }

  #make() {
    if (this.#exists()) return;
    this.#sql.exec(
      `CREATE TABLE ${this.#name} (key TEXT PRIMARY KEY, expires INTEGER NOT NULL, metadata TEXT, value BLOB)
        WITHOUT ROWID`,
    );
    // Only keys that expire have a row there.
    this.#sql.exec(`CREATE INDEX ${this.#name}_expires ON ${this.#name} (expires) WHERE expires > 0`);
    this.#sql.exec(
      `CREATE TABLE ${this.#name}_pieces (key TEXT, n INTEGER, value BLOB NOT NULL, PRIMARY KEY (key, n)) WITHOUT ROWID`,
    );
    this.#made = true;
    this.#pieces = false;
  }
}

/**
 * @param {string} key
 * @param {Uint8Array} value
 * @param {string | null} metadata
 */
function rowSize(key, value, metadata) {
  return encoder.encode(key).length + encoder.encode(metadata ?? '').length + value.length;
}

/**
 * The first text behind all that begin so; null when there is none.
 *
 * @param {string} prefix
 * @returns {string | null}
 */
function endOf(prefix) {
  const points = Array.from(prefix, (character) => /** @type {number} */ (character.codePointAt(0)));
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    // What lies between D7FF and E000 are no characters.
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}
