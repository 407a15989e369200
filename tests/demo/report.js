/**
 * What the demo prints.
 *
 * @module
 */

/** @typedef {import('./client.js').Cost} Cost */

const WIDTH = 110;
const KINDS = [
  ['get', 'get'],
  ['get_many', 'bulk'],
  ['put', 'put'],
  ['delete', 'del'],
  ['list', 'list'],
];

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** @param {number[]} numbers @param {number} part */
const quantile = (numbers, part) =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * part)];

/** @param {number} n */
const oneDigit = (n) => (n === 0 ? '·' : n.toFixed(1));

/** @param {Cost} cost */
const operations = (cost) => Object.values(cost.operations).reduce((sum, n) => sum + n, 0);

/** Columns as wide as they must be; `left` of them are text. @param {string[][]} rows @param {number} left */
export function columns(rows, left) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (/** @type {string[]} */ row) =>
    row.map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((row) => `  ${line(row)}`.trimEnd());
}

/** @param {string} name @param {string} as @param {Cost[]} group */
const costRow = (name, as, group) => [
  name,
  as,
  String(group.length),
  ...KINDS.map(([kind]) => oneDigit(mean(group.map((cost) => cost.operations[kind] ?? 0)))),
  oneDigit(mean(group.map(operations))),
  String(Math.max(...group.map(operations))),
  oneDigit(mean(group.map(({ rounds }) => rounds))),
  String(Math.max(...group.map(({ rounds }) => rounds))),
  quantile(
    group.map(({ ms }) => ms),
    0.5,
  ).toFixed(1),
  quantile(
    group.map(({ ms }) => ms),
    0.95,
  ).toFixed(1),
];

/** @template T @param {T[]} items @param {(item: T) => string} nameOf @returns {[string, T[]][]} largest group first */
function groupBy(items, nameOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

/** What a read of the final state was after. @param {Cost} cost */
function question({ method, args }) {
  if (method === 'getThreadById') return 'a thread';
  if (method === 'getResourceById') return 'a resource';
  if (method === 'listThreads') return 'all threads of a user';
  if (method === 'listMessagesById') return 'messages by id';
  return args.perPage === false ? 'all messages of a thread' : `the last ${args.perPage} messages`;
}

/**
 * The calls as they were recorded, a row for each kind and the way it went; then the reads of the final state.
 *
 * @param {Cost[]} recorded
 * @param {Cost[]} fresh
 */
export function costLines(recorded, fresh) {
  const kinds = KINDS.map(([, short]) => short);
  const head = ['call', 'as', 'calls', ...kinds, 'ops', 'max', 'rounds', 'max', 'ms', '95 %'];
  const rows = groupBy(recorded, ({ method, route }) => `${method} ${route}`).map(([, group]) =>
    costRow(group[0].method, group[0].route, group),
  );
  const reads = groupBy(fresh, question).map(([name, group]) => costRow(group[0].method, name, group));
  const lines = columns([head, ...rows, ...reads], 2);
  return { recorded: lines.slice(0, rows.length + 1), fresh: lines.slice(rows.length + 1) };
}

/** @param {number} bytes */
const kib = (bytes) => (bytes / 1024).toFixed(1);

/** @param {import('./storage.js').TableSize[]} tables */
export function storageLines(tables) {
  const rows = tables.map(({ table, keys, bytes, largest }) => [
    table,
    String(keys),
    kib(bytes),
    kib(largest),
  ]);
  return columns([['keys of', 'keys', 'KiB', 'largest'], ...rows], 1);
}

/** Names in lines of the page's width. @param {string[]} names */
export function wrap(names) {
  const lines = [''];
  for (const name of names) {
    if (lines[lines.length - 1].length + name.length + 3 > WIDTH) lines.push('');
    lines[lines.length - 1] += `  ${name}`;
  }
  return lines;
}
