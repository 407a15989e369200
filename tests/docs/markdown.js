/**
 * Parts of a Markdown file, for tests that hold them against the code.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/** @param {string} file  from the root of the repository */
export function readText(file) {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/**
 * The fenced blocks of one language.
 *
 * @param {string} text
 * @param {string} language
 */
export function blocks(text, language) {
  const found = text.matchAll(/^```(\S*)\n([^]*?)^```$/gm);
  return [...found].filter(([, name]) => name === language).map(([, , content]) => content);
}

/**
 * What stands under a heading, up to the next one of its level or above.
 *
 * @param {string} text
 * @param {string} heading
 */
export function section(text, heading) {
  const lines = text.split('\n');
  const level = (/** @type {string} */ line) => /^#+(?= )/.exec(line)?.[0].length ?? 0;
  const start = lines.findIndex((line) => level(line) > 0 && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => level(line) > 0 && level(line) <= level(lines[start]));
  return after.slice(0, end < 0 ? undefined : end).join('\n');
}

/**
 * The rows of all tables, without their heads.
 *
 * @param {string} text
 */
export function tableRows(text) {
  const lines = text.split('\n');
  const isRow = (/** @type {number} */ at) => lines[at]?.startsWith('|');
  return lines
    .filter((line, at) => isRow(at) && isRow(at - 1) && !/^\|[-:| ]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

/**
 * What stands in backticks.
 *
 * @param {string} text
 */
export function quoted(text) {
  return Array.from(text.matchAll(/`([^`\n]+)`/g), ([, word]) => word);
}
