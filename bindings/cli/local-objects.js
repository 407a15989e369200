/**
 * The local state of `wrangler dev` where Durable Objects are in it. Their files are no one's but workerd's: a Worker of
 * ours is run over them, by the miniflare that came with the user's own wrangler, and asked as one that is deployed.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const WORKER = 'local.js';
const BUILD = new URL('../../build/', import.meta.url);
/** Of the Worker that is run, which is ours. */
const COMPATIBILITY_DATE = '2026-02-24';
/** No host is asked: requests are handed over. */
const ORIGIN = 'http://127.0.0.1';

/**
 * @typedef {object} ObjectState
 * @property {string} path  of the state
 * @property {string} wrangler  where it was found
 * @property {string} name  of the user's Worker
 * @property {Record<string, any>} kv  ids of KV namespaces, by binding
 * @property {Record<string, string>} objects  classes, by binding
 */

/**
 * @param {ObjectState} state
 * @param {{ names: string[], prefix: string, write: boolean }} options  names: bindings of the tables; write: whether the
 *   page may change something
 */
export async function runOverState({ path, wrangler, name, kv, objects }, { names, prefix, write }) {
  const { create, persisting } = await loadMiniflare(wrangler);
  const [command, studio] = [newToken(), newToken()];
  const tokens = [
    { name: 'command', token: command, access: 'write' },
    { name: 'studio', token: studio, access: write ? 'write' : 'read', keyPrefix: prefix.trim() },
  ];
  const modules = await Promise.all([
    { type: 'ESModule', path: 'main.js', contents: entryOf([...new Set(Object.values(objects))]) },
    moduleOf('ESModule', WORKER),
    moduleOf('CompiledWasm', 'threadkv.tools.wasm'),
  ]);
  const miniflare = create({
    ...persisting(path),
    name,
    modules,
    modulesRoot: '/',
    compatibilityDate: COMPATIBILITY_DATE,
    kvNamespaces: kv,
    durableObjects: Object.fromEntries(
      Object.entries(objects).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    bindings: { BINDINGS: names, WRITE: write, THREADKV_TOKENS: JSON.stringify(tokens) },
  });
  await miniflare.ready;
  return {
    /** @type {import('./worker.js').Ask} */
    ask: (where, init = {}) => {
      const headers = { ...init.headers, Authorization: `Bearer ${command}` };
      return miniflare.dispatchFetch(`${ORIGIN}${where}`, { ...init, headers });
    },
    page: {
      token: studio,
      /** @param {Request} request @returns {Promise<Response>} */
      async handle(request) {
        const { method, headers } = request;
        const body = ['GET', 'HEAD'].includes(method) ? undefined : await request.arrayBuffer();
        return miniflare.dispatchFetch(request.url, {
          method,
          headers: [...headers],
          body,
          redirect: 'manual',
        });
      },
    },
    close: () => miniflare.dispose(),
  };
}

/** Of its options there are two forms, and one of them is understood by all but where the state is. @param {string} wrangler */
async function loadMiniflare(wrangler) {
  const loaded = await import(pathToFileURL(createRequire(wrangler).resolve('miniflare')).href);
  const { Miniflare, convertV4MiniflareOptions: convert } = loaded.Miniflare ? loaded : loaded.default;
  return {
    create: (/** @type {any} */ options) => new Miniflare(convert?.(options) ?? options),
    persisting: (/** @type {string} */ path) =>
      convert === undefined
        ? { kvPersist: join(path, 'kv'), durableObjectsPersist: join(path, 'do') }
        : { resourcePersistencePath: path },
  };
}

/** @param {string} type @param {string} name */
async function moduleOf(type, name) {
  return { type, path: name, contents: await readFile(new URL(name, BUILD)) };
}

/** Classes of the names that the user's Worker has: where their data is follows from that. @param {string[]} classes */
function entryOf(classes) {
  const each = classes.map((name) => `export class ${name} extends Base {}`);
  return [
    `import worker, { ThreadKVObject as Base } from './${WORKER}';`,
    ...each,
    'export default worker;',
  ].join('\n');
}

function newToken() {
  return randomBytes(24).toString('base64url');
}
