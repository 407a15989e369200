/** What differs in the Workers runtime: where the module comes from, and `waitUntil`. */

import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { loadModule } from '../../bindings/core/module.workerd.js';
import { waitUntil } from '../../bindings/core/platform.workerd.js';
import { createFollowups } from '../../bindings/core/later.js';
import { CloudflareStore } from '../../bindings/index.js';

describe('in workerd', () => {
  it('the module is compiled already', () => {
    expect(loadModule()).toBeInstanceOf(WebAssembly.Module);
  });

  it('the platform has a waitUntil, which is used', async () => {
    expect(waitUntil).toBeTypeOf('function');
    let finished = false;
    const run = async () => {
      await Promise.resolve();
      finished = true;
    };
    await createFollowups(undefined).start({ when: 'soon', run });
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(finished).toBe(true);
  });

  it('a store works over real bindings, without any option', async () => {
    const store = new CloudflareStore({ bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV } });
    await store.init();
    const now = new Date();
    const thread = { id: 't', resourceId: 'u', createdAt: now, updatedAt: now };
    const message = {
      id: 'm',
      threadId: 't',
      resourceId: 'u',
      role: 'user',
      content: 'hello',
      createdAt: now,
    };
    await store.saveThread({ thread });
    await store.saveMessages({ messages: [message] });
    expect((await store.listMessages({ threadId: 't' })).messages).toEqual([message]);
    expect(await env.MESSAGES_KV.get('messages:m', 'json')).toMatchObject({ id: 'm', content: 'hello' });
  });
});
