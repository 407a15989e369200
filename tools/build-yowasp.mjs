// Builds the module with @yowasp/clang, which is clang compiled to WebAssembly: for machines that have no clang.
//
//   node tools/build-yowasp.mjs [clang flag | file.c]... -o build/out.wasm
//
// It runs in a file system of its own, so everything that is compiled or included is read into it first. Beside the
// module it leaves what was linked: build/out.wasm.map.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Exit, commands } from '@yowasp/clang';

/** @typedef {{ [name: string]: Tree | string }} Tree */

const args = process.argv.slice(2);
const out = args.splice(args.indexOf('-o'), 2)[1];
const sources = args.filter((arg) => arg.endsWith('.c'));

/** @type {Tree} */
const tree = {};

/** @param {string} path */
function add(path) {
  const names = path.split('/');
  const file = /** @type {string} */ (names.pop());
  let at = tree;
  for (const name of names) at = /** @type {Tree} */ (at[name] ??= {});
  at[file] = readFileSync(path, 'utf8');
}

sources.forEach(add);
for (const folder of new Set(sources.map((source) => dirname(source))))
  readdirSync(folder)
    .filter((name) => name.endsWith('.h'))
    .forEach((name) => add(`${folder}/${name}`));

try {
  await commands.clang(undefined, {}, { fetchProgress: () => {} }); // loads the compiler, quietly
  const built = await commands.clang([...args, '-Wl,-Map=out.map', '-o', 'out.wasm'], tree);
  writeFileSync(out, /** @type {Uint8Array} */ (built?.['out.wasm']));
  writeFileSync(`${out}.map`, /** @type {Uint8Array} */ (built?.['out.map']));
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code; // what is wrong stands on stderr already
}
