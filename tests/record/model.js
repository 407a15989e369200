/**
 * A language model that needs no network: it says what its script says, streamed or at once, through the same
 * interface (LanguageModelV2 of the AI SDK) that every real provider implements.
 *
 * A script is a list of steps, one per call of the model. A step is a text, or a list of parts, or a function that
 * makes one of these from the prompt, so that an answer can show what the model was given to remember.
 *
 * @typedef {Extract<import('@mastra/core/llm').MastraModelConfig, { specificationVersion: 'v2' }>} LanguageModelV2
 * @typedef {Parameters<LanguageModelV2['doStream']>[0]} CallOptions
 * @typedef {CallOptions['prompt']} Prompt
 * @typedef {{ reasoning: string, signature?: string }} Reasoning
 * @typedef {{ call: string, args: unknown }} ToolCall
 * @typedef {{ file: string, type: string }} File  base64 and its media type
 * @typedef {{ source: string, title: string }} Source
 * @typedef {{ fail: string }} Failure
 * @typedef {string | Reasoning | ToolCall | File | Source | Failure} Part
 * @typedef {string | Part[]} Said
 * @typedef {Said | ((prompt: Prompt) => Said)} Step
 *
 * @module
 */

const DELTA = 24;

/** Cuts a text as tokens would: not inside a code point, but anywhere else. @param {string} text */
function deltas(text) {
  const points = Array.from(text);
  const size = Math.max(DELTA, Math.ceil(points.length / 200));
  const pieces = [];
  for (let at = 0; at < points.length; at += size) pieces.push(points.slice(at, at + size).join(''));
  return pieces;
}

/** @param {Part} part @param {string} id @returns {any} a part of what doGenerate answers */
function content(part, id) {
  if (typeof part === 'string') return { type: 'text', text: part };
  if ('reasoning' in part) {
    const providerMetadata = part.signature && { scripted: { signature: part.signature } };
    return { type: 'reasoning', text: part.reasoning, ...(providerMetadata && { providerMetadata }) };
  }
  if ('call' in part) {
    return { type: 'tool-call', toolCallId: id, toolName: part.call, input: JSON.stringify(part.args) };
  }
  if ('file' in part) return { type: 'file', mediaType: part.type, data: part.file };
  if ('source' in part) return { type: 'source', sourceType: 'url', id, url: part.source, title: part.title };
  throw new Error(part.fail);
}

/** @param {any} made @param {string} id @returns {any[]} the same part as a stream sends it */
function streamed(made, id) {
  const { providerMetadata } = made;
  if (made.type === 'text' || made.type === 'reasoning') {
    return [
      { type: `${made.type}-start`, id, ...(providerMetadata && { providerMetadata }) },
      ...deltas(made.text).map((delta) => ({ type: `${made.type}-delta`, id, delta })),
      { type: `${made.type}-end`, id, ...(providerMetadata && { providerMetadata }) },
    ];
  }
  if (made.type !== 'tool-call') return [made];
  return [
    { type: 'tool-input-start', id, toolName: made.toolName },
    ...deltas(made.input).map((delta) => ({ type: 'tool-input-delta', id, delta })),
    { type: 'tool-input-end', id },
    made,
  ];
}

/** @param {any[]} parts */
function usage(parts) {
  const outputTokens = Math.ceil(JSON.stringify(parts).length / 4);
  return { inputTokens: 12, outputTokens, totalTokens: 12 + outputTokens };
}

/**
 * @param {string} name
 * @param {Step[]} script
 * @returns {LanguageModelV2}
 */
export function scripted(name, script) {
  let at = 0;
  /** @param {CallOptions} options */
  const next = (options) => {
    const number = ++at;
    const step = script[number - 1];
    if (step === undefined) throw new Error(`The script of ${name} has no step ${number}.`);
    const said = typeof step === 'function' ? step(options.prompt) : step;
    const parts = (Array.isArray(said) ? said : [said]).map((part, i) =>
      content(part, `call_${name}_${number}_${i}`),
    );
    const finishReason = parts.some((part) => part.type === 'tool-call') ? 'tool-calls' : 'stop';
    const response = { id: `${name}-${number}`, modelId: name, timestamp: new Date() };
    return { parts, finishReason, response, usage: usage(parts) };
  };
  /** @type {any} */
  const model = {
    specificationVersion: 'v2',
    provider: 'scripted',
    modelId: name,
    supportedUrls: { '*/*': [/.*/] }, // every URL is passed on as it is; nothing is downloaded
    /** @param {CallOptions} options */
    async doGenerate(options) {
      const { parts, ...rest } = next(options);
      return { content: parts, warnings: [], ...rest };
    },
    /** @param {CallOptions} options */
    async doStream(options) {
      const { parts, finishReason, response, usage } = next(options);
      const chunks = [
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', ...response },
        ...parts.flatMap((part, i) => streamed(part, part.toolCallId ?? `part-${i}`)),
        { type: 'finish', finishReason, usage },
      ];
      const start = (/** @type {ReadableStreamDefaultController} */ controller) => {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      };
      return { stream: new ReadableStream({ start }) };
    },
  };
  return model;
}

/** How many messages of a conversation the model was shown. @param {Prompt} prompt */
export const shown = (prompt) => prompt.filter(({ role }) => role === 'user' || role === 'assistant').length;
