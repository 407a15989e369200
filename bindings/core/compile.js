/**
 * Compiles a module that is carried as text.
 *
 * @module
 */

import { storeError } from './errors.js';

/**
 * @param {string} text  base64
 * @param {string} method  the public method that is called, for errors
 * @returns {WebAssembly.Module}
 */
export function compileText(text, method) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    throw storeError('NO_MODULE', method, ADVICE);
  }
}

const ADVICE =
  'this runtime does not compile WebAssembly, and threadkv was bundled for another one. For Cloudflare Workers, bundle with the ' +
  'condition "workerd"; in Next with OpenNext, add serverExternalPackages: ["threadkv"] to next.config; with Mastra’s deployer, ' +
  'bundler: { externals: ["threadkv"] } to new Mastra(…); elsewhere, give the compiled module: createCore({ module }), with ' +
  'threadkv/threadkv.wasm';
