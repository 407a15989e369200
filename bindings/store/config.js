/**
 * From what a user writes into `new CloudflareStore(…)` to what the core works with: one back end, and for
 * each table the space (namespace) of it that holds the table. Pure: no I/O, nothing random.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { storeError } from '../core/errors.js';
import { createNamespaceBackend, namespaceProblem } from '../backends/kv.js';
import { createRestBackend } from '../backends/rest/rest.js';
import { readRestOptions } from '../backends/rest/options.js';
import { isObjectNamespace, objectHomes, readObjectOptions, refuseOptionsOfKV } from '../remote/place.js';
import { requireKnown } from './check.js';
import { alikeName } from './nearest.js';
import { readRetention } from './retention.js';

/**
 * @typedef {import('../backends/backend.js').Backend} Backend
 * @typedef {import('../backends/kv.js').KVNamespaceLike} KVNamespaceLike
 * @typedef {import('../core/caller.js').Settings} Settings
 * @typedef {import('../core/stats.js').Operation} Operation
 * @typedef {import('../remote/object-home.js').ObjectNamespaceLike} ObjectNamespaceLike
 */
/**
 * Where tables are: in the spaces of a back end, in Durable Objects, or some here and some there.
 * @typedef {{ backend?: Backend, tables: Record<string, number>, objects?: Map<ObjectNamespaceLike, string[]> }} Storage
 *   objects: the tables of each namespace
 */

/**
 * What every form of the configuration may carry.
 * @typedef {object} CommonConfig
 * @property {string} [keyPrefix]  put before every key as it is, e.g. 'dev_'; one prefix never sees another's data
 * @property {(promise: Promise<unknown>) => void} [waitUntil]  default: that of the Workers runtime, if there is one
 * @property {(operation: Operation) => void} [onOperation]  called after every KV operation
 * @property {(text: string) => any} [parseJSON]  reads what is stored, in place of `JSON.parse`: for numbers that have
 *   more digits than JavaScript's
 * @property {'strict'} [consistency]  makes every read ask the journal too, not only its head
 * @property {boolean} [autoInit]  the first call does what `init()` does, so that nobody has to call it
 * @property {import('./row-types.js').Retention} [retention]  what to keep for how long; default: all, for ever
 * @property {number} [maxOperations]  KV operations that one call may make, default 900
 * @property {number} [maxPageBytes]  bytes that a list may bring into memory, default 32 MiB; beyond it the call fails with
 *   `PAGE_TOO_LARGE` and says how many messages would fit
 * @property {'all'} [snapshots]  stores every snapshot of a workflow run, its progress too, before the call resolves
 * @property {boolean} [assumeSingleWriter]  says that one isolate alone (a Durable Object, a server) writes each
 *   workflow run: then engines may rely on updates that do not overwrite each other
 * @property {import('../core/core.js').Core} [core]  default: one for all stores of the process
 * @property {string} [locationHint]  where new Durable Objects are wished: 'weur', 'enam' …
 * @property {string} [jurisdiction]  where Durable Objects have to stay: 'eu', 'fedramp'. It is a part of their name
 */
/**
 * KV namespaces, as a Worker finds them in `env`, by table: 'threads' and 'messages', or 'default' for all.
 * A table without its own shares that of 'metadata', else that of 'threads'. Mastra's names ('mastra_threads' …)
 * are understood too. Null and undefined count as missing. A table may have a namespace of Durable Objects in place of
 * one of KV; threads, messages and metadata are in one home.
 * @typedef {CommonConfig & { bindings: Record<string, KVNamespaceLike | ObjectNamespaceLike | null | undefined> }}
 *   BindingsConfig
 */
/**
 * Durable Objects of the class `ThreadKVObject` of 'threadkv/durable', as a Worker finds them in `env`: everything is in
 * one object, which `keyPrefix` names.
 * @typedef {CommonConfig & { durable: ObjectNamespaceLike }} DurableConfig
 */
