/**
 * Where the Workers runtime finds the compiled core: it imports `.wasm` files as modules, compiled already.
 *
 * @module
 */

import module from '../../build/threadkv.wasm';

/** @returns {WebAssembly.Module} */
export function loadModule() {
  return module;
}
