/**
 * Requests that a page of another site makes a browser send. The token keeps them out already; this does so even
 * where a browser knows it.
 *
 * @module
 */

import { ApiError } from './errors.js';

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function requireOwnOrigin({ req }, next) {
  const origin = req.header('Origin');
  if (origin !== undefined && origin !== new URL(req.url).origin) {
    throw new ApiError(403, 'FORBIDDEN_ORIGIN', 'pages of other sites may not ask this server');
  }
  await next();
}
