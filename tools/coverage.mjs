// Runs the native tests and replays the fuzz corpus, built for coverage, and prints which share of the lines and
// branches of src/ they reach. Fails below the floor.
//
//   node tools/coverage.mjs DIR DIR/test DIR/fuzz-json ...
//
// LLVM_COV and LLVM_PROFDATA name the two tools; they have to be of the clang that built the programs. What was not
// reached: DIR/missed.txt.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

const FLOOR = { lines: 95, branches: 90 };
const LARGE = 256 * 1024 * 1024;

/** @typedef {{ count: number, covered: number, percent: number }} Share */
/** @typedef {{ lines: Share, branches: Share }} Shares */

/**
 * @param {string} name
 * @returns {string} the tool, also under the name that Debian gives it beside clang
 */
function findTool(name) {
  const { stdout } = spawnSync('clang', ['-dumpversion'], { encoding: 'utf8' });
  const wanted = [
    process.env[name] ?? '',
    `${name.toLowerCase().replace('_', '-')}-${parseInt(stdout ?? '')}`,
  ];
  const found = wanted.find((tool) => tool && !spawnSync(tool, ['--version']).error);
  if (found) return found;
  console.error(
    `coverage: ${wanted[0]} is missing. Debian has it in the package llvm; or set ${name}=<program>.`,
  );
  process.exit(1);
}

const [folder, ...programs] = process.argv.slice(2);
const cov = findTool('LLVM_COV');
const profdata = findTool('LLVM_PROFDATA');

/** @type {string[]} */
const profiles = [];
for (const program of programs) {
  const profile = `${program}.profraw`;
  const name = basename(program).replace(/^fuzz-/, '');
  const corpora = [join('tests/fuzz/corpus', name), join(folder, '../seeds', name)].filter(existsSync);
  const inputs = corpora.flatMap((corpus) => readdirSync(corpus).map((file) => join(corpus, file)));
  const env = { ...process.env, LLVM_PROFILE_FILE: profile };
  const { status, stdout, stderr } = spawnSync(program, inputs, { env, encoding: 'utf8', maxBuffer: LARGE });
  if (status !== 0) {
    console.error(`${stdout}\n${stderr}\ncoverage: ${program} failed`);
    process.exit(1);
  }
  profiles.push(profile);
}

const merged = join(folder, 'all.profdata');
execFileSync(profdata, ['merge', '-sparse', '-o', merged, ...profiles]);
const objects = programs.flatMap((program, i) => (i ? ['-object', program] : [program]));
const options = [...objects, `-instr-profile=${merged}`, '-ignore-filename-regex=(tests|third_party)/'];

/** @param {string[]} args */
const run = (...args) =>
  execFileSync(cov, args, { encoding: 'utf8', maxBuffer: LARGE, stdio: ['ignore', 'pipe', 'ignore'] });
/** @type {{ data: { files: { filename: string, summary: Shares }[], totals: Shares }[] }} */
const report = JSON.parse(run('export', '-summary-only', ...options));
const [{ files, totals }] = report.data;
writeFileSync(join(folder, 'missed.txt'), run('show', '-show-branches=count', '-use-color=0', ...options));

/**
 * @param {string} name
 * @param {Shares} shares
 */
function print(name, { lines, branches }) {
  /** @param {Share} share */
  const cell = ({ covered, count, percent }) =>
    count ? `${percent.toFixed(1).padStart(6)} %  ${`${covered}/${count}`.padEnd(10)}` : ' '.repeat(20);
  console.log(`${name.padEnd(26)}${cell(lines)}  ${cell(branches)}`.trimEnd());
}

console.log(`${''.padEnd(26)} lines                branches`);
for (const { filename, summary } of files) print(relative('.', filename), summary);
print('all', totals);

const low = [
  totals.lines.percent < FLOOR.lines && `lines below ${FLOOR.lines} %`,
  totals.branches.percent < FLOOR.branches && `branches below ${FLOOR.branches} %`,
].filter(Boolean);
low.forEach((fault) => console.error(`coverage: ${fault}`));
process.exitCode = low.length ? 1 : 0;
