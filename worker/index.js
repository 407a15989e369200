/**
 * The Worker: an HTTP API over the store for programs that are not JavaScript, a page to look into it, and the cron that
 * sweeps.
 *
 * @module
 */

import { StoreError } from '../bindings/index.js';
import { createApp } from './app.js';
import { logEvent } from './log.js';
import { openStore } from './store.js';

const app = createApp();

/** @type {ExportedHandler<import('./env.js').Env>} */
export default {
  fetch: (request, env, context) => app.fetch(request, env, context),

  async scheduled(_event, env, context) {
    try {
      const { deleted, pending } = await openStore(env, context).sweep();
      if (deleted > 0 || pending > 0) logEvent({ event: 'sweep', deleted, pending });
    } catch (error) {
      // eslint-disable-next-line preserve-caught-error -- the platform logs it, and the store's own message names keys
      throw new Error(`the sweep failed: ${error instanceof StoreError ? error.code : 'INTERNAL'}`);
    }
  },
};
