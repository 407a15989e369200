/**
 * Looks into the namespaces themselves: how many keys of each table there are, and how large.
 *
 * @module
 */

/** @typedef {{ table: string, keys: number, bytes: number, largest: number }} TableSize */

/** @param {any} namespace @returns {AsyncGenerator<string[]>} the names of all keys, a hundred at a time */
async function* keysOf(namespace) {
  /** @type {string | undefined} */
  let cursor;
  do {
    /** @type {any} */
    const page = await namespace.list({ limit: 100, cursor });
    if (page.keys.length) yield page.keys.map((/** @type {{ name: string }} */ { name }) => name);
    cursor = page.list_complete ? undefined : page.cursor;
  } while (cursor);
}

/** The kind of record that a key holds. @param {string} key */
function tableOf(key) {
  const [table, kind, ...rest] = key.split(':');
  if (table !== 'metadata') return table;
  return `${table}: ${kind}${rest.length > 1 ? ' journal' : ''}`;
}

/** @param {any[]} namespaces @returns {Promise<TableSize[]>} by table */
export async function measure(namespaces) {
  /** @type {Map<string, TableSize>} */
  const tables = new Map();
  for (const namespace of namespaces) {
    for await (const names of keysOf(namespace)) {
      const values = await namespace.get(names);
      for (const name of names) count(tables, tableOf(name), bytesOf(values.get(name) ?? ''));
    }
  }
  return [...tables.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text).length;

/** @param {Map<string, TableSize>} tables @param {string} table @param {number} bytes */
function count(tables, table, bytes) {
  const size = tables.get(table) ?? { table, keys: 0, bytes: 0, largest: 0 };
  tables.set(table, size);
  size.keys += 1;
  size.bytes += bytes;
  size.largest = Math.max(size.largest, bytes);
}
