/**
 * Errors as answers: `{ error: { code, message, op, details } }` with a fitting status.
 *
 * @module
 */

import { HTTPException } from 'hono/http-exception';
import { httpStatus, StoreError, StoreTypeError } from '../bindings/index.js';
import { logError } from './log.js';

/** @typedef {import('hono/utils/http-status').ContentfulStatusCode} ContentfulStatusCode */

/** A request that the API itself refuses. */
export class ApiError extends Error {
  /**
   * @param {ContentfulStatusCode} status
   * @param {string} code
   * @param {string} message
   * @param {Record<string, unknown>} [details]
   */
  constructor(status, code, message, details = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    /** The route's name, where one was found. @type {string | undefined} */
    this.op = undefined;
    this.details = details;
  }
}

/**
 * @param {string} message
 * @param {string} path  where in the body, as a JSON pointer
 */
export function invalid(message, path) {
  return new ApiError(400, 'INVALID_ARGUMENT', message, { in: 'body', path });
}

/**
 * In the words of the store.
 *
 * @param {string} what  'Thread'
 * @param {string} id
 * @param {Record<string, string>} [place]  where it was looked for, by names of ids: `{ threadId: 't' }`
 */
export function notFound(what, id, place = {}) {
  const where = Object.entries(place).map(
    ([name, value]) => ` in ${name.replace(/(Id|Name)$/, '')} ${value}`,
  );
  const details = { what: what.toLowerCase(), id, ...place };
  return new ApiError(404, 'NOT_FOUND', `${what} ${id} not found${where.join('')}`, details);
}

/**
 * @param {string} code
 * @param {string} message
 * @param {string | null} [op]
 * @param {Record<string, unknown>} [details]
 */
export function errorBody(code, message, op = null, details = {}) {
  return { error: { code, message, op, details } };
}

/**
 * @param {Error} error
 * @param {import('./env.js').Context} context
 */
export function answerError(error, context) {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof ApiError) return context.json(bodyOf(error), error.status);
  if (error instanceof StoreError || error instanceof StoreTypeError) {
    const status = /** @type {ContentfulStatusCode} */ (httpStatus(error));
    if (status >= 500) logError({ event: 'error', code: error.code, method: context.req.method });
    return context.json(bodyOf(error), status);
  }
  // Whatever this is, its text may hold anything.
  logError({ event: 'error', code: error.name, method: context.req.method });
  return context.json(errorBody('INTERNAL', 'the server failed to answer this request'), 500);
}

/**
 * @param {import('./env.js').Context} context
 * @param {string[]} [methods]  those that there are at this path
 */
export function noSuchRoute(context, methods = []) {
  const { method } = context.req;
  if (methods.length > 0) {
    const body = errorBody(
      'METHOD_NOT_ALLOWED',
      `there is no ${method} at this path, but ${methods.join(', ')}`,
    );
    return context.json(body, 405, { Allow: methods.join(', ') });
  }
  return context.json(errorBody('NO_SUCH_ROUTE', `there is no ${method} at this path`), 404);
}

/** @param {ApiError | StoreError | StoreTypeError} error */
function bodyOf({ code, message, op, details }) {
  return errorBody(code, message, op, details);
}
