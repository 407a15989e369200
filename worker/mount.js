/**
 * `threadkv/worker`: the HTTP API and the page as part of another Worker, at a path of its own.
 *
 * ```js
 * const threadkv = createApp({ path: '/threadkv', store: (env) => ({ bindings: { default: env.KV } }) });
 *
 * export default {
 *   fetch(request, env, context) {
 *     const { pathname } = new URL(request.url);
 *     if (pathname.startsWith('/threadkv')) return threadkv.fetch(request, env, context);
 *     …
 *   },
 *   scheduled: (event, env, context) => threadkv.sweep(env, context),
 * };
 * ```
 *
 * Tokens are read from `env`: `THREADKV_TOKEN`, `THREADKV_TOKENS`. Without one, every request is refused.
 *
 * @module
 */

import PAGE from '#page';
import { createApp as createRoutes } from './app.js';
import { StoreError } from '../bindings/index.js';
import { requireKnown } from '../bindings/store/check.js';
import { errorBody } from './errors.js';
import { sweepAll } from './sweep.js';

/**
 * @template [Env=any]
 * @typedef {object} AppOptions
 * @property {string} [path]  where it is mounted, as '/threadkv'; default: at the root
 * @property {(env: Env) => import('../bindings/index.js').CloudflareStoreConfig} [store]  what `new CloudflareStore(…)` takes;
 *   default: the bindings THREADS_KV, MESSAGES_KV, METADATA_KV and RESOURCES_KV, and KEY_PREFIX
 * @property {(env: Env) => Promise<readonly string[]>} [prefixes]  which prefixes there are. With it a reader may choose
 *   one of them on the page, or any other that begins with the token's own
 * @property {boolean} [init]  default: true, the first request under a prefix does what `init()` of a store does
 * @property {WebAssembly.Module} [tools]  `threadkv/threadkv.tools.wasm`: with it the `threadkv` command may ask this Worker
 *   to verify, export and import what is in KV. For what is in Durable Objects their class has it
 */
/**
 * What a Worker is told besides; outside the Workers runtime there is none.
 * @typedef {{ waitUntil: (promise: Promise<any>) => void }} AppContext
 */
/**
 * @template [Env=any]
 * @typedef {object} App
 * @property {(request: Request, env: Env, context?: AppContext) => Promise<Response>} fetch  answers what is asked under
 *   the path
 * @property {(env: Env, context?: AppContext) => Promise<void>} sweep  for the cron: finishes deletions, under every
 *   prefix that a token opens
 */

/** Where nothing has to be kept alive. @type {AppContext} */
const NO_CONTEXT = { waitUntil: (promise) => void promise.catch(() => undefined) };

/**
 * @template [Env=any]
 * @param {AppOptions<Env>} [options]
 * @returns {App<Env>}
 */
export function createApp(options = {}) {
  requireKnown(options, ['path', 'store', 'prefixes', 'init', 'tools'], {
    what: 'option',
    path: '',
    method: 'createApp',
  });
  const { path = '', store, prefixes, init = true, tools } = options;
  if (!isPath(path)) {
    const words = "path must be '' or like '/threadkv', without a slash at its end";
    throw new StoreError('INVALID_ARGUMENT', 'createApp', words);
  }
  if (tools !== undefined && !(tools instanceof WebAssembly.Module)) {
    throw new StoreError(
      'INVALID_ARGUMENT',
      'createApp',
      'tools must be the module threadkv/threadkv.tools.wasm',
    );
  }
  const routes = createRoutes();
  const checked = init ? new Set() : undefined;
  /** @param {any} env @returns {import('./env.js').Env} */
  const inner = (env) => {
    const config = store?.(env);
    const KEY_PREFIX = config?.keyPrefix ?? env.KEY_PREFIX;
    const listed = prefixes && (() => prefixes(env));
    return {
      ...env,
      KEY_PREFIX,
      ASSETS: page,
      MOUNT: { path, store: config, prefixes: listed, checked, tools },
    };
  };
  return {
    async fetch(request, env, context = NO_CONTEXT) {
      const url = new URL(request.url);
      // The page names its files as they stand beside it.
      if (path !== '' && url.pathname === path)
        return Response.redirect(`${url.origin}${path}/${url.search}`, 307);
      if (!url.pathname.startsWith(`${path}/`)) {
        return Response.json(errorBody('NO_SUCH_ROUTE', `nothing is here but under ${path}/`), {
          status: 404,
        });
      }
      url.pathname = url.pathname.slice(path.length);
      const asked = /** @type {any} */ (path === '' ? request : new Request(url, request));
      return routes.fetch(asked, inner(env), /** @type {any} */ (context));
    },
    sweep: (env, context = NO_CONTEXT) => sweepAll(inner(env), context),
  };
}

/** @type {Pick<Fetcher, 'fetch'>} */
const page = {
  async fetch(address) {
    const { pathname } = new URL(/** @type {URL} */ (address));
    const [type, text] = Object.hasOwn(PAGE, pathname) ? PAGE[pathname] : [];
    if (type === undefined) return new Response(null, { status: 404 });
    return new Response(text, { headers: { 'Content-Type': type } });
  },
};

/** @param {unknown} path */
function isPath(path) {
  if (typeof path !== 'string') return false;
  return path === '' || (/^\/.*[^/]$/.test(path) && new URL(path, 'http://host').pathname === path);
}
