/**
 * The comparison as pictures.
 *
 * @module
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import { millionTurns } from './prices.js';

const NAMES = /** @type {Record<string, string>} */ ({
  threadkv: 'threadkv on KV',
  'threadkv-growing': 'threadkv on KV',
  durable: 'threadkv in an object',
  'durable-growing': 'threadkv in an object',
  d1: 'Mastra on D1',
  'd1-growing': 'Mastra on D1',
  memory: 'in memory',
});

/** @param {Record<string, any>} specification  of Vega-Lite @returns {Promise<string>} SVG */
async function draw(specification) {
  const { spec } = compile(
    /** @type {any} */ ({
      width: 420,
      height: 240,
      background: 'white',
      config: { font: 'sans-serif', range: { category: ['#f6821f', '#4b6bfb', '#8a8f98', '#2f9e63'] } },
      ...specification,
    }),
  );
  const view = new View(parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/**
 * @param {{ latencies: any[], growth: any[] }} report
 * @param {string} folder
 */
export async function writePlots({ latencies, growth }, folder) {
  const grown = growth.map((row) => ({
    ...row,
    store: NAMES[row.store],
    dollars: millionTurns(row.billed),
  }));
  const store = { field: 'store', type: 'nominal', title: null };
  const growthPlot = (/** @type {string} */ what, /** @type {string} */ title) =>
    draw({
      data: { values: grown.filter(({ grows }) => grows === what) },
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'size', type: 'quantitative', scale: { type: 'log' }, title },
        y: { field: 'dollars', type: 'quantitative', title: '$ for a million turns', scale: { zero: true } },
        color: store,
      },
    });
  /** @type {Record<string, string>} */
  const pictures = {
    'turn-by-latency.svg': await draw({
      data: { values: latencies.map((row) => ({ ...row, store: NAMES[row.store] })) },
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'latency', type: 'quantitative', title: 'ms that a storage operation takes' },
        y: { field: 'ms', type: 'quantitative', title: 'ms that the storage calls of a turn take' },
        color: store,
      },
    }),
    'turn-by-threads.svg': await growthPlot('threads', 'threads in the store'),
    'turn-by-messages.svg': await growthPlot('messages', 'messages in the thread'),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(pictures)) await writeFile(join(folder, name), `${svg}\n`);
}