/**
 * Cloudflare's REST API, for use outside Workers. Every table has a namespace of its own, titled
 * `<namespacePrefix><table>`: 'dev_threads', 'dev_messages' …; it is made when it is first written to.
 * @typedef {CommonConfig & import('../backends/rest/options.js').RestConfig} CloudflareRestConfig
 */
/**
 * A back end of one's own, such as `createMemoryBackend()` of 'threadkv/memory'.
 * @typedef {CommonConfig & { backend: Backend | (() => Backend) }} BackendConfig
 */
/** @typedef {BindingsConfig | DurableConfig | CloudflareRestConfig | BackendConfig} CloudflareStoreConfig */

/** What a configuration may have. */
const OPTIONS =
  `bindings backend accountId apiToken keyPrefix namespacePrefix baseURL fetch timeout waitUntil onOperation parseJSON
  consistency autoInit retention maxOperations maxPageBytes snapshots assumeSingleWriter core durable locationHint
  jurisdiction`.split(/\s+/);

/** Mastra's names of tables that are not ours: a binding of that name is no slip of the pen. */
export const OTHER_TABLES = `knowledge_activity knowledge_cursors
  knowledge_mentions knowledge_nodes knowledge_records knowledge_semantic_outbox`
  .split(/\s+/)
  .map((name) => `mastra_${name}`);

const REQUIRED = ['threads', 'messages'];
/** What is in one home: a save writes to all of them. */
const TOGETHER = ['threads', 'messages', 'metadata'];
const DEFAULT_MAX_OPERATIONS = 900;
const DEFAULT_MAX_PAGE_BYTES = 32 * 1024 * 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * @param {CloudflareStoreConfig} config
 * @returns {Settings}
 */
export function readConfig(config) {
  requireOptions(config);
  const { keyPrefix = '', consistency, snapshots, assumeSingleWriter, autoInit = false } = config;
  const { maxOperations = DEFAULT_MAX_OPERATIONS, maxPageBytes = DEFAULT_MAX_PAGE_BYTES } = config;
  if (typeof keyPrefix !== 'string') throw invalid('keyPrefix must be a string');
  // As bytes, all lone surrogates look the same: two prefixes would share their data.
  if (LONE_SURROGATE.test(keyPrefix)) throw invalid('keyPrefix must be well-formed Unicode');
  if (consistency !== undefined && consistency !== 'strict') {
    throw invalid("consistency must be 'strict' or left out");
  }
  if (snapshots !== undefined && snapshots !== 'all') throw invalid("snapshots must be 'all' or left out");
  if (assumeSingleWriter !== undefined && typeof assumeSingleWriter !== 'boolean') {
    throw invalid('assumeSingleWriter must be true or false');
  }
  if (!Number.isSafeInteger(maxOperations) || maxOperations < 1) {
    throw invalid('maxOperations must be a positive integer');
  }
  if (!Number.isSafeInteger(maxPageBytes) || maxPageBytes < 1) {
    throw invalid('maxPageBytes must be a positive integer');
  }
  if (typeof autoInit !== 'boolean') throw invalid('autoInit must be true or false');
  checkFunctions(config);
  const prefix = keyPrefix.trim();
  const { objects, ...storage } = readStorage(config);
  if (storage.backend === undefined) refuseOptionsOfKV(/** @type {any} */ (config), invalid);
  const hints = readObjectOptions(/** @type {any} */ (config), objects !== undefined, invalid);
  const elsewhere = objects && objectHomes(objects, { prefix, ...hints, maxOperations, check: autoInit });
  return {
    ...storage,
    ...(elsewhere && { elsewhere }),
    prefix,
    options: { strict: consistency === 'strict', maxOperations, check: autoInit },
    most: maxPageBytes,
    allSnapshots: snapshots === 'all',
    retention: readRetention(config.retention, 'constructor'),
    core: config.core,
    parse: config.parseJSON,
    onOperation: config.onOperation,
    waitUntil: config.waitUntil,
  };
}

/**
 * @param {unknown} config
 * @param {readonly string[]} [more]  names that whoever asks understands besides
 */
