/**
 * Makes of worker/ what the package carries as `threadkv/worker`:
 *
 *   build/page.js    the files of the page as texts, by path
 *   build/worker.js  worker/mount.js in one file, with the page and what the API needs of others; the library stays outside,
 *                    so that it is the one that the user's own store runs on
 *   build/local.js   worker/local.js in one file, with everything but the module of tools that lies beside it
 *
 *   node tools/worker.mjs build
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { build } from 'esbuild';

const ASSETS = 'worker/assets';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const [folder] = process.argv.slice(2);

const page = Object.fromEntries([
  ['/', fileAt('index.html')],
  ...readdirSync(join(ASSETS, 'page'))
    .sort()
    .map((name) => [`/page/${name}`, fileAt(`page/${name}`)]),
]);
writeFileSync(
  join(folder, 'page.js'),
  `/** The files of ${ASSETS}: type and text. */\nexport default ${JSON.stringify(page)};\n`,
);

const { metafile } = await build({
  entryPoints: ['worker/mount.js'],
  outfile: join(folder, 'worker.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2023',
  alias: { '#page': `./${folder}/page.js` },
  external: ['./bindings/*'],
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  banner: { js: '// @ts-nocheck' },
  legalComments: 'none', // THIRD_PARTY.md has the notices
  logLevel: 'warning',
});

await build({
  entryPoints: ['worker/local.js'],
  outfile: join(folder, 'local.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['workerd', 'worker'],
  target: 'es2023',
  alias: {
    '#page': `./${folder}/page.js`,
    '#module': './worker/one-module.js',
    '#upkeep-module': './worker/one-module.js',
  },
  external: ['cloudflare:*'],
  plugins: [
    {
      name: 'wasm',
      setup: ({ onResolve }) =>
        onResolve({ filter: /threadkv\.tools\.wasm$/ }, () => ({
          path: './threadkv.tools.wasm',
          external: true,
        })),
    },
  ],
  minifyWhitespace: true,
  minifySyntax: true,
  banner: { js: '// @ts-nocheck' },
  legalComments: 'none',
  logLevel: 'warning',
});

// For the test of THIRD_PARTY.md.
writeFileSync(join(folder, 'worker.meta.json'), JSON.stringify(metafile));

/** @param {string} name */
function fileAt(name) {
  return [TYPES[extname(name)], readFileSync(join(ASSETS, name), 'utf8')];
}
