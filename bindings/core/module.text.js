/**
 * The compiled core outside the Workers runtime: carried as text, so that no bundler has to know of a file beside the
 * program.
 *
 * @module
 */

import text from '#module-text';
import { compileText } from './compile.js';

/** @type {WebAssembly.Module | undefined} */
let compiled;

/**
 * @param {string} [method]  for errors
 * @returns {WebAssembly.Module}
 */
export function loadModule(method = 'createCore') {
  compiled ??= compileText(text, method);
  return compiled;
}
