/** docs/testing.md: each of its programs is a file of tests/docs/testing/, which is run as it stands. */

import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { blocks, readText } from './markdown.js';

it('shows the programs that are run, and no others', () => {
  const files = globSync('tests/docs/testing/*.test.js').map(readText);
  expect(files.length).toBeGreaterThan(0);
  const shown = ['js', 'ts', 'sh', ''].flatMap((language) => blocks(readText('docs/testing.md'), language));
  expect(shown.sort()).toEqual(files.sort());
});
