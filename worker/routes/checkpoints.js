/**
 * Requests about checkpoints of LangGraph. Graphs write them; here they are looked at: page by page, and what is large
 * is told by its type and size.
 *
 * @module
 */

import * as plans from '../../bindings/checkpoints/plans.js';
import { idOf, isCheckpoint, namespaceOf, placeOf, spaceOf } from '../../bindings/checkpoints/keys.js';
import { performPlan } from '../../bindings/forms/line.js';
import { orAbsent } from '../../bindings/store/absent.js';
import { notFound } from '../errors.js';
import { parseExact } from '../json.js';
import { choice, text } from '../parameters.js';
import { route } from '../route.js';
import { Checkpoint, CheckpointPage, CheckpointThreads } from '../schemas.js';

const tag = 'Checkpoints';
/** Keys of a page: of namespaces, and of a namespace, where writes stand between checkpoints. */
const NAMESPACES = 100;
const KEYS = 200;
/** Of a checkpoint whose parts are larger together only the row is read; of the rest a value that is longer is not told. */
const READ = 1024 * 1024;
const TOLD = 64 * 1024;

const cursor = choice('where a page ended: its `cursor`');
const namespace = text('of the graph or subgraph; the empty one if not given');

/** @typedef {import('../../bindings/index.js').CloudflareStore} Store */
/** @typedef {{ type: string, bytes: number, value?: unknown }} Told */
/** @typedef {import('../../bindings/checkpoints/keys.js').Listed} Listed */

export const checkpoints = [
  route({
    method: 'GET',
    path: '/v1/checkpoints',
    operationId: 'listCheckpointThreads',
    tag,
    summary: 'Threads that have checkpoints of LangGraph, with their namespaces, in the order of their ids',
    description: 'A thread whose namespaces stand on two pages is on both.',
    query: { threadId: choice('this thread alone'), cursor },
    answers: { 200: { description: 'a page of threads', schema: CheckpointThreads } },
    async handle({ json, var: { store } }, { query: { threadId, cursor } }) {
      const under = threadId === undefined ? [] : [threadId];
      const page = await pageOf(store, { heads: true, under, limit: NAMESPACES, cursor });
      return json({ threads: threadsOf(page.keys), cursor: page.cursor });
    },
  }),

  route({
    method: 'GET',
    path: '/v1/checkpoints/:threadId',
    operationId: 'listCheckpoints',
    tag,
    summary: 'Checkpoints of a namespace of a thread, newest first',
    description:
      'By keys alone: a page may have few of them, or none, and a `cursor` all the same. What the same isolate has just put may be ' +
      'on two pages.',
    query: { namespace, cursor },
    answers: { 200: { description: 'a page of checkpoints', schema: CheckpointPage } },
    async handle({ json, var: { store } }, { ids: { threadId }, query: { namespace: name = '', cursor } }) {
      const page = await pageOf(store, { under: [threadId, spaceOf(name)], limit: KEYS, cursor });
      const checkpoints = page.keys.filter(({ place }) => isCheckpoint(place)).map(summaryOf);
      return json({ checkpoints, cursor: page.cursor });
    },
  }),

  route({
    method: 'GET',
    path: '/v1/checkpoints/:threadId/:checkpointId',
    operationId: 'getCheckpoint',
    etag: true,
    tag,
    summary: 'A checkpoint, with its values and what was written to it',
    description:
      'A value is told where it is stored as JSON and not larger than 64 KiB; of any other its type and size. Of a ' +
      'checkpoint with more than 1 MiB beside its row those values are not read, nor `writes`.',
    query: { namespace },
    answers: { 200: { description: 'the checkpoint', schema: Checkpoint } },
    errors: [404],
    async handle({ json, var: { store } }, { ids, query: { namespace: name = '' } }) {
      const found = await findOne(store, {
        threadId: ids.threadId,
        space: spaceOf(name),
        id: ids.checkpointId,
      });
      if (found === null) throw notFound('Checkpoint', ids.checkpointId, { threadId: ids.threadId });
      return json(checkpointOf(found));
    },
  }),
];

/**
 * @param {Store} store
 * @param {{ heads?: boolean, under: string[], limit: number, cursor?: string }} of
 * @returns {Promise<{ keys: Listed[], cursor: string | null }>}
 */
