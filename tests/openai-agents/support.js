/**
 * Sessions over namespaces in memory, and models that say what a test tells them.
 *
 * @module
 */

import { MemorySession, setTracingDisabled, Usage } from '@openai/agents';
import { CloudflareSession } from '../../bindings/openai-agents/index.js';
import { makeWorld } from '../ai-sdk/support.js';

setTracingDisabled(true);

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** What a model answers: items, or 'fail'. @typedef {any[] | 'fail'} Step */

/** A world of isolates, each with the session `s`. */
export function makeSessions() {
  const { open, ...world } = makeWorld();
  /** @param {string} [sessionId] @param {string} [resourceId] */
  const session = (sessionId = 's', resourceId) =>
    new CloudflareSession({ store: open().store, sessionId, ...(resourceId && { resourceId }) });
  return { ...world, open, session };
}

/** The SDK's own session, with the abilities of ours: what ours is compared with. */
export class PlainSession extends MemorySession {
  // @ts-expect-error KV has no transactions
  applyHistoryTransaction = undefined;
}

/** @param {string} text @returns {any} */
export const asked = (text) => ({ type: 'message', role: 'user', content: text });

/** @param {string} text @returns {any} */
export const answered = (text) => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
});

/** @param {string} callId @param {string} [name] @param {object} [args] @returns {any} */
export const call = (callId, name = 'look', args = { at: 'sky' }) => ({
  type: 'function_call',
  id: `fc_${callId}`,
  callId,
  name,
  status: 'completed',
  arguments: JSON.stringify(args),
});

/** @param {Step[]} steps  one for each time that it is asked @returns {any} */
export function makeModel(steps) {
  /** @type {any[]} */
  const inputs = [];
  const next = (/** @type {any} */ { input }) => {
    const step = steps[inputs.length];
    inputs.push(structuredClone(input));
    if (step === undefined) throw new Error('the model was asked once too often');
    if (step === 'fail') throw new Error('the model has failed');
    return step;
  };
  return {
    inputs,
    getResponse: async (/** @type {any} */ request) => ({
      usage: new Usage(),
      output: next(request),
      responseId: 'r',
    }),
    async *getStreamedResponse(/** @type {any} */ request) {
      const response = { id: 'r', usage: new Usage(), output: next(request) };
      yield { type: 'response_done', response };
    },
  };
}
