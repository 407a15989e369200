/**
 * Calls of the core as lines of NDJSON: what a program outside asks of a Worker, one line a call, and what it is answered, one
 * line each, in order. Records stand in them to the byte, for they are never decoded.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { requireVersions, VERSIONS } from './protocol.js';

/**
 * @typedef {object} Call
 * @property {string} method  the public one, for errors
 * @property {string} [op]  of the core
 * @property {object} [control]
 * @property {{ most?: number, maxOperations?: number }} [manner]
 * @property {string} [plan]  in place of `op`
 * @property {string} [json]  the payload, or the arguments of the plan
 */
/**
 * One of `text` (JSON, '' for nothing), `failure` and `undone`: the request had no room for the call, ask again.
 * @typedef {object} Answer
 * @property {string} [text]
 * @property {{ code: string, op: string, message: string, details: Record<string, unknown> }} [failure]
 * @property {boolean} [undone]
 * @property {import('../core/stats.js').Operation[]} [operations]
 */

/** What a request may weigh: a record of 25 MiB, and what stands around it. */
export const MAX_REQUEST = 30 * 1024 * 1024;
/** Calls of one request. */
export const MAX_CALLS = 25;

/** @param {Call} call @returns {string} */
export function writeCall({ json, ...call }) {
  return written({ ...VERSIONS, ...call }, 'json', json);
}

/** @param {Answer} answer @returns {string} */
export function writeAnswer({ text, ...answer }) {
  return written({ ...VERSIONS, ...answer }, 'text', text);
}

/** @param {string} line @returns {Call} */
export function readCall(line) {
  const { json, ...call } = read(line, 'json', 'call');
  const { method, op, control = {}, manner = {}, plan } = call;
  const named =
    typeof method === 'string' && [op, plan].filter((one) => typeof one === 'string').length === 1;
  if (!named || !isObject(control) || !isObject(manner)) {
    throw storeError(
      'INVALID_ARGUMENT',
      'call',
      'a call has a method, and an op or a plan; control and manner are objects',
    );
  }
  requireVersions(call, method);
  return {
    method,
    op,
    control,
    manner: { most: count(manner.most), maxOperations: count(manner.maxOperations) },
    plan,
    json,
  };
}

/** @param {string} line @param {string} method @returns {Answer} */
export function readAnswer(line, method) {
  const { text, ...answer } = read(line, 'text', method);
  requireVersions(answer, method);
  return { text: text ?? '', ...answer };
}

/**
 * The last field stands there as it is.
 *
 * @param {object} fields
 * @param {string} name
 * @param {string} [json]
 */
function written(fields, name, json) {
  const head = JSON.stringify(fields);
  if (json === undefined || json === '') return `${head}\n`;
  // Between its values JSON may have line breaks.
  const one = /[\r\n]/.test(json) ? json.replace(/[\r\n]/g, ' ') : json;
  return `${head.slice(0, -1)},"${name}":${one}}\n`;
}

/**
 * @param {string} line
 * @param {string} name  of the field that is wanted as text: it is the last one, and none before has one of its name
 * @param {string} method
 * @returns {any}
 */
function read(line, name, method) {
  const text = line.trimEnd();
  const mark = `,"${name}":`;
  const at = placeOf(mark, text);
  const whole = parsed(at < 0 ? text : `${text.slice(0, at)}}`);
  if (!isObject(whole) || !text.endsWith('}')) {
    throw storeError('INVALID_ARGUMENT', method, 'a line is not a JSON object');
  }
  if (at >= 0) return { ...whole, [name]: text.slice(at + mark.length, -1) };
  if (!Object.hasOwn(whole, name)) return whole;
  throw storeError('INVALID_ARGUMENT', method, `${name} is not the last field of its line`);
}

/**
 * Where a field of the outermost object begins. The line is gone through once, whatever stands in it.
 *
 * @param {string} mark
 * @param {string} text
 * @returns {number} -1: nowhere
 */
function placeOf(mark, text) {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 1 && text.startsWith(mark, at)) return at;
  }
  return -1;
}

/** @param {string} text @param {number} begin @returns {number} where the closing quote is, or the end of the text */
function endOfString(text, begin) {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {unknown} value */
function count(value) {
  return typeof value === 'number' && value >= 1 ? value : undefined;
}
