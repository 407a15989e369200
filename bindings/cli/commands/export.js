/**
 * `threadkv export`: every record under a prefix, as NDJSON.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { access, constants, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareBytes } from '../../backends/limits.js';
import { FORMAT_VERSION } from '../../core/abi.js';
import { KIND, MARKERS } from '../../store/erasure.js';
import { CliError, usageError } from '../errors.js';
import { count, KINDS } from '../../upkeep/kinds.js';
import { ExportWriter } from '../ndjson.js';
import { grouped } from '../report.js';
import { State } from '../state.js';

/** @typedef {import('../context.js').Context} Context */

/** Messages of one thread that are held; of more, some may be exported twice, or those of one moment in another order. */
const MAX_HELD = 100_000;

/** Journal entries of a page: what is done again after a kill. An entry is a save, of many messages perhaps. */
const PER_PAGE = 100;

/** What has been written when nothing has. @type {ExportWriter['position']} */
const NOTHING = { bytes: 0, chunks: 0, records: 0, counts: {} };

/**
 * Where an export stands: in which kind, at which page of it.
 * @typedef {{ kind: number, cursor: string | null, held?: { thread: string, places: Place[] },
 *   written: ExportWriter['position'], passed: Record<string, number> }} Position
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
        const step = name === 'message' ? exportMessages : exportTable;
        position.cursor = await step(context, writer, position, progress);
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

/** @typedef {(context: Context, writer: ExportWriter, position: Position,
 *   progress: import('../report.js').Progress) => Promise<string | null>} Step  exports a page; returns the next cursor */

/** @type {Step} */
async function exportTable({ store }, writer, position, progress) {
  const { name, table } = KINDS[position.kind];
  const page = await store.recordPage(table, position.cursor);
  for (const { text } of page.records) {
    if (text === undefined) count(position.passed, name);
    else if (!isTombstone(text) && !isMarker(table, text)) await writer.add(name, text);
  }
  progress.add(page.records.length);
  return page.cursor;
}

/**
 * Messages go by the journals of their threads, so that those of one thread stand together and none of a deleted
 * thread comes along. Journals begin with the newest; a thread's messages are held until all are known, and exported in the
 * order in which they are shown, which import keeps.
 *
 * @type {Step}
 */
async function exportMessages({ store }, writer, position, progress) {
  const page = await store.collectionPage('thread', position.cursor, { places: true, perPage: PER_PAGE });
  count(position.passed, 'journal', page.damaged.length);
  let held = new Held(position.held);
  for (const part of page.collections) {
    if (part.id !== held.thread || held.size >= MAX_HELD) {
      await exportRecords(store, held, writer, position, progress);
      held = new Held({ thread: part.id, places: [] });
    }
    if (part.state === 0) held.add(part);
  }
  if (page.cursor === null) await exportRecords(store, held, writer, position, progress);
  position.held = page.cursor === null ? undefined : held.kept;
  return page.cursor;
}

/**
 * @param {import('../../upkeep/tool-store.js').ToolStore} store
 * @param {Held} held
 * @param {ExportWriter} writer
 * @param {Position} position
 * @param {import('../report.js').Progress} progress
 */
async function exportRecords(store, held, writer, position, progress) {
  for await (const records of store.recordsById('messages', held.ordered())) {
    for (const { text } of records) {
      // A message may be named in several threads, of which one has it.
      if (text === undefined) count(position.passed, 'message');
      else if (JSON.parse(text).threadId === held.thread) await writer.add('message', text);
    }
    progress.add(records.length);
  }
}

/** @typedef {[id: string, time: number, stamp: number, position: number]} Place */

/** The messages of the thread at hand, as far as its journals were read. */
class Held {
  /** @type {Map<string, Place>} */
  #places;

  /** @param {Position['held']} [kept] */
  constructor({ thread, places } = { thread: '', places: [] }) {
    this.thread = thread;
    this.#places = new Map(places.map((place) => [place[0], place]));
  }

  get size() {
    return this.#places.size;
  }

  /** For the state file. */
  get kept() {
    return { thread: this.thread, places: [...this.#places.values()] };
  }

  /** The newest journal entry says when a message was created, the oldest of that time where it stands. @param {import('../../upkeep/tool-store.js').CollectionPart} part */
  add({ members, places = [] }) {
    members.forEach((id, at) => {
      const [time, stamp, position] = places.slice(3 * at, 3 * at + 3);
      const known = this.#places.get(id);
      if (known === undefined) this.#places.set(id, [id, time, stamp, position]);
      else if (known[1] === time && stamp < known[2]) this.#places.set(id, [id, time, stamp, position]);
    });
  }

  /** The ids in the order in which lists show them. */
  ordered() {
    const places = [...this.#places.values()];
    places.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[3] - b[3] || compareBytes(a[0], b[0]));
    return places.map(([id]) => id);
  }
}

/** @param {string} text  of a record under `threads:` */
function isTombstone(text) {
  if (!text.includes('"deletedAt"')) return false;
  const record = JSON.parse(text);
  return record.id === undefined && typeof record.deletedAt === 'number';
}

/**
 * Of an erasure under way: where it is imported it would erase whoever has the id there.
 *
 * @param {string} table @param {string} text
 */
function isMarker(table, text) {
  return table === MARKERS && JSON.parse(text).scopeKind === KIND;
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
