import { env, reset } from 'cloudflare:test';
import { afterEach, expect, it } from 'vitest';
import { CloudflareStore } from 'threadkv';

const store = new CloudflareStore({ bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV } });

afterEach(async () => {
  await reset();
  store.forget();
});

it.each([1, 2])('finds nothing of the test before, %i', async () => {
  expect(await store.getThreadById({ threadId: 't' })).toBeNull();
  const createdAt = new Date();
  await store.saveThread({ thread: { id: 't', resourceId: 'ann', createdAt, updatedAt: createdAt } });
  expect((await store.listThreads()).total).toBe(1);
});
