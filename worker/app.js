/**
 * The routes. Ids in paths are percent-encoded; bodies and answers are JSON; dates are ISO 8601 text.
 *
 * @module
 */

import { Hono } from 'hono';
import { requireConfiguration, requireToken } from './auth.js';
import { limitBody } from './body.js';
import { answerError, noSuchRoute } from './errors.js';
import { checkpoints } from './routes/checkpoints.js';
import { messages } from './routes/messages.js';
import { calls } from './routes/calls.js';
import { createDocument } from './openapi.js';
import { requireOwnOrigin } from './origin.js';
import { servePage } from './routes/page.js';
import { prefixesOf } from './prefix.js';
import { records } from './routes/records.js';
import { resources } from './routes/resources.js';
import { register, route } from './route.js';
import { runs } from './routes/runs.js';
import { Document, Health, Prefixes, TokenRights } from './schemas.js';
import { withFormat, withStore } from './store.js';
import { threads } from './routes/threads.js';

const tag = 'The server';

/** In the order of the document. @type {import('./env.js').Route[]} */
export const ROUTES = [
  route({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    open: true,
    tag,
    summary: 'Answers if the Worker runs; looks at no data',
    answers: { 200: { description: 'it runs', schema: Health } },
    handle: ({ json }) => json({ status: 'ok' }),
  }),
  route({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getDocument',
    tag,
    summary: 'This document',
    answers: { 200: { description: 'an OpenAPI 3.1 document', schema: Document } },
    handle: ({ env, json }) => json(createDocument(ROUTES, env.MOUNT?.path)),
  }),
  route({
    method: 'GET',
    path: '/v1/token',
    operationId: 'getToken',
    tag,
    summary: 'What the token of the request may do',
    answers: { 200: { description: 'its name and rights; never the token', schema: TokenRights } },
    handle({ env, json, var: { token } }) {
      const { name, access, keyPrefix } = token;
      return json({ name, access, keyPrefix, choosesPrefix: env.MOUNT?.prefixes !== undefined });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/prefixes',
    operationId: 'listPrefixes',
    tag,
    summary: 'The prefixes that the token opens, as far as they are known',
    description:
      'Where the Worker lets requests choose (`choosesPrefix` of `GET /v1/token`), one is chosen by the header ' +
      '`Threadkv-Prefix`, percent-encoded; else there is one.',
    answers: { 200: { description: 'prefixes of keys, in order', schema: Prefixes } },
    handle: async (context) => context.json({ prefixes: await prefixesOf(context) }),
  }),
  ...threads,
  ...messages,
  ...resources,
  ...runs,
  ...records,
  ...checkpoints,
  ...calls,
];

/**
 * @param {{ tools?: WebAssembly.Module }} [options]  the module of tools, where it is carried
 * @returns {Hono<import('./env.js').App>}
 */
export function createApp({ tools } = {}) {
  /** @type {Hono<import('./env.js').App>} */
  const app = new Hono();
  app.onError(answerError);
  app.notFound((context) => noSuchRoute(context, methodsAt(app, context.req.path)));
  app.use(async (context, next) => {
    context.set('tools', context.env.MOUNT?.tools ?? tools);
    await next();
  });
  app.use(withStore, requireOwnOrigin, requireConfiguration);
  app.use('/openapi.json', requireToken);
  app.use('/v1/*', requireToken, limitBody, withFormat);
  for (const definition of ROUTES) register(app, definition);
  app.get('/', servePage);
  app.get('/page/:file', servePage);
  return app;
}

/**
 * @param {Hono<import('./env.js').App>} app
 * @param {string} path
 */
function methodsAt({ routes }, path) {
  const parts = path.split('/');
  const fits = (/** @type {string[]} */ pattern) =>
    pattern.length === parts.length &&
    pattern.every((part, at) => (part.startsWith(':') ? parts[at] !== '' : part === parts[at]));
  const methods = routes.filter((entry) => fits(entry.path.split('/'))).map(({ method }) => method);
  const known = new Set(methods.filter((method) => method !== 'ALL'));
  return known.has('GET') ? [...known.add('HEAD')] : [...known];
}
