/** A chat that remembers: `POST /chat/<thread>` says something, `GET` shows the newest twenty messages. */

import { CloudflareStore, type Message } from 'threadkv';
import { createApp } from 'threadkv/worker';

interface Env {
  KV: KVNamespace;
  /** A secret; without it the page at /threadkv is closed. */
  THREADKV_TOKEN?: string;
}

/** Where a user's name comes from is yours to say: a session, a token. */
const resourceId = 'me';

const config = (env: Env) => ({ bindings: { default: env.KV } });
const page = createApp({ path: '/threadkv', store: config });

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (/^\/threadkv(\/|$)/.test(pathname)) return page.fetch(request, env, context);
    const [, threadId] = /^\/chat\/([\w-]+)$/.exec(pathname) ?? [];
    if (threadId === undefined) return new Response('try /chat/hello\n', { status: 404 });

    const store = new CloudflareStore<string>(config(env));
    if (request.method === 'POST') return Response.json(await say(store, threadId, await request.text()));
    const { messages } = await newest(store, threadId, 20);
    return Response.json(messages.reverse().map(({ role, content }) => `${role}: ${content}`));
  },

  /** Finishes deletions: see docs/production.md. */
  scheduled: (_event, env, context) => page.sweep(env, context),
} satisfies ExportedHandler<Env>;

/** Stores what was said, and what is answered, in one save. */
async function say(store: CloudflareStore<string>, threadId: string, text: string) {
  const now = new Date();
  if ((await store.getThreadById({ threadId })) === null)
    await store.saveThread({ thread: { id: threadId, resourceId, createdAt: now, updatedAt: now } });
  const { messages: before } = await newest(store, threadId, 40);
  const message = (role: string, content: string) => ({
    id: crypto.randomUUID(),
    threadId,
    resourceId,
    role,
    content,
    createdAt: now,
  });
  const answer = await ask([...before.reverse(), message('user', text)]);
  await store.saveMessages({ messages: [message('user', text), message('assistant', answer)] });
  return answer;
}

/** The last messages, the newest first: two KV operations, however long the thread is. */
function newest(store: CloudflareStore<string>, threadId: string, perPage: number) {
  return store.listMessages({
    threadId,
    perPage,
    orderBy: { direction: 'DESC' },
    includeTotal: false,
  });
}

/** Here goes your model. */
async function ask(messages: Pick<Message<string>, 'role' | 'content'>[]): Promise<string> {
  const said = messages.filter(({ role }) => role === 'user');
  return `You said ${said.length} things, the first was: ${said[0]?.content}`;
}
