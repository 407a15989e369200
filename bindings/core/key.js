/**
 * Keys as src/FORMAT.md writes them, where an error has to name one that the core did not see.
 *
 * @module
 */

/** The parts of a row's key, where it is not `id` alone. @type {Record<string, string[]>} */
const NAMES = {
  workflow_snapshot: ['runId', 'workflowName'],
  thread_state: ['threadId', 'type', 'resourceId'],
  blobs: ['hash'],
  observational_memory: ['scopeKind', 'scopeId', 'generation'],
};

/** In which table those records are that a result has under this name. @type {Record<string, string>} */
const TABLES = { messages: 'messages', threads: 'threads', thread: 'threads' };

/**
 * @param {string} prefix
 * @param {string} table
 * @param {unknown[]} parts  ids; those that are undefined or null are left out
 */
export function keyOf(prefix, table, parts) {
  const ids = parts.filter((part) => part !== undefined && part !== null);
  return `${encode(prefix)}${table}:${ids.map((id) => encode(String(id))).join(':')}`;
}

/**
 * The key of the first record of a result that `parse` does not read.
 *
 * @param {string} text  of the result
 * @param {(text: string) => any} parse
 * @param {string} prefix
 * @param {string} table  of what the result does not name otherwise
 * @returns {string | undefined}
 */
export function unreadableKey(text, parse, prefix, table) {
  for (const { record, of } of recordsOf(JSON.parse(text), table)) {
    try {
      parse(JSON.stringify(record));
    } catch {
      const ids = (NAMES[of] ?? ['id']).map((name) => record[name]);
      return ids[0] === undefined ? undefined : keyOf(prefix, of, ids);
    }
  }
  return undefined;
}

/**
 * @param {any} result
 * @param {string} table
 * @returns {{ record: any, of: string }[]}
 */
function recordsOf(result, table) {
  const named = Object.keys(TABLES).find((name) => result?.[name] !== undefined);
  const of = named === undefined ? table : TABLES[named];
  const found = named === undefined ? (result?.rows ?? result) : result[named];
  const records = Array.isArray(found) ? found : [found];
  return records
    .filter((record) => typeof record === 'object' && record !== null)
    .map((record) => ({ record, of }));
}

/** @param {string} part */
function encode(part) {
  // eslint-disable-next-line no-control-regex
  return part.replace(/[%:\u0000-\u001f\u007f]/g, (char) => {
    const hex = char.charCodeAt(0).toString(16).toUpperCase();
    return `%${hex.padStart(2, '0')}`;
  });
}
