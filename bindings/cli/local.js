/**
 * Wrangler's local state: the KV namespaces that `wrangler dev` works on, lent by the wrangler of the user's own project.
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

/** @typedef {import('../backends/kv.js').KVNamespaceLike} KVNamespaceLike */

/** Of nothing that is run: nothing depends on it. */
const COMPATIBILITY_DATE = '2025-01-01';

const CONFIGS = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'];

/** @typedef {{ name?: string, kv_namespaces: { binding: string }[] }} Config  of wrangler, as far as it matters */

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
  const { name, kv_namespaces } = readConfig(wrangler, configPath, env);
  const bindings = kv_namespaces.map(({ binding }) => binding);
  if (bindings.length === 0) throw usageError(`${configPath} has no kv_namespaces`);
  const root = persistTo === undefined ? join(dirname(configPath), '.wrangler/state') : resolve(persistTo);
  const path = join(root, 'v3');
  const proxy = await openProxy(wrangler, path, { name, kv_namespaces });
  const namespaces = Object.fromEntries(bindings.map((binding) => [binding, proxy.env[binding]]));
  return { namespaces, path, close: () => proxy.dispose() };
}

/**
 * Of the configuration only the namespaces: wrangler would warn of all else that it cannot lend.
 *
 * @param {any} wrangler
 * @param {string} path  of the state
 * @param {Config} config
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
 * @returns {Config}
 */
function readConfig(wrangler, configPath, env) {
  try {
    return wrangler.unstable_readConfig({ config: configPath, env }, { hideWarnings: true });
  } catch (/** @type {any} */ error) {
    throw usageError(`wrangler cannot read ${configPath}: ${error?.message ?? error}`);
  }
}
