/**
 * The module that has the operations of tools besides those of the store, outside the Workers runtime: as text, loaded
 * when it is asked for.
 *
 * @module
 */

import { compileText } from '../core/compile.js';

/** @type {WebAssembly.Module | undefined} */
let compiled;

/** @returns {Promise<WebAssembly.Module>} */
export async function loadToolsModule() {
  if (compiled === undefined) {
    const { default: text } = await import('#upkeep-module-text');
    compiled = compileText(text, 'verify');
  }
  return compiled;
}
