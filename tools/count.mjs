// Sums test reports and prints, as its last line, `N passed, N failed`. Fails when something failed.
//
//   node tools/count.mjs [--exit STATUS] report...
//
// A report is vitest's JSON or a text whose last line counts. One that is missing or counts nothing is a failure: a layer
// that did not run proves nothing. So is a STATUS other than 0 although every report is clean.

import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, note?: string }} Count */

const NONE = { passed: 0, failed: 1 };

/** @param {string} text @returns {Count} */
function countJSON(text) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(text);
  /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
  const files = testResults;
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const note = [broken && `${broken} files did not run`, numPendingTests && `${numPendingTests} skipped`];
  return { passed: numPassedTests, failed: numFailedTests + broken, note: note.filter(Boolean).join(', ') };
}

/** @param {string} text @returns {Count} */
function countText(text) {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  const counts = /^(\d+) passed, (\d+) failed$/.exec(last);
  return counts ? { passed: +counts[1], failed: +counts[2] } : { ...NONE, note: 'broke off' };
}

/** @param {string} file @returns {Count} */
function count(file) {
  if (!existsSync(file)) return { ...NONE, note: 'did not run' };
  const text = readFileSync(file, 'utf8');
  const result = file.endsWith('.json') ? countJSON(text) : countText(text);
  return result.passed + result.failed ? result : { ...NONE, note: 'counts no test' };
}

const args = process.argv.slice(2);
const status = args[0] === '--exit' ? Number(args.splice(0, 2)[1]) : 0;
let [passed, failed] = [0, 0];

for (const file of args) {
  const result = count(file);
  passed += result.passed;
  failed += result.failed;
  console.log(
    `${file}: ${result.passed} passed, ${result.failed} failed${result.note ? ` (${result.note})` : ''}`,
  );
}
if (status && !failed) {
  failed = 1;
  console.log(`every test passed, but the run ended with status ${status}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
