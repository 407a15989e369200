/** Files that the documents name exist. */

import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quoted, readText } from './markdown.js';

describe.each([
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/*.md').sort(),
  'src/FORMAT.md',
  'worker/README.md',
])('%s', (file) => {
  const text = readText(file);

  it('links to files that exist', () => {
    const links = Array.from(text.matchAll(/\]\((?!\w+:)([^)#]+)[^)]*\)/g), ([, link]) => link);
    for (const link of links) expect.soft(existsSync(join(dirname(file), link)), link).toBe(true);
  });

  it('names files that exist', () => {
    const paths = quoted(text).filter((word) => /^(src|bindings|tests|tools|worker)\/[\w./*-]*$/.test(word));
    for (const path of paths) expect.soft(globSync(path).length, path).toBeGreaterThan(0);
  });
});
