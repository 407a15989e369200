import { env } from 'cloudflare:workers';
import { Mastra } from '@mastra/core/mastra';
import { registerApiRoute } from '@mastra/core/server';
import { CloudflareDeployer } from '@mastra/deployer-cloudflare';
import { CloudflareStore } from 'threadkv/mastra';

const storage = new CloudflareStore({ id: 'threadkv', bindings: { default: (env as any).KV } });

const converse = registerApiRoute('/converse', {
  method: 'GET',
  handler: async (c) => {
    const memory: any = await storage.getStore('memory');
    const createdAt = new Date();
    const thread = { id: 't', resourceId: 'r', title: 'a title', createdAt, updatedAt: createdAt };
    await memory.saveThread({ thread });
    const content = { format: 2, parts: [{ type: 'text', text: 'hello' }] };
    await memory.saveMessages({
      messages: [{ id: 'm', threadId: 't', resourceId: 'r', role: 'user', createdAt, content }],
    });
    const { messages } = await memory.listMessages({ threadId: 't' });
    return c.json({ content: messages[0].content.parts[0].text });
  },
});

export const mastra = new Mastra({
  storage,
  bundler: { externals: ['threadkv'] },
  deployer: new CloudflareDeployer({
    name: 'mastra-deployer',
    kv_namespaces: [{ binding: 'KV', id: 'kv' }],
  }),
  server: { apiRoutes: [converse] },
});
