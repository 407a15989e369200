/** What the module imports and exports: nothing more, and no WASI. */

import { expect, it } from 'vitest';
import { loadModule } from '../../bindings/core/module.text.js';

const IMPORTS = ['host.random', 'host.wait', 'kv.delete', 'kv.get', 'kv.get_many', 'kv.list', 'kv.put'].map(
  (name) => `${name} function`,
);

const EXPORTS = [
  '_initialize function',
  'call_begin function',
  'call_end function',
  'call_input function',
  'call_new function',
  'call_outcome function',
  'call_replied function',
  'call_reply function',
  'call_resume function',
  'call_touch function',
  'calls function',
  'core_adopt function',
  'core_new function',
  'core_note function',
  'core_past function',
  'core_room function',
  'memory memory',
];

/** What emscripten exports besides, whether one wants it or not. */
const EMSCRIPTEN = [
  '__errno_location function',
  '__indirect_function_table table',
  'stackAlloc function',
  'stackRestore function',
  'stackSave function',
];

it('imports exactly what host.h says', () => {
  const imports = WebAssembly.Module.imports(loadModule());
  expect(imports.map(({ module, name, kind }) => `${module}.${name} ${kind}`).sort()).toEqual(IMPORTS);
});

it('exports exactly what wasm.h says', () => {
  const exports = WebAssembly.Module.exports(loadModule()).map(({ name, kind }) => `${name} ${kind}`);
  const byEmscripten = exports.some((name) => EMSCRIPTEN.includes(name));
  expect(exports.sort()).toEqual(byEmscripten ? [...EXPORTS, ...EMSCRIPTEN].sort() : EXPORTS);
});
