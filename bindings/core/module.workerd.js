/**
 * Where the Workers runtime finds the compiled core: it imports `.wasm` files as modules, compiled already. `?module` says
 * so to bundlers that would else make an instance of it.
 *
 * @module
 */

import module from '../../build/threadkv.wasm?module';

/**
 * @param {string} [_method]
 * @returns {WebAssembly.Module}
 */
export function loadModule(_method) {
  return module;
}
