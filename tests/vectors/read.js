/**
 * Reads vectors: Markdown files whose fenced blocks say what a call does. README.md describes them.
 *
 * @module
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** In the order in which they stand in a case. */
const BLOCKS = /** @type {const} */ ([
  'json request',
  'json payload',
  'kv before',
  'log',
  'kv after',
  'json result',
  'json error',
]);
const FENCE = '```';

/** @typedef {(typeof BLOCKS)[number]} Block */
/** @typedef {{ title: string, prose: string[], blocks: Partial<Record<Block, string>> }} Vector */
/** @typedef {{ name: string, url: URL, intro: string, vectors: Vector[] }} VectorFile */

/** @returns {VectorFile[]} */
export function readVectors() {
  const folder = new URL('./', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => readFile(name, new URL(name, folder)));
}

/** @param {string} name @param {URL} url @returns {VectorFile} */
function readFile(name, url) {
  const [intro, ...cases] = readFileSync(url, 'utf8').split(/^## /m);
  return { name, url, intro, vectors: cases.map(readCase) };
}

/** @param {string} text @returns {Vector} */
function readCase(text) {
  const [title, ...lines] = text.split('\n');
  /** @type {Vector} */
  const vector = { title, prose: [], blocks: {} };
  for (let i = 0; i < lines.length; i++) {
    const block = BLOCKS.find((name) => lines[i] === FENCE + name);
    if (block === undefined) {
      vector.prose.push(lines[i]);
      continue;
    }
    const end = lines.indexOf(FENCE, i);
    vector.blocks[block] = lines.slice(i + 1, end).join('\n');
    i = end;
  }
  return vector;
}

/** @param {VectorFile} file */
export function writeVectors({ url, intro, vectors }) {
  writeFileSync(url, `${intro.trimEnd()}\n\n${vectors.map(caseText).join('\n')}`);
}

/** @param {Vector} vector */
function caseText({ title, prose, blocks }) {
  const words = prose.join('\n').trim();
  const fences = BLOCKS.filter((name) => blocks[name] !== undefined).map(
    (name) => `${FENCE}${name}\n${blocks[name]}${blocks[name] === '' ? '' : '\n'}${FENCE}\n`,
  );
  return `## ${[title, ...(words === '' ? [] : [words]), ...fences].join('\n\n').replace(/\n\n\n/g, '\n\n')}`;
}
