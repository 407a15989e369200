#!/usr/bin/env bash
# wasm-opt -all writes modules that Workers refuse, even when it optimises nothing.
#
# Versions: binaryen 132.0.0, miniflare 4.20260730.0 (workerd 1.20260730), Node 22 or newer.
# Guess: `-all` allows all features; a module that uses none of them stays as plain as it was.
# Behaviour: the import section comes back in the compact form of a proposal (two imports of one module share its name),
#   which workerd and Node do not read; without `-all` the same module stays valid. So: name the features one by one.
# Output seen:
#   before     Node: 2 imports          workerd: 2 imports
#   no flag    Node: 2 imports          workerd: 2 imports
#   -all       Node: CompileError       workerd: CompileError
#
# Needs node and npm. Fails when any of this has changed.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --no-fund --no-audit --loglevel=error -E binaryen@132.0.0 miniflare@4.20260730.0 >/dev/null

cat >m.wat <<'WAT'
(module
  (import "kv" "get" (func $get (param i32)))
  (import "kv" "put" (func $put (param i32)))
  (func (export "run") (call $get (i32.const 1)) (call $put (i32.const 2))))
WAT
tool() { node "node_modules/binaryen/bin/$1" "${@:2}" 2>/dev/null; }
tool wasm-as m.wat -o before.wasm
tool wasm-opt before.wasm -o plain.wasm
tool wasm-opt -all before.wasm -o all.wasm

cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';

// Bytes are data for the Worker: it compiles them, or says why not. (Workers compile modules at deploy, with the same reader.)
async function node(bytes) {
  try {
    return `${WebAssembly.Module.imports(new WebAssembly.Module(bytes)).length} imports`;
  } catch (error) {
    return error.name;
  }
}
async function workerd(bytes) {
  let said = '';
  const worker = new Miniflare({
    cf: false,
    modules: [
      {
        type: 'ESModule',
        path: 'index.mjs',
        contents: `import module from './m.wasm';
          export default { fetch: () => new Response(WebAssembly.Module.imports(module).length + ' imports') };`,
      },
      { type: 'CompiledWasm', path: 'm.wasm', contents: bytes },
    ],
    compatibilityDate: '2026-07-01',
    handleRuntimeStdio: (_, errors) => errors.on('data', (text) => (said += text)),
  });
  try {
    return await (await worker.dispatchFetch('http://worker/')).text();
  } catch {
    return /CompileError.*import kind/.exec(said) ? 'CompileError' : said;
  } finally {
    await worker.dispose().catch(() => undefined);
  }
}
for (const name of ['before', 'plain', 'all']) {
  const bytes = readFileSync(`${name}.wasm`);
  console.log(`${name}\tNode: ${await node(bytes)}\tworkerd: ${await workerd(bytes)}`);
}
JS
node try.mjs | tee seen.txt
diff seen.txt - <<'SEEN' && echo 'as stated'
before	Node: 2 imports	workerd: 2 imports
plain	Node: 2 imports	workerd: 2 imports
all	Node: CompileError	workerd: CompileError
SEEN
