/**
 * The Worker: an HTTP API over the store for programs that are not JavaScript, a page to look into it, and the cron that
 * sweeps.
 *
 * @module
 */

import { ThreadKVObject as Base } from '../bindings/durable/index.js';
import tools from '../build/threadkv.tools.wasm';
import { createApp } from './app.js';
import { sweepAll } from './sweep.js';

/** Where the data is with `DATA_HOME = "durable"`. */
export class ThreadKVObject extends Base {
  static module = tools;
}

const app = createApp({ tools });

/** @type {ExportedHandler<import('./env.js').Env>} */
export default {
  fetch: (request, env, context) => app.fetch(request, env, context),

  scheduled: (_event, env, context) => sweepAll(env, context),
};
