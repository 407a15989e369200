/**
 * Who may use the API: whoever knows the token. Without a configured token nobody may, except a developer on
 * their own machine who says so.
 *
 * @module
 */

import { bearerAuth } from 'hono/bearer-auth';
import { ApiError, errorBody } from './errors.js';

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
const HOW = "send 'Authorization: Bearer <token>'";

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireConfiguration(context, next) {
  if (!context.env.THREADKV_TOKEN && !isOpen(context)) {
    throw new ApiError(
      403,
      'NO_TOKEN_CONFIGURED',
      'no token is configured, so every request is refused: `wrangler secret put THREADKV_TOKEN` sets one; ' +
        '`make dev` opens the API to this machine',
    );
  }
  await next();
}

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireToken(context, next) {
  if (!context.env.THREADKV_TOKEN) return next();
  return checkToken(context, next);
}

/** @type {import('hono').MiddlewareHandler<any>} */
const checkToken = bearerAuth({
  verifyToken: (token, context) => isEqual(token, context.env.THREADKV_TOKEN),
  noAuthenticationHeader: { message: errorBody('UNAUTHORIZED', `a token is required: ${HOW}`) },
  invalidAuthenticationHeader: { message: errorBody('UNAUTHORIZED', `no token in the header: ${HOW}`) },
  invalidToken: { message: errorBody('UNAUTHORIZED', 'the token is wrong') },
});

/**
 * Takes the same time whatever differs: what is compared are digests, of equal length, to their end.
 *
 * @param {string} given
 * @param {string} configured
 */
async function isEqual(given, configured) {
  const [a, b] = await Promise.all([given, configured].map(digest));
  return crypto.subtle.timingSafeEqual(a, b);
}

/** @param {string} text */
function digest(text) {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
}

/** @param {import('./env.js').Context} context */
function isOpen({ env, req }) {
  return env.THREADKV_OPEN === 'local' && LOCAL_HOSTS.includes(new URL(req.url).hostname);
}
