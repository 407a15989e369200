/**
 * A few values that an object keeps of itself, beside its keys.
 *
 * @module
 */

/** @typedef {import('./table.js').SqlLike} SqlLike */

export class Notes {
  #sql;
  /** What is noted; undefined: not read yet. @type {Map<string, string | number> | undefined} */
  #known;
  #made = false;

  /** @param {SqlLike} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /** See `Table`. */
  forget() {
    this.#known = undefined;
    this.#made = false;
  }

  /** @param {string} name @returns {string | number | undefined} */
  get(name) {
    return this.#all().get(name);
  }

  /** @param {string} name @param {string | number} value */
  set(name, value) {
    const known = this.#all();
    if (known.get(name) === value) return;
    if (!this.#made) {
      this.#sql.exec('CREATE TABLE threadkv_notes (name TEXT PRIMARY KEY, value) WITHOUT ROWID');
      this.#made = true;
    }
    this.#sql.exec(
      'INSERT INTO threadkv_notes (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    );
    known.set(name, value);
  }

  #all() {
    if (this.#known !== undefined) return this.#known;
    this.#known = new Map();
    const found = this.#sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', 'threadkv_notes');
    this.#made = [...found].length > 0;
    if (this.#made) {
      const rows = this.#sql.exec('SELECT name, value FROM threadkv_notes');
      for (const { name, value } of rows) this.#known.set(name, value);
    }
    return this.#known;
  }
}
