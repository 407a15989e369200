/**
 * Messages for readers: text, reasoning, calls of tools with what came of them, files, sources, open approvals.
 * Mastra's formats and the AI SDK's are known, and what resembles them; anything else is shown as JSON.
 *
 * @module
 */

import { each, el, jsonBlock, jsonDisclosure, text, time } from './dom.js';
import { fileView } from './files.js';
import { proseView } from './prose.js';

/** How the states of a call are told: Mastra's, then the AI SDK's. @type {Record<string, string>} */
const STATES = {
  'partial-call': 'being called',
  call: 'called, no result yet',
  result: 'result',
  'input-streaming': 'being called',
  'input-available': 'called, no result yet',
  'approval-requested': 'waits for approval',
  'approval-responded': 'answered, no result yet',
  'output-available': 'result',
  'output-error': 'failed',
  'output-denied': 'declined',
};

/** @param {any} message @param {import('./dom.js').Child} [action]  what can be done with it */
export function messageView(message, action) {
  const { id, role, createdAt, resourceId, type } = message;
  return el(
    `article.message.${/^[a-z]+$/.test(role) ? role : 'other'}`,
    { 'aria-label': `Message of ${text(role)}` },
    el('h3', null, text(role)),
    el(
      'p.about',
      null,
      'created ',
      time(createdAt),
      ' · ',
      el('code', null, id),
      type ? ` · ${text(type)}` : '',
    ),
    el('div.body', null, contentView(message), pendingView(message.content?.metadata)),
    jsonDisclosure('Raw JSON', message),
    action,
    resourceId === undefined && el('p.about', null, 'no resource'),
  );
}

/** @param {any} message @returns {Node[]} */
function contentView({ content, parts: own, tool_calls: calls }) {
  const isEmpty = content === undefined || content === null || content === '';
  if (isEmpty && Array.isArray(own)) return partsView(own);
  if (isEmpty && Array.isArray(calls)) return each(calls, openAiCallView);
  if (typeof content === 'string') return [textView(content)];
  const parts = Array.isArray(content) ? content : content?.parts;
  if (Array.isArray(parts)) return partsView(parts);
  return typeof content?.content === 'string' ? [textView(content.content)] : [jsonBlock(content)];
}

/** @param {any[]} parts */
function partsView(parts) {
  const views = each(parts, partView).filter((view) => view !== null);
  return views.length > 0 ? views : [el('p.about', null, 'nothing to read in this message')];
}

/** @param {any} part @returns {Node | null} */
function partView(part) {
  if (typeof part === 'string') return textView(part);
  const type = text(part?.type ?? 'part');
  switch (type) {
    case 'text':
      return textView(text(part.text));
    case 'reasoning':
      return el('div.part.reasoning', null, label('Reasoning'), textView(reasoningOf(part)));
    case 'tool-invocation':
      return toolView(part.toolInvocation ?? {});
    case 'tool-call':
      return toolView({ ...part, state: 'call' });
    case 'tool-result':
      return toolView({ ...part, state: 'result' });
    case 'dynamic-tool':
      return toolView(part);
    case 'file':
    case 'image':
      return fileView(part);
    case 'source':
      return sourceView(part.source);
    case 'source-url':
    case 'source-document':
      return sourceView(part);
    case 'error':
      return el('div.part.failed', null, label('Error'), text(part.error?.message ?? part.error));
    case 'step-start':
      return null;
    default:
      if (type.startsWith('tool-')) return toolView({ ...part, toolName: type.slice('tool-'.length) });
      if (type.startsWith('data-')) return dataView(type.slice('data-'.length), part);
      return el('div.part', null, label(type), jsonBlock(part));
  }
}

/** @param {any} part */
function reasoningOf({ text: words, reasoning, details }) {
  const given = [reasoning, words].find((value) => typeof value === 'string' && value !== '');
  if (given !== undefined) return given;
  return (Array.isArray(details) ? details : []).map((detail) => text(detail?.text ?? '')).join('\n');
}

/** @param {any} invocation */
function toolView({ toolName, toolCallId, state, errorText, approval, ...rest }) {
  const args = rest.args ?? rest.input ?? rest.rawInput;
  const result = rest.result ?? rest.output;
  const declined = state === 'output-denied' || approval?.approved === false;
  return el(
    `div.part.tool${state === 'output-error' ? '.failed' : ''}`,
    null,
    label('Tool'),
    el('code.tool-name', { title: text(toolCallId) }, text(toolName)),
    ` · ${STATES[state] ?? text(state)}`,
    approval &&
      state !== 'approval-requested' &&
      el('span.badge', null, declined ? 'declined' : approval.approved ? 'approved' : 'asked for approval'),
    args !== undefined && jsonDisclosure('Arguments', args),
    result !== undefined && jsonDisclosure('Result', result),
    errorText !== undefined && el('p', null, text(errorText)),
  );
}

/** A call as OpenAI writes it, its arguments as text. @param {any} call */
function openAiCallView(call) {
  const { name, arguments: args } = call.function ?? {};
  return toolView({ toolName: name, toolCallId: call.id, state: 'call', args: parsed(args) });
}

/** @param {unknown} value */
function parsed(value) {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

/** @param {string} name @param {any} part */
function dataView(name, { data }) {
  return el('div.part', null, label('Data'), el('code', null, name), jsonDisclosure('Value', data));
}

/** Named, never linked: an address may be anything. @param {any} source */
function sourceView(source) {
  const { title, filename, url } = source ?? {};
  const name = title ?? filename ?? url ?? source;
  const address = typeof url === 'string' && url !== name && el('code', null, url);
  return el('div.part', null, label('Source'), text(name), address && [' · ', address]);
}

/** What waits for somebody. @param {any} metadata */
function pendingView(metadata) {
  const waiting = [metadata?.pendingToolApprovals, metadata?.suspendedTools].flatMap((calls) =>
    typeof calls === 'object' && calls !== null ? Object.values(calls) : [],
  );
  return each(waiting, (call) =>
    el(
      'div.part.pending',
      null,
      label(call?.type === 'approval' ? 'Waits for approval' : 'Waits for an answer'),
      el('code.tool-name', null, text(call?.toolName ?? 'something')),
      call?.runId ? [' · run ', el('code', null, text(call.runId))] : null,
      jsonDisclosure('Arguments', call?.args),
    ),
  );
}

/** @param {string} content */
function textView(content) {
  return content === '' ? el('p.about', null, 'empty text') : proseView(content);
}

/** @param {string} words */
function label(words) {
  return el('span.label', null, words, ' ');
}
