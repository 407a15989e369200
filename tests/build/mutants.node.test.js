/** `make mutations` takes minutes; that it still finds what it changes can be seen at once. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutations } from '../native/mutants.mjs';

describe('mutations of the core', () => {
  it.each(mutations)('$name: finds what it changes in $file', ({ file, find, put }) => {
    const text = readFileSync(`src/${file}`, 'utf8');
    expect(text.replace(find, put)).not.toBe(text);
  });

  it('have names of their own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
});
