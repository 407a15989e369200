/**
 * Requests to the Worker, as a program elsewhere would make them. Every answer is held against the OpenAPI document.
 *
 * @module
 */

import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import worker from '../../worker/index.js';
import { openStore } from '../../worker/store.js';
import { checkAgainstDocument } from './document.js';

export const TOKEN = 'correct horse battery staple'.replaceAll(' ', '-');

/**
 * @typedef {object} Options
 * @property {unknown} [body]  sent as JSON
 * @property {BodyInit} [raw]  sent as it is
 * @property {Record<string, string>} [headers]
 * @property {string | null} [token]  null: none
 * @property {string} [host]
 * @property {Record<string, unknown>} [vars]
 */

let clients = 0;

/**
 * Each client has a prefix of its own, and with it an empty store.
 *
 * @param {Options} [defaults]
 */
export function createClient(defaults = {}) {
  const prefix = `client${++clients}_`;
  const settings = { ...env, KEY_PREFIX: prefix, THREADKV_TOKEN: TOKEN };
  /**
   * @param {string} method
   * @param {string} path
   * @param {Options} [options]
   */
  async function ask(method, path, options = {}) {
    const { body, raw, headers = {}, token = TOKEN, host = 'api.example' } = { ...defaults, ...options };
    const vars = { ...defaults.vars, ...options.vars };
    const request = new Request(`https://${host}${path}`, {
      method,
      body: body === undefined ? raw : JSON.stringify(body),
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    const context = createExecutionContext();
    const bindings = /** @type {any} */ ({ ...settings, ...vars });
    const response = await worker.fetch?.(/** @type {any} */ (request), bindings, context);
    if (response === undefined) throw new Error('the Worker has no fetch handler');
    await waitOnExecutionContext(context);
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      /** @type {any} */
      json: text === '' ? undefined : isLines(response) ? text : JSON.parse(text),
    };
    checkAgainstDocument({ method, path, body: body && JSON.parse(JSON.stringify(body)) }, answer);
    return answer;
  }

  /**
   * What agents would have written: for what the API only reads.
   *
   * @param {Parameters<typeof openStore>[2]} [options]
   */
  ask.store = (options) => openStore(/** @type {any} */ (settings), createExecutionContext(), options);
  ask.prefix = prefix;
  return ask;
}

/** @param {{ headers: Headers }} response */
function isLines({ headers }) {
  return headers.get('content-type') === 'application/x-ndjson';
}
