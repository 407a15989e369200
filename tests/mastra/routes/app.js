/**
 * An application of Mastra with something in each part that its server has routes for, and that server, over whatever
 * store is given.
 *
 * @module
 */

import { Agent } from '@mastra/core/agent';
import { createScorer } from '@mastra/core/evals';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { MastraEditor } from '@mastra/editor';
import { MastraServer } from '@mastra/hono';
import { SERVER_ROUTES } from '@mastra/server/server-adapter';
import { Memory } from '@mastra/memory';
import { DefaultExporter, Observability } from '@mastra/observability';
import { Hono } from 'hono';
import { z } from 'zod';
import { scripted } from '../../record/model.js';

/**
 * What a request came to.
 * @typedef {object} Answer
 * @property {string} route  method and path as the server declares them
 * @property {string} asked  method and path as they were asked
 * @property {number} status
 * @property {any} body  JSON, or its text; of streams nothing
 */

const number = z.object({ n: z.number() });

const addOne = createStep({
  id: 'addOne',
  inputSchema: number,
  outputSchema: number,
  execute: async ({ inputData: { n } }) => ({ n: n + 1 }),
});

const wait = createStep({
  id: 'wait',
  inputSchema: number,
  outputSchema: number,
  resumeSchema: z.object({ go: z.boolean() }),
  execute: async ({ inputData, resumeData, suspend }) => (resumeData ? inputData : suspend({})),
});

const workflow = (/** @type {string} */ id) =>
  createWorkflow({ id, inputSchema: number, outputSchema: number });

const cancelOrder = createTool({
  id: 'cancelOrder',
  description: 'Cancels an order.',
  inputSchema: z.object({ order: z.string() }),
  requireApproval: true,
  execute: async ({ order }) => ({ order, state: 'cancelled' }),
});

const length = createScorer({ id: 'length', description: 'How long it is' }).generateScore(() => 0.5);

/** Calls the tool when it is told to cancel something, else says how much it was told. */
const answer = (/** @type {any[]} */ prompt) => {
  const last = prompt.at(-1);
  const text = last.role === 'user' ? JSON.stringify(last.content) : '';
  if (text.includes('Cancel')) return [{ call: 'cancelOrder', args: { order: 'A7' } }];
  return `You have said ${prompt.filter(({ role }) => role === 'user').length} things.`;
};

/**
 * @param {any} storage
 * @returns {Promise<{ mastra: Mastra, ask: (method: string, path: string, body?: unknown) => Promise<Answer>, flush:
 *   () => Promise<void>, close: () => Promise<void> }>}
 */
export async function openApp(storage) {
  const model = scripted('guide', Array(50).fill(answer));
  const memory = new Memory({
    storage,
    options: { lastMessages: 10, workingMemory: { enabled: true, scope: 'resource' } },
  });
  const tools = { cancelOrder };
  const guide = new Agent({ id: 'guide', name: 'Guide', instructions: 'Be brief.', model, memory, tools });
  const observability = new Observability({
    configs: { default: { serviceName: 'shop', exporters: [new DefaultExporter()] } },
  });
  const mastra = new Mastra({
    storage,
    agents: { guide },
    workflows: {
      sum: workflow('sum').then(addOne).commit(),
      held: workflow('held').then(addOne).then(wait).commit(),
    },
    scorers: { length },
    tools,
    editor: new MastraEditor(),
    observability,
    logger: false,
  });
  const app = new Hono();
  await new MastraServer({ app: /** @type {any} */ (app), mastra }).init();
  return {
    mastra,
    ask: (method, path, body) => ask(app, method, path, body),
    flush: async () => mastra.observability.getDefaultInstance()?.flush(),
    close: async () => {
      await mastra.observability.getDefaultInstance()?.flush();
      await mastra.shutdown();
      await storage.close?.();
    },
  };
}

/** @param {Hono} app @param {string} method @param {string} path @param {unknown} content @returns {Promise<Answer>} */
async function ask(app, method, path, content) {
  await nextMillisecond();
  const init = { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(content) };
  const response = await app.request(`/api${path}`, init);
  const { name, streams } = routeOf(method, path);
  const body = streams && response.ok ? await drained(response) : await bodyOf(response);
  return { route: name, asked: `${method} ${path}`, status: response.status, body };
}

/** Of two that were made at one time any may come first. */
async function nextMillisecond() {
  for (const now = Date.now(); Date.now() === now;) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** @param {Response} response */
async function bodyOf(response) {
  const text = await response.text();
  const isJson = response.headers.get('Content-Type')?.includes('json');
  return isJson && text !== '' ? JSON.parse(text) : text;
}

/** Reads to the end, or until nothing more comes: some streams stay open for what may happen. @param {Response} response */
async function drained(response) {
  const reader = response.body?.getReader();
  for (let more = reader !== undefined; more;) {
    const idle = new Promise((resolve) => setTimeout(resolve, 400, { done: true }));
    more = !(await Promise.race([reader?.read(), idle])).done;
  }
  reader?.cancel().catch(() => {});
}

/** The routes as the server declares them, in its order. */
const ROUTES = SERVER_ROUTES.map(({ method, path, responseType }) => ({
  name: `${method} ${path}`,
  method,
  streams: responseType === 'stream',
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
}));

/** Names of all routes. */
export const ALL_ROUTES = ROUTES.map(({ name }) => name);

/** @param {string} method @param {string} path */
function routeOf(method, path) {
  const [bare] = path.split('?');
  const found = ROUTES.find((one) => [method, 'ALL'].includes(one.method) && one.pattern.test(bare));
  if (found === undefined) throw new Error(`no route of the server: ${method} ${path}`);
  return found;
}
