/** README's sentence on the size of a Worker: what is measured now, within a twentieth. `node tools/worker-size.mjs` prints it anew. */

import { expect, it } from 'vitest';
import { workerSize } from '../../tools/worker-size.mjs';
import { readText } from './markdown.js';

const SENTENCE =
  /A Worker with the store is (\d+) KiB, (\d+) KiB gzipped \((\d+) and (\d+) with\s+`--minify`\), of it the\s+module (\d+) and (\d+)\./;

it('README names the size of a Worker with the store', async () => {
  const told = SENTENCE.exec(readText('README.md'))?.slice(1).map(Number) ?? [];
  const [plain, small] = [await workerSize(), await workerSize(true)];
  const { bytes, gzipped, module, moduleGzipped } = plain;
  const measured = [bytes, gzipped, small.bytes, small.gzipped, module, moduleGzipped];
  expect(told.length).toBe(measured.length);
  told.forEach((figure, at) =>
    expect(Math.abs(figure - measured[at]), `${figure} for ${measured[at]}`).toBeLessThan(
      measured[at] / 20 + 1,
    ),
  );
});
