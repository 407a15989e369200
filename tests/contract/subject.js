/**
 * A store under test, over any back end of ours: with a core of its own, a clock that stands still, and a way
 * to look at and damage the keys behind it.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/index.js';
import { makeCore } from '../support/isolate.js';
import { makeClock } from './support.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */

let isolates = 0;

/**
 * @param {Backend} backend
 * @param {Record<string, unknown>} storage  `backend` or `bindings`, for the constructor of the store
 * @param {string} prefix
 * @param {Record<string, unknown>} [options]  for the constructor, too
 * @param {ReturnType<typeof makeClock>} [clock]
 * @returns {import('./support.js').Subject}
 */
export function makeSubject(backend, storage, prefix, options = {}, clock = makeClock()) {
  /** @param {Record<string, unknown>} [more] */
  const open = (more = {}) =>
    new CloudflareStore(
      /** @type {any} */ ({
        ...storage,
        keyPrefix: prefix,
        core: makeCore(clock, isolates++),
        ...more,
      }),
    );
  return { store: open(options), clock, reopen: open, raw: rawKeys(backend, prefix), prefix };
}

/**
 * @param {Backend} backend
 * @param {string} prefix
 * @returns {import('./support.js').Raw}
 */
export function rawKeys(backend, prefix) {
  const spaces = backend.spaces.map((_, space) => space);
  /** @param {import('../../bindings/backends/backend.js').KVRequest} request */
  const ask = async (request) => (await backend.run([request]))[0];
  /** @param {number} space */
  const keysOf = async (space) => {
    /** @type {string[]} */
    const names = [];
    /** @type {string | null} */
    let cursor = null;
    do {
      const page = await ask({ kind: 'list', space, table: 'any', prefix, cursor, limit: 1000 });
      names.push(...(page.keys ?? []).map(({ name }) => name.slice(prefix.length)));
      cursor = page.cursor ?? null;
    } while (cursor !== null);
    return names;
  };
  /** @param {string} key */
  const spaceOf = async (key) => {
    for (const space of spaces) {
      const { status } = await ask({ kind: 'get', space, table: 'any', key: prefix + key });
      if (status === 200) return space;
    }
    throw new Error(`there is no key ${key} to change`);
  };
  return {
    keys: async () => (await Promise.all(spaces.map(keysOf))).flat().sort(),
    get: async (key) => {
      for (const space of spaces) {
        const { entry } = await ask({ kind: 'get', space, table: 'any', key: prefix + key });
        if (entry)
          return typeof entry.value === 'string' ? entry.value : new TextDecoder().decode(entry.value);
      }
      return null;
    },
    put: async (key, value, metadata = null) => {
      const space = await spaceOf(key);
      const bytes = new TextEncoder().encode(value);
      const text = metadata === null ? null : JSON.stringify(metadata);
      await ask({
        kind: 'put',
        space,
        table: 'any',
        key: prefix + key,
        value: bytes,
        metadata: text,
        expires: 0,
      });
    },
    remove: async (key) => {
      await ask({ kind: 'delete', space: await spaceOf(key), table: 'any', key: prefix + key });
    },
  };
}
