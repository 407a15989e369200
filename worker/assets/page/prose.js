/**
 * What somebody wrote: as text, its fenced code and JSON in blocks of a fixed font. Nothing of it becomes markup.
 *
 * @module
 */

import { el } from './dom.js';

/** ```js, or ~~~ */
const OPENS = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

/** @param {string} content  not empty */
export function proseView(content) {
  if (isJson(content)) return codeBlock(content, 'json');
  const parts = split(content);
  if (parts.length === 1 && parts[0].language === undefined) return el('p.text', null, content);
  return el(
    'div.prose',
    null,
    parts.map(({ lines, language }) =>
      language === undefined ? paragraph(lines) : codeBlock(lines.join('\n'), language),
    ),
  );
}

/** @param {string} code @param {string} language  '' where none is named */
function codeBlock(code, language) {
  return el(
    'figure.code',
    null,
    language && el('figcaption', null, language),
    el('pre', { tabindex: 0 }, el('code', null, code)),
  );
}

/** @param {string[]} lines */
function paragraph(lines) {
  const words = lines.join('\n').replace(/^\n+|\s+$/g, '');
  return words !== '' && el('p.text', null, words);
}

/**
 * @param {string} content
 * @returns {{ lines: string[], language?: string }[]} with a language, '' perhaps: code; without: text
 */
function split(content) {
  /** @type {{ lines: string[], language?: string }[]} */
  const parts = [{ lines: [] }];
  let fence = '';
  for (const line of content.split(/\r?\n/)) {
    const [, mark, language] = OPENS.exec(line) ?? [];
    if (fence !== '' && closes(line, fence)) {
      fence = '';
      parts.push({ lines: [] });
    } else if (fence === '' && mark !== undefined) {
      fence = mark;
      parts.push({ lines: [], language });
    } else {
      parts[parts.length - 1].lines.push(line);
    }
  }
  return parts.filter(({ lines, language }) => language !== undefined || lines.some((line) => line !== ''));
}

/** @param {string} line @param {string} fence */
function closes(line, fence) {
  const mark = line.trim();
  return mark.length >= fence.length && mark === fence[0].repeat(mark.length);
}

/** @param {string} content */
function isJson(content) {
  if (!/^\s*[[{]/.test(content) || !/[\]}]\s*$/.test(content)) return false;
  try {
    return typeof JSON.parse(content) === 'object';
  } catch {
    return false;
  }
}
