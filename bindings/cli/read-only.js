/**
 * A back end that changes nothing: reads would put in order what they find amiss of an index, and are content without.
 *
 * @module
 */

/** @typedef {import('../backends/backend.js').Backend} Backend */
/** @typedef {import('../backends/backend.js').KVReply} KVReply */

const WRITES = ['put', 'delete'];

/** @type {KVReply} */
const REFUSED = { status: 403, operations: 0, reason: 'the store was opened to read only' };

/** @param {Backend} backend @returns {Backend} */
export function createReadOnlyBackend(backend) {
  return {
    ...backend,
    async run(requests, room) {
      const reads = requests.filter(isRead);
      const replies = reads.length === 0 ? [] : await backend.run(reads, room);
      const inTurn = replies.values();
      return requests.map((request) => (isRead(request) && inTurn.next().value) || REFUSED);
    },
  };
}

/** @param {import('../backends/backend.js').KVRequest} request */
function isRead({ kind }) {
  return !WRITES.includes(kind);
}
