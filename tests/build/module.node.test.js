import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadModule } from '../../bindings/core/module.text.js';

// Each compiler exports a little more than we ask for, and other things: enough to tell their modules apart.
test('the tests run over the build that was asked for', () => {
  const asked = new WebAssembly.Module(readFileSync(process.env.THREADKV_WASM || 'build/threadkv.wasm'));
  expect(WebAssembly.Module.exports(loadModule())).toEqual(WebAssembly.Module.exports(asked));
});
