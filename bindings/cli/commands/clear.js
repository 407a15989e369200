/**
 * `threadkv clear`: deletes everything under a prefix, after asking.
 *
 * @module
 */

import { TABLES } from '../../core/abi.js';
import { confirm } from '../confirm.js';
import { grouped, printable } from '../report.js';

/** @typedef {import('../context.js').Context} Context */

/**
 * @param {Context} context
 */
export async function runClear(context) {
  const { store, report, options, target, stopped } = context;
  const prefix = options.keyPrefix.trim();
  /** @type {Record<string, number>} */
  const tables = {};
  let total = 0;
  for (const [table] of TABLES) {
    const keys = await store.countKeys(table);
    if (keys > 0) tables[table] = keys;
    total += keys;
  }
  if (total === 0) {
    await store.close();
    report.note('Nothing is stored under this prefix.');
    return { deleted: 0, tables };
  }
  report.note(`Under the prefix "${printable(prefix)}" in ${target.place}:`);
  for (const [table, keys] of Object.entries(tables))
    report.note(`  ${table.padEnd(20)} ${grouped(keys)} keys`);
  if (!options.yes) await confirm('clear', prefix === '' ? 'everything' : prefix);
  const progress = report.progress('Deleting', 'keys', total);
  context.onOperation(({ kind, status }) => {
    if (kind === 'delete' && status === 200) progress.add();
  });
  let deleted = 0;
  let pending = true;
  try {
    while (pending && !stopped()) {
      const answer = await store.dangerouslyClearAll();
      deleted += answer.deleted;
      pending = answer.pending;
    }
  } finally {
    progress.end();
    await store.close();
  }
  report.note(
    pending
      ? `Stopped after ${grouped(deleted)} keys. The same command goes on from here.`
      : `${grouped(deleted)} keys deleted.`,
  );
  return { deleted, tables, interrupted: pending };
}
