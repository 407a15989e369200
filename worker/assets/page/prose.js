/**
 * What somebody wrote. Markdown is read by marked's lexer, and its tokens become elements here, one kind by one: no
 * text becomes markup by itself, nothing is fetched, and what has no element of its own is shown as it was written.
 *
 * @module
 */

import { el } from './dom.js';

/** Made by `make wasm`; without it texts are shown as they are. */
const RENDERER = './marked.js';

/** @type {typeof import('marked') | undefined} */
const marked = await import(RENDERER).catch(() => undefined);

/** In characters: a longer text is shown as it is. The lexer takes seconds for some texts that are made for it. */
const MAX_MARKDOWN = 20_000;

/** Milliseconds that reading Markdown may take of these; what comes then is shown as it is. */
const BUDGET = { spent: 0, since: 0, most: 500, within: 5000 };

/** @param {string} content  not empty */
export function proseView(content) {
  if (isJson(content)) return codeBlock(content, 'json');
  const tokens = tokensOf(content);
  return tokens ? el('div.prose', null, tokens.map(blockView)) : plain(content);
}

/** @param {string} content @returns {any[] | undefined} */
function tokensOf(content) {
  const started = performance.now();
  if (started - BUDGET.since > BUDGET.within) Object.assign(BUDGET, { spent: 0, since: started });
  if (marked === undefined || content.length > MAX_MARKDOWN || BUDGET.spent > BUDGET.most) return undefined;
  try {
    return marked.lexer(content, { gfm: true });
  } catch {
    // Nested too deeply, say.
    return undefined;
  } finally {
    BUDGET.spent += performance.now() - started;
  }
}

/** @param {any} token @returns {import('./dom.js').Child} */
function blockView(token) {
  switch (token.type) {
    case 'space':
      return null;
    case 'paragraph':
      return el('p.text', null, inline(token));
    case 'heading':
      return el('h4', null, inline(token));
    case 'text':
      return inline(token);
    case 'code':
      return codeBlock(token.text, token.lang ?? '');
    case 'blockquote':
      return el('blockquote', null, token.tokens.map(blockView));
    case 'list':
      return el(
        token.ordered ? 'ol' : 'ul',
        { start: token.ordered && token.start !== 1 && token.start },
        token.items.map((/** @type {any} */ item) => el('li', null, item.tokens.map(blockView))),
      );
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'table':
      return tableView(token);
    case 'hr':
      return el('hr', null);
    default:
      return plain(token.raw);
  }
}

/** @param {any} token @returns {import('./dom.js').Child} */
function inline(token) {
  return token.tokens ? token.tokens.map(inlineView) : token.text;
}

/** @param {any} token @returns {import('./dom.js').Child} */
function inlineView(token) {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return el(token.type, null, inline(token));
    case 'codespan':
      return el('code', null, token.text);
    case 'br':
      return el('br', null);
    case 'link':
      return linkView(token);
    case 'text':
    case 'escape':
      return inline(token);
    default:
      // Images too: they would be fetched from wherever their writer likes.
      return token.raw;
  }
}

/** Only to the web, and never without its address in sight. @param {any} token */
function linkView(token) {
  const { href, text } = token;
  if (!/^https?:\/\//i.test(href)) return token.raw;
  const attributes = { href, rel: 'noopener noreferrer nofollow', target: '_blank' };
  return [el('a', attributes, inline(token)), text !== href && el('span.label', null, ` (${href})`)];
}

/** @param {any} table */
function tableView({ header, rows }) {
  const row = (/** @type {string} */ kind) => (/** @type {any[]} */ cells) =>
    el(
      'tr',
      null,
      cells.map((cell) => el(kind, null, inline(cell))),
    );
  return el(
    'div.scroll',
    { tabindex: 0, role: 'region', 'aria-label': 'Table' },
    el('table', null, el('thead', null, row('th')(header)), el('tbody', null, rows.map(row('td')))),
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

/** @param {string} words */
function plain(words) {
  return el('p.text', null, words);
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
