/**
 * The agent: what it may do, and how a run goes on that has waited for a human.
 *
 * @module
 */

import { Agent, RunState, tool } from '@openai/agents';
import { z } from 'zod';

/** @param {import('@openai/agents').Model | string} model */
export function createAgent(model) {
  // Needs a human's word before it runs.
  const cancelOrder = tool({
    name: 'cancelOrder',
    description: 'Cancels an order of the customer.',
    parameters: z.object({ order: z.string() }),
    needsApproval: true,
    execute: async ({ order }) => `Order ${order} is cancelled.`,
  });
  const instructions = 'You help customers of a small shop. Be brief.';
  return new Agent({ name: 'assistant', instructions, model, tools: [cancelOrder] });
}

/**
 * A run that waits, with the human's word for all that it asks; it waits no more.
 *
 * @param {ReturnType<typeof createAgent>} agent
 * @param {import('threadkv').CloudflareStore} store
 * @param {string} session
 * @param {boolean} approved
 * @returns {Promise<any>} null when none waits
 */
export async function goOn(agent, store, session, approved) {
  const key = { threadId: session, type: 'run' };
  const text = await store.getState(key);
  if (typeof text !== 'string') return null;
  await store.deleteState(key);
  const state = await RunState.fromString(agent, text);
  for (const item of state.getInterruptions()) {
    if (approved) state.approve(item);
    else state.reject(item);
  }
  return state;
}
