/**
 * Where Node finds the compiled core: on disk, beside this package's sources.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

/** @type {WebAssembly.Module | undefined} */
let compiled;

/** @returns {WebAssembly.Module} */
export function loadModule() {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('../../build/threadkv.wasm', import.meta.url)));
  return compiled;
}
