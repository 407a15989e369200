// Do the native tests notice when the core is broken? Breaks a copy of src/ in one way after the other (mutants.mjs) and
// runs the simulation over it, or the tests that the mutation names.
//
//   node tests/native/mutations.mjs [--quick] [word...]     those whose name contains one of the words; --quick: some
//
// `make mutations` runs it: CLANG, CJSON and CFLAGS say how to build. TRIES: seeds of the simulation for each mutation.
// Prints a table; fails when a mutation goes unnoticed, or when the text that it changes is no longer there.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { mutations } from './mutants.mjs';

/** @typedef {import('./mutants.mjs').Mutation} Mutation */

const quick = process.argv.includes('--quick');
const words = process.argv.slice(2).filter((word) => word !== '--quick');
const { CLANG: clang = 'clang', CJSON: cjson = 'build/third_party/cjson', CFLAGS = '' } = process.env;
const seeds = process.env.TRIES ?? (quick ? '300' : '1200');
const common = CFLAGS.split(' ').filter((flag) => flag !== '' && flag !== '-Isrc');
const SIMULATION = ['sim'];
const TIMEOUT_MS = 600_000;

const folder = mkdtempSync(join(tmpdir(), 'threadkv-mutations-'));
const sources = join(folder, 'src');
const renamed = ['malloc', 'calloc', 'realloc'].map((name) => `-D${name}=alloc_${name}`);

/**
 * @param {string} file
 * @param {string[]} [flags]
 * @returns {string} the object file
 */
function compile(file, flags = []) {
  const object = join(folder, `${relative('.', file).replaceAll(/[^a-z0-9]/g, '_')}.o`);
  const all = [`-I${sources}`, ...common, '-O1', '-w', '-Itests/native', ...flags];
  execFileSync(clang, [...all, '-c', '-o', object, file], { stdio: 'inherit' });
  return object;
}

/** @param {string} file  of the core */
const compileCore = (file) => compile(file, renamed);

/** The C files in |parent| and below. @param {string} parent @returns {string[]} */
const filesIn = (parent) => globSync(join(parent, '**/*.c'));

/** @returns {string[]} */
function coreFiles() {
  return filesIn(sources);
}

/** @param {Mutation} mutation */
function mutate({ name, file, find, put }) {
  const path = join(sources, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(find, put);
  if (after === before) throw new Error(`"${name}" finds nothing to change in ${file}`);
  writeFileSync(path, after);
  // A header is part of many objects.
  const touched = file.endsWith('.h') ? coreFiles() : [path];
  touched.forEach(compileCore);
  return () => {
    writeFileSync(path, before);
    touched.forEach(compileCore);
  };
}

/**
 * @param {string[]} objects
 * @param {string[]} tests
 * @returns {string} what they found, '' for nothing
 */
function run(objects, tests) {
  const program = join(folder, 'test');
  execFileSync(clang, ['-o', program, ...objects, '-lm'], { stdio: 'inherit' });
  const env = { ...process.env, TKV_SIM_SEEDS: seeds, TKV_SIM_STOP: '1' };
  const options = { env, encoding: /** @type {const} */ ('utf8'), timeout: TIMEOUT_MS };
  const { stdout, status, signal } = spawnSync(program, tests, options);
  if (status === 0) return '';
  const lines = stdout.split('\n');
  const line = lines.find((text) => text.startsWith('  ')) ?? `ended by ${signal ?? `status ${status}`}`;
  return line.replace(/^.*?\.c:\d+: /, '').trim();
}

/** @param {Mutation} mutation */
function isWanted({ name, quick: first }) {
  if (words.length > 0) return words.some((word) => name.includes(word));
  return !quick || first === true;
}

try {
  cpSync('src', sources, { recursive: true });
  const started = Date.now();
  const objects = [
    ...filesIn('tests/native').map((file) => compile(file)),
    compileCore(join(cjson, 'cJSON.c')),
    ...coreFiles().map(compileCore),
  ];
  // In CI the tests themselves have just been run.
  const whole = quick ? '' : run(objects, []);
  if (whole !== '') throw new Error(`the tests fail without any mutation: ${whole}`);
  let unnoticed = 0;
  const wanted = mutations.filter(isWanted);
  for (const mutation of wanted) {
    const undo = mutate(mutation);
    const found = run(objects, mutation.by ?? SIMULATION);
    undo();
    unnoticed += found === '' ? 1 : 0;
    const by = (mutation.by ?? SIMULATION).join(' ');
    console.log(`| ${mutation.name} | ${by} | ${found === '' ? 'NOT NOTICED' : found} |`);
  }
  console.log(
    `${wanted.length} mutations, ${unnoticed} not noticed, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  process.exitCode = unnoticed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
