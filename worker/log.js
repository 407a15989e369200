/**
 * The Worker's log: events, codes and counts. Never ids, content or tokens.
 *
 * @module
 */

/* eslint-disable no-console -- this is where logging is allowed */

/** @param {{ event: 'sweep', deleted: number, pending: number }} entry */
export function logEvent(entry) {
  console.log(JSON.stringify(entry));
}

/** @param {{ event: 'error', code: string, method: string }} entry */
export function logError(entry) {
  console.error(JSON.stringify(entry));
}

/** @param {{ event: 'error', code: string, reason: string }} entry  the reason holds nothing that was configured */
export function logFault(entry) {
  console.error(JSON.stringify(entry));
}
