/**
 * What a call that failed is reported as.
 *
 * @module
 */

import { ERRORS } from './abi.js';
import { storeError } from './errors.js';

/** @typedef {Record<number, string>} Reasons  of a call's failed requests, in words, by status */

/** What the core has no more room, or no more call, to say. @type {Record<string, string>} */
const UNSAID = {
  ABANDONED: 'no answer came for so long that the call was given up; what it wrote is unknown, try again',
  NO_MEMORY: 'no memory is left for what the call would need',
};

/**
 * @param {number} status
 * @param {string} text
 * @param {string} method
 * @param {Reasons} reasons
 */
export function failure(status, text, method, reasons) {
  const known = ERRORS[status];
  if (text === '') return storeError(known, method, UNSAID[known] ?? `${method} failed`);
  const { code, message, details } = JSON.parse(text);
  const reason = code === 'KV_FAILED' ? reasons[details?.status] : undefined;
  if (reason === undefined) return storeError(code, method, message, details);
  return storeError(code, method, `${message}: ${reason}`, { ...details, reason });
}

/** @param {string} method */
export function crashed(method) {
  return storeError(
    'CRASHED',
    method,
    'the storage module stopped; what was under way is unknown, try again',
  );
}
