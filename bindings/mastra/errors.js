/**
 * The errors that Mastra's users see: `MASTRA_STORAGE_CLOUDFLARE_<OPERATION>_<STATUS>`, made here and nowhere else.
 * Each has the store's own error as its cause, with `code`, `op` and `details`.
 *
 * @module
 */

import { ErrorCategory, ErrorDomain, MastraBaseError, MastraError } from '@mastra/core/error';
import { createStorageErrorId } from '@mastra/core/storage';
import { httpStatus, StoreTypeError } from '../core/errors.js';
import { ownError } from '../store/guard.js';
import { DETAILS } from './details.js';

/** A class of Mastra's errors. @typedef {new (definition: any, cause: unknown) => MastraBaseError<any, any>} Kind */

/** Bad arguments that have a status of their own, by the method and what its error says. */
const STATUSES = [
  { methods: /^list/, says: /^(page|perPage) /, status: 'INVALID_PAGE' },
  { methods: /^listMessages$/, says: /^threadId must be /, status: 'INVALID_THREAD_ID' },
];

/** The statuses that are the caller's fault; Mastra's stores count all others as their platform's. */
const USER_STATUSES = ['INVALID_PAGE', 'VALIDATION_FAILED'];

/**
 * Runs a method of a domain, and makes of its error what Mastra expects.
 *
 * @template T
 * @param {string} method
 * @param {unknown[]} args
 * @param {() => T | Promise<T>} run
 * @param {Kind} [As]
 * @returns {Promise<T>}
 */
export async function attempt(method, args, run, As = MastraError) {
  try {
    return await run();
  } catch (error) {
    throw toMastraError(method, args, error, As);
  }
}

/**
 * The same for datasets and experiments. The routes of Mastra's server that are about them know each `MastraError` by its id, and
 * answer 500 to those that are not core's own; of any other error they take `details.status`.
 *
 * @template T
 * @param {string} method
 * @param {unknown[]} args
 * @param {() => T | Promise<T>} run
 * @returns {Promise<T>}
 */
export function attemptBase(method, args, run) {
  return attempt(method, args, run, MastraBaseError);
}

/**
 * @param {string} method
 * @param {unknown[]} args
 * @param {unknown} thrown
 * @param {Kind} As
 */
function toMastraError(method, args, thrown, As) {
  if (thrown instanceof MastraBaseError) return thrown;
  const error = ownError(method, thrown);
  // A metadata filter that cannot be one stays a TypeError, as in Mastra's own stores.
  if (error instanceof StoreTypeError) {
    error.details.status = httpStatus(error);
    return error;
  }
  const { message } = error;
  const known = STATUSES.find(({ methods, says }) => methods.test(method) && says.test(message));
  return mastraError(method, known?.status ?? 'FAILED', detailsOf(method, args), error, As);
}

/**
 * @param {string} operation  a method, or the word for one
 * @param {string} status
 * @param {Record<string, any>} details
 * @param {unknown} cause
 * @param {Kind} [As]
 */
export function mastraError(operation, status, details, cause, As = MastraError) {
  const category = USER_STATUSES.includes(status) ? ErrorCategory.USER : ErrorCategory.THIRD_PARTY;
  // What Mastra's domains list as scores, its errors get.
  const id = createStorageErrorId('CLOUDFLARE', operation.replace(/^listScores/, 'getScores'), status);
  // Mastra's server answers with it.
  const http = category === ErrorCategory.USER ? 400 : httpStatus(cause);
  return new As({ id, domain: ErrorDomain.STORAGE, category, details: { ...details, status: http } }, cause);
}

/**
 * @param {string} method
 * @param {unknown[]} args
 * @returns {Record<string, any>} only what Mastra's errors can carry
 */
function detailsOf(method, args) {
  try {
    const details = Object.entries(DETAILS[method]?.(...args) ?? {});
    return Object.fromEntries(details.filter(([, value]) => isScalar(value)));
  } catch {
    return {}; // Arguments of a wrong shape: the error itself says so.
  }
}

/** @param {unknown} value */
const isScalar = (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
