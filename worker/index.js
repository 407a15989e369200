/**
 * The Worker: an HTTP API over the store for programs that are not JavaScript, and the cron that sweeps.
 *
 * @module
 */

import { createApp } from './app.js';
import { logEvent } from './log.js';
import { openStore } from './store.js';

const app = createApp();

/** @type {ExportedHandler<import('./env.js').Env>} */
export default {
  fetch: (request, env, context) => app.fetch(request, env, context),

  async scheduled(_event, env, context) {
    const { deleted, pending } = await openStore(env, context).sweep();
    if (deleted > 0 || pending > 0) logEvent({ event: 'sweep', deleted, pending });
  },
};
