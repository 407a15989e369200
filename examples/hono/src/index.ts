/** Conversations of users behind Hono: the store is made once a request, errors become answers in one place. */

import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { CloudflareStore, httpStatus, StoreError, StoreTypeError } from 'threadkv';
import { createApp } from 'threadkv/worker';

interface Content {
  text: string;
}
type App = {
  Bindings: { KV: KVNamespace; THREADKV_TOKEN?: string };
  Variables: { store: CloudflareStore<Content> };
};

const config = ({ KV }: App['Bindings']) => ({ bindings: { default: KV } });
const page = createApp({ path: '/threadkv', store: config });

const app = new Hono<App>();

app.use('/users/*', async (context, next) => {
  context.set('store', new CloudflareStore<Content>(config(context.env)));
  await next();
});

/** A failure of the store says by its code what to answer; its message never holds what users wrote. */
app.onError((error, context) => {
  if (error instanceof HTTPException) return error.getResponse();
  if (!(error instanceof StoreError || error instanceof StoreTypeError)) throw error;
  return Response.json({ error: error.code }, { status: httpStatus(error) });
});

app.get('/users/:user/threads', async (context) => {
  const { store } = context.var;
  const { threads } = await store.listThreadsByResourceId({
    resourceId: context.req.param('user'),
    perPage: 20,
    orderBy: { field: 'updatedAt', direction: 'DESC' },
  });
  return context.json(threads.map(({ id, title }) => ({ id, title })));
});

app.put('/users/:user/threads/:thread', async (context) => {
  const { title } = await context.req.json<{ title: string }>();
  const { user: resourceId, thread: id } = context.req.param();
  const now = new Date();
  await context.var.store.createThread({
    thread: { id, resourceId, title, createdAt: now, updatedAt: now },
  });
  return context.json({ id, title }, 201);
});

app.get('/users/:user/threads/:thread/messages', async (context) => {
  const { user: resourceId, thread: threadId } = context.req.param();
  const { messages } = await context.var.store.listMessages({ threadId, resourceId, perPage: false });
  return context.json(messages.map(({ role, content }) => `${role}: ${content.text}`));
});

app.post('/users/:user/threads/:thread/messages', async (context) => {
  const { store } = context.var;
  const { user: resourceId, thread: threadId } = context.req.param();
  if ((await store.getThreadById({ threadId, resourceId })) === null)
    throw new HTTPException(404, { message: 'no such thread of this user\n' });
  const content = { text: await context.req.text() };
  const message = { threadId, resourceId, role: 'user', content, createdAt: new Date() };
  await store.saveMessages({ messages: [{ id: crypto.randomUUID(), ...message }] });
  return context.body(null, 204);
});

app.all('/threadkv/*', ({ req, env, executionCtx }) => page.fetch(req.raw, env, executionCtx));

export default {
  fetch: app.fetch,
  scheduled: (_event, env, context) => page.sweep(env, context),
} satisfies ExportedHandler<App['Bindings']>;
