// Tests of the JavaScript side, in two places: `node` for tests/**/*.node.test.js and `workerd` (Cloudflare's own
// runtime, with the KV namespaces of wrangler.toml in memory) for tests/**/*.workerd.test.js.
//
// THREADKV_WASM=<file> runs the same tests over another build of the module, e.g. build/threadkv.emscripten.wasm; but
// not those of the page, whose Worker is built by wrangler, always with the usual one.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { cloudflareTest } from '@cloudflare/vitest-plugin';

const BUILT = '../../build/threadkv.wasm';
const wasm = process.env.THREADKV_WASM && resolve(process.env.THREADKV_WASM);

/** Puts $THREADKV_WASM in the module's place: the file in workerd, the text elsewhere. @type {import('vite').Plugin} */
const otherModule = {
  name: 'threadkv-wasm',
  enforce: 'pre',
  transform(code, id) {
    if (!wasm) return undefined;
    if (id.endsWith('/build/threadkv.text.js'))
      return `export default '${readFileSync(wasm).toString('base64')}';`;
    if (!id.endsWith('/bindings/core/module.workerd.js')) return undefined;
    if (!code.includes(BUILT)) throw new Error(`${id} does not name ${BUILT}`);
    return code.replaceAll(BUILT, wasm);
  },
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 60_000,
    fsModuleCache: false, // it does not know of $THREADKV_WASM
    projects: [
      {
        plugins: [otherModule],
        test: {
          name: 'node',
          environment: 'node',
          include: ['tests/**/*.node.test.js'],
          exclude: [...configDefaults.exclude, ...(wasm ? ['tests/page/**'] : [])],
        },
      },
      {
        plugins: [
          otherModule,
          cloudflareTest({
            main: './tests/durable/main.workerd.js',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { durableObjects: { OBJECTS: { className: 'TestObject', useSQLite: true } } },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['tests/**/*.workerd.test.js'],
          globalSetup: ['tests/backends/rest/global.js'],
        },
      },
    ],
  },
});
