/**
 * Where the data is that a command works on: an account, over the REST API, or wrangler's local state, which become a
 * back end with one space for each table; or whatever a Worker has.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { Caller } from '../core/caller.js';
import { findTable, readConfig } from '../store/config.js';
import { createNamespaceBackend } from '../backends/kv.js';
import { usageError } from './errors.js';
import { findLocalState } from './local.js';
import { findPrefixesIn } from './prefixes.js';
import { createRateLimit, RATE } from './rate.js';
import { OF_ACCOUNT, OF_WORKER, readToken } from './token.js';
import { askWorker, findPrefix, overWorker, readWorkerURL } from './worker.js';

/**
 * The options that say where the data is; see options.js.
 * @typedef {object} TargetOptions
 * @property {string} [worker]
 * @property {string} [account]
 * @property {string} [baseUrl]
 * @property {string} [namespacePrefix]
 * @property {string} [keyPrefix]
 * @property {boolean} [local]
 * @property {boolean} [write]  of the page
 * @property {string} [config]
 * @property {string} [env]
 * @property {string} [persistTo]
 * @property {Record<string, string>} [namespace]  table → title (account) or binding (local)
 * @property {number} [rate]
 */
/** How long the API may keep one request of a command waiting, ms: five minutes is how long it shuts out who asks too often. */
const PATIENCE = 10 * 60_000;

/**
 * @typedef {{ fromNamespacePrefix?: string, fromNamespace?: Record<string, string> }} SourceOptions
 */
/** @typedef {Pick<import('../store/config.js').CommonConfig, 'keyPrefix' | 'maxOperations' | 'onOperation'>} LineOptions */
/**
 * What can be opened there.
 * @typedef {object} Target
 * @property {string} place  for people and state files
 * @property {string} [keyPrefix]  where the place knows better than the options
 * @property {(names: string[]) => import('../backends/backend.js').Backend} [open]  a back end over namespaces of these
 *   names, where there are namespaces
 * @property {() => Promise<string[]>} prefixes  those of the first keys of each namespace
 * @property {(options: LineOptions) => Caller} line  to a store there
 * @property {string[]} names  of the namespaces, by table
 * @property {() => Promise<string[]>} missing  those of the names that nothing has there
 * @property {(options: SourceOptions) => string[]} [sourceNames]  of the namespaces of Mastra's own store, by table
 * @property {{ token: string, handle: (request: Request) => Promise<Response> }} [page]  a Worker's own, with a token for it
 * @property {() => Promise<void>} close
 */

/**
 * @param {TargetOptions} options
 * @param {import('./report.js').Report} report
 * @returns {Promise<Target>}
 */
export async function openTarget(options, report) {
  if (options.worker !== undefined) return openWorker(options.worker, options.keyPrefix);
  if (options.local) return openLocal(options);
  if (options.account) return openAccount(options, report);
  throw usageError(
    'say where the data is: --account <id> (or CLOUDFLARE_ACCOUNT_ID) for KV at Cloudflare, --worker <url> for what a Worker ' +
      'has, --local for wrangler’s local state',
  );
}

/**
 * @param {string} address
 * @param {string} [named]  prefix
 * @returns {Promise<Target>}
 */
async function openWorker(address, named) {
  const url = readWorkerURL(address);
  const ask = askWorker(url, await readToken(OF_WORKER));
  const place = `the Worker ${url}`;
  const keyPrefix = await findPrefix(ask, named, place);
  const over = overWorker({ ask, prefix: keyPrefix, place });
  return { place, keyPrefix, names: [url], missing: async () => [], close: async () => {}, ...over };
}

/**
 * @param {TargetOptions} options
 * @param {import('./report.js').Report} report
 * @returns {Promise<Target>}
 */
async function openAccount({ account = '', baseUrl, namespacePrefix = '', namespace = {}, rate }, report) {
  const apiToken = await readToken(OF_ACCOUNT);
  const turn = createRateLimit({
    requests: rate ?? RATE.requests,
    ms: RATE.ms,
    onWait: (ms) => report.note(`Waiting ${Math.ceil(ms / 1000)} s for the API’s rate limit.`),
  });
  const { createRestBackend, findMissing } = await import('../backends/rest/rest.js');
  const { readRestOptions } = await import('../backends/rest/options.js');
  const given = { accountId: account, apiToken, namespacePrefix, baseURL: baseUrl };
  const { namespacePrefix: prefix, ...where } = readRestOptions(given, usageError);
  const rest = { ...where, turn };
  const names = TABLES.map(([table]) => namespace[table] ?? namespace.default ?? `${prefix}${table}`);
  /** @param {string[]} titles */
  const open = (titles) => ({ ...createRestBackend({ ...rest, titles }), patience: PATIENCE });
  return {
    place: `account ${account}`,
    names,
    missing: () => findMissing({ ...rest, titles: names }),
    sourceNames: ({ fromNamespacePrefix = '', fromNamespace = {} }) => {
      const before = fromNamespacePrefix.trim() === '' ? '' : `${fromNamespacePrefix.trim()}_`;
      return TABLES.map(
        ([table, mastra]) =>
          fromNamespace[table] ?? fromNamespace.default ?? `${before}${mastra === '' ? table : mastra}`,
      );
    },
    open,
    line: (options) => new Caller(readConfig({ backend: open(names), ...options })),
    prefixes: () => findPrefixesIn(open, names),
    close: async () => {},
  };
}

/**
 * @param {TargetOptions} options
 * @returns {Promise<Target>}
 */
