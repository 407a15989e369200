/**
 * Operations that another core has made, as a store counts them: its rounds are numbered here, whichever core they were of.
 *
 * @module
 */

/** @typedef {import('../core/stats.js').Operation} Operation */

/**
 * @param {(operation: Operation) => void} observe
 * @returns {(operations: Operation[]) => void}  takes those of one call
 */
export function numbering(observe) {
  let rounds = 0;
  return (operations) => {
    let before = -1;
    for (const operation of operations) {
      if (operation.round !== before) rounds++;
      before = operation.round;
      observe({ ...operation, round: rounds });
    }
  };
}
