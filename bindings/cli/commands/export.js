/**
 * `threadkv export`: every record under a prefix, as NDJSON.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { access, constants, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FORMAT_VERSION } from '../../core/abi.js';
import { CliError, usageError } from '../errors.js';
import { exportPage } from '../../upkeep/export.js';
import { KINDS } from '../../upkeep/kinds.js';
import { ExportWriter } from '../ndjson.js';
import { grouped } from '../report.js';
import { State } from '../state.js';

/** @typedef {import('../context.js').Context} Context */

/** What has been written when nothing has. @type {ExportWriter['position']} */
const NOTHING = { bytes: 0, chunks: 0, records: 0, counts: {} };

/**
 * Where an export stands, and what is written by then.
 * @typedef {import('../../upkeep/export.js').ExportPosition & { written: ExportWriter['position'] }} Position
 */

/**
 * What can be said of the options before anything is opened.
 *
 * @param {{ output?: string, json?: boolean }} options
 */
export function checkExport({ output, json }) {
  if (output === undefined && json) throw usageError('--json needs a file to export to: -o <file>');
}

/**
 * @param {Context} context
 * @param {string | undefined} output
 */
export async function runExport(context, output) {
  const { store, report, options, target } = context;
  const state = new State(output === undefined ? undefined : (options.state ?? `${output}.state`), {
    command: 'export',
    place: target.place,
    names: target.names,
    keyPrefix: options.keyPrefix,
  });
  /** @type {Position | undefined} */
  const begun = await state.load();
  const size = await sizeOf(output);
  if (begun === undefined && size !== undefined && !options.force) {
    throw usageError(`${output} exists; remove it, or write over it with --force`);
  }
  if (output !== undefined) await access(dirname(output), constants.W_OK).catch(unwritable(output));
  if ((size ?? 0) < (begun?.written.bytes ?? 0)) {
    throw new CliError(`${output} is shorter than its state file says; remove ${state.path} to begin anew`);
  }
  /** @type {Position} */
  const position = begun ?? { kind: 0, cursor: null, written: NOTHING, passed: {} };
  // Before the file is there: whoever finds it knows whose it is.
  if (begun === undefined) await state.save(position);
  const sink = await openSink(output, position.written.bytes);
  const writer = new ExportWriter(sink.write);
  try {
    if (position.written.bytes > 0) {
      await writer.resume(position.written, readBytes(output, position.written.bytes));
    } else await writer.begin({ keyPrefix: options.keyPrefix.trim(), format: FORMAT_VERSION });
    const finished = await exportAll(context, writer, position, async () => {
      await writer.endChunk();
      position.written = writer.position;
      await sink.flush();
      await state.save(position);
    });
    const { records, counts, bytes } = writer.position;
    const result = { output, records, counts, bytes, damaged: position.passed, resumed: begun !== undefined };
    if (!finished) {
      if (output !== undefined) report.note(`Stopped. The same command goes on from here.`);
      return { ...result, interrupted: true };
    }
    const sha256 = await writer.end();
    await sink.flush();
    await state.remove();
    report.note(`${describe(counts)} exported${output === undefined ? '' : ` to ${output}`}.`);
    const damaged = Object.values(position.passed).reduce((sum, more) => sum + more, 0);
    if (damaged > 0)
      report.note(`${grouped(damaged)} damaged values were left out; \`threadkv verify\` names them.`);
    return { ...result, bytes: writer.position.bytes, sha256, findings: damaged > 0 };
  } finally {
    await sink.close();
    await store.close();
  }
}

/**
 * @param {Context} context
 * @param {ExportWriter} writer
 * @param {Position} position
 * @param {() => Promise<void>} save
 * @returns {Promise<boolean>} false when it was interrupted
 */
async function exportAll(context, writer, position, save) {
  const { store, report, stopped } = context;
  const first = position.kind;
  for (let kind = first; kind < KINDS.length; kind++) {
    const { name, table } = KINDS[kind];
    const progress = report.progress('Exporting', `${name} records`, await store.countKeys(table));
    progress.add(kind === first ? (writer.position.counts[name] ?? 0) : 0);
    try {
      do {
        position.cursor = await exportPage(store, writer, position, progress);
        if (position.cursor === null) position.kind = kind + 1;
        await save();
        if (stopped()) return position.kind === KINDS.length;
      } while (position.cursor !== null);
    } finally {
      progress.end();
    }
  }
  return true;
}

/** @param {Record<string, number>} counts */
export function describe(counts) {
  const words = Object.entries(counts).map(
    ([name, number]) => `${grouped(number)} ${name}${number === 1 ? '' : 's'}`,
  );
  return words.length === 0 ? 'Nothing' : words.join(', ');
}

/** @param {string} output @returns {(error: any) => never} */
function unwritable(output) {
  return (error) => {
    throw usageError(`${output} cannot be written: ${error.code ?? error.message}`);
  };
}

/** @param {string | undefined} output @returns {Promise<number | undefined>} undefined when it is not there */
async function sizeOf(output) {
  if (output === undefined) return undefined;
  return stat(output).then(
    ({ size }) => size,
    () => undefined,
  );
}

/**
 * @param {string | undefined} output
 * @param {number} written  bytes that are kept of it
 */
async function openSink(output, written) {
  if (output === undefined) {
    const { stdout } = process;
    return {
      write: (/** @type {string} */ text) =>
        /** @type {Promise<void>} */ (
          new Promise((resolve, reject) => stdout.write(text, (error) => (error ? reject(error) : resolve())))
        ),
      flush: async () => {},
      close: async () => {},
    };
  }
  const file = await open(output, written === 0 ? 'w' : 'r+').catch(unwritable(output));
  await file.truncate(written);
  let at = written;
  return {
    write: async (/** @type {string} */ text) => {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
    },
    flush: () => file.datasync(),
    close: () => file.close(),
  };
}

/**
 * @param {string | undefined} path
 * @param {number} bytes
 */
async function* readBytes(path, bytes) {
  if (path !== undefined && bytes > 0) yield* createReadStream(path, { end: bytes - 1 });
}
