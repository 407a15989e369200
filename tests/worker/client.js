/**
 * Requests to the Worker, as a program elsewhere would make them.
 *
 * @module
 */

import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import worker from '../../worker/index.js';

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
  /**
   * @param {string} method
   * @param {string} path
   * @param {Options} [options]
   */
  return async function ask(method, path, options = {}) {
    const {
      body,
      raw,
      headers = {},
      token = TOKEN,
      host = 'api.example',
      vars,
    } = { ...defaults, ...options };
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
    const bindings = /** @type {any} */ ({ ...env, KEY_PREFIX: prefix, THREADKV_TOKEN: TOKEN, ...vars });
    const response = await worker.fetch?.(/** @type {any} */ (request), bindings, context);
    if (response === undefined) throw new Error('the Worker has no fetch handler');
    await waitOnExecutionContext(context);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      /** @type {any} */
      json: text === '' ? undefined : JSON.parse(text),
    };
  };
}
