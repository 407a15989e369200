/**
 * Which model answers. Mastra finds a provider by name; without one, a stand-in answers that needs no network, so that
 * the example runs as it is.
 *
 * @module
 */

/**
 * @typedef {import('@mastra/core/llm').MastraModelConfig} Model
 * @typedef {Extract<Model, { specificationVersion: 'v2' }>} LanguageModelV2
 */

/**
 * @param {string | undefined} name  such as 'openai/gpt-5-mini'
 * @returns {Model}
 */
export function chooseModel(name) {
  return name ? /** @type {Model} */ (name) : standIn();
}

/**
 * Says how many messages it was shown, and cancels an order when asked to, which needs a human's approval.
 *
 * @returns {LanguageModelV2}
 */
function standIn() {
  const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  /** @param {Parameters<LanguageModelV2['doStream']>[0]} options */
  const answer = ({ prompt }) => {
    const said = prompt.filter(({ role }) => role === 'user');
    const last = prompt.at(-1);
    const order = last?.role === 'user' ? /cancel order (\w+)/i.exec(textOf(last))?.[1] : undefined;
    if (order !== undefined) return { tool: 'cancelOrder', input: JSON.stringify({ order }) };
    if (last?.role === 'tool') return { text: 'Done: the order is cancelled.' };
    return { text: `You have told me ${said.length} thing(s) that I remember.` };
  };
  return /** @type {any} */ ({
    specificationVersion: 'v2',
    provider: 'stand-in',
    modelId: 'offline',
    supportedUrls: {},
    /** @param {any} options */
    async doGenerate(options) {
      const { text, tool, input } = answer(options);
      const content = tool
        ? [{ type: 'tool-call', toolCallId: crypto.randomUUID(), toolName: tool, input }]
        : [{ type: 'text', text }];
      return { content, finishReason: tool ? 'tool-calls' : 'stop', usage, warnings: [] };
    },
    /** @param {any} options */
    async doStream(options) {
      const { content, finishReason } = await this.doGenerate(options);
      const [part] = content;
      const chunks =
        part.type === 'text'
          ? [
              { type: 'text-start', id: '0' },
              { type: 'text-delta', id: '0', delta: part.text },
              { type: 'text-end', id: '0' },
            ]
          : [part];
      return {
        stream: new ReadableStream({
          start(controller) {
            controller.enqueue({ type: 'stream-start', warnings: [] });
            for (const chunk of chunks) controller.enqueue(chunk);
            controller.enqueue({ type: 'finish', finishReason, usage });
            controller.close();
          },
        }),
      };
    },
  });
}

/** @param {{ content: any }} message */
function textOf({ content }) {
  if (typeof content === 'string') return content;
  return content.map((/** @type {any} */ part) => (part.type === 'text' ? part.text : '')).join(' ');
}
