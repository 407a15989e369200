/**
 * Wrangler's local state: the KV namespaces that `wrangler dev` works on, lent by the wrangler of the user's own project, and
 * its Durable Objects.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageError } from './errors.js';
import { runOverState } from './local-objects.js';

/** @typedef {import('../backends/kv.js').KVNamespaceLike} KVNamespaceLike */

/** Of nothing that is run: nothing depends on it. */
const COMPATIBILITY_DATE = '2025-01-01';

const CONFIGS = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'];

/**
 * Of wrangler, as far as it matters.
 * @typedef {object} Config
 * @property {string} [name]
 * @property {{ binding: string, id?: string, preview_id?: string }[]} kv_namespaces
 * @property {{ bindings: { name: string, class_name: string, script_name?: string }[] }} durable_objects
 * @property {Record<string, unknown>} [vars]
 */

/**
 * @typedef {object} LocalState
 * @property {string} path  where the state is
 * @property {string[]} namespaces  bindings of KV namespaces
 * @property {string[]} objects  bindings of Durable Objects of the Worker's own
 * @property {string | undefined} home  the binding in which the deployable Worker says that everything is
 * @property {() => Promise<{ namespaces: Record<string, KVNamespaceLike>, close: () => Promise<void> }>} lend  the namespaces
 * @property {(options: Parameters<typeof runOverState>[1]) => ReturnType<typeof runOverState>} run  a Worker over all of it
 */

/**
 * @param {{ config?: string, env?: string, persistTo?: string }} options
 * @returns {Promise<LocalState>}
 */
export async function findLocalState({ config, env, persistTo }) {
  const configPath = findConfig(config);
  const { wrangler, from } = await loadWrangler(dirname(configPath));
  const { name = '', kv_namespaces, durable_objects, vars } = readConfig(wrangler, configPath, env);
  const namespaces = kv_namespaces.map(({ binding }) => binding);
  const own = durable_objects.bindings.filter(({ script_name }) => (script_name ?? name) === name);
  const objects = Object.fromEntries(own.map(({ name: binding, class_name }) => [binding, class_name]));
  if (namespaces.length === 0 && own.length === 0) {
    throw usageError(`${configPath} has no kv_namespaces, nor durable_objects of its own`);
  }
  const root = persistTo === undefined ? join(dirname(configPath), '.wrangler/state') : resolve(persistTo);
  const path = join(root, 'v3');
  const kv = Object.fromEntries(
    kv_namespaces.map(({ binding, id, preview_id }) => [binding, preview_id ?? id ?? binding]),
  );
  return {
    path,
    namespaces,
    objects: Object.keys(objects),
    home: vars?.DATA_HOME === 'durable' && 'THREADKV_OBJECTS' in objects ? 'THREADKV_OBJECTS' : undefined,
    async lend() {
      const proxy = await openProxy(wrangler, path, { name, kv_namespaces });
      const lent = Object.fromEntries(namespaces.map((binding) => [binding, proxy.env[binding]]));
      return { namespaces: lent, close: () => proxy.dispose() };
    },
    run: (options) => runOverState({ path, wrangler: from, name, kv, objects }, options),
  };
}

/**
 * Of the configuration only the namespaces: wrangler would warn of all else that it cannot lend.
 *
 * @param {any} wrangler
 * @param {string} path  of the state
 * @param {Pick<Config, 'name' | 'kv_namespaces'>} config
 */
async function openProxy(wrangler, path, config) {
  const folder = await mkdtemp(join(tmpdir(), 'threadkv-'));
  try {
    const configPath = join(folder, 'wrangler.json');
    await writeFile(configPath, JSON.stringify({ ...config, compatibility_date: COMPATIBILITY_DATE }));
    return await wrangler.getPlatformProxy({
      configPath,
      envFiles: [],
      persist: { path },
      remoteBindings: false,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {string | undefined} given */
function findConfig(given) {
  if (given !== undefined) {
    if (!existsSync(given)) throw usageError(`there is no ${given}`);
    return resolve(given);
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const found = CONFIGS.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) {
      throw usageError(`there is no ${CONFIGS.join(', ')} here or above; name yours by --config`);
    }
  }
}

/**
 * @param {string} folder  of the configuration
 * @returns {Promise<{ wrangler: any, from: string }>}
 */
async function loadWrangler(folder) {
  for (const from of [folder, process.cwd()]) {
    let path;
    try {
      path = createRequire(join(from, 'package.json')).resolve('wrangler');
    } catch {
      continue;
    }
    return { wrangler: (await import(pathToFileURL(path).href)).default, from: path };
  }
  throw usageError(
    `--local needs wrangler, which is not installed in ${folder}: run \`npm install --save-dev wrangler\` there`,
  );
}

/**
 * @param {any} wrangler
 * @param {string} configPath
 * @param {string | undefined} env
 * @returns {Config}
 */
function readConfig(wrangler, configPath, env) {
  try {
    return wrangler.unstable_readConfig({ config: configPath, env }, { hideWarnings: true });
  } catch (/** @type {any} */ error) {
    throw usageError(`wrangler cannot read ${configPath}: ${error?.message ?? error}`);
  }
}
