/**
 * A Worker with an agent of the OpenAI Agents SDK. Its sessions, and runs that wait for a human, are in Workers KV:
 * whichever isolate gets the next request goes on where the last one stopped.
 *
 * @module
 */

import { Runner, setDefaultOpenAIKey, setTracingDisabled } from '@openai/agents';
import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { CloudflareStore } from 'threadkv';
import { CloudflareSession, recordTools } from 'threadkv/openai-agents';
import { z } from 'zod';
import { createAgent, goOn } from './agent.js';
import { chooseModel } from './model.js';

/**
 * @typedef {object} Env
 * @property {import('@cloudflare/workers-types').KVNamespace} SESSIONS_KV
 * @property {string} [MODEL]
 * @property {string} [OPENAI_API_KEY]
 * @property {string} [AGENT_TOKEN]  every request needs it
 */

const MAX_BODY_BYTES = 100_000;
const MIN_TOKEN = 16;

const Question = z.object({ session: z.string().min(1), message: z.string().min(1) });
const Decision = z.object({ session: z.string().min(1), approved: z.boolean() });

/** @type {Hono<{ Bindings: Env }>} */
const app = new Hono();

app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }), async (context, next) => {
  const token = context.env.AGENT_TOKEN ?? '';
  if (token.length < MIN_TOKEN)
    throw new HTTPException(503, { message: 'AGENT_TOKEN is not set, or too short' });
  return bearerAuth({ token })(/** @type {any} */ (context), next);
});

// { session, message } → { text } or, when a human has to say whether it may be done, { approvals: [{ tool, args }] }
app.post('/ask', async (context) => {
  const { session, message } = Question.parse(await context.req.json());
  return context.json(await turn(context.env, session, async () => message));
});

// { session, approved } → as above
app.post('/approvals', async (context) => {
  const { session, approved } = Decision.parse(await context.req.json());
  const input = (/** @type {any} */ agent, /** @type {CloudflareStore} */ store) =>
    goOn(agent, store, session, approved);
  return context.json(await turn(context.env, session, input));
});

// What is remembered.
app.get('/sessions/:session', async (context) => {
  const store = openStore(context.env);
  return context.json(
    await new CloudflareSession({ store, sessionId: context.req.param('session') }).getItems(),
  );
});

app.onError((error, context) => {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return context.json({ error: 'bad request' }, 400);
  return context.json({ error: 'the agent failed' }, 500);
});

/** @param {Env} env */
function openStore(env) {
  return new CloudflareStore({ bindings: { default: env.SESSIONS_KV }, keyPrefix: 'session_' });
}

/**
 * @param {Env} env
 * @param {string} sessionId
 * @param {(agent: ReturnType<typeof createAgent>, store: CloudflareStore) => Promise<any>} makeInput
 */
async function turn(env, sessionId, makeInput) {
  setTracingDisabled(true);
  if (env.OPENAI_API_KEY) setDefaultOpenAIKey(env.OPENAI_API_KEY);
  const store = openStore(env);
  const agent = createAgent(chooseModel(env.MODEL));
  const input = await makeInput(agent, store);
  if (input === null) throw new HTTPException(404, { message: 'nothing waits for approval' });
  const runner = new Runner();
  const session = recordTools(new CloudflareSession({ store, sessionId }), runner);
  const result = await runner.run(agent, input, { session });
  session.close();
  if (result.interruptions.length === 0) return { text: result.finalOutput };
  await store.setState({ threadId: sessionId, type: 'run', value: result.state.toString() });
  const approvals = result.interruptions.map(({ name, arguments: args }) => ({ tool: name, args }));
  return { approvals };
}

export default app;
