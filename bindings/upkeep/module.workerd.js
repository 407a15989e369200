/**
 * A Worker carries the module of tools only if it imports it itself: it would double what the store weighs.
 *
 * @module
 */

/** @returns {WebAssembly.Module | undefined} */
export function loadToolsModule() {
  return undefined;
}
