/**
 * Holds what was sent against a schema. The first fault is told with its place, and never with a value.
 *
 * @module
 */

import * as z from 'zod/mini';
import { nearestName } from '../bindings/store/nearest.js';
import { ApiError, invalid } from './errors.js';

/** Long enough for any name, short enough for an answer. */
const MAX_NAME = 100;

/** @type {Record<string, string>} */
const NOUNS = {
  array: 'an array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

/**
 * @template {z.ZodMiniType} Schema
 * @param {Schema} schema
 * @param {unknown} value
 * @param {'body' | 'query'} place
 * @returns {z.output<Schema>}
 */
export function check(schema, value, place) {
  const result = z.safeParse(schema, value, { error: faultText });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  const names = path.map((name) => String(name).slice(0, MAX_NAME));
  const where = names.reduce((text, name, at) => text + step(path[at], name, at), '');
  throw new ApiError(400, 'INVALID_ARGUMENT', `${where || `the ${place}`} ${issue.message}`, {
    in: place,
    path: names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  });
}

/**
 * @param {PropertyKey} key
 * @param {string} name
 * @param {number} at
 */
function step(key, name, at) {
  if (typeof key === 'number') return `[${name}]`;
  return at === 0 ? name : `.${name}`;
}

/** @param {z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>} issue */
function suggestion({ keys, inst }) {
  const definition = /** @type {z.core.$ZodObjectDef | undefined} */ (inst?._zod.def);
  const near = nearestName(keys[0], Object.keys(definition?.shape ?? {}));
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/**
 * What is wrong, without the value.
 *
 * @param {z.core.$ZodRawIssue} issue
 * @returns {string}
 */
export function faultText(issue) {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${NOUNS[issue.expected] ?? issue.expected}`;
    case 'unrecognized_keys':
      return `is not known here${suggestion(issue)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' ? `must be >= ${issue.minimum}` : 'must not be empty';
    case 'too_big':
      return `may have ${issue.maximum} at most`;
    default:
      return 'is not valid';
  }
}

/**
 * @param {string | undefined} given  in the body
 * @param {string} id
 */
export function requireSameId(given, id) {
  if (given === undefined || given === id) return;
  throw invalid('id in the body differs from the one in the path', '/id');
}
