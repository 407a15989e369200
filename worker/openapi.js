/**
 * The OpenAPI document, made of what the routes themselves are made of.
 *
 * @module
 */

import * as z from 'zod/mini';

/** @typedef {import('./env.js').Route} Route */

export const VERSION = '0.1.0';

/** @type {Record<number, string>} */
const REASONS = {
  400: 'the request is malformed; details tell where',
  401: 'the token is missing or wrong',
  403: 'no usable token is configured, a page of another site asks, or the token may only read',
  404: 'there is no such thing',
  409: 'the id is taken',
  413: 'the body, a record, or a page is too large',
  415: 'the body is not sent as application/json',
  422: 'more KV operations than one request may make',
  429: 'too many requests of late',
  500: 'the server is at fault',
  503: 'KV failed; try again',
};

const JSON_TYPE = 'application/json';
const LINES = { 'application/x-ndjson': { schema: { type: 'string' } } };

/**
 * @param {readonly Route[]} routes
 * @param {string} [at]  where they are mounted
 */
export function createDocument(routes, at = '') {
  /** @type {Record<string, Record<string, object>>} */
  const paths = {};
  for (const definition of routes) {
    const path = definition.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [definition.method.toLowerCase()]: operationOf(definition) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'threadkv',
      version: VERSION,
      description:
        'The memory of AI agents in Cloudflare Workers KV: threads, messages, working memory, runs.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: at || '/' }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas(),
      responses: Object.fromEntries(Object.keys(REASONS).map((status) => [status, failure(Number(status))])),
      headers: {
        'Server-Timing': {
          description:
            'KV operations by kind, with the milliseconds spent on them; rounds; milliseconds in all',
          schema: { type: 'string' },
          example: 'kv;desc="get 1, get_many 1";dur=21.4, rounds;desc="2", total;dur=23',
        },
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** @param {Route} definition */
function operationOf(definition) {
  const {
    path,
    operationId,
    tag,
    summary,
    description,
    open,
    etag,
    query = {},
    body,
    lines,
    answers,
  } = definition;
  const names = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name);
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(open && { security: [] }),
    parameters: [
      ...names.map(pathParameter),
      ...Object.entries(query).map(queryParameter),
      ...(etag ? [IF_NONE_MATCH] : []),
    ],
    ...(lines && { requestBody: { required: true, content: LINES } }),
    ...(body && { requestBody: { required: true, content: { [JSON_TYPE]: { schema: refer(body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, success(answer, etag)]),
      ),
      ...(etag && { 304: { description: 'the client has it already', headers: headersOf({ etag }) } }),
      ...Object.fromEntries(
        errorsOf(definition).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
      ),
    },
  };
}

/** @param {Route} definition */
function errorsOf({ method, path, open, body, lines, query, errors = [] }) {
  const common = [400, 403, 500];
  if (!open) common.push(401, 429);
  if (path.startsWith('/v1/')) common.push(422, 503);
  if (body || lines || (method === 'GET' && (query?.perPage || query?.id))) common.push(413);
  if (body || lines) common.push(415);
  return [...common, ...errors].sort((a, b) => a - b);
}

/** @param {string} name */
function pathParameter(name) {
  return { name, in: 'path', required: true, schema: { type: 'string', minLength: 1 } };
}

/** @param {[string, z.ZodMiniType]} parameter */
function queryParameter([name, schema]) {
  const { description, ...rest } = plain(z.toJSONSchema(schema));
  const required = !z.safeParse(schema, undefined).success;
  return { name, in: 'query', required, description, schema: rest };
}

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'the ETag of what the client has',
  schema: { type: 'string' },
};

/**
 * @param {Route['answers'][number]} answer
 * @param {true} [etag]
 */
function success({ description, schema, location, lines }, etag) {
  return {
    description,
    headers: headersOf({ location, etag }),
    ...(lines && { content: LINES }),
    ...(schema && { content: { [JSON_TYPE]: { schema: refer(schema) } } }),
  };
}

/** @param {{ location?: true, etag?: true }} which */
function headersOf({ location, etag }) {
  return {
    'Server-Timing': { $ref: '#/components/headers/Server-Timing' },
    ...(location && { Location: { description: 'its path', schema: { type: 'string' } } }),
    ...(etag && { ETag: { description: 'of this very answer', schema: { type: 'string' } } }),
  };
}

/** @param {number} status */
function failure(status) {
  return {
    description: REASONS[status],
    content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } },
  };
}

/** @param {z.ZodMiniType} schema  that has a name */
function refer(schema) {
  return { $ref: uri(String(z.globalRegistry.get(schema)?.id)) };
}

/** Every schema that has a name, by it. */
function schemas() {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { uri });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(schema)]));
}

/** @param {string} name */
function uri(name) {
  return `#/components/schemas/${name}`;
}

/**
 * Without what says that it is a document of its own.
 *
 * @param {Record<string, any>} schema
 */
function plain({ $schema: _, $id: __, ...schema }) {
  return schema;
}
