/**
 * Counts what a store asks of its back end. Of several wrappers around a back end this must be the outermost,
 * for the others may take rounds apart. A round counts when it was answered.
 *
 * @module
 */

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */
/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */
/** @typedef {import('../../bindings/backends/backend.js').KVReply} KVReply */

/**
 * @typedef {object} Counts
 * @property {Record<KVRequest['kind'], number>} operations
 * @property {number} total  of the operations
 * @property {number} writes  puts and deletes
 * @property {number} keys  read, written or deleted, each one of a bulk get
 * @property {number} rounds  in sequence: what a call waits for, were every round equally long
 * @property {number} waits  rounds of six requests at most, which is what a Worker has under way at a time
 * @property {number} bytesRead  values only
 * @property {number} bytesWritten
 */

/** Of a Worker to KV: the others wait for one of these. */
const CONNECTIONS = 6;

/** @typedef {Backend & { counts: () => Counts, log: KVRequest[][], reset: () => void }} Meter */

/**
 * @param {Backend} backend
 * @returns {Meter} `log` holds the requests of every round since the last reset
 */
export function createMeter(backend) {
  const zero = () => ({
    operations: { get: 0, get_many: 0, put: 0, delete: 0, list: 0 },
    total: 0,
    writes: 0,
    keys: 0,
    rounds: 0,
    waits: 0,
    bytesRead: 0,
    bytesWritten: 0,
  });
  /** @type {Counts} */
  let counts = zero();
  /** Requests of each round. @type {number[]} */
  let loads = [];
  return {
    name: backend.name,
    spaces: backend.spaces,
    log: [],
    counts: () => structuredClone(counts),
    reset() {
      counts = zero();
      loads = [];
      this.log = [];
    },
    async run(requests) {
      const mine = counts;
      const level = mine.rounds + 1;
      const load = loads;
      this.log.push(requests);
      const replies = await backend.run(requests);
      mine.rounds = Math.max(mine.rounds, level);
      const before = load[level] ?? 0;
      load[level] = before + requests.length;
      mine.waits += Math.ceil(load[level] / CONNECTIONS) - Math.ceil(before / CONNECTIONS);
      for (const request of requests) countRequest(mine, request);
      for (const reply of replies) countReply(mine, reply);
      return replies;
    },
  };
}

/** @param {Counts} counts @param {KVRequest} request */
function countRequest(counts, request) {
  counts.operations[request.kind]++;
  counts.total++;
  if (request.kind === 'get_many') counts.keys += request.keys.length;
  else if (request.kind !== 'list') counts.keys++;
  if (request.kind === 'put' || request.kind === 'delete') counts.writes++;
  if (request.kind === 'put') counts.bytesWritten += request.value.length;
}

/** @param {Counts} counts @param {KVReply} reply */
function countReply(counts, reply) {
  for (const entry of reply.entries ?? [reply.entry]) {
    if (!entry) continue;
    counts.bytesRead += typeof entry.value === 'string' ? Buffer.byteLength(entry.value) : entry.value.length;
  }
}
