/**
 * Parts of messages: the AI SDK's are stored as Mastra's where both can say the same, so that either reads them.
 *
 * What Mastra has no word for stands beside it, under `ui`, and so the AI SDK's come back as they were.
 *
 * @module
 */

/** @typedef {Record<string, any> & { type: string }} Part */

/** By the state of Mastra's tool invocation: how the AI SDK calls it. The others have one name. @type {Record<string, string>} */
const STATES = {
  'partial-call': 'input-streaming',
  call: 'input-available',
  result: 'output-available',
};
const MASTRA_STATES = Object.fromEntries(Object.entries(STATES).map(([mastra, sdk]) => [sdk, mastra]));

/**
 * @param {Part[]} parts  the AI SDK's
 * @returns {Part[]} as they are stored
 */
export function storedParts(parts) {
  return parts.map((part) => {
    if (part.type === 'dynamic-tool' || part.type.startsWith('tool-')) return storedTool(part);
    return part.type === 'reasoning' && typeof part.text === 'string' ? storedReasoning(part) : part;
  });
}

/** @param {Part} part @returns {Part} */
function storedTool({ input, output, ...ui }) {
  const { state, toolCallId, errorText, approval } = ui;
  const toolInvocation = {
    state: MASTRA_STATES[state] ?? state,
    toolCallId,
    toolName: ui.toolName ?? ui.type.slice('tool-'.length),
    args: input ?? {},
    ...(output !== undefined && { result: output }),
    ...(errorText !== undefined && { errorText }),
    ...(approval !== undefined && { approval }),
  };
  // Mastra wants arguments in any case.
  const missing = input == null && { input: input === null ? 'null' : 'none' };
  return { type: 'tool-invocation', toolInvocation, ui: { ...ui, ...missing } };
}

/** @param {Part} part @returns {Part} */
function storedReasoning({ text, ...ui }) {
  return { type: 'reasoning', reasoning: text, details: [{ type: 'text', text }], ui };
}

/**
 * The AI SDK's parts of a stored message, whoever stored it.
 *
 * @param {any} content  text, parts, or Mastra's and our own `{ format: 2, parts }`
 * @returns {Part[]}
 */
export function partsOf(content) {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = Array.isArray(content) ? content : content?.parts;
  if (Array.isArray(parts)) return parts.filter(isPart).map(fromMastra);
  return typeof content?.content === 'string' ? [{ type: 'text', text: content.content }] : [];
}

/** @param {unknown} part @returns {part is Part} */
function isPart(part) {
  return typeof part === 'object' && part !== null && typeof (/** @type {any} */ (part).type) === 'string';
}

/** @param {Part} part  Mastra's are told by fields that the AI SDK's do not have @returns {Part} */
function fromMastra(part) {
  if (/^(tool-invocation|reasoning)$/.test(part.type) && typeof part.ui?.type === 'string')
    return fromStored(part);
  if (part.type === 'tool-invocation' && part.toolInvocation) return fromInvocation(part);
  if (part.type === 'reasoning' && typeof part.text !== 'string') return fromReasoning(part);
  if (part.type === 'file' && part.url === undefined && typeof part.data === 'string') return fromFile(part);
  if (part.type === 'source' && part.source) return fromSource(part.source);
  return part;
}

/** @param {Part} part @returns {Part} */
function fromStored({ ui, reasoning, toolInvocation: { args, result } = {} }) {
  if (ui.type === 'reasoning') return { ...ui, text: reasoning };
  const { input: missing, ...tool } = ui;
  const input = missing === 'null' ? null : args;
  return { ...tool, ...(missing !== 'none' && { input }), ...(result !== undefined && { output: result }) };
}

/** @param {Part} part @returns {Part} */
function fromInvocation({ toolInvocation, providerExecuted }) {
  const { state, toolCallId, toolName, args, result, isError, errorText, approval } = toolInvocation;
  const call = {
    type: `tool-${toolName}`,
    toolCallId,
    ...(providerExecuted !== undefined && { providerExecuted }),
    input: args,
    ...(approval !== undefined && { approval }),
  };
  const failed = state === 'output-error' || (state === 'result' && isError === true);
  if (failed) return { ...call, state: 'output-error', errorText: errorText ?? textOf(result) };
  const now = STATES[state] ?? state;
  return { ...call, state: now, ...(now === 'output-available' && { output: result }) };
}

/** @param {Part} part @returns {Part} */
function fromReasoning({ reasoning, details, providerMetadata }) {
  const said = (Array.isArray(details) ? details : [])
    .map(({ text }) => text)
    .filter((text) => typeof text === 'string');
  const text = said.length > 0 ? said.join('') : String(reasoning ?? '');
  return { type: 'reasoning', text, ...(providerMetadata && { providerMetadata }) };
}

/** @param {Part} part @returns {Part} */
function fromFile({ mimeType, mediaType = mimeType, data, filename }) {
  const url = /^[a-z][a-z\d+.-]*:/i.test(data) ? data : `data:${mediaType};base64,${data}`;
  return { type: 'file', mediaType, ...(filename !== undefined && { filename }), url };
}

/** @param {any} source @returns {Part} */
function fromSource({ id, url, title }) {
  return { type: 'source-url', sourceId: id, url, ...(title !== undefined && { title }) };
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
