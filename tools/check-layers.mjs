// Checks what tools/layers.json says: where an arrow may go, and what stands only in certain places.
//
// An arrow leads from one file to another that it includes (C) or imports (JavaScript), and in C also to the one file that
// defines a function it calls, whatever header declares that. `x.c` and `x.h` are one file, `x`. Arrows lead from a folder
// to one further down in its order or stay inside the folder, and no chain of them leads back to where it began.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, normalize } from 'node:path';

/**
 * @typedef {{ root: string, order?: string[][], files?: string }} House  a tree whose folders are layers, from the top down:
 *   folders side by side in one step know nothing of each other; '' is the root's own files. Without an order only
 *   circles are refused
 * @typedef {{ code: string, in: string, where: string[], why: string }} Rule  what `code` matches stands in `where` only
 */

/** @type {{ houses: House[], only: Rule[] }} */
const { houses, only } = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8'));

/** @type {Set<string>} */
const faults = new Set();

/** A source without its comments. @param {string} file */
const code = (file) =>
  readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|(^|\s)\/\/.*/g, (comment) =>
    comment.replace(/[^\n]/g, ''),
  );

/** 'src/kv/call.c' and 'src/kv/call.h' are 'src/kv/call'. @param {string} file */
const stem = (file) => file.replace(/\.[ch]$/, '');

/** @typedef {Map<string, Map<string, string>>} Arrows  from, to: what makes it */

/** @param {Arrows} arrows @param {string} from @param {string} to @param {string} why */
function draw(arrows, from, to, why) {
  if (from === to) return;
  const known = arrows.get(from) ?? new Map();
  if (!known.has(to)) known.set(to, why);
  arrows.set(from, known);
}

/** The functions that a C file defines for others. @param {string} text */
const defined = (text) =>
  Array.from(text.matchAll(/^(?!static|typedef|#|\s|\})[\w *]*?\b(\w+)\([^;{]*\) \{$/gm), ([, name]) => name);

/** @param {string} root @param {string[]} files @returns {Arrows} */
function arrowsOfC(root, files) {
  /** @type {Arrows} */
  const arrows = new Map(files.map((file) => [stem(file), new Map()]));
  /** @type {Map<string, string>} */
  const homes = new Map();
  for (const file of files) {
    const text = code(file);
    for (const [, included] of text.matchAll(/^#include "([^"]+)"/gm))
      if (existsSync(join(root, included)))
        draw(arrows, stem(file), stem(join(root, included)), `includes ${included}`);
    if (file.endsWith('.c')) for (const name of defined(text)) homes.set(name, stem(file));
  }
  for (const file of files)
    for (const [, name] of code(file).matchAll(/\b(\w+)\b/g)) {
      const home = file.endsWith('.c') ? homes.get(name) : undefined;
      if (home) draw(arrows, stem(file), home, `uses ${name}`);
    }
  return arrows;
}

/** @param {string[]} files @returns {Arrows} */
function arrowsOfJavaScript(files) {
  /** @type {Arrows} */
  const arrows = new Map(files.map((file) => [file, new Map()]));
  for (const file of files)
    for (const [, name] of code(file).matchAll(/(?:\bfrom|^import|\bimport\()\s*['"](\.[^'"]+)['"]/gm)) {
      const target = normalize(join(dirname(file), name));
      if (arrows.has(target)) draw(arrows, file, target, `imports ${name}`);
    }
  return arrows;
}

/** @param {House} house @param {string} file @returns {[number, string]} its step from the top, and its folder */
function placeOf({ root, order = [] }, file) {
  const inside = file.slice(root.length + 1);
  const folder = inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : '';
  return [order.findIndex((step) => step.includes(folder)), folder];
}

/** @param {House} house @param {Arrows} arrows */
function checkOrder(house, arrows) {
  for (const [from, targets] of arrows) {
    const [step, folder] = placeOf(house, from);
    if (step < 0) faults.add(`${from} is in no layer of tools/layers.json`);
    for (const [to, why] of targets) {
      const [below, other] = placeOf(house, to);
      if (below < step || (below === step && folder !== other))
        faults.add(`${from} ${why} (${to}), which does not lie below it`);
    }
  }
}

/** @param {Arrows} arrows */
function checkCircles(arrows) {
  /** @type {Map<string, 'under way' | 'done'>} */
  const seen = new Map();
  /** @param {string} file @param {string[]} way */
  const visit = (file, way) => {
    if (seen.get(file) === 'done') return;
    if (seen.get(file) === 'under way') {
      faults.add(`a circle: ${[...way.slice(way.indexOf(file)), file].join(' -> ')}`);
      return;
    }
    seen.set(file, 'under way');
    for (const to of arrows.get(file)?.keys() ?? []) visit(to, [...way, file]);
    seen.set(file, 'done');
  };
  for (const file of arrows.keys()) visit(file, []);
}

/** @param {Rule} rule */
function checkOnly(rule) {
  for (const file of globSync(rule.in)) {
    if (!/\.(c|h|js)$/.test(file) || rule.where.some((place) => matchesGlob(file, place))) continue;
    code(file)
      .split('\n')
      .forEach((line, index) => {
        if (new RegExp(rule.code).test(line)) faults.add(`${file}:${index + 1}: ${rule.why}: ${line.trim()}`);
      });
  }
}

for (const house of houses) {
  const files = globSync(`${house.root}/${house.files ?? '**/*.{c,h}'}`).sort();
  const arrows = house.files ? arrowsOfJavaScript(files) : arrowsOfC(house.root, files);
  if (house.order) checkOrder(house, arrows);
  checkCircles(arrows);
}
only.forEach(checkOnly);

faults.forEach((fault) => console.error(`layers: ${fault}`));
process.exitCode = faults.size ? 1 : 0;
