import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const TOOLS = fileURLToPath(new URL('../../tools/', import.meta.url));

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadkv-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param {string} file @param {unknown} content */
function write(file, content) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
}

/** @param {string} tool @param {string[]} args */
function run(tool, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(TOOLS, tool), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, errors: stderr, last: stdout.trimEnd().split('\n').at(-1) };
}

describe('count', () => {
  const clean = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [] };
  const broken = { status: 'failed', assertionResults: [] };

  test('sums text and JSON reports', () => {
    write('native.txt', 'key: ok\n40 passed, 0 failed\n');
    write('node.json', clean);
    expect(run('count.mjs', 'native.txt', 'node.json')).toMatchObject({ status: 0, last: '43 passed, 0 failed' });
  });

  test.each([
    ['a failed test', { ...clean, numFailedTests: 2 }, '3 passed, 2 failed'],
    ['a file that did not load', { ...clean, testResults: [broken] }, '3 passed, 1 failed'],
    ['a run of no tests', { ...clean, numPassedTests: 0 }, '0 passed, 1 failed'],
    ['a run that broke off', 'ERROR: AddressSanitizer: heap-use-after-free\n', '0 passed, 1 failed'],
  ])('%s is a failure', (_name, report, last) => {
    const file = typeof report === 'string' ? 'report.txt' : 'report.json';
    write(file, report);
    expect(run('count.mjs', file)).toMatchObject({ status: 1, last });
  });

  test('a missing report is a failure', () => {
    expect(run('count.mjs', 'none.json')).toMatchObject({ status: 1, last: '0 passed, 1 failed' });
  });

  test('a run that ended badly is a failure, whatever its reports say', () => {
    write('node.json', clean);
    expect(run('count.mjs', '--exit', '2', 'node.json')).toMatchObject({ status: 1, last: '3 passed, 1 failed' });
  });
});

describe('layers', () => {
  const inside = ['kv', 'codec', 'index', 'threads', 'rows', 'upkeep'];

  test('an arrow down, a comment and a permitted place are fine', () => {
    write('src/codec/arena.c', '#include "codec/arena.h"\n/* cJSON is not used here; host_wait() neither. */\n');
    write('src/codec/arena.h', '#include "codec/span.h"\n');
    write('src/codec/span.h', '');
    write('src/kv/call.c', '#include "codec/arena.h"\n');
    write('src/codec/json_control.c', '#include <cJSON.h>\n');
    write('bindings/store/a.js', "import { x } from '../core/core.js';\nimport y from '#module';\n");
    write('bindings/mastra/store.js', "import { x } from '@mastra/core/storage';\nimport { y } from '../core.js';\n");
    write('bindings/core/core.js', '');
    expect(run('check-layers.mjs')).toMatchObject({ status: 0, errors: '' });
  });

  test.each([
    ['an include from above', 'src/codec/arena.c', '#include "kv/call.h"\n', 'src/codec/arena includes kv/call.h'],
    ['an include from beside', 'src/rows/row.c', '#include "threads/thread.h"\n', 'src/rows/row includes threads/thread.h'],
    ['a call of what only a file above defines', 'src/codec/arena.c', 'void call_fail(int);\nvoid arena_fail(void) {\n  call_fail(1);\n}\n', 'src/codec/arena uses call_fail (src/kv/call)'],
    ['a circle', 'src/kv/kv.h', '#include "kv/call.h"\n', 'a circle: src/kv/call -> src/kv/kv -> src/kv/call'],
    ['a file in no layer', 'src/stray/a.c', '', 'src/stray/a is in no layer'],
    ['cJSON elsewhere', 'src/codec/key.c', 'int a;\ncJSON *b;\n', 'src/codec/key.c:2:'],
    ['a host call elsewhere', 'src/codec/key.c', 'host_wait(host, 1, 2, 3);\n', 'src/codec/key.c:1:'],
    ['a way up', 'src/codec/key.c', '#include "../bindings/wasm.h"\n', 'src/codec/key.c:1:'],
    ['addresses elsewhere', 'bindings/store/a.js', 'wasm.memory.buffer;\n', 'bindings/store/a.js:1:'],
    ['HTTP elsewhere', 'bindings/store/a.js', 'await fetch(url);\n', 'bindings/store/a.js:1:'],
    ['a dependency', 'bindings/store/a.js', "import { Hono } from 'hono';\n", 'bindings/store/a.js:1:'],
    ['Mastra elsewhere', 'bindings/store/a.js', "import '@mastra/core/error';\n", 'bindings/store/a.js:1:'],
    ['a way to Mastra', 'bindings/index.js', "export * from './mastra/index.js';\n", 'bindings/index.js:1:'],
    ['more than Mastra', 'bindings/mastra/a.js', "import { z } from 'zod';\n", 'bindings/mastra/a.js:1:'],
    ['an import from the Worker', 'bindings/store/a.js', "import '../../worker/app.js';\n", 'bindings/store/a.js:1:'],
  ])('%s is a fault', (_name, file, text, fault) => {
    for (const folder of inside) write(`src/${folder}/empty.h`, '');
    write('src/threads/thread.h', '');
    write('src/kv/call.h', '');
    write('src/kv/call.c', '#include "kv/kv.h"\nint call_fail(int status) {\n  return status;\n}\n');
    write('src/kv/kv.h', '');
    write(file, text);
    const { status, errors } = run('check-layers.mjs');
    expect(status).toBe(1);
    expect(errors).toContain(fault);
  });
});
