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

/** One row for each kind of call and the way it went. @param {Cost[]} costs */
export function costLines(costs) {
  /** @type {Map<string, Cost[]>} */
  const groups = new Map();
  for (const cost of costs) {
    const name = `${cost.method} ${cost.route}`;
    groups.set(name, [...(groups.get(name) ?? []), cost]);
  }
  const rows = [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((group) => [
      group[0].method,
      group[0].route,
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
    ]);
  const kinds = KINDS.map(([, short]) => short);
  return columns(
    [['call', 'as', 'calls', ...kinds, 'ops', 'max', 'rounds', 'max', 'ms', '95 %'], ...rows],
    2,
  );
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
