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

/** @param {{ path: string, timing: string }[]} log */
export function costLine(log) {
  const costs = log.map(({ path, timing }) => ({ path, ...readTiming(timing) }));
  if (costs.length === 0) return [];
  const all = addUp(costs);
  const requests = costs.length === 1 ? '1 request' : `${costs.length} requests`;
  return [
    el('strong', null, 'Cost: '),
    `${textOf(all)} · ${requests}`,
    costs.length > 1 &&
      disclosure('each request', () =>
        el(
          'ul',
          null,
          costs.map((cost) => el('li', null, el('code', null, cost.path), ` ${textOf(cost)}`)),
        ),
      ),
  ].filter(Boolean);
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
function textOf({ kinds, operations, rounds, kv, total }) {
  const names = Array.from(kinds, ([kind, count]) => `${kind} ${count}`).join(', ');
  const what = operations === 1 ? '1 KV operation' : `${operations} KV operations`;
  const ms = (/** @type {number} */ value) => `${Math.round(value * 10) / 10} ms`;
  return [
    names ? `${what} (${names})` : what,
    rounds === 1 ? '1 round' : `${rounds} rounds`,
    `${ms(kv)} waiting for KV`,
    `${ms(total)} in all`,
  ].join(' · ');
}

/** @param {Iterable<number>} numbers */
function sum(numbers) {
  return [...numbers].reduce((total, number) => total + number, 0);
}
