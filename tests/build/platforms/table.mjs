// README's table "Where it runs": from the projects beside this file, and from the tools that this repository's own tests
// build with. `node tests/build/platforms/table.mjs` prints it.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');

/**
 * @typedef {object} Project
 * @property {string} folder
 * @property {string} path  that is asked
 * @property {string} platform  what it is called
 * @property {string} set  what has to be set
 * @property {string[]} packages  whose versions count
 * @property {Record<string, string>} scripts
 * @property {Record<string, string>} dependencies
 */

/** What the tests of CI build with: names, what has to be set, packages. @type {[string, string, string[]][]} */
const TESTED = [
  ['Workers, by wrangler', 'nothing', ['wrangler']],
  ['vitest in the Workers runtime', 'nothing', ['vitest', '@cloudflare/vitest-plugin']],
  ['bundled for Node, nothing external', 'nothing', ['esbuild', 'rollup', 'vite', 'webpack']],
  ['The AI SDK in a Worker, `useChat` in a page', 'nothing', ['ai', '@ai-sdk/react']],
  ['The OpenAI Agents SDK in a Worker', 'the flag `nodejs_compat`, for the SDK', ['@openai/agents']],
  ['LangGraph in a Worker', 'the flag `nodejs_compat`, for LangGraph', ['@langchain/langgraph', '@langchain/langgraph-checkpoint']],
];

/** @param {string} file @returns {any} */
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @returns {Project[]} */
export function projects() {
  return globSync('*/package.json', { cwd: HERE })
    .sort()
    .map((file) => {
      const { threadkv, scripts, dependencies } = read(join(HERE, file));
      return { folder: dirname(file), scripts, dependencies, ...threadkv };
    });
}

export function table() {
  const { devDependencies } = read(join(ROOT, 'package.json'));
  const tested = TESTED.map(([platform, set, packages]) => ({ platform, set, packages, dependencies: devDependencies }));
  const rows = [...tested, ...projects()].map(({ platform, set, packages, dependencies }) => {
    const versions = packages.map((/** @type {string} */ name) => `${name} ${dependencies[name]}`);
    return `| ${platform} | ${set} | ${versions.join(', ')} |`;
  });
  return ['| where | what to set | tested with |', '| --- | --- | --- |', ...rows].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(table());
