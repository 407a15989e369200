/**
 * The agent: what it remembers, what it may do, and a workflow that waits for a human.
 *
 * @module
 */

import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { Memory } from '@mastra/memory';
import { z } from 'zod';

/**
 * @typedef {import('@mastra/core/llm').MastraModelConfig} Model
 * @typedef {NonNullable<ConstructorParameters<typeof Memory>[0]>} MemoryConfig
 */

/** Needs a human's word before it runs. */
const cancelOrder = createTool({
  id: 'cancelOrder',
  description: 'Cancels an order of the customer.',
  inputSchema: z.object({ order: z.string() }),
  outputSchema: z.object({ order: z.string(), state: z.literal('cancelled') }),
  requireApproval: true,
  execute: async ({ order }) => ({ order, state: /** @type {const} */ ('cancelled') }),
});

const estimate = createStep({
  id: 'estimate',
  inputSchema: z.object({ order: z.string(), paid: z.number() }),
  outputSchema: z.object({ order: z.string(), amount: z.number() }),
  execute: async ({ inputData: { order, paid } }) => ({ order, amount: Math.round(paid * 90) / 100 }),
});

const decide = createStep({
  id: 'decide',
  inputSchema: z.object({ order: z.string(), amount: z.number() }),
  suspendSchema: z.object({ question: z.string() }),
  resumeSchema: z.object({ approved: z.boolean() }),
  outputSchema: z.object({ order: z.string(), refunded: z.number() }),
  execute: async ({ inputData: { order, amount }, resumeData, suspend }) => {
    if (resumeData === undefined) return suspend({ question: `Refund ${amount} for order ${order}?` });
    return { order, refunded: resumeData.approved ? amount : 0 };
  },
});

/** Stops until somebody decides, be it in a second or in a month. */
const refund = createWorkflow({
  id: 'refund',
  inputSchema: z.object({ order: z.string(), paid: z.number() }),
  outputSchema: z.object({ order: z.string(), refunded: z.number() }),
})
  .then(estimate)
  .then(decide)
  .commit();

/**
 * @param {object} options
 * @param {import('@mastra/core/storage').MastraCompositeStore} options.storage
 * @param {Model} options.model
 * @param {MemoryConfig} [options.memory]  what else to remember, and how: semantic recall needs a vector store
 * @param {import('@mastra/observability').Observability} [options.observability]  who is told what happens in a turn
 */
export function createAssistant({ storage, model, memory = {}, observability }) {
  const assistant = new Agent({
    id: 'assistant',
    name: 'assistant',
    instructions: 'You help customers of a small shop. Be brief.',
    model,
    tools: { cancelOrder },
    memory: new Memory({
      ...memory,
      options: {
        lastMessages: 20,
        workingMemory: { enabled: true, scope: 'resource' },
        ...memory.options,
      },
    }),
  });
  const watched = observability === undefined ? {} : { observability };
  return new Mastra({ agents: { assistant }, workflows: { refund }, storage, ...watched, logger: false });
}
