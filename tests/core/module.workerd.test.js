/** The module in workerd: imported as a module, over real namespaces. */

import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import module from '../../build/threadkv.wasm';

const bindings = { threads: env.THREADS_KV, messages: env.MESSAGES_KV };
const createdAt = new Date(0);
let tests = 0;

/** @returns {{ core: import('../../bindings/core.js').Core, open: () => CloudflareStore }} */
function openIsolate() {
  const keyPrefix = `boundary${tests++}_`;
  const core = createCore({ module });
  return { core, open: () => new CloudflareStore({ bindings, core, keyPrefix }) };
}

/** @param {string} id */
const thread = (id) => ({ id, resourceId: 'u', title: `Title of ${id}`, createdAt, updatedAt: createdAt });

describe('createCore', () => {
  it('takes the module that a Worker imports', async () => {
    expect(module).toBeInstanceOf(WebAssembly.Module);
    const { core, open } = openIsolate();
    await open().saveThread({ thread: thread('t') });
    expect(await open().getThreadById({ threadId: 't' })).toMatchObject({ title: 'Title of t' });
    await expect.poll(() => core.calls).toBe(0); // what follows an answer ends, too
  });

  it('serves many calls at once', async () => {
    const { core, open } = openIsolate();
    const names = Array.from({ length: 50 }, (_, i) => `thread ${i} 日本 🎉`);
    const saved = names.map((id) => open().saveThread({ thread: thread(id) }));
    expect(core.calls).toBe(50);
    await Promise.all(saved);
    const found = await Promise.all(names.map((threadId) => open().getThreadById({ threadId })));
    expect(found.map((each) => each?.title)).toEqual(names.map((id) => `Title of ${id}`));
    await expect.poll(() => core.calls).toBe(0); // what follows an answer ends, too
  });

  it('takes texts of megabytes', async () => {
    const { open } = openIsolate();
    const text = 'Grüße, 世界! 🎉 '.repeat(150_000);
    await open().saveThread({ thread: thread('t') });
    const message = { id: 'm', threadId: 't', resourceId: 'u', role: 'user', createdAt, content: text };
    await open().saveMessages({ messages: [message] });
    const { messages } = await open().listMessages({ threadId: 't' });
    expect(messages[0].content === text).toBe(true);
  });
});
