/**
 * `threadkv adopt`: copies what Mastra's own KV store wrote, or its LibSQL store, into threadkv's layout. Done twice it is done once; the source
 * stays as it is unless it is to be deleted.
 *
 * @module
 */

import { TABLES } from '../../core/abi.js';
import { Adoption } from '../adopt/adoption.js';
import { LAYOUTS } from '../adopt/layout.js';
import { LibsqlSource, openLibsql } from '../adopt/libsql.js';
import { Source } from '../adopt/source.js';
import { LIBSQL, SHAPES } from '../adopt/tables.js';
import { emptyTally } from '../adopt/tally.js';
import { usageError } from '../errors.js';
import { grouped, printable } from '../report.js';
import { State } from '../state.js';

/**
 * @typedef {import('../context.js').Context} Context
 * @typedef {import('../adopt/tally.js').Tally} Tally
 */
/** Where an adoption stands. @typedef {{ deletes: boolean, layout: number, cursor: string | null, tally: Tally }} Position */

/**
 * @param {Context} context
 */
export async function runAdopt(context) {
  const { store, options, target } = context;
  const { source, layouts, prefix, from, close } = await openSource(context);
  const state = new State(options.dryRun ? undefined : (options.state ?? 'threadkv-adopt.state'), {
    command: 'adopt',
    place: target.place,
    from,
    to: { names: target.names, prefix: options.keyPrefix },
    deleteSource: options.deleteSource === true,
  });
  /** @type {Position} */
  const position = (await state.load()) ?? { deletes: false, layout: 0, cursor: null, tally: emptyTally() };
  const resumed = position.deletes || position.layout > 0 || position.cursor !== null;
  const save = () => state.save(position);
  let finished;
  try {
    if (!options.dryRun) await store.init();
    finished = position.deletes || (await adoptTables(context, { source, layouts, prefix }, position, save));
    if (finished && options.deleteSource) {
      position.deletes = true;
      finished = await adoptTables(context, { source, layouts, prefix }, position, save);
    }
  } finally {
    close();
    await store.close();
  }
  const interrupted = finished !== true;
  if (!interrupted) await state.remove();
  return show(context, position.tally, { interrupted, resumed });
}

/**
 * What is adopted, and in which order.
 * @typedef {{ source: import('../adopt/adoption.js').Source, layouts: readonly import('../adopt/layout.js').Layout[], prefix:
 *   string }} Origin
 */

/**
 * @param {Context} context
 * @returns {Promise<Origin & { from: object, close: () => void }>} from: what names it
 */
async function openSource({ options, target }) {
  if (options.from !== undefined) {
    const source = await openLibsql(options.from, SHAPES);
    return { source, layouts: LIBSQL, prefix: '', from: { file: options.from }, close: () => source.close() };
  }
  if (target.sourceNames === undefined || target.open === undefined) {
    throw usageError(
      'adopt reads KV: name an account, or --local; or a file by --from. export and import go on to other places',
    );
  }
  const names = target.sourceNames(options);
  const tables = TABLES.map(([table]) => table);
  const source = new Source(target.open(names), tables);
  const prefix = fromPrefix(options);
  const layouts = LAYOUTS.filter(({ raw }) => !raw || options.rawKeys);
  const from = { names, prefix, raw: options.rawKeys === true };
  return { source, layouts, prefix, from, close: () => {} };
}

/**
 * @param {Context} context
 * @param {Origin} origin
 * @param {Position} position
 * @param {() => Promise<void>} save
 * @returns {Promise<boolean>} false when it was interrupted
 */
async function adoptTables(context, { source, layouts, prefix }, position, save) {
  const title = position.deletes ? 'Deleting' : context.options.dryRun ? 'Looking at' : 'Adopting';
  while (position.layout < layouts.length) {
    const layout = layouts[position.layout];
    const adoption = new Adoption(context, source, layout, prefix, position.tally);
    const unit = `keys of ${layout.mastra}${layout.raw ? ' without prefix' : ''}`;
    const progress = context.report.progress(title, unit, await adoption.total());
    try {
      do {
        if (context.stopped()) return false;
        position.cursor = await adoption.page(position.cursor, position.deletes, progress);
        if (position.cursor === null) position.layout++;
        await save();
      } while (position.cursor !== null);
    } finally {
      progress.end();
    }
  }
  if (!position.deletes) position.layout = 0;
  if (source instanceof LibsqlSource) leaveOut(source, position.tally);
  return true;
}

