/**
 * What an export is made of, page by page, whoever writes it down.
 *
 * @module
 */

import { compareBytes } from '../backends/limits.js';
import { KIND, MARKERS } from '../store/erasure.js';
import { count, KINDS } from './kinds.js';

/** @typedef {import('./tool-store.js').ToolStore} ToolStore */
/** @typedef {import('./verification.js').Progress} Progress */
/** Takes records. @typedef {{ add: (type: string, text: string) => Promise<void> }} Writer */
/**
 * Where an export stands: in which kind, at which page of it, and what was left out.
 * @typedef {{ kind: number, cursor: string | null, held?: { thread: string, places: Place[] },
 *   passed: Record<string, number> }} ExportPosition
 */

/** Messages of one thread that are held; of more, some may be exported twice, or those of one moment in another order. */
const MAX_HELD = 100_000;

/** Journal entries of a page: what is done again after a kill. An entry is a save, of many messages perhaps. */
const PER_PAGE = 100;

/**
 * Exports a page.
 *
 * @param {ToolStore} store
 * @param {Writer} writer
 * @param {ExportPosition} position
 * @param {Progress} progress
 * @returns {Promise<string | null>} the next cursor
 */
export function exportPage(store, writer, position, progress) {
  const step = KINDS[position.kind].name === 'message' ? exportMessages : exportTable;
  return step(store, writer, position, progress);
}

/** @typedef {typeof exportPage} Step */

/** @type {Step} */
async function exportTable(store, writer, position, progress) {
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
async function exportMessages(store, writer, position, progress) {
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
 * @param {ToolStore} store
 * @param {Held} held
 * @param {Writer} writer
 * @param {ExportPosition} position
 * @param {Progress} progress
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

  /** @param {ExportPosition['held']} [kept] */
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

  /** The newest journal entry says when a message was created, the oldest of that time where it stands. @param {import('./tool-store.js').CollectionPart} part */
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
