// What wrangler.toml, secrets and `wrangler dev --var` give to the Worker, and what a request carries along.

import type { Context as HonoContext } from 'hono';
import type { CloudflareStore } from '../bindings/index.js';

declare global {
  namespace Cloudflare {
    interface Env {
      THREADS_KV: KVNamespace;
      MESSAGES_KV: KVNamespace;
      /** Default: THREADS_KV. */
      METADATA_KV?: KVNamespace;
      /** Default: METADATA_KV, else THREADS_KV. */
      RESOURCES_KV?: KVNamespace;
      KEY_PREFIX?: string;
      MAX_BODY_BYTES?: string;
      /** The secret. Without it every request is refused. */
      THREADKV_TOKEN?: string;
      /** 'local': while no token is configured, requests to localhost need none. */
      THREADKV_OPEN?: string;
    }
  }
}

export type Env = Cloudflare.Env;
export type App = { Bindings: Env; Variables: { store: CloudflareStore } };
export type Context = HonoContext<App>;
