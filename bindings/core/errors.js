/**
 * The errors that users see. All of them are made by `storeError`, so that each has a stable `code`, the
 * public method it came from, and details that never hold message text, metadata values or tokens.
 *
 * @module
 */

import { STATUSES } from './abi.js';

/** What went wrong with a call. Decide by `code`; the message is for people. */
export class StoreError extends Error {
  /**
   * @param {string} code
   * @param {string} op
   * @param {string} message
   * @param {Record<string, unknown>} [details]
   */
  constructor(code, op, message, details = {}) {
    super(message);
    this.name = 'StoreError';
    /** Stable word for the kind of failure: 'INVALID_ARGUMENT', 'NOT_FOUND', 'KV_FAILED' … */
    this.code = code;
    /** The public method that failed: 'saveMessages' … */
    this.op = op;
    /** What is known about it: ids, keys, statuses, counts. */
    this.details = details;
  }
}

/** A metadata filter that cannot be one. A `TypeError`, as callers of Mastra's stores expect. */
export class StoreTypeError extends TypeError {
  /**
   * @param {string} code
   * @param {string} op
   * @param {string} message
   * @param {Record<string, unknown>} [details]
   */
  constructor(code, op, message, details = {}) {
    super(message);
    this.name = 'StoreTypeError';
    this.code = code;
    this.op = op;
    this.details = details;
  }
}

/**
 * The HTTP status that says the same: 400 for a bad argument, 404, 409, 503 for what may be tried again …
 *
 * @param {unknown} error
 * @returns {number} 500 for what is nobody's fault but the server's
 */
export function httpStatus(error) {
  if (!(error instanceof StoreError || error instanceof StoreTypeError)) return 500;
  // The constructor's arguments are the program's own, not those of whoever it answers.
  return error.op === 'constructor' ? 500 : (STATUSES[error.code] ?? 500);
}

/**
 * Runs what stands behind another name of a method: its errors tell the name that was called.
 *
 * @template T
 * @param {string} method
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function asMethod(method, run) {
  try {
    return await run();
  } catch (error) {
    if (error instanceof StoreError || error instanceof StoreTypeError) error.op = method;
    throw error;
  }
}

/**
 * @param {string} code
 * @param {string} op
 * @param {string} message
 * @param {Record<string, unknown>} [details]
 * @returns {StoreError | StoreTypeError}
 */
export function storeError(code, op, message, details) {
  if (code === 'INVALID_FILTER') return new StoreTypeError(code, op, message, details);
  return new StoreError(code, op, message, details);
}
