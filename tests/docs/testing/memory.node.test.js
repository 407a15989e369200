import { beforeEach, expect, it } from 'vitest';
import { CloudflareStore, createCore } from 'threadkv';
import { createMemoryNamespace } from 'threadkv/memory';

/** @type {CloudflareStore} */
let store;
beforeEach(() => {
  store = new CloudflareStore({ bindings: { default: createMemoryNamespace() }, core: createCore() });
});

it('remembers what was said', async () => {
  const createdAt = new Date();
  await store.saveThread({ thread: { id: 't', resourceId: 'ann', createdAt, updatedAt: createdAt } });
  const said = { id: 'm', threadId: 't', resourceId: 'ann', role: 'user', content: 'April?', createdAt };
  await store.saveMessages({ messages: [said] });
  const { messages } = await store.listMessages({ threadId: 't' });
  expect(messages).toEqual([said]);
});

it('begins empty', async () => {
  expect((await store.listThreads()).total).toBe(0);
});
