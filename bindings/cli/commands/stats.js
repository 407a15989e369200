/**
 * `threadkv stats`: how many records there are and what they weigh, by table and by user.
 *
 * @module
 */

import { TABLES } from '../../core/abi.js';
import { grouped, size } from '../report.js';

/** @typedef {import('../context.js').Context} Context */
/** @typedef {{ records: number, bytes: number }} Sum */

/**
 * @param {Context} context
 */
export async function runStats(context) {
  const { store, report, options, stopped } = context;
  /** @type {Record<string, Sum>} */
  const tables = {};
  /** @type {Map<string, Record<string, Sum>>} */
  const users = new Map();
  let damaged = 0;
  for (const [table] of TABLES) {
    const total = await store.countKeys(table);
    if (total === 0) continue;
    const progress = report.progress('Reading', `keys of ${table}`, total);
    let cursor = null;
    do {
      const page = await store.recordPage(table, cursor);
      for (const record of page.records) {
        const bytes = Buffer.byteLength(record.key) + Buffer.byteLength(record.text ?? '');
        const { part, user } = classify(table, record, options.keyPrefix.trim());
        addTo(tables, part, bytes);
        if (record.text === undefined) damaged++;
        if (user !== undefined) addTo(userSums(users, user), table, bytes);
      }
      progress.add(page.records.length);
      cursor = page.cursor;
    } while (cursor !== null && !stopped());
    progress.end();
    if (stopped()) break;
  }
  await store.close();
  const interrupted = stopped();
  if (interrupted) return { interrupted };
  return show(report, tables, users, damaged, options.top);
}

/**
 * @param {Context['report']} report
 * @param {Record<string, Sum>} tables
 * @param {Map<string, Record<string, Sum>>} users
 * @param {number} damaged
 * @param {number} top
 */
function show(report, tables, users, damaged, top) {
  const total = sumOf(Object.values(tables));
  if (total.records === 0) report.say('Nothing is stored under this prefix.');
  const rows = Object.entries(tables).map(([name, { records, bytes }]) => [name, records, size(bytes)]);
  if (rows.length > 0)
    report.table(['what', 'records', 'size'], [...rows, ['all', total.records, size(total.bytes)]]);
  const heaviest = [...users].map(([id, sums]) => ({ id, ...sums, bytes: sumOf(Object.values(sums)).bytes }));
  heaviest.sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
  const shown = heaviest.slice(0, top);
  const of = (/** @type {any} */ user, /** @type {string} */ table) => user[table]?.records ?? 0;
  report.table(
    ['user', 'threads', 'messages', 'others', 'size'],
    shown.map((user) => [
      user.id,
      of(user, 'threads'),
      of(user, 'messages'),
      sumOf(Object.values(/** @type {any} */ (users.get(user.id)))).records -
        of(user, 'threads') -
        of(user, 'messages'),
      size(user.bytes),
    ]),
  );
  if (heaviest.length > shown.length)
    report.say(`and ${grouped(heaviest.length - shown.length)} more users; --top <n> shows more`);
  if (damaged > 0) report.note(`${grouped(damaged)} values are damaged; \`threadkv verify\` names them.`);
  return { total, tables, users: { count: heaviest.length, heaviest: shown }, damaged };
}

/**
 * What a key is, and whose.
 *
 * @param {string} table
 * @param {import('../../upkeep/tool-store.js').StoredRecord} record
 * @param {string} prefix
 */
function classify(table, { key, text }, prefix) {
  if (table === 'metadata')
    return { part: metadataPart(key.slice(key.indexOf('metadata:', prefix.length) + 9)) };
  const record = text === undefined ? {} : JSON.parse(text);
  if (table === 'threads' && record.id === undefined && record.deletedAt !== undefined) {
    return { part: 'threads: deleted' };
  }
  const user = table === 'resources' ? record.id : record.resourceId;
  return { part: table, user: typeof user === 'string' && user !== '' ? user : undefined };
}

/** @param {string} rest  of a key, after the table */
function metadataPart(rest) {
  const [kind, , suffix] = rest.split(':');
  if (kind === 'thread' || kind === 'resource')
    return `metadata: ${suffix === undefined ? 'heads' : 'journals'}`;
  if (kind === 'mentions') return 'metadata: mentions';
  return kind === 'sweep' ? 'metadata: to be swept' : 'metadata: others';
}

/** @param {Record<string, Sum>} sums @param {string} name @param {number} bytes */
function addTo(sums, name, bytes) {
  const sum = (sums[name] ??= { records: 0, bytes: 0 });
  sum.records++;
  sum.bytes += bytes;
}

/** @param {Map<string, Record<string, Sum>>} users @param {string} user */
function userSums(users, user) {
  let sums = users.get(user);
  if (sums === undefined) users.set(user, (sums = {}));
  return sums;
}

/** @param {Sum[]} sums */
function sumOf(sums) {
  return sums.reduce(
    (all, { records, bytes }) => ({ records: all.records + records, bytes: all.bytes + bytes }),
    { records: 0, bytes: 0 },
  );
}