function pageOf(store, { cursor, ...of }) {
  const asked = { ...of, ...(cursor !== undefined && { cursor }) };
  return orAbsent({ keys: [], cursor: null }, () => performPlan(store, plans.page, 'listCheckpoints', asked));
}

/** @param {Listed[]} heads */
function threadsOf(heads) {
  /** @type {Map<string, Map<string, object>>} */
  const threads = new Map();
  for (const { threadId, space, cover } of heads) {
    const namespaces = threads.get(threadId) ?? new Map();
    threads.set(threadId, namespaces);
    const { newest, updatedAt } = cover ?? {};
    const told = { ...(newest && { checkpointId: idOf(newest) }), ...(updatedAt && { updatedAt }) };
    namespaces.set(space, { namespace: namespaceOf(space), ...told });
  }
  return Array.from(threads, ([threadId, namespaces]) => ({
    threadId,
    namespaces: [...namespaces.values()],
  }));
}

/** @param {Listed} key */
function summaryOf({ place, cover }) {
  const { parent, createdAt, metadata } = cover ?? {};
  return {
    checkpointId: idOf(place),
    ...(parent && { parentId: parent }),
    ...(createdAt && { createdAt }),
    ...(metadata && { metadata: toldStored(metadata) }),
  };
}

/**
 * @param {Store} store
 * @param {{ threadId: string, space: string, id: string }} of
 * @returns {Promise<{ record: any, packs?: Record<string, string[]>, writes?: any[] } | null>}
 */
async function findOne(store, of) {
  const { threadId, space, id } = of;
  const keys = [{ threadId, space, place: placeOf(id), bytes: 0 }];
  const [record] = await orAbsent([null], () => performPlan(store, plans.fetch, 'getCheckpoint', keys));
  if (record === null) return null;
  const beside = record.packs.reduce(
    (/** @type {number} */ sum, /** @type {any[]} */ [, bytes]) => sum + bytes,
    0,
  );
  return beside > READ ? { record } : performPlan(store, plans.read, 'getCheckpoint', of);
}

/** @param {{ record: any, packs?: Record<string, string[]>, writes?: any[] }} found */
function checkpointOf({ record, packs, writes }) {
  const { threadId, space, place, parent, createdAt, metadata, checkpoint, values } = record;
  return {
    threadId,
    namespace: namespaceOf(space),
    checkpointId: idOf(place),
    ...(parent && { parentId: parent }),
    ...(createdAt && { createdAt }),
    metadata: toldStored(metadata),
    checkpoint: toldStored(checkpoint),
    values: Object.entries(values).map(([channel, row]) => ({ channel, ...toldValue(row, record, packs) })),
    ...(writes && { writes: writes.flatMap(toldWrites) }),
  };
}

/** @param {any} row */
const toldWrites = ({ task, writes }) =>
  writes.map((/** @type {[number, string, any]} */ [index, channel, stored]) => ({
    task,
    index,
    channel,
    ...toldStored(stored),
  }));

/** @param {string | [type: string, base64: string]} stored @returns {Told} */
const toldStored = (stored) =>
  typeof stored === 'string' ? toldText(stored) : { type: stored[0], bytes: bytesOf(stored[1]) };

/**
 * @param {any} row  `s`: the text, or how it ends where `p` has its beginning in pieces; `t`: base64, of this type
 * @param {any} record
 * @param {Record<string, string[]>} [packs]
 * @returns {Told}
 */
function toldValue({ t, s, p = [] }, record, packs) {
  const before = p.reduce((/** @type {number} */ sum, /** @type {any[]} */ [, , size]) => sum + size, 0);
  if (t !== undefined) return { type: t, bytes: before + bytesOf(s) };
  const pieces = p.map(
    (/** @type {[number, number]} */ [pack, part]) => packs?.[record.packs[pack][0]]?.[part],
  );
  if (pieces.includes(undefined)) return { type: 'json', bytes: before + lengthOf(s) };
  return toldText([...pieces, s].join(''));
}

/** @param {string} json @returns {Told} */
function toldText(json) {
  const told = { type: 'json', bytes: lengthOf(json) };
  if (told.bytes > TOLD) return told;
  try {
    return { ...told, value: parseExact(json) };
  } catch {
    return told; // A serializer of somebody's own may call anything JSON.
  }
}

/** @param {string} text */
const lengthOf = (text) => new TextEncoder().encode(text).length;

/** @param {string} base64 */
const bytesOf = (base64) => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
