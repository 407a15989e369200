/**
 * Models that say what a test tells them, in the forms of the AI SDK's versions 5, 6 and 7.
 *
 * @module
 */

/** @typedef {5 | 6 | 7} Version */

const USAGE = {
  5: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  6: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
  7: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
};

/** @param {Version} version @param {'stop' | 'tool-calls' | 'error'} reason */
const finish = (version, reason) => ({
  type: 'finish',
  finishReason: version === 5 ? reason : { unified: reason, raw: reason },
  usage: USAGE[version],
});

/**
 * What a model streams: parts, `hang` (until it is aborted), `fail` (an error, as a provider tells it) and `break` (the
 * line goes dead).
 *
 * @typedef {(object | 'hang' | 'fail' | 'break')[]} Script
 */

/** @param {string} text @returns {Script} */
export const text = (text) => [
  { type: 'text-start', id: '0' },
  ...text.split(/(?<= )/).map((delta) => ({ type: 'text-delta', id: '0', delta })),
  { type: 'text-end', id: '0' },
];

/** @param {string} toolName @param {object} input @returns {Script} */
export const call = (toolName, input, toolCallId = `call-${toolName}`) => [
  { type: 'tool-input-start', id: toolCallId, toolName },
  { type: 'tool-input-delta', id: toolCallId, delta: JSON.stringify(input) },
  { type: 'tool-input-end', id: toolCallId },
  { type: 'tool-call', toolCallId, toolName, input: JSON.stringify(input) },
];

/**
 * @param {Version} version
 * @param {Script[]} scripts  one for each time that it is asked
 */
export function makeModel(version, scripts) {
  /** @type {any[]} */
  const prompts = [];
  const doStream = async (/** @type {any} */ { prompt, abortSignal }) => {
    prompts.push(prompt);
    const script = scripts[prompts.length - 1];
    if (script === undefined) throw new Error('the model was asked once too often');
    const parts = [{ type: 'stream-start', warnings: [] }, ...script, finish(version, endOf(script))];
    return { stream: streamOf(parts, abortSignal) };
  };
  /** @type {any} */
  const model = {
    specificationVersion: `v${version - 3}`,
    provider: 'test',
    modelId: 'test',
    supportedUrls: {},
    doStream,
    doGenerate: () => Promise.reject(new Error('not asked for')),
  };
  return { model, prompts };
}

/** @param {Script} script */
function endOf(script) {
  if (script.includes('fail')) return 'error';
  return script.some((part) => /** @type {any} */ (part).type === 'tool-call') ? 'tool-calls' : 'stop';
}

/** @param {Script} parts @param {AbortSignal | undefined} signal */
function streamOf(parts, signal) {
  const left = [...parts];
  return new ReadableStream({
    async pull(controller) {
      const part = left.shift();
      if (part === undefined) return controller.close();
      if (part === 'break') return controller.error(new Error('the line is dead'));
      if (part === 'fail')
        return controller.enqueue({ type: 'error', error: new Error('the model has failed') });
      if (part !== 'hang') return controller.enqueue(part);
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      return controller.error(signal?.reason);
    },
  });
}
