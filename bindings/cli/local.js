/**
 * Wrangler's local state: the KV namespaces that `wrangler dev` works on, lent by the wrangler of the user's own project.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageError } from './errors.js';

/** @typedef {import('../backends/kv.js').KVNamespaceLike} KVNamespaceLike */

const CONFIGS = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'];

/**
 * @typedef {object} LocalState
 * @property {Record<string, KVNamespaceLike>} namespaces  by binding
 * @property {string} path  where the state is
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ config?: string, env?: string, persistTo?: string }} options
 * @returns {Promise<LocalState>}
 */
export async function openLocalState({ config, env, persistTo }) {
  const configPath = findConfig(config);
  const wrangler = await loadWrangler(dirname(configPath));
  const bindings = readBindings(wrangler, configPath, env);
  if (bindings.length === 0) throw usageError(`${configPath} has no kv_namespaces`);
  const root = persistTo === undefined ? join(dirname(configPath), '.wrangler/state') : resolve(persistTo);
  const path = join(root, 'v3');
  const proxy = await wrangler.getPlatformProxy({
    configPath,
    environment: env,
    envFiles: [],
    persist: { path },
    remoteBindings: false,
  });
  const namespaces = Object.fromEntries(bindings.map((binding) => [binding, proxy.env[binding]]));
  return { namespaces, path, close: () => proxy.dispose() };
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
 * @returns {Promise<any>}
 */
async function loadWrangler(folder) {
  for (const from of [folder, process.cwd()]) {
    let path;
    try {
      path = createRequire(join(from, 'package.json')).resolve('wrangler');
    } catch {
      continue;
    }
    return (await import(pathToFileURL(path).href)).default;
  }
  throw usageError(
    `--local needs wrangler, which is not installed in ${folder}: run \`npm install --save-dev wrangler\` there`,
  );
}

/**
 * @param {any} wrangler
 * @param {string} configPath
 * @param {string | undefined} env
 * @returns {string[]}
 */
function readBindings(wrangler, configPath, env) {
  try {
    const config = wrangler.unstable_readConfig({ config: configPath, env }, { hideWarnings: true });
    return config.kv_namespaces.map((/** @type {{ binding: string }} */ { binding }) => binding);
  } catch (/** @type {any} */ error) {
    throw usageError(`wrangler cannot read ${configPath}: ${error?.message ?? error}`);
  }
}
