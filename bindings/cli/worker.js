/**
 * A store behind a Worker, the one that is deployed or another with `threadkv/worker` in it: wherever it keeps its data, in KV, in
 * Durable Objects, or some here and some there.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { Caller } from '../core/caller.js';
import { StoreError, storeError } from '../core/errors.js';
import { HttpHome } from '../remote/http-home.js';
import { CliError, usageError } from './errors.js';

/** @typedef {(path: string, init?: RequestInit) => Promise<Response>} Ask  a request to the Worker, with its token */

const EVERYTHING = TABLES.map(([table]) => table);
/** Hosts to which nothing goes over a network. */
const HERE = ['localhost', '127.0.0.1', '[::1]'];
/** An answer of the Worker itself, or of what stands before it, that may be another one soon. */
const PASSING = [408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 530];
const RETRY_MS = 500;

/**
 * @param {string} text
 * @returns {string} without a slash at its end
 */
export function readWorkerURL(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) {
    throw usageError(`--worker wants an address, such as https://memory.example.workers.dev`);
  }
  if (url.username || url.password) throw usageError('--worker takes no password: set THREADKV_TOKEN');
  if (url.protocol === 'http:' && !HERE.includes(url.hostname)) {
    throw usageError(`http://${url.host} would let others read the token on its way: use https`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * @param {{ ask: Ask, prefix: string, place: string }} where
 * @returns {Pick<import('./target.js').Target, 'line' | 'prefixes'>}
 */
export function overWorker({ ask, prefix, place }) {
  const headers = { 'Threadkv-Prefix': encodeURIComponent(prefix) };
  /** @type {import('../remote/http-home.js').Send} */
  const send = async (body, method) => {
    const init = { method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/x-ndjson' } };
    let response;
    try {
      response = await ask('/v1/calls', init);
      if (response.ok) return await response.text();
    } catch (error) {
      if (error instanceof CliError) throw error;
      return {
        retryAfter: RETRY_MS,
        error: storeError('DISCONNECTED', method, `${place} cannot be reached`),
      };
    }
    const error = await failureOf(response, method, place);
    if (!PASSING.includes(response.status)) throw error;
    const seconds = Number(response.headers.get('retry-after')) || 0;
    return { retryAfter: Math.max(RETRY_MS, Math.min(60, seconds) * 1000), error };
  };
  return {
    line: ({ keyPrefix = '', maxOperations = Infinity, onOperation }) =>
      new Caller({
        tables: {},
        elsewhere: [{ tables: EVERYTHING, open: (tools) => new HttpHome(send, tools) }],
        prefix: keyPrefix.trim(),
        options: { strict: false, maxOperations, check: false },
        most: Infinity,
        retention: {},
        onOperation,
      }),
    async prefixes() {
      const response = await ask('/v1/prefixes', { headers });
      if (!response.ok) throw await failureOf(response, 'prefixes', place);
      return /** @type {{ prefixes: string[] }} */ (await response.json()).prefixes;
    },
  };
}

/**
 * @param {string} url
 * @param {string} token
 * @returns {Ask}
 */
export function askWorker(url, token) {
  return (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${token}` },
      // The token is for nobody else.
      redirect: 'error',
    });
}

/**
 * The prefix that is worked on: the token's own, unless another is named that it opens.
 *
 * @param {Ask} ask
 * @param {string | undefined} named
 * @param {string} place
 * @returns {Promise<string>}
 */
export async function findPrefix(ask, named, place) {
  const response = await ask('/v1/token').catch(() => {
    throw new CliError(`${place} cannot be reached`, { code: 'DISCONNECTED' });
  });
  if (!response.ok) throw await failureOf(response, 'token', place);
  const { keyPrefix, choosesPrefix } = /** @type {any} */ (await response.json());
  if (named === undefined || named.trim() === keyPrefix) return keyPrefix;
  if (choosesPrefix && named.trim().startsWith(keyPrefix)) return named.trim();
  throw usageError(`the token opens the prefix "${keyPrefix}" there, not "${named.trim()}"`);
}

/**
 * @param {Response} response
 * @param {string} method
 * @param {string} place
 */
async function failureOf(response, method, place) {
  const { error } = /** @type {any} */ (await response.json().catch(() => ({})));
  if (typeof error?.code !== 'string') {
    return storeError('DISCONNECTED', method, `${place} answers with status ${response.status}`);
  }
  const { code, message, details } = error;
  if (code === 'NO_SUCH_ROUTE' || code === 'METHOD_NOT_ALLOWED') {
    const says = `${place} does not know what this command asks: deploy it with this version of threadkv`;
    return storeError('VERSION_MISMATCH', method, says);
  }
  return new StoreError(code, method, message, details);
}
