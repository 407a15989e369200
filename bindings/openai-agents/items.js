/**
 * Items of the OpenAI Agents SDK as records, and back.
 *
 * A record holds the items of one speaker that follow one another, as they are, and beside them parts that say the same
 * to other readers: the page, Mastra, `threadkv/ai-sdk`.
 *
 * @module
 */

import { partsOf } from '../forms/parts.js';
import { decodeBytes, encodeBytes } from './bytes.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** @typedef {import('../store/types.js').Message} StoredMessage */
/** @typedef {{ role: string, items: Item[] }} Group */

/** What a tool answers that never did. */
export const STOPPED = 'The call was stopped before it had a result.';

/**
 * @param {Item[]} items
 * @returns {Group[]} as many records: each of a user's or the system's messages alone, what an agent does together
 */
export function groupItems(items) {
  /** @type {Group[]} */
  const groups = [];
  for (const item of items) {
    const role = roleOf(item);
    const last = groups.at(-1);
    if (last !== undefined && role === 'assistant' && last.role === role) last.items.push(item);
    else groups.push({ role, items: [item] });
  }
  return groups;
}

/**
 * @param {Item[]} items
 * @param {object} [marks]  of the record
 */
export function contentOf(items, marks = {}) {
  return { format: 2, parts: partsOfItems(items), items: encodeBytes(items), ...marks };
}

/**
 * The items of a record, whoever stored it.
 *
 * @param {StoredMessage} record
 * @returns {Item[]}
 */
export function itemsOf({ role, content }) {
  if (Array.isArray(content?.items)) return decodeBytes(content.items);
  // Of Mastra's own affairs.
  if (role === 'signal') return [];
  const parts = partsOf(content);
  if (role === 'user' || role === 'system') return fromSaid(role, parts);
  return parts.flatMap(fromDone);
}

/** @param {any} item */
function roleOf(item) {
  return item.role === 'user' || item.role === 'system' ? item.role : 'assistant';
}

/** @param {any[]} items  Mastra's parts, which all readers know */
function partsOfItems(items) {
  const results = items.filter(isResult);
  const calls = new Set(items.filter(isCall).map(({ callId }) => callId));
  return items.flatMap((item) => {
    if (isCall(item)) {
      // Ids may come again within a run: the first call has the first result.
      const at = results.findIndex(({ callId }) => callId === item.callId);
      return [invocation(item, at < 0 ? undefined : results.splice(at, 1)[0])];
    }
    // Of a call in a record before this one.
    if (isResult(item)) return calls.has(item.callId) ? [] : [invocation(item, item)];
    if (item.type === 'reasoning') return reasoningParts(item);
    return item.role === undefined ? [] : saidParts(item.content);
  });
}

/** @param {any} item */
const isCall = (item) => item.type === 'function_call';
/** @param {any} item */
const isResult = (item) => item.type === 'function_call_result';

/** @param {any} call @param {any} result */
function invocation({ callId, name, arguments: text }, result) {
  const known = { toolCallId: callId, toolName: name, args: parsed(text) };
  const toolInvocation =
    result === undefined
      ? { state: 'call', ...known }
      : { state: 'result', ...known, result: plainOutput(result.output) };
  return { type: 'tool-invocation', toolInvocation };
}

/** @param {any} output */
function plainOutput(output) {
  return output?.type === 'text' ? output.text : encodeBytes(output ?? null);
}

/** @param {unknown} text */
function parsed(text) {
  try {
    return JSON.parse(/** @type {string} */ (text)) ?? {};
  } catch {
    return {};
  }
}

/** @param {any} item */
function reasoningParts({ rawContent, content }) {
  const text = [...(rawContent?.length ? rawContent : (content ?? []))]
    .map((part) => part.text ?? '')
    .join('');
  return text === '' ? [] : [{ type: 'reasoning', reasoning: text, details: [{ type: 'text', text }] }];
}

/** @param {any} content  of a message @returns {any[]} */
function saidParts(content) {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (Array.isArray(content) ? content : []).flatMap(saidPart);
}

/** @param {any} part @returns {any[]} */
function saidPart(part) {
  const text = part.text ?? part.refusal;
  if (typeof text === 'string') return [{ type: 'text', text }];
  const url = part.image ?? part.file;
  if (typeof url !== 'string') return [];
  const mimeType = /^data:([^;,]+)/.exec(url)?.[1] ?? (part.image ? 'image/*' : 'application/octet-stream');
  return [{ type: 'file', mimeType, data: url }];
}

/**
 * A message that another entry has stored.
 *
 * @param {'user' | 'system'} role @param {import('../forms/parts.js').Part[]} parts
 * @returns {any[]}
 */
function fromSaid(role, parts) {
  const texts = parts.filter(({ type }) => type === 'text').map(({ text }) => text);
  if (role === 'system')
    return texts.length > 0 ? [{ type: 'message', role, content: texts.join('\n') }] : [];
  const content = parts.flatMap(inputPart);
  return content.length > 0 ? [{ type: 'message', role, content }] : [];
}

/** @param {any} part @returns {any[]} */
function inputPart(part) {
  if (part.type === 'text') return [{ type: 'input_text', text: part.text }];
  if (part.type !== 'file') return [];
  const isImage = /^image(\/|$)/.test(part.mediaType ?? '');
  return [isImage ? { type: 'input_image', image: part.url } : { type: 'input_file', file: part.url }];
}

/** @param {any} part  of an answer @returns {any[]} */
function fromDone(part) {
  if (part.type === 'text' && part.text !== '') {
    const content = [{ type: 'output_text', text: part.text }];
    return [{ type: 'message', role: 'assistant', status: 'completed', content }];
  }
  if (!/^tool-|^dynamic-tool$/.test(part.type) || part.state === 'input-streaming') return [];
  const name = part.toolName ?? part.type.slice('tool-'.length);
  const { toolCallId: callId } = part;
  const text = JSON.stringify(part.input ?? {});
  return [
    { type: 'function_call', callId, name, status: 'completed', arguments: text },
    resultItem(callId, name, resultText(part)),
  ];
}

/** @param {any} part */
function resultText({ state, output, errorText }) {
  if (state === 'output-available')
    return typeof output === 'string' ? output : JSON.stringify(output ?? null);
  return state === 'output-error' ? String(errorText) : STOPPED;
}

/**
 * @param {string} callId @param {string} name @param {string} text
 * @returns {any}
 */
export function resultItem(callId, name, text) {
  return { type: 'function_call_result', name, callId, status: 'completed', output: { type: 'text', text } };
}
