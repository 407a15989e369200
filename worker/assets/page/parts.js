/**
 * Messages for readers: text, reasoning, calls of tools with what came of them, files, sources, open approvals.
 * Mastra's second format is known, and what resembles it; anything else is shown as JSON.
 *
 * @module
 */

import { each, el, jsonBlock, jsonDisclosure, text, time } from './dom.js';

/** How the states of a call are told. @type {Record<string, string>} */
const STATES = {
  'partial-call': 'being called',
  call: 'called, no result yet',
  result: 'result',
  'output-error': 'failed',
  'output-denied': 'declined',
};

/** @param {any} message */
export function messageView(message) {
  const { id, role, createdAt, content, resourceId, type } = message;
  return el(
    `article.message.${/^[a-z]+$/.test(role) ? role : 'other'}`,
    { 'aria-label': `Message of ${role}` },
    el('h3', null, text(role)),
    el('p.about', null, time(createdAt), ' · ', el('code', null, id), type ? ` · ${text(type)}` : ''),
    contentView(content),
    pendingView(content?.metadata),
    jsonDisclosure('Raw JSON', message),
    resourceId === undefined && el('p.about', null, 'no resource'),
  );
}

/** @param {any} content @returns {Node[]} */
function contentView(content) {
  if (typeof content === 'string') return [textView(content)];
  const parts = Array.isArray(content) ? content : content?.parts;
  if (!Array.isArray(parts)) {
    return typeof content?.content === 'string' ? [textView(content.content)] : [jsonBlock(content)];
  }
  const views = each(parts, partView).filter((view) => view !== null);
  return views.length > 0 ? views : [el('p.about', null, 'nothing to read in this message')];
}

/** @param {any} part @returns {Node | null} */
function partView(part) {
  if (typeof part === 'string') return textView(part);
  switch (part?.type) {
    case 'text':
      return textView(text(part.text));
    case 'reasoning':
      return el('div.part.reasoning', null, label('Reasoning'), textView(reasoningOf(part)));
    case 'tool-invocation':
      return toolView(part.toolInvocation ?? {});
    case 'tool-call':
      return toolView({ ...part, state: 'call', args: part.args ?? part.input });
    case 'tool-result':
      return toolView({ ...part, state: 'result', result: part.result ?? part.output });
    case 'file':
    case 'image':
      return fileView(part);
    case 'source':
      return el(
        'div.part',
        null,
        label('Source'),
        text(part.source?.title ?? part.source?.url ?? part.source),
      );
    case 'error':
      return el('div.part.failed', null, label('Error'), text(part.error?.message ?? part.error));
    case 'step-start':
      return null;
    default:
      return el('div.part', null, label(text(part?.type ?? 'part')), jsonBlock(part));
  }
}

/** @param {any} part */
function reasoningOf({ reasoning, details }) {
  if (typeof reasoning === 'string' && reasoning !== '') return reasoning;
  return (Array.isArray(details) ? details : []).map((detail) => text(detail?.text ?? '')).join('\n');
}

/** @param {any} invocation */
function toolView({ toolName, toolCallId, state, args, result, errorText, approval }) {
  const declined = state === 'output-denied' || approval?.approved === false;
  return el(
    `div.part.tool${state === 'output-error' ? '.failed' : ''}`,
    null,
    label('Tool'),
    el('code.tool-name', { title: text(toolCallId) }, text(toolName)),
    ` · ${STATES[state] ?? text(state)}`,
    approval &&
      el('span.badge', null, declined ? 'declined' : approval.approved ? 'approved' : 'asked for approval'),
    args !== undefined && jsonDisclosure('Arguments', args),
    result !== undefined && jsonDisclosure('Result', result),
    errorText !== undefined && el('p', null, text(errorText)),
  );
}

/** Files are named, never fetched. @param {any} part */
function fileView({ type, filename, mimeType, mediaType, data, image, url }) {
  const source = url ?? data ?? image;
  const isAddress = typeof source === 'string' && /^https?:\/\//.test(source);
  return el(
    'div.part.file',
    null,
    label(type === 'image' ? 'Image' : 'File'),
    filename ? el('strong', null, text(filename), ' ') : null,
    text(mimeType ?? mediaType ?? 'of unknown type'),
    isAddress ? [' · ', el('code', null, source)] : ` · ${sizeOf(source)}`,
  );
}

/** @param {unknown} data */
function sizeOf(data) {
  return typeof data === 'string' ? `${data.length.toLocaleString()} characters of data` : 'no data';
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
  return content === '' ? el('p.about', null, 'empty text') : el('p.text', null, content);
}

/** @param {string} words */
function label(words) {
  return el('span.label', null, words, ' ');
}
