/**
 * Bodies of requests: JSON objects of bounded size.
 *
 * @module
 */

import { bodyLimit } from 'hono/body-limit';
import { MAX_REQUEST } from '../bindings/remote/calls.js';
import { ApiError } from './errors.js';
import { findFault, faultWords } from './json-fault.js';
import { parseExact } from './json.js';

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** Bounds of their own: in these are whole records, as large as KV takes them. @type {Record<string, number>} */
const MAX_BYTES = { '/v1/calls': MAX_REQUEST };

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function limitBody(context, next) {
  const maxSize = MAX_BYTES[context.req.path] ?? (Number(context.env.MAX_BODY_BYTES) || DEFAULT_MAX_BYTES);
  const onError = () => {
    throw new ApiError(413, 'BODY_TOO_LARGE', `a body may have ${maxSize} bytes at most`);
  };
  try {
    return await bodyLimit({ maxSize, onError })(context, next);
  } catch (error) {
    throw error instanceof ApiError ? error : brokenOff();
  }
}

/**
 * Only what calls itself JSON is read: it keeps other sites' forms away from a server that is open locally.
 *
 * @param {import('./env.js').Context} context
 * @returns {Promise<Record<string, any>>}
 */
export async function readBody(context) {
  const body = parse(await readText(context, 'application/json'));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(400, 'INVALID_ARGUMENT', 'the body must be a JSON object');
  }
  return body;
}

/**
 * @param {import('./env.js').Context} context
 * @param {string} wanted  the media type that it must say it is
 */
export async function readText({ req }, wanted) {
  const type = req.header('content-type')?.split(';', 1)[0].trim().toLowerCase();
  if (type !== wanted) {
    throw new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', `the body must be sent as 'Content-Type: ${wanted}'`);
  }
  const bytes = await req.arrayBuffer().catch(() => {
    throw brokenOff();
  });
  return decode(bytes);
}

/** Nobody reads this answer; but it is no fault of the server that were worth a line in its log. */
function brokenOff() {
  return new ApiError(400, 'BODY_INCOMPLETE', 'the body broke off');
}

/** Nothing of it is replaced: what is stored is what was sent. @param {ArrayBuffer} bytes */
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new ApiError(400, 'INVALID_JSON', 'the body is not JSON: it is not UTF-8');
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return parseExact(text);
  } catch {
    // The parser's own message would quote the body.
    const fault = findFault(text);
    if (fault === undefined) throw new ApiError(400, 'INVALID_ARGUMENT', 'the body is nested too deeply');
    const { line, column, offset } = fault;
    const details = { in: 'body', line, column, offset };
    throw new ApiError(400, 'INVALID_JSON', `the body is not JSON: ${faultWords(fault)}`, details);
  }
}
