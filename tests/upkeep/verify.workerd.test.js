/** In a Worker, `verify()` needs a module that the Worker imports itself. */

import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import module from '../../build/threadkv.tools.wasm';

const bindings = { threads: env.THREADS_KV, messages: env.MESSAGES_KV };

describe('verify in workerd', () => {
  it('without its module says what to import', async () => {
    const store = new CloudflareStore({ bindings });
    await expect(store.verify()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('threadkv/threadkv.tools.wasm'),
    });
  });

  it('with it finds what the index has lost, mends it, and finds nothing more', async () => {
    const past = createCore({ now: () => Date.now() - 3_600_000 });
    const store = new CloudflareStore({ bindings, core: past });
    const now = new Date();
    await store.saveThread({ thread: { id: 't', resourceId: 'u', createdAt: now, updatedAt: now } });
    const message = { threadId: 't', resourceId: 'u', role: 'user', content: 'hello', createdAt: now };
    await store.saveMessages({ messages: ['a', 'b'].map((id) => ({ id, ...message })) });
    const { keys } = await env.THREADS_KV.list({ prefix: 'metadata:thread:' });
    await Promise.all(keys.map(({ name }) => env.THREADS_KV.delete(name)));

    const fresh = new CloudflareStore({ bindings, core: createCore() });
    const lost = { count: 2, mended: 2, samples: ['a', 'b'] };
    expect(await fresh.verify({ module, repair: true })).toMatchObject({
      looked: { threads: 1, messages: 2 },
      found: { 'message that no list shows': lost },
      cursor: null,
    });
    const again = new CloudflareStore({ bindings, core: createCore() });
    expect(await again.verify({ module })).toMatchObject({ found: {}, cursor: null });
    const { total } = await again.listMessages({ threadId: 't' });
    expect(total).toBe(2);
  });
});
