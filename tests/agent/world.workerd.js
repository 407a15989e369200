/**
 * The example's agent over real KV namespaces, in as many isolates as a test needs: each has a core of its own, so
 * nothing but KV connects them.
 *
 * @module
 */

import { env } from 'cloudflare:test';
import { createAssistant } from '../../examples/agent/assistant.js';
import { createCore } from '../../bindings/core.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { scripted } from '../record/model.js';

/** @typedef {import('../../bindings/core/stats.js').Operation} Operation */

const KV = { threads: env.THREADS_KV, messages: env.MESSAGES_KV, metadata: env.METADATA_KV };

let worlds = 0;

/**
 * @param {object} options
 * @param {import('../record/model.js').Step[]} options.script  what the model says, turn by turn
 * @param {import('../../examples/agent/assistant.js').MemoryConfig} [options.memory]
 * @param {Record<string, any>} [options.bindings]  default: those of the tests' environment
 */
export function createWorld({ script, memory, bindings = KV }) {
  const model = scripted('assistant', script);
  const keyPrefix = `agent${worlds++}_`;

  /** A fresh isolate: agent, workflow and store as a request finds them that nobody came before. */
  return function isolate() {
    /** @type {Operation[]} */
    const operations = [];
    const storage = new CloudflareStore({
      id: 'agent',
      bindings,
      keyPrefix,
      core: createCore(),
      onOperation: (operation) => operations.push(operation),
    });
    const mastra = createAssistant({ storage, model, memory });
    return { mastra, storage, operations, assistant: mastra.getAgent('assistant') };
  };
}

/** @typedef {ReturnType<ReturnType<typeof createWorld>>} Isolate */

/**
 * One turn.
 *
 * @param {Isolate} isolate
 * @param {string} message
 * @param {{ thread: string, resource: string }} memory
 */
export function ask({ assistant }, message, memory) {
  return assistant.generate(message, { memory });
}

/** The thread and the texts of its messages. @param {Isolate} isolate @param {string} threadId */
export async function remembered({ storage }, threadId) {
  const domain = /** @type {any} */ (await storage.getStore('memory'));
  const thread = await domain.getThreadById({ threadId });
  const { messages } = await domain.listMessages({ threadId, perPage: false });
  return { thread, messages, texts: messages.map(textOf) };
}

/** @param {{ content: { parts: any[] } }} message */
function textOf({ content }) {
  return content.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** What a model was shown, as one text. @param {import('../record/model.js').Prompt} prompt */
export function shownText(prompt) {
  return JSON.stringify(prompt);
}

/** How many operations of each kind. @param {Operation[]} operations */
export function count(operations) {
  const counts = { get: 0, get_many: 0, put: 0, delete: 0, list: 0 };
  for (const { kind, operations: made = 1 } of operations) counts[kind] += made;
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return { ...counts, total };
}
