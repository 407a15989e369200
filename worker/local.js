/**
 * What `threadkv --local` runs over the state of `wrangler dev` where Durable Objects are in it: nobody but a Worker gets at
 * them. The command puts a module before this one that names the classes as the user's Worker does, for their names say
 * where their data is.
 *
 * @module
 */

import { createApp } from './mount.js';
import { TABLES } from '../bindings/core/abi.js';
import { ThreadKVObject as Base } from '../bindings/durable/index.js';
import tools from '../build/threadkv.tools.wasm';

/** A class for objects that are here: they have the tools. */
export class ThreadKVObject extends Base {
  static module = tools;
}

/**
 * `BINDINGS` says which binding holds each table, in their order; `WRITE` whether something may be written.
 *
 * @param {any} env
 */
function storeOf(env) {
  const names = /** @type {string[]} */ (env.BINDINGS);
  const bindings = Object.fromEntries(TABLES.map(([table], at) => [table, env[names[at]]]));
  return { bindings, maxOperations: 5000, maxPageBytes: 32 * 1024 * 1024 };
}

const options = { store: storeOf, tools, prefixes: async () => [] };
const [reading, writing] = [false, true].map((init) => createApp({ ...options, init }));

export default {
  /** @param {Request} request @param {any} env @param {any} context */
  fetch: (request, env, context) => (env.WRITE === true ? writing : reading).fetch(request, env, context),
};
