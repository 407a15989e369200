/**
 * What a Worker with the store weighs, bundled as wrangler does it, and with its `--minify`.
 *
 *   node tools/worker-size.mjs    prints the sentence of README
 */

import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const KIB = 1024;

const PLAIN = `
import { CloudflareStore } from './bindings/index.js';
export default { fetch: async (_, env) =>
  Response.json(await new CloudflareStore({ bindings: { default: env.KV } }).listThreads()) };`;

/** KiB of all, of all gzipped, and of the module in each. @param {boolean} [minify] */
export async function workerSize(minify = false) {
  const { outputFiles } = await build({
    stdin: { contents: PLAIN, resolveDir: ROOT },
    bundle: true,
    minify,
    write: false,
    outdir: 'out',
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm', '*.wasm?module', 'cloudflare:*', 'node:*'],
  });
  const parts = [outputFiles[0].contents, readFileSync(`${ROOT}build/threadkv.wasm`)];
  const [script, module] = parts.map((part) => ({ bytes: part.length, gzipped: gzipSync(part).length }));
  const kib = (/** @type {number} */ bytes) => Math.round(bytes / KIB);
  return {
    bytes: kib(script.bytes + module.bytes),
    gzipped: kib(script.gzipped + module.gzipped),
    module: kib(module.bytes),
    moduleGzipped: kib(module.gzipped),
  };
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const [plain, small] = [await workerSize(), await workerSize(true)];
  console.log(
    `A Worker with the store is ${plain.bytes} KiB, ${plain.gzipped} KiB gzipped (${small.bytes} and ${small.gzipped} with ` +
      `\`--minify\`), of it the module ${plain.module} and ${plain.moduleGzipped}.`,
  );
}
