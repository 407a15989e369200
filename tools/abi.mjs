// Writes what JavaScript has to know of the core, from the C headers, by way of a program that includes them.
//
//   node tools/abi.mjs [folder]       default: bindings

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What is written where, and the argument that asks for it. */
const FILES = { 'core/abi.js': [], 'backends/kv-facts.js': ['kv'] };

const target = process.argv[2] ?? 'bindings';
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
  for (const [file, args] of Object.entries(FILES)) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    writeFileSync(join(target, file), execFileSync(program, args, { encoding: 'utf8' }));
  }
} finally {
  rmSync(folder, { recursive: true });
}
