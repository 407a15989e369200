/**
 * A Worker with a page and an API, on this machine: over KV, over Durable Objects, or over both.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { TABLES } from '../../bindings/core/abi.js';

const BUILD = new URL('../../build/', import.meta.url);

export const WRITER = 'a-token-of-one-who-writes';
export const READER = 'a-token-of-one-who-reads-';
const ENTRY = "export { ThreadKVObject, default } from './local.js';";

/** Bindings of the tables, in their order. @param {(table: string) => 'KV' | 'OBJECTS'} homeOf */
export const homes = (homeOf) => TABLES.map(([table]) => homeOf(table));

/**
 * @param {string[]} names  bindings of the tables: homes()
 * @param {string} [folder]  where its data is kept; in memory if not given
 */
export async function startWorker(names, folder) {
  const token = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ access) => ({
    ...{ name, token: text, access, keyPrefix: '' },
  });
  const module = async (/** @type {'ESModule' | 'CompiledWasm'} */ type, /** @type {string} */ path) => ({
    ...{ type, path, contents: await readFile(new URL(path, BUILD)) },
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'memory',
      modules: [
        { type: 'ESModule', path: 'main.js', contents: ENTRY },
        await module('ESModule', 'local.js'),
        await module('CompiledWasm', 'threadkv.tools.wasm'),
      ],
      modulesRoot: '/',
      compatibilityDate: '2026-02-24',
      kvNamespaces: ['KV'],
      durableObjects: { OBJECTS: { className: 'ThreadKVObject', useSQLite: true } },
      resourcePersistencePath: folder,
      bindings: {
        BINDINGS: names,
        WRITE: true,
        THREADKV_TOKENS: JSON.stringify([token('writer', WRITER, 'write'), token('reader', READER, 'read')]),
      },
    }),
  );
  const { origin } = await miniflare.ready;
  return { url: origin, miniflare, close: () => miniflare.dispose() };
}
