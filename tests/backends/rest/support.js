/**
 * Stores and back ends over the server of server.js, for tests.
 *
 * @module
 */

import { CloudflareStore } from '../../../bindings/index.js';
import { createRestBackend } from '../../../bindings/backends/rest/rest.js';
import { makeCore } from '../../support/isolate.js';
import { ACCOUNT, TOKEN } from './server.js';
import { makeClock } from '../../support/clock.js';

/** @typedef {import('./server.js').RestServer} RestServer */
/** @typedef {import('../../../bindings/store/config.js').CloudflareRestConfig} CloudflareRestConfig */

let isolates = 0;

/** A core whose time passes only by waiting, which takes none. */
export function quickCore() {
  const clock = makeClock(Date.now());
  const core = makeCore(clock, isolates++);
  return { core, clock };
}

/**
 * A store in an isolate of its own.
 *
 * @param {RestServer} server
 * @param {Partial<CloudflareRestConfig>} [config]
 */
export function openStore(server, config = {}) {
  const { core } = quickCore();
  return new CloudflareStore({ accountId: ACCOUNT, apiToken: TOKEN, baseURL: server.url, core, ...config });
}

/**
 * @param {RestServer} server
 * @param {string[]} titles
 * @param {Partial<Parameters<typeof createRestBackend>[0]>} [options]
 */
export function openBackend(server, titles, options = {}) {
  return createRestBackend({ titles, accountId: ACCOUNT, apiToken: TOKEN, baseURL: server.url, ...options });
}

/**
 * What was asked of the API, in short: 'PUT dev_threads/bulk', and 'GET' alone for the list of namespaces.
 *
 * @param {RestServer} server
 */
export function asked({ requests }) {
  return requests.map(({ method, path }) => `${method} ${path.slice(1)}`.trim());
}
