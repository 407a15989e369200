/**
 * How often one may ask, where a rate limiting binding says so. Its counts are those of the place where the request
 * arrived, and near enough; it costs no KV operation.
 *
 * @module
 */

import { ApiError } from './errors.js';
import { logFault } from './log.js';

/**
 * @param {import('./env.js').Context} context
 * @param {string} key  who is counted
 */
export async function requireRate({ env }, key) {
  if (env.RATE_LIMITER === undefined || (await isWithin(env.RATE_LIMITER, key))) return;
  throw new ApiError(429, 'TOO_MANY_REQUESTS', 'too many requests of late: wait a little, then try again');
}

/**
 * A limiter that fails limits nobody.
 *
 * @param {RateLimit} limiter
 * @param {string} key
 */
async function isWithin(limiter, key) {
  try {
    return (await limiter.limit({ key })).success;
  } catch {
    logFault({ event: 'error', code: 'RATE_LIMITER', reason: 'the rate limiting binding failed' });
    return true;
  }
}