/** Says what of a file is not taken. @param {LibsqlSource} source @param {Tally} tally */
function leaveOut(source, tally) {
  const taken = new Set(LIBSQL.map(({ mastra }) => mastra));
  for (const table of source.tables()) {
    const rows = taken.has(table) ? 0 : source.count(table);
    if (rows > 0) tally.refused[`${table}: threadkv adopt does not know it`] = { count: rows, keys: [] };
  }
}

/** @param {{ fromPrefix?: string, fromNamespacePrefix?: string }} options */
function fromPrefix({ fromPrefix, fromNamespacePrefix }) {
  const prefix = (fromPrefix ?? fromNamespacePrefix ?? '').trim();
  return prefix === '' ? '' : `${prefix}:`;
}

/**
 * @param {Context} context
 * @param {Tally} tally
 * @param {{ interrupted: boolean, resumed: boolean }} run
 */
function show({ report, options }, tally, { interrupted, resumed }) {
  const { adopted, skipped, converted, refused, samples, kept, deleted } = tally;
  const kinds = Object.keys(adopted);
  if (kinds.length === 0) report.say('Nothing of Mastra’s store was found there.');
  report.table(
    [options.dryRun ? 'would be adopted' : 'adopted', 'number', 'such as'],
    kinds.map((kind) => [`${kind}s`, adopted[kind], samples[kind].map(printable).join(', ')]),
  );
  if (converted.message > 0)
    report.say(`${grouped(converted.message)} messages of the first format are among them.`);
  report.table(
    ['left out', 'number', 'keys such as'],
    Object.entries(refused).map(([why, { count, keys }]) => [why, count, keys.map(printable).join(', ')]),
  );
  const passed = Object.entries(skipped).map(
    ([what, number]) => `${grouped(number)} ${what}${number === 1 ? '' : 's'}`,
  );
  if (passed.length > 0) report.say(`Not needed: ${passed.join(', ')}.`);
  const newer = Object.values(kept).reduce((sum, more) => sum + more, 0);
  if (newer > 0)
    report.say(
      `${grouped(newer)} records were left as they are: threadkv has changed them. --overwrite replaces them.`,
    );
  const gone = Object.values(deleted).reduce((sum, more) => sum + more, 0);
  if (gone > 0) report.say(`${grouped(gone)} records deleted from the source.`);
  if (!options.rawKeys && options.from === undefined) {
    report.note(
      'Resources, scores and background tasks have keys without prefix there; --raw-keys takes them, too.',
    );
  }
  if (interrupted) report.note('Stopped. The same command goes on from here.');
  const findings = Object.keys(refused).length > 0;
  return {
    adopted,
    converted,
    skipped,
    refused,
    samples,
    kept,
    deleted,
    resumed,
    dryRun: options.dryRun === true,
    interrupted,
    findings,
  };
}

/** What says where in KV the source is. */
const OF_KV = {
  fromPrefix: '--from-prefix',
  fromNamespacePrefix: '--from-namespace-prefix',
  fromNamespace: '--from-namespace',
  rawKeys: '--raw-keys',
};

/** Checks options that only make sense together. @param {any} options */
export function checkAdopt(options) {
  if (options.dryRun && options.deleteSource)
    throw usageError('a dry run deletes nothing: leave --delete-source out');
  if (options.from === undefined) return;
  const other = Object.entries(OF_KV).find(([name]) => options[name] !== undefined);
  if (other) throw usageError(`${other[1]} is about namespaces of Mastra’s KV store; --from names a file`);
  if (options.deleteSource) throw usageError('--delete-source deletes keys, not a file: leave it out');
}
