/**
 * Requests that a page of another site makes a browser send. The token keeps them out already; this does so even
 * where a browser knows it. Sites that are configured may ask, with a token of their own.
 *
 * @module
 */

import { cors } from 'hono/cors';
import { ApiError } from './errors.js';
import { logFault } from './log.js';

const withHeaders = cors({
  origin: (origin) => origin,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'If-None-Match', 'Threadkv-Prefix'],
  exposeHeaders: ['ETag', 'Location', 'Server-Timing'],
  maxAge: 600,
});

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireOwnOrigin(context, next) {
  const origin = context.req.header('Origin');
  if (origin === undefined || origin === new URL(context.req.url).origin) return next();
  if (configured(context.env).includes(origin)) return withHeaders(context, next);
  throw new ApiError(403, 'FORBIDDEN_ORIGIN', 'pages of other sites may not ask this server');
}

/** What was complained of last: once is enough. */
let logged = '';

/** @param {import('./env.js').Env} env */
function configured({ CORS_ORIGINS: text = '' }) {
  const given = text.split(/[\s,]+/).filter(Boolean);
  const origins = given.filter((entry) => URL.canParse(entry) && new URL(entry).origin === entry);
  if (origins.length < given.length && logged !== text) {
    const reason = 'CORS_ORIGINS has an entry that is no origin, such as https://app.example: it is ignored';
    logFault({ event: 'error', code: 'ORIGIN_UNUSABLE', reason });
    logged = text;
  }
  return origins;
}