async function openLocal(options) {
  const state = await findLocalState(options);
  const told = { ...(state.home !== undefined && { default: state.home }), ...options.namespace };
  const names = localNames(state, told);
  const isObject = (/** @type {string} */ name) => state.objects.includes(name);
  return names.some(isObject) ? openLocalObjects(state, names, options) : openLocalNamespaces(state, names);
}

/**
 * @param {import('./local.js').LocalState} state
 * @param {string[]} names
 * @returns {Promise<Target>}
 */
async function openLocalNamespaces(state, names) {
  const { namespaces, close } = await state.lend();
  /** @param {string[]} wanted */
  const open = (wanted) => createNamespaceBackend({ namespaces: wanted.map((name) => namespaces[name]) });
  return {
    place: `local state ${state.path}`,
    names,
    missing: async () => [],
    sourceNames: ({ fromNamespace = {} }) => localNames(state, fromNamespace, true),
    open,
    line: (options) => new Caller(readConfig({ backend: open(names), ...options })),
    prefixes: () => findPrefixesIn(open, names),
    close,
  };
}

/**
 * @param {import('./local.js').LocalState} state
 * @param {string[]} names
 * @param {TargetOptions} options
 * @returns {Promise<Target>}
 */
async function openLocalObjects(state, names, { keyPrefix: prefix = '', write = false }) {
  const place = `local state ${state.path}`;
  const { ask, page, close } = await state.run({ names, prefix, write });
  const over = overWorker({ ask, prefix: prefix.trim(), place });
  // Whom there are objects for nobody knows: of each there is a number, made of its name.
  return { place, names, missing: async () => [], page, close, ...over, prefixes: async () => [] };
}

/**
 * Which binding holds which table: as told, else by its name, else as a store would have it.
 *
 * @param {import('./local.js').LocalState} state
 * @param {Record<string, string>} told
 * @param {boolean} [ofMastra]  names of Mastra's own store come first
 * @returns {string[]}
 */
function localNames({ namespaces, objects }, told, ofMastra = false) {
  const known = ofMastra ? namespaces : [...namespaces, ...objects];
  const strange = Object.values(told).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw usageError(`there is no KV binding ${strange}; the configuration has ${known.join(', ')}`);
  }
  // Without a namespace there is nothing but objects.
  const bindings = namespaces.length > 0 || ofMastra ? namespaces : objects;
  const own = TABLES.map(([table, mastra]) => {
    const names = (ofMastra ? [mastra, table] : [table, mastra]).filter((name) => name !== '');
    return told[table] ?? told.default ?? findBinding(bindings, names);
  });
  const [threads, messages, metadata] = own;
  const only = bindings.length === 1 ? bindings[0] : undefined;
  if ((threads ?? only) === undefined || (messages ?? only) === undefined) {
    const option = ofMastra ? '--from-namespace' : '--namespace';
    throw usageError(
      `which KV binding holds threads and messages? Say so by ${option} threads=<BINDING> and ${option} messages=<BINDING>; ` +
        `the configuration has ${known.join(', ')}`,
    );
  }
  return own.map((name) => name ?? metadata ?? threads ?? /** @type {string} */ (only));
}

/**
 * @param {string[]} bindings
 * @param {string[]} names  the best first
 */
function findBinding(bindings, names) {
  const wanted = names.flatMap((name) => [name, `${name}_kv`]);
  for (const name of wanted) {
    const found = bindings.find((binding) => binding.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A mistyped name must not pass for an empty store, nor half a mapping for a whole one.
 *
 * @param {Target} target
 * @param {TargetOptions} options
 * @param {boolean} makes  whether namespaces are made where there are none
 */
export async function requireNamespaces(target, { namespace = {} }, makes) {
  const missing = await target.missing();
  if (!makes) requireSome(target, namespace, missing);
  if (Object.keys(namespace).length === 0 || namespace.default !== undefined) return;
  const open = TABLES.filter(
    ([table], i) => namespace[table] === undefined && missing.includes(target.names[i]),
  );
  if (open.length === 0) return;
  const tables = open.map(([table]) => table);
  throw usageError(
    `which namespace holds ${tables.join(', ')}? Say so by --namespace ${tables[0]}=<title> and so on, or for all ` +
      'that are not named by --namespace default=<title>',
  );
}

/**
 * @param {Target} target
 * @param {Record<string, string>} namespace
 * @param {string[]} missing
 */
function requireSome(target, namespace, missing) {
  const told = Object.values(namespace).find((name) => missing.includes(name));
  if (told !== undefined) throw usageError(`there is no namespace ${told} in ${target.place}`);
  if (missing.length < new Set(target.names).size) return;
  const [threads, messages] = target.names;
  throw usageError(
    `there is no namespace ${threads}, ${messages} or another table’s in ${target.place}; ` +
      'are --namespace-prefix and --namespace as they should be?',
  );
}

/**
 * For --namespace and the like.
 *
 * @param {string} text  `<table>=<name>`
 * @param {Record<string, string>} [before]
 * @returns {Record<string, string>}
 */
export function readNamespaceOption(text, before = {}) {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  const table = name === 'default' ? name : findTable(name);
  if (at < 1 || at === text.length - 1 || table === undefined) {
    const tables = [...TABLES.map(([one]) => one), 'default'].join(', ');
    throw usageError(`"${text}" is not <table>=<namespace>; the tables are ${tables}`);
  }
  return { ...before, [table]: text.slice(at + 1) };
}
