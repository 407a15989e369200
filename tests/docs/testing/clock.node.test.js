import { expect, it } from 'vitest';
import { CloudflareStore, createCore } from 'threadkv';
import { createMemoryNamespace } from 'threadkv/memory';

it('tells the time that the test sets', async () => {
  let time = Date.UTC(2026, 0, 2);
  const now = () => time;
  const wait = async (/** @type {number} */ ms) => {
    time += ms;
  };
  const store = new CloudflareStore({
    bindings: { default: createMemoryNamespace() },
    core: createCore({ now, wait }),
  });
  await store.updateResource({ resourceId: 'ann', workingMemory: 'likes tea' });
  time += 60_000;
  const { createdAt, updatedAt } = await store.updateResource({ resourceId: 'ann', workingMemory: 'tea' });
  expect(updatedAt.getTime() - createdAt.getTime()).toBe(60_000);
});
