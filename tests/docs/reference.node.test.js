/** docs/reference.md, which is made from the types: that nothing is missing. That it is what would be made now, `make check` says. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { readText, section } from './markdown.js';

const REFERENCE = readText('docs/reference.md');

describe('docs/reference.md', () => {
  it('has every method, with its signature', () => {
    const part = section(REFERENCE, 'Methods of a store');
    const named = Array.from(part.matchAll(/^#### `(\w+)`\n\n`\1\(/gm), ([, name]) => name);
    const methods = new Set();
    for (let link = CloudflareStore.prototype; link !== Object.prototype; link = Object.getPrototypeOf(link))
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(link)))
        if (name !== 'constructor' && typeof value === 'function') methods.add(name);
    expect([...new Set(named)].sort()).toEqual([...methods].sort());
  });

  it('has the shapes, each once, with words where the types have some', () => {
    const part = section(REFERENCE, 'Shapes');
    const shapes = Array.from(part.matchAll(/^### `(\w+)`$/gm), ([, name]) => name);
    expect(shapes).toEqual(
      expect.arrayContaining(['Thread', 'MessageInput', 'ListMessagesArgs', 'MessageListOptions']),
    );
    expect(shapes.length).toBe(new Set(shapes).size);
    expect(part).toContain('- `title?: string`');
    expect(part).toContain(
      '- `perPage?: number | false`: default 40; false: all; 0: only what `include` names',
    );
    expect(part).toMatch(/### `MessageInput`\n\nA message to be saved\./);
    expect(part).not.toMatch(/import\(|@typedef|undefined:/);
  });
});
