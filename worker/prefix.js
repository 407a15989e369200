/**
 * The prefix of a request: its token's, or one that begins with it where whoever mounts the app lets requests choose.
 *
 * @module
 */

import { ApiError } from './errors.js';

export const HEADER = 'Threadkv-Prefix';

/**
 * The token as far as this request wants it.
 *
 * @param {import('./env.js').Context} context
 * @param {import('./tokens.js').Token} token
 * @returns {import('./tokens.js').Token}
 */
export function withPrefix({ env, req }, token) {
  const header = req.header(HEADER);
  if (header === undefined) return token;
  const keyPrefix = decode(header);
  if (keyPrefix === token.keyPrefix) return token;
  if (env.MOUNT?.prefixes === undefined) throw refusal(400, 'the prefix cannot be chosen here');
  if (!keyPrefix.startsWith(token.keyPrefix))
    throw refusal(403, "the prefix does not begin with the token's own");
  return { ...token, keyPrefix };
}

/**
 * @param {import('./env.js').Context} context
 * @returns {Promise<string[]>} the token's own among them
 */
export async function prefixesOf({ env, var: { token } }) {
  const { keyPrefix } = token;
  const known = (await env.MOUNT?.prefixes?.()) ?? [];
  return [...new Set([keyPrefix, ...known.filter((one) => one.startsWith(keyPrefix))])].sort();
}

/** @param {string} header */
function decode(header) {
  try {
    return decodeURIComponent(header).trim();
  } catch {
    throw refusal(400, `${HEADER} is not percent-encoded UTF-8`);
  }
}

/** @param {400 | 403} status @param {string} message */
function refusal(status, message) {
  const code = status === 403 ? 'FORBIDDEN_PREFIX' : 'INVALID_ARGUMENT';
  return new ApiError(status, code, message, { in: 'header', path: `/${HEADER}` });
}
