/**
 * Stores whose data is in a Durable Object of this test.
 *
 * @module
 */

import { env, runInDurableObject } from 'cloudflare:test';
import { createSQLiteBackend } from '../../bindings/backends/sqlite/sqlite.js';
import { createRandom } from '../support/random.js';
import { options } from './options.workerd.js';

/** @type {DurableObjectNamespace<import('./main.workerd.js').TestObject>} */
const namespace = /** @type {any} */ (env).OBJECTS;

let objects = 0;

/** The binding of the objects of tests. */
export const OBJECTS = namespace;

/**
 * An object that nobody has used, with a clock of its own: its name.
 *
 * @param {{ now: () => number }} clock
 * @param {import('../../bindings/core.js').CoreOptions} [more]
 */
export function newObject({ now }, more) {
  const name = `object${objects++}_`;
  options.set(name, { now, random: createRandom(objects).fill, ...more });
  return name;
}

/**
 * What an object stores, as a back end: not through its core.
 *
 * @param {string} name
 * @param {() => number} now
 * @param {string[]} [names]  of tables
 * @returns {import('../../bindings/backends/backend.js').Backend}
 */
export function storageOf(name, now, names = ['threadkv']) {
  const stub = () => namespace.get(namespace.idFromName(name));
  return {
    name: 'object',
    spaces: names,
    run: (requests) =>
      runInDurableObject(stub(), async (object, { storage }) => {
        // What its core remembers may not be so any more.
        if (requests.some(({ kind }) => kind === 'put' || kind === 'delete')) object.renew();
        return createSQLiteBackend(storage.sql, { now, names }).runSync(requests);
      }),
  };
}
