// Checks what tools/layers.json says: C files include only what is in their own layer or below, every file belongs to a
// layer, and certain code stands only in certain places.

import { globSync, readFileSync } from 'node:fs';
import { basename, matchesGlob } from 'node:path';

/** @type {{ layers: Record<string, string[]>, only: { code: string, in: string, where: string[], why: string }[] }} */
const { layers, only } = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8'));
const names = Object.keys(layers);

/** @type {string[]} */
const faults = [];

/** A source without its comments. @param {string} file */
const code = (file) =>
  readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|(^|\s)\/\/.*/g, (comment) =>
    comment.replace(/[^\n]/g, ''),
  );

/** @param {string} file  'json_scan.c'. A layer lists it as such, or for both .c and .h as 'json_scan' or 'json*'. */
function layerOf(file) {
  const matches = (/** @type {string} */ pattern) =>
    matchesGlob(file, pattern) || matchesGlob(file.replace(/\.[ch]$/, ''), pattern);
  return names.findIndex((name) => layers[name].some(matches));
}

for (const file of globSync('src/**/*.{c,h}')) {
  const layer = layerOf(basename(file));
  if (layer < 0) {
    faults.push(`${file} is in no layer of tools/layers.json`);
    continue;
  }
  for (const [, included] of code(file).matchAll(/^#include "([^"]+)"/gm))
    if (layerOf(basename(included)) > layer)
      faults.push(`${file} (${names[layer]}) includes ${included} (${names[layerOf(basename(included))]})`);
}

for (const rule of only)
  for (const file of globSync(rule.in)) {
    if (!/\.(c|h|js)$/.test(file) || rule.where.some((place) => matchesGlob(file, place))) continue;
    code(file)
      .split('\n')
      .forEach((line, index) => {
        if (new RegExp(rule.code).test(line))
          faults.push(`${file}:${index + 1}: ${rule.why}: ${line.trim()}`);
      });
  }

faults.forEach((fault) => console.error(`layers: ${fault}`));
process.exitCode = faults.length ? 1 : 0;
