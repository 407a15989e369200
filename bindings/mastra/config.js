/**
 * From the configurations that Mastra's users write to the plain store behind the domains.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { CloudflareStore } from '../index.js';
import { requireOptions } from '../store/config.js';
import { ownError } from '../store/guard.js';
import { mastraError } from './errors.js';
import { tolerantStore } from './tolerance.js';

/**
 * What Mastra asks of every store, besides where the data is.
 * @typedef {object} MastraOptions
 * @property {string} [id]  default 'cloudflare-kv'
 * @property {boolean} [disableInit]  the first call does not do what `init()` does
 * @property {boolean} [newIds]  messages that are saved have new ids, so nothing is read under these: for agents without
 *   `savePerStep`, approvals and background tasks, which save the same ids again
 * @property {import('@mastra/core/storage').RetentionConfig} [retention]  for how long `prune()` keeps what
 */
/** @typedef {import('../store/config.js').BindingsConfig} CloudflareWorkersConfig */
/** @typedef {import('../store/config.js').CloudflareRestConfig} CloudflareRestConfig */
/**
 * A client of Cloudflare's SDK. Only its token and its address are used: it must have been made with an `apiToken`.
 * @typedef {import('../store/config.js').CommonConfig & { accountId: string, namespacePrefix?: string,
 *   client: { apiToken: string | null, baseURL?: string } }} CloudflareClientConfig
 */
/**
 * @typedef {(CloudflareWorkersConfig | CloudflareRestConfig | import('../store/config.js').DurableConfig
 *   | import('../store/config.js').BackendConfig) & MastraOptions}
 *   CloudflareStoreConfig
 */
/**
 * What a domain alone takes: where its data is, or a store of 'threadkv' that it shall share.
 * @typedef {CloudflareClientConfig | CloudflareWorkersConfig | CloudflareRestConfig
 *   | import('../store/config.js').DurableConfig
 *   | import('../store/config.js').BackendConfig | { store: CloudflareStore }} CloudflareDomainConfig
 */

/** What Mastra's stores take besides what the plain one does. */
const OPTIONS = ['id', 'name', 'disableInit', 'newIds', 'client'];

/**
 * @param {CloudflareStoreConfig | CloudflareDomainConfig} config
 * @returns {CloudflareStore} a new one, or that of the configuration
 */
export function openStore(config) {
  try {
    return tolerantStore(readStore(config));
  } catch (error) {
    throw mastraError('INIT', 'FAILED', {}, ownError('constructor', error));
  }
}

/** @param {any} config */
function readStore(config) {
  if (typeof config !== 'object' || config === null || !('store' in config)) {
    return new CloudflareStore(plainConfig(config));
  }
  if (config.store instanceof CloudflareStore) return config.store;
  throw storeError('INVALID_ARGUMENT', 'constructor', "store must be a CloudflareStore of 'threadkv'");
}

/** @param {any} config */
function plainConfig(config) {
  requireOptions(config, OPTIONS);
  const { client, disableInit, newIds, ...rest } = config;
  if (newIds !== undefined && typeof newIds !== 'boolean') {
    throw storeError('INVALID_ARGUMENT', 'constructor', 'newIds must be true or false');
  }
  delete rest.id;
  delete rest.name;
  const plain = { autoInit: disableInit !== true, ...rest };
  if (!client) return plain;
  // The client says where the data is, whatever bindings are given beside it.
  delete plain.bindings;
  return { ...plain, apiToken: client.apiToken ?? undefined, baseURL: client.baseURL };
}
