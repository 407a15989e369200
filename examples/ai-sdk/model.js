/**
 * Which model answers: one that the AI SDK's gateway knows by name or, without one, a stand-in that needs no network, so
 * that the example runs as it is.
 *
 * @module
 */

/** @typedef {import('ai').LanguageModel} Model */
/** @typedef {Exclude<Model, string>} AnyModel */

const USAGE = { inputTokens: { total: 0 }, outputTokens: { total: 0 } };

/** Between two words. */
const PAUSE_MS = 40;

/** @param {string | undefined} name  such as 'openai/gpt-5-mini' @returns {Model} */
export function chooseModel(name) {
  return name ? name : standIn();
}

/**
 * Counts when asked to, cancels an order when asked to, tells of files; else it says how many questions it was shown.
 *
 * @returns {Model}
 */
function standIn() {
  return /** @type {any} */ ({
    specificationVersion: 'v4',
    provider: 'stand-in',
    modelId: 'offline',
    supportedUrls: {},
    /** @param {{ prompt: any[], abortSignal?: AbortSignal }} options */
    doStream: async ({ prompt, abortSignal }) => ({ stream: speak(partsOf(prompt), abortSignal) }),
  });
}

/** @param {any[]} prompt @returns {any[]} */
function partsOf(prompt) {
  const last = prompt.at(-1);
  if (last.role === 'tool') {
    const refused = last.content.some((/** @type {any} */ { output }) => output?.type === 'execution-denied');
    return textParts(refused ? 'As you like: the order stays.' : 'Done: the order is cancelled.');
  }
  const text = last.content.map((/** @type {any} */ part) => part.text ?? '').join(' ');
  const order = /cancel order (\w+)/i.exec(text)?.[1];
  if (order) return callParts('cancelOrder', { order });
  const count = Number(/count to (\d{1,3})/i.exec(text)?.[1] ?? 0);
  if (count) return textParts(Array.from({ length: count }, (_, i) => i + 1).join(' '));
  const files = last.content.filter((/** @type {any} */ { type }) => type === 'file').length;
  if (files) return textParts(`I see ${files} file(s).`);
  return textParts(`You have told me ${prompt.filter(({ role }) => role === 'user').length} thing(s).`);
}

/** @param {string} text */
function textParts(text) {
  const deltas = text.split(/(?<= )/).map((delta) => ({ type: 'text-delta', id: '0', delta }));
  return [{ type: 'text-start', id: '0' }, ...deltas, { type: 'text-end', id: '0' }, finish('stop')];
}

/** @param {string} toolName @param {object} input */
function callParts(toolName, input) {
  const call = { type: 'tool-call', toolCallId: crypto.randomUUID(), toolName, input: JSON.stringify(input) };
  return [call, finish('tool-calls')];
}

/** @param {string} reason */
function finish(reason) {
  return { type: 'finish', finishReason: { unified: reason, raw: reason }, usage: USAGE };
}

/** @param {any[]} parts @param {AbortSignal} [signal] */
function speak(parts, signal) {
  const left = [{ type: 'stream-start', warnings: [] }, ...parts];
  return new ReadableStream({
    async pull(controller) {
      const part = left.shift();
      if (signal?.aborted) return controller.error(signal.reason);
      if (part === undefined) return controller.close();
      if (part.type === 'text-delta') await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return controller.enqueue(part);
    },
  });
}
