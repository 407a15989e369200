/**
 * Ids in paths, and query parameters.
 *
 * @module
 */

import { ApiError } from './errors.js';

/** Where ids stand in `/v1/threads/<threadId>/messages/<messageId>`. */
const POSITION = { threadId: 3, messageId: 5 };

/**
 * An id exactly as the client meant it: the framework's own parameters are lenient about broken encodings.
 *
 * @param {import('./env.js').Context} context
 * @param {keyof typeof POSITION} name
 * @returns {string}
 */
export function pathId({ req }, name) {
  const segment = new URL(req.url).pathname.split('/')[POSITION[name]];
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid(`${name} in the path is not percent-encoded UTF-8`);
  }
}

/**
 * Page and order. What is not a number goes to the store as one that it refuses.
 *
 * @param {import('./env.js').Context} context
 */
export function pageQuery(context) {
  const perPage = context.req.query('perPage');
  return {
    page: number(context.req.query('page')),
    perPage: perPage === 'all' ? /** @type {const} */ (false) : number(perPage),
    orderBy: {
      field: oneOf(context, 'orderBy', /** @type {const} */ (['createdAt', 'updatedAt'])),
      direction: oneOf(context, 'direction', /** @type {const} */ (['ASC', 'DESC'])),
    },
  };
}

/**
 * @param {import('./env.js').Context} context
 * @param {string} name
 * @returns {boolean | undefined}
 */
export function booleanQuery(context, name) {
  const word = oneOf(context, name, /** @type {const} */ (['true', 'false']));
  return word === undefined ? undefined : word === 'true';
}

/**
 * @param {import('./env.js').Context} context
 * @param {string} name
 * @returns {any}
 */
export function jsonQuery({ req }, name) {
  const text = req.query(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`${name} must be JSON`);
  }
}

/** @param {string} message */
export function invalid(message) {
  return new ApiError(400, 'INVALID_ARGUMENT', message);
}

/** @param {string | undefined} text */
function number(text) {
  if (text === undefined) return undefined;
  return text.trim() === '' ? NaN : Number(text);
}

/**
 * @template {string} T
 * @param {import('./env.js').Context} context
 * @param {string} name
 * @param {readonly T[]} words
 * @returns {T | undefined}
 */
function oneOf({ req }, name, words) {
  const given = req.query(name);
  if (given === undefined) return undefined;
  const word = words.find((candidate) => candidate.toLowerCase() === given.toLowerCase());
  if (word === undefined) throw invalid(`${name} must be one of: ${words.join(', ')}`);
  return word;
}
