/**
 * From what a user passes to a method to what the core takes. Nothing is validated here that the core can see:
 * what JSON would lose or bend on the way is sent in a form that the core refuses by name.
 *
 * @module
 */

import { toText } from '../core/dates.js';
import { storeError } from '../core/errors.js';

const FIELDS = ['createdAt', 'updatedAt'];
const DIRECTIONS = ['ASC', 'DESC'];

/** Sent for what a filter of messages may not hold. @type {never[]} */
const REFUSED = [];

/**
 * @template T
 * @param {T | undefined | null} args
 * @param {string} method
 * @returns {T}
 */
export function requireObject(args, method) {
  if (typeof args === 'object' && args !== null) return args;
  throw storeError('INVALID_ARGUMENT', method, `${method} takes one object with named arguments`);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 */
export function requireRecord(value, name, method) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be an object`);
}

/**
 * @param {unknown} value  null is as good as undefined
 * @param {string} name
 * @param {string} method
 */
export function requireBoolean(value, name, method) {
  if (value === undefined || value === null || typeof value === 'boolean') return;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be true or false`);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 * @returns {asserts value is string}
 */
export function requireText(value, name, method) {
  if (typeof value === 'string' && value !== '') return;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be a non-empty string`);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 * @returns {asserts value is unknown[]}
 */
export function requireArray(value, name, method) {
  if (!Array.isArray(value)) throw storeError('INVALID_ARGUMENT', method, `${name} must be an array`);
}

/**
 * What a page is cut by here, under the same rule as in the core.
 *
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 */
export function requireCount(value, name, method) {
  if (Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0) return;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be ${countRule(value)}`);
}

/**
 * What a number that is no count breaks, as the core says it.
 *
 * @param {unknown} value
 */
export function countRule(value) {
  return typeof value === 'number' && value > 0 && value < Infinity ? '>= 0 and a whole number' : '>= 0';
}

/**
 * A limit may be left out, and where it is 0 or less there is none.
 *
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 */
export function requireWhole(value, name, method) {
  if (value === undefined || value === null || Number.isSafeInteger(value)) return;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be a whole number`);
}

/**
 * A number for the control document. What is neither a number nor false becomes null: out of range for the core.
 *
 * @param {unknown} value
 * @returns {number | false | null | undefined}
 */
export function numberOrNull(value) {
  if (value === undefined || value === false) return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * @param {unknown} value
 * @returns {boolean | null | undefined}
 */
export function booleanOrNull(value) {
  return value === undefined || typeof value === 'boolean' ? value : null;
}

/**
 * What of a filter was given: a value that is undefined, null or empty filters nothing.
 *
 * @param {Record<string, unknown>} filter
 */
export function given(filter) {
  const entries = Object.entries(filter).filter(([, value]) => value != null && value !== '');
  return Object.fromEntries(entries);
}

/**
 * @param {{ page?: unknown, perPage?: unknown,
 *   orderBy?: { field?: unknown, direction?: unknown } | null }} args
 */
export function pageControl({ page, perPage, orderBy }) {
  return {
    page: numberOrNull(page),
    perPage: numberOrNull(perPage),
    field: oneOf(FIELDS, orderBy?.field),
    direction: directionOf(orderBy?.direction),
  };
}

/**
 * @param {unknown} value  in upper or lower case
 * @returns {string | undefined}
 */
export function directionOf(value) {
  return typeof value === 'string' ? oneOf(DIRECTIONS, value.toUpperCase()) : undefined;
}

/**
 * @param {string[]} words
 * @param {any} value
 * @returns {string | undefined}
 */
function oneOf(words, value) {
  return words.includes(value) ? value : undefined;
}

/**
 * @param {import('./types.js').DateRange | null | undefined} range
 */
export function dateRange(range) {
  if (typeof range !== 'object' || range === null) return range;
  const { start, end, startExclusive, endExclusive } = range;
  return { start: toText(start), end: toText(end), startExclusive, endExclusive };
}

/**
 * The filter of messages, with everything that is no plain value replaced by what the core refuses: JSON would
 * make `{ user: undefined }` match every message.
 *
 * @param {unknown} metadata
 */
export function messageFilter(metadata) {
  if (metadata === undefined) return undefined;
  if (typeof metadata !== 'object' || metadata === null)
    return typeof metadata === 'string' ? metadata : REFUSED;
  if (Array.isArray(metadata) || Object.values(metadata).every(isScalar)) return metadata;
  const entries = Object.entries(metadata).map(([key, value]) => [key, isScalar(value) ? value : REFUSED]);
  return Object.fromEntries(entries);
}

/**
 * The filter of threads may hold any JSON, so what is none has to be refused here.
 *
 * @param {unknown} metadata
 * @param {string} method
 */
export function threadFilter(metadata, method) {
  if (typeof metadata !== 'object' || metadata === null) return metadata;
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'object' && !isScalar(value)) {
      throw storeError('INVALID_ARGUMENT', method, `the metadata filter has no JSON value for key "${key}"`, {
        key,
      });
    }
  }
  return metadata;
}

/** @param {unknown} value */
function isScalar(value) {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
