/**
 * The routes: talking to the agent, approving what it wants to do, and refunds.
 *
 * @module
 */

import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';

/** What a header can carry and nobody guesses: any other token would match nothing, or too soon. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,}=*$/;
const MAX_BODY_BYTES = 64 * 1024;

/** What Mastra says of a run that is over, or never was. */
const NOTHING_WAITS = 'AGENT_RESUME_NO_SNAPSHOT_FOUND';

const id = z.string().min(1).max(200);
const Chat = z.object({ thread: id, resource: id, message: z.string().min(1) });
const Approval = z.object({ runId: id, toolCallId: id.optional(), approved: z.boolean() });
const Refund = z.object({ order: id, paid: z.number().positive() });
const Notice = z.object({ thread: id, resource: id, summary: z.string().min(1) });
const Decision = z.object({ approved: z.boolean() });

/**
 * @param {{ mastra: ReturnType<typeof import('./assistant.js').createAssistant> }} options
 * @returns {Hono<{ Bindings: import('./index.js').Env }>}
 */
export function createApp({ mastra }) {
  const assistant = mastra.getAgent('assistant');
  /** @type {Hono<{ Bindings: import('./index.js').Env }>} */
  const app = new Hono();
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof z.ZodError) return context.json({ error: z.prettifyError(error) }, 400);
    // The text of other errors may hold what users wrote.
    const { id: code = error.name } = /** @type {{ id?: string }} */ (error);
    return context.json({ error: code }, code === NOTHING_WAITS ? 404 : 500);
  });
  app.use(requireToken, bodyLimit({ maxSize: MAX_BODY_BYTES }));
  // The exporter would send its spans in five seconds, when the isolate may be gone.
  app.use(async (context, next) => {
    await next();
    context.executionCtx.waitUntil(mastra.observability.getDefaultInstance()?.flush() ?? Promise.resolve());
  });

  // { thread, resource, message } → { text } or, when the agent wants to do something that needs a human's word,
  // { runId, approval: { toolCallId, tool, args } }
  app.post('/chat', async (context) => {
    const { thread, resource, message } = await read(context, Chat);
    const output = await assistant.generate(message, { memory: { thread, resource } });
    return context.json(answer(output));
  });

  // { runId, toolCallId?, approved } → as above
  app.post('/approvals', async (context) => {
    const { approved, ...run } = await read(context, Approval);
    const output = await (approved
      ? assistant.approveToolCallGenerate(run)
      : assistant.declineToolCallGenerate(run));
    return context.json(answer(output));
  });

  // What is remembered: the thread, its messages, and what the agent noted of the customer.
  app.get('/threads/:thread', async (context) => {
    const memory = await assistant.getMemory();
    const threadId = context.req.param('thread');
    const thread = await memory?.getThreadById({ threadId });
    if (!memory || !thread) throw new HTTPException(404, { message: 'no such thread' });
    const { messages } = await memory.recall({ threadId, perPage: false });
    const workingMemory = await memory.getWorkingMemory({ threadId, resourceId: thread.resourceId });
    return context.json({ thread, messages, workingMemory });
  });

  // { thread, resource, summary } → { notification }: what happened outside, for the agent to be told when it suits
  app.post('/notifications', async (context) => {
    const { thread, resource, summary } = await read(context, Notice);
    const notice = { source: 'shop', kind: 'news', priority: /** @type {const} */ ('low'), summary };
    const target = { threadId: thread, resourceId: resource };
    const { record } = await assistant.sendNotificationSignal(notice, target);
    return context.json({ notification: record?.id });
  });

  // What waits to be told: { notifications: [{ id, summary, status }] }
  app.get('/notifications/:thread', async (context) => {
    const inbox = await mastra.getStorage()?.getStore('notifications');
    const threadId = context.req.param('thread');
    const found = (await inbox?.listNotifications({ threadId })) ?? [];
    return context.json({ notifications: found.map(({ id, summary, status }) => ({ id, summary, status })) });
  });

  // What happened in the latest turns: { traces: [{ traceId, name, status, startedAt, endedAt }] }
  app.get('/traces', async (context) => {
    const observability = await mastra.getStorage()?.getStore('observability');
    const { spans = [] } = (await observability?.listTraces({ pagination: { page: 0, perPage: 20 } })) ?? {};
    const traces = spans.map(({ traceId, name, status, startedAt, endedAt }) => ({
      ...{ traceId, name, status, startedAt, endedAt },
    }));
    return context.json({ traces });
  });

  // { order, paid } → { runId, question }
  app.post('/refunds', async (context) => {
    const run = await mastra.getWorkflow('refund').createRun();
    const result = await run.start({ inputData: await read(context, Refund) });
    return context.json(outcome(run.runId, result));
  });

  // { approved } → { runId, order, refunded }
  app.post('/refunds/:runId', async (context) => {
    const runId = context.req.param('runId');
    const workflow = mastra.getWorkflow('refund');
    const asked = await workflow.getWorkflowRunById(runId);
    if (asked === null) throw new HTTPException(404, { message: 'no such refund' });
    if (asked.status !== 'suspended') throw new HTTPException(409, { message: 'it is decided already' });
    const run = await workflow.createRun({ runId });
    const result = await run.resume({ step: 'decide', resumeData: await read(context, Decision) });
    return context.json(outcome(runId, result));
  });

  return app;
}

/** @type {import('hono').MiddlewareHandler<{ Bindings: import('./index.js').Env }>} */
async function requireToken(context, next) {
  const { AGENT_TOKEN } = context.env;
  const origin = context.req.header('Origin');
  if (origin !== undefined && origin !== new URL(context.req.url).origin) {
    throw new HTTPException(403, { message: 'pages of other sites may not ask this agent' });
  }
  if (!AGENT_TOKEN) throw new HTTPException(503, { message: 'AGENT_TOKEN is not set' });
  if (!TOKEN.test(AGENT_TOKEN)) throw new HTTPException(503, { message: 'AGENT_TOKEN cannot be used' });
  return bearerAuth({ token: AGENT_TOKEN })(/** @type {any} */ (context), next);
}

/**
 * @template {z.ZodType} S
 * @param {import('hono').Context<any>} context
 * @param {S} schema
 * @returns {Promise<z.infer<S>>}
 */
async function read(context, schema) {
  const body = await context.req.json().catch(() => {
    throw new HTTPException(400, { message: 'the body is not JSON' });
  });
  return schema.parse(body);
}

/** @param {any} output  of a turn */
function answer({ text, finishReason, runId, suspendPayload }) {
  if (finishReason !== 'suspended') return { text };
  const { toolCallId, toolName, args } = suspendPayload ?? {};
  return { runId, approval: { toolCallId, tool: toolName, args } };
}

/** @param {string} runId @param {any} result  of a workflow */
function outcome(runId, result) {
  if (result.status === 'success') return { runId, ...result.result };
  if (result.status === 'suspended') return { runId, ...result.steps.decide.suspendPayload };
  throw new HTTPException(500, { message: `the refund ended as ${result.status}` });
}
