/**
 * Parameters of queries, as schemas: from the texts that were sent to what they mean.
 *
 * @module
 */

import * as z from 'zod/mini';
import { findFault, faultWords } from './json-fault.js';

const COUNT = 'must be a whole number >= 0';
const COUNT_OR_ALL = `${COUNT}, or all`;

/** @param {string} description */
export const text = (description) => parameter((given) => given, z.string().check(z.meta({ description })));

/** What to choose by: an empty one would choose all. @param {string} description */
export const choice = (description) =>
  parameter((given) => given, z.string().check(z.minLength(1), z.meta({ description })));

/** Given once or more. @param {string} description */
export const texts = (description) =>
  z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(100), z.meta({ description }));

/** The store judges it: it knows more forms than the schema says. @param {string} description */
export const date = (description) =>
  parameter((given) => given, z.string().check(z.meta({ description, format: 'date-time' })));

/** @param {string} description */
export const flag = (description) =>
  parameter(
    (given) => ({ true: true, false: false })[given.toLowerCase()] ?? given,
    z.boolean('must be one of: true, false').check(z.meta({ description })),
  );

/** JSON of any kind; what it has to be is the store's to say. @param {string} description */
export const json = (description) =>
  parameter(
    parseJson,
    z.any().check(z.meta({ description, type: 'string', contentMediaType: 'application/json' })),
  );

/**
 * One of some words, however it is spelt.
 *
 * @template {string} const Word
 * @param {Word[]} words
 * @param {string} description
 */
export const oneOf = (words, description) =>
  parameter(
    (given) => words.find((word) => word.toLowerCase() === given.toLowerCase()) ?? given,
    z.enum(words).check(z.meta({ description })),
  );

/** @param {number} perPage  when it is not given */
export const paging = (perPage) => ({
  page: parameter(
    toNumber,
    z.int(COUNT).check(z.gte(0, COUNT), z.meta({ description: 'from 0', default: 0 })),
  ),
  perPage: parameter(
    (given) => (given === 'all' ? given : toNumber(given)),
    z
      .union([z.int(COUNT_OR_ALL).check(z.gte(0, COUNT_OR_ALL)), z.literal('all')], COUNT_OR_ALL)
      .check(z.meta({ description: 'how many; `all` for all of them', default: perPage })),
  ),
});

/**
 * The page as the store's methods take it.
 *
 * @param {{ page?: number, perPage?: number | 'all' }} query
 */
export function pageOf({ page, perPage }) {
  return { page, perPage: perPage === 'all' ? /** @type {const} */ (false) : perPage };
}

/**
 * @template {z.ZodMiniType} Schema
 * @param {(given: string, context: z.core.ParsePayload) => unknown} read
 * @param {Schema} schema  of what is read
 */
function parameter(read, schema) {
  const reading = z.transform((/** @type {string[]} */ [given, ...more], context) =>
    more.length > 0 ? refuse(context, 'may be given only once') : read(given, context),
  );
  return z.optional(z.pipe(/** @type {z.ZodMiniType<any, string[]>} */ (reading), schema));
}

/** @param {string} given */
function toNumber(given) {
  return given.trim() === '' ? NaN : Number(given);
}

/**
 * @param {string} given
 * @param {z.core.ParsePayload} context
 */
function parseJson(given, context) {
  try {
    return JSON.parse(given);
  } catch {
    const fault = findFault(given);
    return refuse(context, fault ? `must be JSON: ${faultWords(fault)}` : 'is nested too deeply');
  }
}

/**
 * @param {z.core.ParsePayload} context
 * @param {string} message
 */
function refuse(context, message) {
  context.issues.push({ code: 'custom', message, input: undefined });
  return z.NEVER;
}
