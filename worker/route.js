/**
 * Routes: from their definitions to handlers that see only what was checked.
 *
 * @module
 */

import * as z from 'zod/mini';
import { readBody } from './body.js';
import { ApiError } from './errors.js';
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

/**
 * @param {import('hono').Hono<import('./env.js').App>} app
 * @param {import('./env.js').Route} definition
 */
export function register(app, definition) {
  const { method, path, operationId, query = {}, body, handle } = definition;
  const known = z.strictObject(query);
  app.on(method, path, async (context) => {
    try {
      return await handle(context, {
        ids: pathIds(context.req.url, path),
        query: check(known, context.req.queries(), 'query'),
        body: body && (await checkedBody(context, body)),
      });
    } catch (error) {
      if (error instanceof ApiError) error.op ??= operationId;
      throw error;
    }
  });
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
    if (part.startsWith(':')) ids[part.slice(1)] = decode(segments[at], part.slice(1));
  });
  return ids;
}

/**
 * @param {string} segment
 * @param {string} name
 */
function decode(segment, name) {
  try {
    return decodeURIComponent(segment);
  } catch {
    const details = { in: 'path', path: `/${name}` };
    throw new ApiError(400, 'INVALID_ARGUMENT', `${name} in the path is not percent-encoded UTF-8`, details);
  }
}