export function requireOptions(config, more = []) {
  if (typeof config !== 'object' || config === null) throw invalid('the configuration must be an object');
  requireKnown(config, [...OPTIONS, ...more], { what: 'option', path: '', method: 'constructor' });
}

/** @param {CloudflareStoreConfig} config */
function checkFunctions({ waitUntil, onOperation, parseJSON, core }) {
  for (const [name, value] of Object.entries({ waitUntil, onOperation, parseJSON })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(`${name} must be a function`);
  }
  if (core !== undefined && typeof core?.call !== 'function') {
    throw invalid('core must be one that createCore() made');
  }
}

/**
 * @param {unknown} name  of a table, or Mastra's name for it
 * @returns {string | undefined} the table
 */
export function findTable(name) {
  return TABLES.find((names) => names.some((one) => one !== '' && one === name))?.[0];
}

/** What says where the data is. Null and undefined count as missing. */
const PLACES = ['durable', 'bindings', 'backend', 'accountId', 'apiToken'];
/** What only the REST API has an ear for. */
const REST_ONLY = ['accountId', 'apiToken', 'baseURL', 'fetch', 'timeout'];

/**
 * @param {CloudflareStoreConfig} config
 * @returns {Storage}
 */
function readStorage(config) {
  if ('durable' in config && config.durable !== undefined) return readDurable(config);
  const isBackend = 'backend' in config && config.backend !== undefined;
  if (
    (isBackend || 'bindings' in config) &&
    'namespacePrefix' in config &&
    config.namespacePrefix !== undefined
  ) {
    throw invalid('namespacePrefix is for the REST API; bindings and back ends take keyPrefix');
  }
  if (isBackend || 'bindings' in config) refuseRestOptions(config, isBackend ? 'backend' : 'bindings');
  if (isBackend) return readBackend(config.backend);
  if ('bindings' in config) return readBindings(config.bindings);
  return readRest(/** @type {CloudflareRestConfig} */ (config));
}

/**
 * What would be ignored is refused.
 *
 * @param {any} config
 * @param {string} place  where the data is
 */
function refuseRestOptions(config, place) {
  const name = REST_ONLY.find((one) => /** @type {any} */ (config[one] ?? undefined) !== undefined);
  if (name === undefined) return;
  throw invalid(
    `${name} is for the REST API, and ${place} says that the data is elsewhere: give one of them`,
  );
}

/**
 * @param {DurableConfig} config
 * @returns {Storage}
 */
function readDurable(config) {
  const other = PLACES.slice(1).find((name) => /** @type {any} */ (config)[name] !== undefined);
  if (other !== undefined) {
    throw invalid(
      `durable holds all tables, so that ${other} cannot be given beside it; bindings may mix both`,
    );
  }
  refuseRestOptions(config, 'durable');
  if (!isObjectNamespace(config.durable)) {
    throw invalid('durable must be a namespace of Durable Objects, as a Worker finds it in env');
  }
  return { tables: tableMap(() => 0), objects: new Map([[config.durable, TABLES.map(([table]) => table)]]) };
}

/**
 * @param {CloudflareRestConfig} config
 * @returns {Storage}
 */
function readRest(config) {
  const { accountId, apiToken } = config;
  if (accountId === undefined && apiToken === undefined) {
    throw invalid('give KV namespaces as `bindings` (for the REST API, accountId is required)');
  }
  const { namespacePrefix, ...options } = readRestOptions(config, invalid);
  const titles = TABLES.map(([table]) => namespacePrefix + table);
  return { backend: createRestBackend({ titles, ...options }), tables: tableMap((_, index) => index) };
}

/**
 * The n-th table lives in the n-th space as far as there are that many, else where it would without a binding.
 *
 * @param {Backend | (() => Backend)} given
 * @returns {Storage}
 */
function readBackend(given) {
  const backend = typeof given === 'function' ? given() : given;
  const count = backend?.spaces?.length;
  if (typeof backend?.run !== 'function' || !(count > 0)) throw invalid('backend must be a back end');
  const shared = count > 2 ? 2 : 0;
  return { backend, tables: tableMap((_, index) => (index < count ? index : shared)) };
}

