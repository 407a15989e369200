/**
 * What a turn costs in units that Cloudflare bills: for the arithmetic of docs/cost.md.
 *
 *   node tests/docs/turns.js    prints the table
 *
 * @module
 */

import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { millionTurns } from '../bench/compare/prices.js';

const START = Date.parse('2026-01-02T03:04:05Z');
const MINUTE = 60_000;
const AT = { threadId: 't', resourceId: 'u', role: 'user' };

/** Of the free plan, a day. */
export const FREE = { reads: 100_000, writes: 1000, lists: 1000 };

/** @typedef {{ reads: number, writes: number, lists: number }} Bill */

/**
 * The last 40 messages are read and two are saved, over a thread of 500.
 *
 * @param {boolean} isNew  whether the isolate is, and nobody has touched the thread for ten minutes
 * @returns {Promise<Bill>}
 */
async function turn(isNew) {
  let now = START;
  const backend = createMemoryBackend({ now: () => now });
  const bill = { reads: 0, writes: 0, lists: 0 };
  const open = (core = createCore({ now: () => now, wait: async (ms) => void (now += ms) })) => ({
    core,
    store: new CloudflareStore({
      backend,
      core,
      onOperation({ kind, keys }) {
        if (kind === 'list') bill.lists++;
        else if (kind === 'put') bill.writes++;
        else bill.reads += keys;
      },
    }),
  });
  const first = open();
  let { store } = first;
  const dates = { createdAt: new Date(now), updatedAt: new Date(now) };
  await store.saveThread({ thread: { id: 't', resourceId: 'u', ...dates } });
  const message = (/** @type {number} */ i) => ({
    id: `m-${i}`,
    ...AT,
    content: 'a text',
    createdAt: new Date(START + i),
  });
  for (let i = 0; i < 500; i += 50) {
    await store.saveMessages({ messages: Array.from({ length: 50 }, (_, at) => message(i + at)) });
    now += 2000;
  }
  await store.close();
  now += isNew ? 10 * MINUTE : 5000;
  store = open(isNew ? undefined : first.core).store;
  Object.assign(bill, { reads: 0, writes: 0, lists: 0 });
  const newest = { orderBy: { direction: 'DESC' }, perPage: 40, includeTotal: false };
  await store.listMessages({ threadId: 't', ...newest });
  await store.saveMessages({ messages: [message(500), message(501)] });
  await store.close();
  return bill;
}

/** The rows of the table: what, reads, writes, lists, dollars for a million turns, turns a day of the free plan. */
export async function turnRows() {
  const rows = [];
  for (const [what, isNew] of /** @type {[string, boolean][]} */ ([
    ['a new isolate, ten minutes later', true],
    ['the same isolate, seconds later', false],
  ])) {
    const bill = await turn(isNew);
    const { reads, writes, lists } = bill;
    const dollars = millionTurns({ 'KV read': reads, 'KV write': writes, 'KV list': lists }).toFixed(2);
    const kinds = /** @type {(keyof Bill)[]} */ (Object.keys(FREE));
    const free = Math.min(...kinds.map((kind) => Math.floor(FREE[kind] / bill[kind])));
    rows.push([what, ...[reads, writes, lists].map(String), dollars, String(free)]);
  }
  return rows;
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  for (const row of await turnRows()) console.log(`| ${row.join(' | ')} |`);
}
