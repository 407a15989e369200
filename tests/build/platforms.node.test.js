/** README's table of platforms; that they work shows `make platforms`. */

import { expect, it } from 'vitest';
import { format, resolveConfig } from 'prettier';
import { readText, section } from '../docs/markdown.js';
import { projects, table } from './platforms/table.mjs';

it('is the one that the projects make (else: node tests/build/platforms/table.mjs)', async () => {
  const config = await resolveConfig('README.md');
  const made = await format(table(), { ...config, parser: 'markdown' });
  expect(section(readText('README.md'), 'Where it runs')).toContain(made);
});

it('has exact versions', () => {
  for (const { folder, packages, dependencies } of projects()) {
    expect.soft(packages.length, folder).toBeGreaterThan(0);
    for (const version of Object.values(dependencies)) expect.soft(version, folder).toMatch(/^\d+\.\d+\.\d+$/);
    for (const name of packages) expect.soft(dependencies[name], `${folder} ${name}`).toBeDefined();
  }
});
