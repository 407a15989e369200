// Writes bindings/core/abi.js from the C headers, by way of a program that includes them.
//
//   node tools/abi.mjs [file]       default: bindings/core/abi.js

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target = process.argv[2] ?? 'bindings/core/abi.js';
const folder = mkdtempSync(join(tmpdir(), 'threadkv-abi-'));
try {
  const program = join(folder, 'abi');
  execFileSync(process.env.CLANG || 'clang', [
    '-std=c11',
    '-Isrc',
    '-DTKV_TOOLS',
    '-o',
    program,
    'tools/abi.c',
  ]);
  writeFileSync(target, execFileSync(program, { encoding: 'utf8' }));
} finally {
  rmSync(folder, { recursive: true });
}
