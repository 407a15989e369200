/**
 * The back end for Cloudflare's REST API: KV from outside Workers. One title of the list is one space; its namespace is
 * found by title, and made when it is first written to. To a reader, a namespace that does not exist is empty.
 *
 * The requests of a round to one namespace go out as bulk requests where there are several. `operations` counts requests
 * to the API: what several were sent with counts for the first of them.
 *
 * @module
 */

import { Gate, replyOf, UNREAD } from '../gate.js';
import { createLanes, MAX_CONCURRENT } from '../lanes.js';
import { exceeds, keyStatus, MAX_BULK_KEYS, MAX_KEY, MAX_LIST, MAX_METADATA, MAX_VALUE } from '../limits.js';
import { createApi, DEFAULT_TIMEOUT, rootOf } from './api.js';
import { Directory } from './directory.js';
import { NO_NAMESPACE, toApiError } from './errors.js';
import { getMany, list } from './read.js';
import { deleteAll, putAll } from './write.js';

/**
 * @typedef {import('../backend.js').Backend} Backend
 * @typedef {import('../backend.js').KVRequest} KVRequest
 * @typedef {import('../backend.js').KVReply} KVReply
 * @typedef {import('../backend.js').KVPut} KVPut
 * @typedef {import('../backend.js').KVDelete} KVDelete
 * @typedef {import('./api.js').Send} Send
 *
 * @typedef {object} RestOptions
 * @property {readonly string[]} titles  of the namespaces
 */

/**
 * What one namespace is asked for: one read, or all writes of a kind.
 * @typedef {object} Job
 * @property {number} space
 * @property {boolean} creates  the namespace if need be
 * @property {number[]} at  which requests it answers
 * @property {(send: Send, id: string) => Promise<KVReply[]>} work
 * @property {() => KVReply} missing  the answer where there is no such namespace
 */

/**
 * A namespace that another call found gone right after it was made: nothing was written.
 * @type {KVReply}
 */
const GONE = { status: 503, reason: 'the namespace is gone' };

/**
 * @param {RestOptions & import('./api.js').ApiOptions} options
 * @returns {Backend}
 */
export function createRestBackend({ titles, ...options }) {
  const send = createApi(options);
  const directory = new Directory(titles);
  const root = rootOf(options);
  return {
    name: 'rest',
    slow: true,
    patience: options.timeout ?? DEFAULT_TIMEOUT,
    // By these a core tells namespaces apart, whatever store asks.
    spaces: titles.map((title) => `${root}#${title}`),
    run: (requests, room) => runRound(requests, directory, send, new Gate(room)),
  };
}

/**
 * @param {RestOptions & import('./api.js').ApiOptions} options
 * @returns {Promise<string[]>} those of the titles that no namespace has; none, when the API does not tell
 */
export async function findMissing({ titles, ...options }) {
  const directory = new Directory(titles);
  const spaces = [...titles.keys()];
  const failed = await directory.prepare(spaces, [], createApi(options));
  const missing = spaces.filter((space) => directory.idOf(space) === undefined && !failed.has(space));
  return [...new Set(missing.map((space) => titles[space]))];
}

/**
 * @param {KVRequest[]} requests
 * @param {Directory} directory
 * @param {Send} send
 * @param {Gate} gate
 * @returns {Promise<KVReply[]>}
 */
async function runRound(requests, directory, send, gate) {
  const replies = requests.map(refuse);
  const open = requests.map((_, i) => i).filter((i) => replies[i] === undefined);
  const jobs = plan(
    open.map((i) => requests[i]),
    gate,
  );
  const inLane = createLanes(MAX_CONCURRENT);
  /** @param {{ operations: number }} cost @returns {Send} */
  const counted =
    (cost) =>
    (...request) => {
      cost.operations++;
      return inLane(() => send(...request));
    };
  const unknown = jobs.filter(({ space }) => directory.idOf(space) === undefined);
  const lookup = { operations: 0 };
  const looked = findAll(unknown, directory, counted(lookup));
  const perform = async (/** @type {Job} */ job) => {
    const cost = { operations: 0 };
    const failure = unknown.includes(job) ? (await looked).get(job.space) : undefined;
    if (job === unknown[0]) cost.operations += lookup.operations;
    const answers = failure ? job.at.map(() => failure.reply()) : await answer(job, directory, counted(cost));
    answers.forEach((reply, i) => {
      const operations = i > 0 ? 0 : cost.operations;
      replies[open[job.at[i]]] = operations === 1 ? reply : { ...reply, operations };
    });
  };
  await Promise.all(jobs.map(perform));
  return /** @type {KVReply[]} */ (replies);
}

