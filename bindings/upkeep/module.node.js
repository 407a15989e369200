/**
 * Where Node finds the module that has the operations of tools besides those of the store: on disk.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

/** @type {WebAssembly.Module | undefined} */
let compiled;

/** @returns {WebAssembly.Module} */
export function loadToolsModule() {
  compiled ??= new WebAssembly.Module(
    readFileSync(new URL('../../build/threadkv.tools.wasm', import.meta.url)),
  );
  return compiled;
}
