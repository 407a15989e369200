/**
 * Which model answers: one of OpenAI by name or, without one, a stand-in that needs no network, so that the example runs
 * as it is.
 *
 * @module
 */

import { Usage } from '@openai/agents';

/** @typedef {import('@openai/agents').Model} Model */

/** @param {string | undefined} name  such as 'gpt-5-mini' @returns {Model | string} */
export function chooseModel(name) {
  return name ? name : standIn();
}

/**
 * Says how many questions it was shown, and cancels an order when asked to.
 *
 * @returns {Model}
 */
function standIn() {
  return /** @type {any} */ ({
    /** @param {{ input: any }} request */
    getResponse: async ({ input }) => ({ usage: new Usage(), output: [answer(input)] }),
    async *getStreamedResponse(/** @type {any} */ request) {
      const response = { id: crypto.randomUUID(), usage: new Usage(), output: [answer(request.input)] };
      yield { type: 'response_done', response };
    },
  });
}

/** @param {any} input */
function answer(input) {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  const last = items.at(-1);
  if (last.type === 'function_call_result') return said(textOf(last.output));
  const order = /cancel order (\w+)/i.exec(textOf(last.content))?.[1];
  if (order === undefined) {
    const count = items.filter((/** @type {any} */ { role }) => role === 'user').length;
    return said(`You have told me ${count} thing(s) that I remember.`);
  }
  const args = JSON.stringify({ order });
  const callId = crypto.randomUUID();
  return { type: 'function_call', callId, name: 'cancelOrder', status: 'completed', arguments: args };
}

/** @param {string} text */
function said(text) {
  return {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text }],
  };
}

/** @param {any} content */
function textOf(content) {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(({ text }) => text ?? '').join(' ') : (content?.text ?? '');
}
