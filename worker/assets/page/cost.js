/**
 * What a view cost, from the headers `Server-Timing` of its requests.
 *
 * @module
 */

import { disclosure, el } from './dom.js';

/** @typedef {{ kinds: Map<string, number>, operations: number, rounds: number, kv: number, total: number }} Cost */

/**
 * Reads `kv;desc="get 1, get_many 1";dur=21.4, rounds;desc="2", total;dur=23`.
 *
 * @param {string} header
 * @returns {Cost}
 */
export function readTiming(header) {
  const part = (/** @type {RegExp} */ pattern) => pattern.exec(header)?.[1] ?? '';
  const kinds = new Map(
    Array.from(part(/kv;desc="([^"]*)"/).matchAll(/(\w+) (\d+)/g), ([, kind, count]) => [
      kind,
      Number(count),
    ]),
  );
  return {
    kinds,
    operations: sum(kinds.values()),
    rounds: Number(part(/rounds;desc="(\d+)"/)),
    kv: Number(part(/kv;desc="[^"]*";dur=([\d.]+)/)),
    total: Number(part(/total;dur=([\d.]+)/)),
  };
}

/**
 * One line, so that a telephone has room for what it is about; the rest when asked for.
 *
 * @param {{ path: string, timing: string }[]} log
 */
export function costLine(log) {
  const costs = log.map(({ path, timing }) => ({ path, ...readTiming(timing) }));
  if (costs.length === 0) return [];
  const all = addUp(costs);
  const line = [operationsOf(all), roundsOf(all), ms(all.total)].join(' · ');
  const requests = costs.length === 1 ? '1 request' : `${costs.length} requests`;
  return [
    disclosure(`Cost: ${line}`, () =>
      el(
        'div',
        null,
        el('p', null, `${textOf(all)} · ${requests}`),
        costs.length > 1 &&
          el(
            'ul',
            null,
            costs.map((cost) => el('li', null, el('code', null, cost.path), ` ${textOf(cost)}`)),
          ),
      ),
    ),
  ];
}

/** @param {Cost[]} costs @returns {Cost} */
function addUp(costs) {
  /** @type {Map<string, number>} */
  const kinds = new Map();
  for (const cost of costs)
    for (const [kind, count] of cost.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return {
    kinds,
    operations: sum(kinds.values()),
    rounds: sum(costs.map(({ rounds }) => rounds)),
    kv: sum(costs.map(({ kv }) => kv)),
    total: sum(costs.map(({ total }) => total)),
  };
}

/** @param {Cost} cost */
function textOf(cost) {
  const names = Array.from(cost.kinds, ([kind, count]) => `${kind} ${count}`).join(', ');
  const what = operationsOf(cost);
  return [
    names ? `${what} (${names})` : what,
    roundsOf(cost),
    `${ms(cost.kv)} waiting for KV`,
    `${ms(cost.total)} in all`,
  ].join(' · ');
}

/** @param {Cost} cost */
function operationsOf({ operations }) {
  return operations === 1 ? '1 KV operation' : `${operations} KV operations`;
}

/** @param {Cost} cost */
function roundsOf({ rounds }) {
  return rounds === 1 ? '1 round' : `${rounds} rounds`;
}

/** @param {number} value */
function ms(value) {
  return `${Math.round(value * 10) / 10} ms`;
}

/** @param {Iterable<number>} numbers */
function sum(numbers) {
  return [...numbers].reduce((total, number) => total + number, 0);
}
