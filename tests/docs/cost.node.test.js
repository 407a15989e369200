/** docs/cost.md: its tables of turns are what is measured, its formulas give what they say. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { agentRows } from '../bench/agent.js';
import { PRICES } from '../bench/compare/prices.js';
import { blocks, readText, section, tableRows } from './markdown.js';
import { FREE, turnRows } from './turns.js';

const PART = section(readText('docs/cost.md'), 'Arithmetic, and the free plan');

describe('docs/cost.md', () => {
  it('has the figures of a turn', async () => {
    expect(tableRows(PART)).toEqual(await turnRows());
  });

  it('has the figures of an agent', async () => {
    expect(tableRows(section(readText('docs/cost.md'), 'A turn of a real agent'))).toEqual(await agentRows());
  });

  it('has the figures of README', () => {
    const [, rounds, first, dollars] =
      /takes (\d+) rounds, (\d+) of them before the first token, and costs ([\d.]+) dollars a million/.exec(
        readText('README.md'),
      ) ?? [];
    const rows = tableRows(section(readText('docs/cost.md'), 'A turn of a real agent'));
    const row = rows.find(([turn, of]) => turn === '95 s apart' && of === 'now') ?? [];
    expect([first, rounds, dollars]).toEqual([row[3], row[4], row[9]]);
  });

  it('has the size of the module, within a twentieth', async () => {
    const [, bytes, gzipped] = /: ([\d.]+) KB, ([\d.]+) KB gzipped/.exec(readText('docs/cost.md')) ?? [];
    const module = readFileSync(new URL('../../build/threadkv.wasm', import.meta.url));
    for (const [told, is] of [
      [bytes, module.length],
      [gzipped, gzipSync(module, { level: 9 }).length],
    ])
      expect(Math.abs((Number(told) * 1000) / Number(is) - 1)).toBeLessThan(0.05);
  });

  it('has the prices and the shares that are reckoned with', () => {
    const grouped = (/** @type {number} */ count) => count.toLocaleString('en-US');
    expect(PART).toContain(
      `has ${grouped(FREE.reads)} reads and ${grouped(FREE.writes)} each of writes, lists`,
    );
    expect(PART).toContain(`a million reads cost ${PRICES['KV read'].toFixed(2)} dollars`);
    for (const kind of ['KV write', 'KV list', 'KV delete']) expect(PRICES[kind]).toBe(5);
  });

  it('reckons right', () => {
    const sums = Array.from(
      blocks(PART, 'text')[0].matchAll(/ {3,}([\d(][^=]*?) = ([\d.]+)$/gm),
      ([, sum, is]) => [sum, is],
    );
    expect(sums.length).toBe(2);
    for (const [sum, is] of sums) {
      const value = new Function(`return ${sum.replaceAll('·', '*').replaceAll(',', '')}`)();
      expect(value).toBe(Number(is));
    }
  });
});
