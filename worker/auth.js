/**
 * Who may use the API: whoever knows the token. Without a configured token nobody may, on no machine: what a request
 * says of where it comes from, or of the host it asks, cannot be relied on.
 *
 * @module
 */

import { bearerAuth } from 'hono/bearer-auth';
import { ApiError, errorBody } from './errors.js';
import { logFault } from './log.js';
import { faultOf } from './tokens.js';

const HOW = "send 'Authorization: Bearer <token>'";

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireConfiguration({ env }, next) {
  if (!env.THREADKV_TOKEN) {
    throw new ApiError(
      403,
      'NO_TOKEN_CONFIGURED',
      'no token is configured, so every request is refused: `wrangler secret put THREADKV_TOKEN` sets one; ' +
        '`make dev` makes one for development',
    );
  }
  const fault = faultOf(env.THREADKV_TOKEN);
  if (fault !== undefined) refuseUnusable(`THREADKV_TOKEN ${fault}`);
  await next();
}

/** What was logged last: once is enough. */
let logged = '';

/**
 * Who asks learns nothing about the token; who runs the Worker does.
 *
 * @param {string} reason
 * @returns {never}
 */
function refuseUnusable(reason) {
  if (logged !== reason) logFault({ event: 'error', code: 'TOKEN_UNUSABLE', reason });
  logged = reason;
  throw new ApiError(
    403,
    'TOKEN_UNUSABLE',
    "the configured token cannot be used, so every request is refused: the Worker's log tells why",
  );
}

/** @type {import('hono').MiddlewareHandler<any>} */
export const requireToken = bearerAuth({
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
