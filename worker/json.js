/**
 * JSON whose numbers come out as they went in. Many programs count with more digits than a JavaScript number has:
 * such a number stays text between request, store and answer.
 *
 * @module
 */

/** What only a number with too many digits, too large, or written otherwise than JavaScript would, can match. */
const SUSPICIOUS = /[\d.]{16}|\d[eE]|-0/;

/**
 * @param {string} text
 * @returns {any} as `JSON.parse`, but numbers that JavaScript would write differently are `JSON.rawJSON`
 */
export function parseExact(text) {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/**
 * The library of TypeScript does not know them yet.
 *
 * @type {{ parse: (text: string, reviver: (key: string, value: any, context: { source: string }) => any) => any,
 *   rawJSON: (source: string) => unknown }}
 */
const json = /** @type {any} */ (JSON);
