/** docs/security.md: its program forgets a user. */

import { expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { blocks, readText } from './markdown.js';

it('the program forgets a user, in parts', async () => {
  const [program, ...others] = blocks(readText('docs/security.md'), 'js');
  expect(others).toEqual([]);
  const backend = createMemoryBackend();
  const store = new CloudflareStore({ backend, core: createCore(), maxOperations: 100 });
  const createdAt = new Date();
  for (let i = 0; i < 20; i++) {
    const resourceId = i % 2 ? 'user-1' : 'user-2';
    await store.saveThread({ thread: { id: `t${i}`, resourceId, createdAt, updatedAt: createdAt } });
  }
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('store', program)(store);
  const fresh = new CloudflareStore({ backend, core: createCore() });
  expect((await fresh.listThreads({ filter: { resourceId: 'user-1' } })).total).toBe(0);
  expect((await fresh.listThreads()).total).toBe(10);
});
