/**
 * A Worker carries the module of tools only if it imports it itself: it would double what the store weighs.
 *
 * @module
 */

/** @returns {Promise<WebAssembly.Module | undefined>} */
export async function loadToolsModule() {
  return undefined;
}
