/**
 * Who may use the API: whoever knows a token. Without a configured token nobody may, on no machine: what a request
 * says of where it comes from, or of the host it asks, cannot be relied on.
 *
 * @module
 */

import { bearerAuth } from 'hono/bearer-auth';
import { ApiError, errorBody } from './errors.js';
import { requireRate } from './limits.js';
import { logFault } from './log.js';
import { withPrefix } from './prefix.js';
import { findToken, readTokens, UnusableTokens } from './tokens.js';

const HOW = "send 'Authorization: Bearer <token>'";

/** Methods that change nothing. */
const READING = ['GET', 'HEAD', 'OPTIONS'];
/** Where each call says itself whether it does. */
const CALLS = '/v1/calls';

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireConfiguration(context, next) {
  const tokens = await readTokens(context.env).catch(refuseUnusable);
  if (tokens.length === 0) {
    throw new ApiError(
      403,
      'NO_TOKEN_CONFIGURED',
      'no token is configured, so every request is refused: `wrangler secret put THREADKV_TOKEN` sets one; ' +
        '`make dev` makes one for development',
    );
  }
  context.set('tokens', tokens);
  await next();
}

/** What was logged last: once is enough. */
let logged = '';

/**
 * Who asks learns nothing about the tokens; who runs the Worker does.
 *
 * @param {unknown} error
 * @returns {never}
 */
function refuseUnusable(error) {
  if (!(error instanceof UnusableTokens)) throw error;
  const { message: reason } = error;
  if (logged !== reason) logFault({ event: 'error', code: 'TOKEN_UNUSABLE', reason });
  logged = reason;
  throw new ApiError(
    403,
    'TOKEN_UNUSABLE',
    "the configured token cannot be used, so every request is refused: the Worker's log tells why",
  );
}

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireToken(context, next) {
  let isKnown = false;
  const enter = async () => {
    isKnown = true;
    const { name, access } = context.var.token;
    await requireRate(context, `token ${name}`);
    const mayChange = !READING.includes(context.req.method) && context.req.path !== CALLS;
    if (access === 'read' && mayChange) {
      throw new ApiError(403, 'READ_ONLY_TOKEN', 'this token may read, not write');
    }
    context.set('token', withPrefix(context, context.var.token));
    await next();
  };
  try {
    return await checkToken(context, enter);
  } catch (error) {
    // Those who guess are slowed down, and nobody else with them.
    if (!isKnown) await requireRate(context, `address ${context.req.header('CF-Connecting-IP') ?? ''}`);
    throw error;
  }
}

/** @type {import('hono').MiddlewareHandler<any>} */
const checkToken = bearerAuth({
  async verifyToken(given, context) {
    const token = await findToken(given, context.var.tokens);
    context.set('token', token);
    return token !== undefined;
  },
  noAuthenticationHeader: { message: errorBody('UNAUTHORIZED', `a token is required: ${HOW}`) },
  invalidAuthenticationHeader: { message: errorBody('UNAUTHORIZED', `no token in the header: ${HOW}`) },
  invalidToken: { message: errorBody('UNAUTHORIZED', 'the token is wrong') },
});
