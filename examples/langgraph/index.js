/**
 * A Worker with a graph of LangGraph. Its checkpoints are in Workers KV: whichever isolate gets the next request goes on
 * where the last one stopped.
 *
 * @module
 */

import { Command } from '@langchain/langgraph';
import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { CloudflareStore } from 'threadkv';
import { CloudflareSaver } from 'threadkv/langgraph';
import { z } from 'zod';
import { makeGraph } from './graph.js';

/**
 * @typedef {object} Env
 * @property {import('@cloudflare/workers-types').KVNamespace} GRAPHS_KV
 * @property {string} [AGENT_TOKEN]  every request needs it
 */

const MAX_BODY_BYTES = 100_000;
const MIN_TOKEN = 16;

const Order = z.object({ thread: z.string().min(1), item: z.string().min(1), dollars: z.number().min(0) });
const Decision = z.object({ thread: z.string().min(1), agreed: z.boolean() });

/** @type {Hono<{ Bindings: Env }>} */
const app = new Hono();

app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }), async (context, next) => {
  const token = context.env.AGENT_TOKEN ?? '';
  if (token.length < MIN_TOKEN)
    throw new HTTPException(503, { message: 'AGENT_TOKEN is not set, or too short' });
  return bearerAuth({ token })(/** @type {any} */ (context), next);
});

// { thread, item, dollars } → { log } or, when a human has to say whether it may be done, { question }
app.post('/orders', async (context) => {
  const { thread, item, dollars } = Order.parse(await context.req.json());
  return context.json(await run(context, thread, { item, dollars }));
});

// { thread, agreed } → as above
app.post('/decisions', async (context) => {
  const { thread, agreed } = Decision.parse(await context.req.json());
  const { tasks } = await open(context.env).graph.getState(configOf(thread));
  if (!tasks.some(({ interrupts }) => interrupts.length > 0))
    throw new HTTPException(404, { message: 'nothing waits for a decision' });
  return context.json(await run(context, thread, new Command({ resume: agreed })));
});

// What was done, step by step, the newest first.
app.get('/threads/:thread', async (context) => {
  const { graph } = open(context.env);
  const steps = [];
  for await (const { next, metadata } of graph.getStateHistory(configOf(context.req.param('thread')), {
    limit: 50,
  }))
    steps.push({ step: metadata?.step, next });
  return context.json(steps);
});

app.delete('/threads/:thread', async (context) => {
  await open(context.env).checkpointer.deleteThread(context.req.param('thread'));
  return context.body(null, 204);
});

app.onError((error, context) => {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return context.json({ error: 'bad request' }, 400);
  return context.json({ error: 'the graph failed' }, 500);
});

/** @param {Env} env */
function open(env) {
  const store = new CloudflareStore({ bindings: { default: env.GRAPHS_KV }, keyPrefix: 'graph_' });
  const checkpointer = new CloudflareSaver({ store });
  return { checkpointer, graph: makeGraph(checkpointer) };
}

/** @param {string} thread */
const configOf = (thread) => ({ configurable: { thread_id: thread } });

/**
 * @param {import('hono').Context<{ Bindings: Env }>} context
 * @param {string} thread
 * @param {any} input
 */
async function run(context, thread, input) {
  const { checkpointer, graph } = open(context.env);
  /** @type {any} */
  const result = await graph.invoke(input, configOf(thread));
  context.executionCtx.waitUntil(checkpointer.settle());
  const [waiting] = result.__interrupt__ ?? [];
  return waiting === undefined ? { log: result.log } : waiting.value;
}

export default app;
