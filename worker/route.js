/**
 * Routes: from their definitions to handlers that see only what was checked.
 *
 * @module
 */

import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import * as z from 'zod/mini';
import { readBody } from './body.js';
import { ApiError } from './errors.js';
import { writeJSON } from './json.js';
import { check } from './validate.js';

/**
 * Gives the handler of a definition the types of what it takes.
 *
 * @template {string} const Path
 * @template {Record<string, z.ZodMiniType>} Query
 * @template {z.ZodMiniType} Body
 * @param {import('./env.js').Route<Path, Query, Body>} definition
 * @returns {import('./env.js').Route}
 */
export function route(definition) {
  return /** @type {any} */ (definition);
}

/** The digest of a body tells whether a client has it. */
const withTag = etag({
  generateDigest: (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => crypto.subtle.digest('SHA-256', bytes),
  retainedHeaders: [...RETAINED_304_HEADERS, 'access-control-allow-origin', 'access-control-expose-headers'],
});

/**
 * @param {import('hono').Hono<import('./env.js').App>} app
 * @param {import('./env.js').Route} definition
 */
export function register(app, definition) {
  const { method, path, operationId, query = {}, body, handle } = definition;
  const known = z.strictObject(query);
  if (definition.etag) app.use(path, withTag);
  app.on(method, path, async (context) => {
    context.json = answerJSON(context);
    try {
      return await handle(context, {
        ids: pathIds(context.req.url, path),
        query: check(known, queries(context), 'query'),
        body: body && (await checkedBody(context, body)),
      });
    } catch (error) {
      if (error instanceof ApiError) error.op ??= operationId;
      throw error;
    }
  });
}

/**
 * The framework's own would fail on what is nested very deeply.
 *
 * @param {import('./env.js').Context} context
 * @returns {any}
 */
function answerJSON(context) {
  /** @param {unknown} value @param {import('hono/utils/http-status').ContentfulStatusCode} [status] @param {Record<string, string>} [headers] */
  return (value, status, headers) =>
    context.body(writeJSON(value), status ?? 200, { 'Content-Type': 'application/json', ...headers });
}

/**
 * The body as it was sent: checked, but neither copied nor put in another order.
 *
 * @param {import('./env.js').Context} context
 * @param {z.ZodMiniType} schema
 */
async function checkedBody(context, schema) {
  const body = await readBody(context);
  check(schema, body, 'body');
  return body;
}

/**
 * Ids exactly as the client meant them: the framework's own parameters are lenient about broken encodings.
 *
 * @param {string} url
 * @param {string} path
 */
function pathIds(url, path) {
  const segments = new URL(url).pathname.split('/');
  /** @type {Record<string, string>} */
  const ids = {};
  path.split('/').forEach((part, at) => {
    if (part.startsWith(':')) ids[part.slice(1)] = decode(segments[at], 'path', part.slice(1));
  });
  return ids;
}

/**
 * Parameters by name, refused where the framework would take a broken encoding for text.
 *
 * @param {import('./env.js').Context} context
 */
function queries({ req }) {
  for (const part of new URL(req.url).search.slice(1).split('&')) {
    const [name, value = ''] = part.split(/=(.*)/s);
    decode(value, 'query', decode(name, 'query', ''));
  }
  return req.queries();
}

/**
 * @param {string} text
 * @param {'path' | 'query'} place
 * @param {string} name  '' for a name itself
 */
function decode(text, place, name) {
  try {
    return decodeURIComponent(text);
  } catch {
    const details = { in: place, path: name && `/${name}` };
    const what = name || 'a name';
    throw new ApiError(
      400,
      'INVALID_ARGUMENT',
      `${what} in the ${place} is not percent-encoded UTF-8`,
      details,
    );
  }
}
