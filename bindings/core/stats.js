/**
 * What a store has cost so far: KV operations by kind, keys, rounds, retries and bytes.
 *
 * @module
 */

/**
 * One request to KV, reported after its answer. A retry is reported on its own.
 * @typedef {object} Operation
 * @property {'get' | 'get_many' | 'put' | 'delete' | 'list'} kind
 * @property {string} table
 * @property {number} operations
 *   KV operations that it took: 1, or more where a bulk get had to be split or some of its keys read singly
 * @property {number} keys  how many keys it named, or listed
 * @property {number} bytes  read or written
 * @property {number} ms
 * @property {number} retries  how often it had failed before
 * @property {number} status  200, 404, or the status of its failure
 * @property {number} round  operations of one call with the same number went out together
 */
/**
 * @typedef {object} Stats
 * @property {Record<Operation['kind'], number>} operations
 * @property {number} keys
 * @property {number} rounds  of requests that had to wait for one another
 * @property {number} retries
 * @property {number} bytesRead
 * @property {number} bytesWritten
 */

/**
 * @param {((operation: Operation) => void) | undefined} onOperation
 * @returns {{ observe: (operation: Operation) => void, read: () => Stats }}
 */
export function createStats(onOperation) {
  const operations = { get: 0, get_many: 0, put: 0, delete: 0, list: 0 };
  const totals = { keys: 0, rounds: 0, retries: 0, bytesRead: 0, bytesWritten: 0 };
  let lastRound = 0;
  return {
    observe(operation) {
      const { kind, keys, bytes, retries, round } = operation;
      operations[kind] += operation.operations;
      totals.keys += keys;
      if (retries > 0) totals.retries++;
      totals[kind === 'put' ? 'bytesWritten' : 'bytesRead'] += bytes;
      if (round !== lastRound) totals.rounds++;
      lastRound = round;
      if (onOperation !== undefined) void report(onOperation, operation);
    },
    read: () => ({ operations: { ...operations }, ...totals }),
  };
}

/**
 * A hook that fails, now or later, must not turn a write that was made into a failed call.
 *
 * @param {(operation: Operation) => unknown} onOperation
 * @param {Operation} operation
 */
async function report(onOperation, operation) {
  try {
    await onOperation(operation);
  } catch {
    // The hook's own business.
  }
}
