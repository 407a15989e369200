/**
 * A Worker with an agent in it. Its threads, messages, working memory and stopped runs are in Workers KV, or in a Durable
 * Object; whichever isolate gets the next request goes on where the last one stopped.
 *
 * @module
 */

import { MastraStorageExporter, Observability } from '@mastra/observability';
import { CloudflareStore } from 'threadkv/mastra';
import { createApp } from './app.js';
import { createAssistant } from './assistant.js';
import { chooseModel } from './model.js';

/**
 * @typedef {object} Env
 * @property {import('@cloudflare/workers-types').KVNamespace} AGENT_KV
 * @property {any} [AGENT_OBJECTS]  of the class below
 * @property {string} [AGENT_HOME]  'durable': everything is in a Durable Object; else in KV
 * @property {string} [MODEL]
 * @property {string} [AGENT_TOKEN]  every request needs it
 */

export { ThreadKVObject } from 'threadkv/durable';

/** @type {ReturnType<typeof createApp> | undefined} */
let app;

/** One for all requests of an isolate. @param {Env} env */
function appOf(env) {
  const storage = new CloudflareStore({
    id: 'agent',
    ...(env.AGENT_HOME === 'durable'
      ? { durable: env.AGENT_OBJECTS }
      : { bindings: { default: env.AGENT_KV } }),
    keyPrefix: 'agent_',
  });
  const exporters = [new MastraStorageExporter()];
  const observability = new Observability({ configs: { default: { serviceName: 'agent', exporters } } });
  return createApp({ mastra: createAssistant({ storage, model: chooseModel(env.MODEL), observability }) });
}

export default {
  /** @param {Request} request @param {Env} env @param {any} context */
  fetch(request, env, context) {
    app ??= appOf(env);
    return app.fetch(request, env, context);
  },
};