/**
 * @param {Job[]} jobs
 * @param {Directory} directory
 * @param {Send} send
 */
function findAll(jobs, directory, send) {
  const spaces = (/** @type {Job[]} */ some) => [...new Set(some.map(({ space }) => space))];
  return directory.prepare(spaces(jobs), spaces(jobs.filter(({ creates }) => creates)), send);
}

/**
 * @param {Job} job
 * @param {Directory} directory
 * @param {Send} send
 * @param {boolean} [again]
 * @returns {Promise<KVReply[]>}
 */
async function answer(job, directory, send, again = false) {
  const { space, at } = job;
  const id = directory.idOf(space);
  if (id === undefined) return at.map(job.missing);
  try {
    return await job.work(send, id);
  } catch (error) {
    let failure = toApiError(error);
    if (failure.has(NO_NAMESPACE) && !again) {
      directory.forget(space, id);
      const failed = await findAll([job], directory, send);
      if (!failed.has(space)) return answer(job, directory, send, true);
      failure = /** @type {import('./errors.js').ApiError} */ (failed.get(space));
    }
    return at.map(() => failure.reply());
  }
}

/**
 * What KV would not take is not sent: in a bulk request it would take others with it, and "." is no part of a URL.
 *
 * @param {KVRequest} request
 * @returns {KVReply | undefined}
 */
function refuse(request) {
  const status = problemOf(request);
  return status === 0 ? undefined : { status, operations: 0 };
}

/**
 * @param {KVRequest} request
 * @returns {number} status; 0 when there is none
 */
function problemOf(request) {
  if (request.kind === 'list') {
    if (!(request.limit >= 1 && request.limit <= MAX_LIST)) return 400;
    return exceeds(request.prefix, MAX_KEY) ? 414 : 0;
  }
  if (request.kind === 'get_many') {
    const { keys } = request;
    if (keys.length < 1 || keys.length > MAX_BULK_KEYS) return 400;
    return keys.map(keyStatus).find((status) => status !== 0) ?? 0;
  }
  const status = keyStatus(request.key);
  if (status !== 0 || request.kind !== 'put') return status;
  const { value, metadata } = request;
  return exceeds(value, MAX_VALUE) || (metadata !== null && exceeds(metadata, MAX_METADATA)) ? 413 : 0;
}

/** @param {KVRequest[]} requests @param {Gate} gate @returns {Job[]} */
function plan(requests, gate) {
  /** @type {Job[]} */
  const jobs = [];
  /** @type {Map<string, number[]>} */
  const writes = new Map();
  requests.forEach((request, i) => {
    const { kind, space } = request;
    if (kind !== 'put' && kind !== 'delete') {
      jobs.push({ space, creates: false, at: [i], ...readOf(request, gate) });
      return;
    }
    const group = writes.get(`${kind} ${space}`);
    if (group !== undefined) {
      group.push(i);
      return;
    }
    const at = [i];
    writes.set(`${kind} ${space}`, at);
    const keysOf = () => at.map((one) => /** @type {KVDelete} */ (requests[one]).key);
    const putsOf = () => at.map((one) => /** @type {KVPut} */ (requests[one]));
    jobs.push({
      space,
      creates: kind === 'put',
      at,
      work: (send, id) => (kind === 'put' ? putAll(send, id, putsOf()) : deleteAll(send, id, keysOf())),
      missing: () => (kind === 'put' ? GONE : { status: 200 }),
    });
  });
  return jobs;
}

/**
 * @param {Exclude<KVRequest, KVPut | KVDelete>} request
 * @param {Gate} gate
 * @returns {Pick<Job, 'work' | 'missing'>}
 */
function readOf(request, gate) {
  switch (request.kind) {
    case 'get':
      return {
        work: async (send, id) => {
          const [entry] = await getMany(send, id, [request.key], gate);
          if (entry === UNREAD) return [replyOf([entry])];
          return [entry === null ? { status: 404 } : { status: 200, entry }];
        },
        missing: () => ({ status: 404 }),
      };
    case 'get_many':
      return {
        work: async (send, id) => [replyOf(await getMany(send, id, request.keys, gate))],
        missing: () => ({ status: 200, entries: request.keys.map(() => null) }),
      };
    case 'list':
      return {
        work: async (send, id) => [await list(send, id, request)],
        missing: () => ({ status: 200, keys: [], cursor: null }),
      };
  }
}
