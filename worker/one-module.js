/**
 * In place of the two modules where one Worker has both the store and its tools: the larger one has all of it.
 *
 * @module
 */

import tools from '../build/threadkv.tools.wasm';

export const loadModule = () => tools;
export const loadToolsModule = async () => tools;
