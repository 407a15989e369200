/**
 * Arguments held against their table (arguments.js): the plain store refuses what it does not know, for a slip of the
 * pen must not choose everybody's records or change nothing without a word; Mastra's classes, which newer versions of
 * its core may tell more, drop it.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { nearestName } from './nearest.js';
import { ARGUMENTS } from './arguments.js';

/** @typedef {import('./arguments.js').Shape} Shape */
/** @typedef {import('./arguments.js').Names} Names */
/** @typedef {keyof typeof ARGUMENTS} Method */

/** Among the arguments of a list of messages: it is wanted whole, however large. Mastra's classes say so. */
export const WHOLE = Symbol('whole');

/** Names that are longer are cut in errors. */
const MAX_NAME = 100;

/**
 * The object with the named arguments of a method.
 *
 * @template T
 * @param {T | undefined | null} args
 * @param {Method} method
 * @returns {T}
 */
export function requireArguments(args, method) {
  const shape = /** @type {Extract<Shape, { kind: 'object' }>} */ (ARGUMENTS[method][0]);
  if (!isRecord(args)) {
    const [first] = Object.keys(shape.names);
    throw invalid(method, `${method} takes one object with named arguments: ${method}({ ${first}, … })`);
  }
  checkNames(args, shape.names, '', method);
  return args;
}

/**
 * An argument of a method that takes several.
 *
 * @template T
 * @param {T} value
 * @param {number} index
 * @param {string} name
 * @param {Method} method
 * @returns {T}
 */
export function requireArgument(value, index, name, method) {
  checkValue(value, /** @type {readonly Shape[]} */ (ARGUMENTS[method])[index], name, method);
  return value;
}

/**
 * What of the arguments is known; the caller's own objects stay as they are.
 *
 * @param {string} method
 * @param {unknown[]} args
 * @returns {any[]}
 */
export function knownArguments(method, args) {
  /** @type {readonly Shape[] | undefined} */
  const shapes = Object.hasOwn(ARGUMENTS, method) ? ARGUMENTS[/** @type {Method} */ (method)] : undefined;
  return args.map((value, index) => (shapes?.[index] ? knownPart(value, shapes[index]) : value));
}

/**
 * Refuses what is not among the known names, and tells the nearest of them.
 *
 * @param {object} object
 * @param {readonly string[]} known
 * @param {{ what: string, path: string, method: string, names?: Names }} about  'argument' or 'option'; what stands
 *   before a name; the shapes of the known ones
 */
export function requireKnown(object, known, { what, path, method, names = {} }) {
  const name = Object.keys(object).find((key) => !known.includes(key));
  if (name === undefined) return;
  const given = path + name.slice(0, MAX_NAME);
  const near = nearestName(name, known) ?? nearestInside(name, pathsInside(names));
  const suggestion = near === undefined ? undefined : path + near;
  const help = suggestion === undefined ? `known: ${known.join(', ')}` : `did you mean "${suggestion}"?`;
  throw storeError('INVALID_ARGUMENT', method, `unknown ${what} "${given}"; ${help}`, {
    name: given,
    suggestion,
  });
}

/**
 * @param {string} name
 * @param {readonly string[]} paths
 */
function nearestInside(name, paths) {
  const lasts = paths.map((path) => path.slice(path.lastIndexOf('.') + 1));
  const near = nearestName(name, lasts);
  return near === undefined ? undefined : paths[lasts.indexOf(near)];
}

/**
 * The names of what is in objects in an object, as paths.
 *
 * @param {Names} names
 * @returns {string[]}
 */
function pathsInside(names) {
  return Object.entries(names).flatMap(([name, shape]) => {
    if (shape.kind !== 'object') return [];
    return [...Object.keys(shape.names), ...pathsInside(shape.names)].map((inner) => `${name}.${inner}`);
  });
}

/**
 * @param {object} object
 * @param {Names} names
 * @param {string} path
 * @param {string} method
 */
function checkNames(object, names, path, method) {
  requireKnown(object, Object.keys(names), { what: 'argument', path, method, names });
  for (const [name, value] of Object.entries(object)) checkValue(value, names[name], path + name, method);
}

/**
 * @param {unknown} value
 * @param {Shape} shape
 * @param {string} path
 * @param {string} method
 */
function checkValue(value, shape, path, method) {
  if (shape.kind === 'choice') {
    if (!shape.empty.includes(value)) return;
    const given = value === '' ? 'empty' : String(value);
    throw invalid(method, `${path} must not be ${given}; leave it out to choose all`);
  }
  if (value === undefined || value === null || shape.kind === 'any') return;
  if (shape.kind === 'word') {
    if (wordOf(value, shape) === undefined) {
      throw invalid(method, `${path} must be ${shape.words.map((word) => `'${word}'`).join(' or ')}`);
    }
  } else if (shape.kind === 'object') {
    if (!isRecord(value)) throw invalid(method, `${path} must be an object`);
    checkNames(value, shape.names, `${path}.`, method);
  } else if (Array.isArray(value)) {
    // The core says of anything else that it is no array of objects.
    value.forEach((item, index) => {
      if (isRecord(item)) checkNames(item, shape.names, `${path}[${index}].`, method);
    });
  }
}

/**
 * @param {unknown} value
 * @param {Shape} shape
 * @returns {any} undefined for what counts as left out
 */
function knownPart(value, shape) {
  if (shape.kind === 'word') return wordOf(value, shape);
  if (shape.kind === 'choice') return !shape.strict && shape.empty.includes(value) ? undefined : value;
  if (shape.kind === 'list' && Array.isArray(value))
    return value.map((item) => knownNames(item, shape.names));
  if (shape.kind !== 'object') return value;
  return shape.whim && !isRecord(value) ? undefined : knownNames(value, shape.names);
}

/**
 * @param {unknown} value  what is no object is refused later
 * @param {Names} names
 */
function knownNames(value, names) {
  if (!isRecord(value)) return value;
  /** @type {Record<string, unknown>} */
  const known = {};
  for (const name of Object.keys(names)) {
    const part = knownPart(/** @type {any} */ (value)[name], names[name]);
    if (part !== undefined) known[name] = part;
  }
  return known;
}

/**
 * @param {unknown} value
 * @param {Extract<Shape, { kind: 'word' }>} shape
 * @returns {string | undefined} the word as it is spelt in the table
 */
function wordOf(value, { words, either }) {
  const given = either && typeof value === 'string' ? value.toUpperCase() : value;
  return words.find((word) => word === given);
}

/** @param {unknown} value @returns {value is object} */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {string} method @param {string} message */
function invalid(method, message) {
  return storeError('INVALID_ARGUMENT', method, message);
}
