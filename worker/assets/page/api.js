/**
 * Requests to the API. The token is kept for as long as the tab is open, and goes nowhere but into the header.
 *
 * @module
 */

import { queryOf } from './place.js';

const KEY = 'threadkv-token';

/** A request that was refused, or did not get through. */
export class RequestError extends Error {
  /**
   * @param {number} status  0: there was no answer
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const token = {
  get: () => sessionStorage.getItem(KEY),
  /** @param {string} value */
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
  /** From a link that ends in `#token=…`, as `make dev` prints it; then it leaves the address. */
  takeFromAddress() {
    const [, given] = /^#token=(.+)/.exec(location.hash) ?? [];
    if (given === undefined) return;
    token.set(given);
    history.replaceState(null, '', location.pathname);
  },
};

/**
 * The requests of one view, with what they cost.
 *
 * @param {AbortSignal} signal
 */
export function createApi(signal) {
  /** @type {{ path: string, timing: string }[]} */
  const log = [];
  return {
    log,
    /**
     * @param {string[]} path  its parts after `/v1/`, not yet encoded
     * @param {Record<string, string | number | boolean | undefined>} [query]
     * @returns {Promise<any>}
     */
    async get(path, query = {}) {
      const url = `/v1/${path.map(encodeURIComponent).join('/')}${queryOf(query)}`;
      const response = await send(url, signal);
      log.push({ path: url, timing: response.headers.get('server-timing') ?? '' });
      const body = await response.json().catch(() => null);
      if (response.ok) return body;
      const { code = 'UNKNOWN', message = `the server answered ${response.status}` } = body?.error ?? {};
      throw new RequestError(response.status, code, message);
    },
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function send(url, signal) {
  const value = token.get();
  try {
    return await fetch(url, { signal, headers: value ? { Authorization: `Bearer ${value}` } : {} });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError(0, 'NO_ANSWER', 'the server does not answer');
  }
}
