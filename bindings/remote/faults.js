/**
 * What a call to an object ends with when the object did not answer: the runtime's errors, told apart.
 *
 * @module
 */

import { storeError } from '../core/errors.js';

/** By code: what is to be said, and whether something may have been done. */
const FAULTS = {
  OVERLOADED: { says: 'the Durable Object has too much to do; nothing was done', outcome: 'not done' },
  OBJECT_RESET: {
    says: 'the Durable Object was stopped meanwhile, as a deployment does; whether it was done is unknown',
    outcome: 'unknown',
  },
  DISCONNECTED: {
    says: 'the connection to the Durable Object was lost; whether it was done is unknown',
    outcome: 'unknown',
  },
  OBJECT_FAILED: {
    says: 'the Durable Object did not answer; whether it was done is unknown',
    outcome: 'unknown',
  },
};

/** Another try, on another stub, may find the object well. */
const PASSING = ['OBJECT_RESET', 'DISCONNECTED'];

/**
 * @param {any} error  of the runtime
 * @param {string} method
 */
export function faultOf(error, method) {
  const code = codeOf(error);
  const { says, outcome } = FAULTS[code];
  return storeError(code, method, says, { outcome });
}

/** @param {{ code: string }} error */
export function mayPass({ code }) {
  return PASSING.includes(code);
}

/**
 * @param {any} error
 * @returns {keyof typeof FAULTS}
 */
function codeOf(error) {
  if (error?.overloaded === true) return 'OVERLOADED';
  if (error?.durableObjectReset === true) return 'OBJECT_RESET';
  if (error?.retryable === true) return 'DISCONNECTED';
  return 'OBJECT_FAILED';
}