/**
 * @param {BindingsConfig['bindings']} bindings
 * @returns {Storage}
 */
function readBindings(bindings) {
  if (typeof bindings !== 'object' || bindings === null) {
    throw invalid('bindings are required: an object of KV namespaces');
  }
  const own = TABLES.map(([table, mastra]) => readBinding(bindings, table, mastra));
  const [threads, , metadata] = own;
  const fallback = readBinding(bindings, 'default', '');
  checkNames(bindings, [...TABLES.filter((_, index) => !own[index]).flat(), fallback ? '' : 'default']);
  /** @type {KVNamespaceLike[]} */
  const namespaces = [];
  /** @type {Map<ObjectNamespaceLike, string[]>} */
  const objects = new Map();
  const tables = tableMap((table, index) => {
    const namespace =
      own[index] ?? fallback ?? (REQUIRED.includes(table) ? undefined : (metadata ?? threads));
    if (namespace === undefined) throw invalid(`Missing KV binding for table: ${table}`, { table });
    if (isObjectNamespace(namespace)) {
      objects.set(namespace, [...(objects.get(namespace) ?? []), table]);
      return 0;
    }
    if (!namespaces.includes(namespace)) namespaces.push(namespace);
    return namespaces.indexOf(namespace);
  });
  if (objects.size === 0) return { backend: createNamespaceBackend({ namespaces }), tables };
  requireOneHome(objects);
  return namespaces.length === 0
    ? { tables, objects }
    : { backend: createNamespaceBackend({ namespaces }), tables, objects };
}

/**
 * What is written together has to be in one home.
 *
 * @param {Map<ObjectNamespaceLike, string[]>} objects
 */
function requireOneHome(objects) {
  for (const tables of objects.values()) {
    const together = TOGETHER.filter((table) => tables.includes(table));
    if (together.length === 0 || together.length === TOGETHER.length) continue;
    throw invalid(
      `${TOGETHER.join(', ')} must be in one home, either in KV or in one namespace of Durable Objects`,
      { tables: together },
    );
  }
}

/**
 * Refuses a namespace whose name is nearly that of a table without one. All others may be there: people pass `env`.
 *
 * @param {Record<string, unknown>} bindings
 * @param {string[]} missing
 */
function checkNames(bindings, missing) {
  const names = missing.filter((name) => name !== '');
  const known = ['default', ...TABLES.flat(), ...OTHER_TABLES];
  for (const [name, value] of Object.entries(bindings)) {
    const isNamespace = isObjectNamespace(value) || namespaceProblem(value, name) === null;
    if (known.includes(name) || !isNamespace) continue;
    const near = alikeName(name, names);
    if (near !== undefined) {
      throw invalid(`binding "${name}" is not known; did you mean "${near}"?`, { name, suggestion: near });
    }
  }
}

/**
 * @param {BindingsConfig['bindings']} bindings
 * @param {string} table
 * @param {string} mastra
 * @returns {KVNamespaceLike | ObjectNamespaceLike | undefined}
 */
function readBinding(bindings, table, mastra) {
  for (const name of mastra === '' ? [table] : [mastra, table]) {
    const binding = bindings[name];
    if (binding === undefined || binding === null) continue;
    if (isObjectNamespace(binding)) return binding;
    const problem = namespaceProblem(binding, name);
    if (problem !== null) throw invalid(problem, { table });
    return binding;
  }
  return undefined;
}

/**
 * @param {(table: string, index: number) => number} spaceOf
 * @returns {Record<string, number>}
 */
function tableMap(spaceOf) {
  return Object.fromEntries(TABLES.map(([table], index) => [table, spaceOf(table, index)]));
}

/**
 * @param {string} message
 * @param {Record<string, unknown>} [details]
 */
function invalid(message, details) {
  return storeError('INVALID_ARGUMENT', 'constructor', message, details);
}
