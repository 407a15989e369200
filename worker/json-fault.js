/**
 * Where a text stops being JSON. The parser of the runtime tells some places and not others, and quotes the text.
 *
 * @module
 */

/** @typedef {'value' | 'item' | 'key' | 'name' | 'colon' | 'next' | 'nothing'} Expected */

const SPACE = /[ \t\n\r]*/y;
const WORD = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** @type {Record<Expected, string>} */
const WORDS = {
  value: 'a value',
  item: 'a value or ]',
  key: 'a name in double quotes',
  name: 'a name in double quotes, or }',
  colon: 'a colon',
  next: 'a comma, or an end of what was begun',
  nothing: 'nothing more',
};

/**
 * @param {string} text
 * @returns {{ line: number, column: number, offset: number, expected: string } | undefined} undefined: it is JSON. Lines and
 * columns count from 1, in characters of UTF-16
 */
export function findFault(text) {
  /** @type {('{' | '[')[]} */
  const open = [];
  /** @type {Expected} */
  let expected = 'value';
  let at = 0;
  for (;;) {
    at = skip(SPACE, text, at);
    if (at === text.length) return expected === 'nothing' ? undefined : placeOf(text, at, WORDS[expected]);
    const { kind, end } = tokenAt(text, at);
    /** @type {Expected | undefined} */
    const then = kind === 'none' ? undefined : step(expected, kind, open);
    if (then === undefined) {
      const inText = kind === 'none' && text[at] === '"' && !['colon', 'next', 'nothing'].includes(expected);
      return inText ? placeOf(text, end, 'the rest of a text') : placeOf(text, at, WORDS[expected]);
    }
    expected = then;
    at = end;
  }
}

/** For an error's message. @param {{ line: number, column: number, expected: string }} fault */
export function faultWords({ line, column, expected }) {
  return `line ${line}, column ${column}: ${expected} was expected`;
}

/**
 * @param {Expected} expected
 * @param {string} kind  of the token
 * @param {('{' | '[')[]} open  what has begun; changed
 * @returns {Expected | undefined} undefined: the token may not stand here
 */
function step(expected, kind, open) {
  const closes = (expected === 'name' || expected === 'next') && kind === '}' && open.at(-1) === '{';
  const ends = (expected === 'item' || expected === 'next') && kind === ']' && open.at(-1) === '[';
  if (closes || ends) open.pop();
  if (closes || ends) return afterValue(open);
  if (expected === 'colon') return kind === ':' ? 'value' : undefined;
  if (expected === 'next') return kind === ',' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
  if (expected === 'key' || expected === 'name') return kind === 'text' ? 'colon' : undefined;
  if (expected === 'nothing') return undefined;
  if (kind === '{' || kind === '[') open.push(kind);
  if (kind === '{') return 'name';
  if (kind === '[') return 'item';
  return kind === 'text' || kind === 'word' ? afterValue(open) : undefined;
}

/** @param {unknown[]} open @returns {Expected} */
function afterValue(open) {
  return open.length > 0 ? 'next' : 'nothing';
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {{ kind: string, end: number }} kind 'none': no token; of a text that is broken, `end` is where
 */
function tokenAt(text, at) {
  if ('{}[]:,'.includes(text[at])) return { kind: text[at], end: at + 1 };
  if (text[at] === '"') return textAt(text, at);
  const end = skip(WORD, text, at);
  return { kind: end > at ? 'word' : 'none', end };
}

/**
 * @param {string} text
 * @param {number} start
 */
function textAt(text, start) {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    const end = text[at] === '\\' ? skip(ESCAPE, text, at) : text[at] < ' ' ? at : at + 1;
    if (end === at) return { kind: 'none', end: at };
    at = end;
  }
  return at < text.length ? { kind: 'text', end: at + 1 } : { kind: 'none', end: at };
}

/**
 * @param {RegExp} pattern
 * @param {string} text
 * @param {number} at
 */
function skip(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/**
 * @param {string} text
 * @param {number} offset
 * @param {string} expected
 */
function placeOf(text, offset, expected) {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, offset, expected };
}
