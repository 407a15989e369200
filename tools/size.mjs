// Prints what a module weighs, imports and exports, and fails when the first one named is over its budget or a further
// one has another interface.
//
//   node tools/size.mjs build/threadkv.wasm [build/threadkv.emscripten.wasm ...]

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

// What the module may weigh now; CONTRIBUTING tells what decides how much a line of C costs.
const BUDGET = { raw: 114_900, gzip: 53_600 };

/** @param {string} file */
function describe(file) {
  const bytes = readFileSync(file);
  const module = new WebAssembly.Module(bytes);
  return {
    file,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    imports: WebAssembly.Module.imports(module)
      .map(({ module, name }) => `${module}.${name}`)
      .sort(),
    exports: WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  };
}

const [ours, ...others] = process.argv.slice(2).map(describe);
/** @type {string[]} */
const faults = [];

for (const { file, raw, gzip } of [ours, ...others])
  console.log(`${file}  ${raw.toLocaleString('en')} bytes, ${gzip.toLocaleString('en')} gzipped`);
console.log(`imports  ${ours.imports.join(' ')}\nexports  ${ours.exports.join(' ')}`);

if (ours.raw > BUDGET.raw) faults.push(`over ${BUDGET.raw} bytes`);
if (ours.gzip > BUDGET.gzip) faults.push(`over ${BUDGET.gzip} bytes gzipped`);
for (const { file, imports, exports } of others) {
  if (imports.join() !== ours.imports.join()) faults.push(`${file} imports ${imports.join(' ')}`);
  const missing = ours.exports.filter((name) => !exports.includes(name));
  if (missing.length) faults.push(`${file} does not export ${missing.join(' ')}`);
}

faults.forEach((fault) => console.error(`size: ${fault}`));
process.exitCode = faults.length ? 1 : 0;
