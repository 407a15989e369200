/**
 * Requests to the API. The token is kept for as long as the tab is open, and goes nowhere but into the header.
 *
 * @module
 */

import { queryOf } from './place.js';

const KEY = 'threadkv-token';

/** Where the Worker, or what of it is mounted, answers. */
export const BASE = new URL('../', import.meta.url);

/** These are about the token as it is. */
const UNCHOSEN = ['v1/token', 'v1/prefixes'];

const PREFIX_KEY = `threadkv-prefix ${BASE.pathname}`;

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

/** Of the reader's choice, where one may be made; kept like the token. */
export const prefix = {
  get: () => sessionStorage.getItem(PREFIX_KEY),
  /** @param {string} value */
  set: (value) => sessionStorage.setItem(PREFIX_KEY, value),
};

/** What the token may do, by token: asked for once. @type {Map<string | null, Rights>} */
const known = new Map();

/** @typedef {{ access: 'read' | 'write', keyPrefix: string, choosesPrefix: boolean }} Rights */

/**
 * The requests of one view, with what they cost.
 *
 * @param {AbortSignal} signal
 * @param {() => void} [onRequest]  after each
 */
export function createApi(signal, onRequest) {
  /** @type {{ path: string, timing: string }[]} */
  const log = [];

  /**
   * @param {string} method
   * @param {string[]} path  its parts after `/v1/`, not yet encoded
   * @param {Query} [query]
   * @param {unknown} [body]
   * @returns {Promise<string>} the text of the answer
   */
  async function ask(method, path, query = {}, body = undefined) {
    const part = `v1/${path.map(encodeURIComponent).join('/')}${queryOf(query)}`;
    const response = await send(part, signal, method, body);
    log.push({ path: `/${part}`, timing: response.headers.get('server-timing') ?? '' });
    onRequest?.();
    const text = await response.text();
    if (!response.ok) throw failureOf(response.status, text);
    return text;
  }

  return {
    log,
    /** @param {string[]} path @param {Query} [query] @returns {Promise<any>} */
    get: async (path, query) => JSON.parse(await ask('GET', path, query)),
    /** As it came. @param {string[]} path @param {Query} [query] */
    text: (path, query) => ask('GET', path, query),
    /**
     * Changes something.
     *
     * @param {'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
     * @param {string[]} path
     * @param {unknown} [body]
     * @param {Query} [query]
     */
    async send(method, path, body, query) {
      await ask(method, path, query, body);
    },
    /** What the token may do. It costs no KV operation, and is asked once. @returns {Promise<Rights | undefined>} */
    async rights() {
      const value = token.get();
      if (!known.has(value)) {
        const response = await send('v1/token', signal);
        if (!response.ok) return undefined;
        known.set(value, await response.json());
      }
      return known.get(value);
    },
    async mayWrite() {
      return (await this.rights())?.access === 'write';
    },
  };
}

/** @typedef {Record<string, string | number | boolean | undefined>} Query */
/** @typedef {ReturnType<typeof createApi>} Api */

/** @param {number} status @param {string} text */
function failureOf(status, text) {
  /** @type {any} */
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // Not the API's: a proxy's, say.
  }
  const { code = 'UNKNOWN', message = `the server answered ${status}` } = body?.error ?? {};
  return new RequestError(status, code, message);
}

/**
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {string} [method]
 * @param {unknown} [content]
 */
async function send(path, signal, method = 'GET', content = undefined) {
  const value = token.get();
  const body = content === undefined ? undefined : JSON.stringify(content);
  const chosen = UNCHOSEN.includes(path) ? null : prefix.get();
  const headers = {
    ...(value && { Authorization: `Bearer ${value}` }),
    ...(chosen !== null && { 'Threadkv-Prefix': encodeURIComponent(chosen) }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  };
  try {
    // What changes something is not taken back when its reader goes elsewhere.
    return await fetch(new URL(path, BASE), { method, headers, body, ...(method === 'GET' && { signal }) });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError(0, 'NO_ANSWER', 'the server does not answer');
  }
}
