/**
 * Where the project is at home: package.json's `repository`, `homepage` and `bugs`, which whoever publishes it decides.
 *
 *   node tools/home.mjs https://git.example/owner/threadkv    writes them: `make home URL=…`
 *   node tools/home.mjs                                       fails where they are missing: before `npm publish`
 */

import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package.json';
const [url] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(FILE, 'utf8'));

if (url === undefined) {
  if (manifest.homepage === undefined) {
    process.stderr.write(`${FILE} has no home yet: make home URL=https://…/threadkv\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, `${JSON.stringify({ ...manifest, ...homeAt(url) }, null, 2)}\n`);
}

/** @param {string} given */
function homeAt(given) {
  if (!/^https:\/\/[^\s?#]+[^/\s?#]$/.test(given))
    throw new Error('it must be like https://git.example/owner/threadkv');
  return {
    homepage: `${given}#readme`,
    repository: { type: 'git', url: `git+${given}.git` },
    bugs: `${given}/issues`,
  };
}
