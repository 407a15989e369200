import { env } from 'cloudflare:workers';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { MastraServer } from '@mastra/hono';
import { Memory } from '@mastra/memory';
import { Hono } from 'hono';
import { CloudflareStore } from 'threadkv/mastra';

const storage = new CloudflareStore({ id: 'threadkv', bindings: { default: env.KV } });
const agent = new Agent({
  id: 'helper',
  name: 'helper',
  instructions: 'Help.',
  model: 'openai/gpt-5-mini',
  memory: new Memory({ storage }),
});
const mastra = new Mastra({ storage, agents: { helper: agent } });
const app = new Hono();
const server = new MastraServer({ app, mastra });
let ready;

/** Stores through Mastra, and asks Mastra's own API for it. */
app.get('/', async (c) => {
  const memory = await storage.getStore('memory');
  const createdAt = new Date();
  const thread = { id: 't', resourceId: 'r', title: 'a title', createdAt, updatedAt: createdAt };
  await memory.saveThread({ thread });
  const content = { format: 2, parts: [{ type: 'text', text: 'hello' }] };
  await memory.saveMessages({
    messages: [{ id: 'm', threadId: 't', resourceId: 'r', role: 'user', createdAt, content }],
  });
  const answer = await app.request('/api/memory/threads/t/messages?agentId=helper');
  if (!answer.ok) return answer;
  const { messages } = await answer.json();
  return c.json({ content: messages[0].content.parts[0].text });
});

export default {
  async fetch(request, bindings, context) {
    ready ??= server.init();
    await ready;
    return app.fetch(request, bindings, context);
  },
};
