/**
 * JSON text taken apart without being decoded, so that records keep every digit and escape. The text is known to be
 * valid: it was parsed before, or the core has checked it.
 *
 * @module
 */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = [91, 123];
const CLOSE = [93, 125];

/**
 * @param {string} text
 * @param {number} at  of the opening quote
 * @returns {number} behind the closing one
 */
function endOfString(text, at) {
  for (;;) {
    at = text.indexOf('"', at + 1);
    let slashes = at;
    while (text.charCodeAt(slashes - 1) === BACKSLASH) slashes--;
    if ((at - slashes) % 2 === 0) return at + 1;
  }
}

/**
 * @param {string} text
 * @param {number} at  of a value's first character
 * @returns {number} behind its last
 */
function endOfValue(text, at) {
  let depth = 0;
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      at = endOfString(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (OPEN.includes(c)) depth++;
    else if (CLOSE.includes(c)) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (c === 44 || c <= 32)) return at;
  }
  return at;
}

/** @param {string} text @param {number} at */
function skipSpace(text, at) {
  while (text.charCodeAt(at) <= 32) at++;
  return at;
}

/**
 * The texts of an array's elements.
 *
 * @param {string} array
 * @returns {Generator<string, void, void>}
 */
export function* rawItems(array) {
  for (let at = skipSpace(array, 1); array[at] !== ']' && at < array.length;) {
    const end = endOfValue(array, at);
    yield array.slice(at, end);
    at = skipSpace(array, end);
    if (array[at] === ',') at = skipSpace(array, at + 1);
  }
}

/**
 * The names of an object's fields, and where their values stand in its text.
 *
 * @param {string} object
 * @returns {Generator<{ name: string, start: number, end: number }, void, void>}
 */
function* placesOf(object) {
  for (let at = skipSpace(object, skipSpace(object, 0) + 1); object[at] === '"';) {
    const named = endOfString(object, at);
    const name = JSON.parse(object.slice(at, named));
    const start = skipSpace(object, skipSpace(object, named) + 1);
    const end = endOfValue(object, start);
    yield { name, start, end };
    at = skipSpace(object, end);
    if (object[at] === ',') at = skipSpace(object, at + 1);
  }
}

/**
 * The texts of an object's values, by name. Of a repeated name the last one counts.
 *
 * @param {string} object
 * @returns {Map<string, string>}
 */
export function rawFields(object) {
  const fields = new Map();
  for (const { name, start, end } of placesOf(object)) fields.set(name, object.slice(start, end));
  return fields;
}

/**
 * The same object with other values under some of its names.
 *
 * @param {string} object
 * @param {Record<string, unknown>} values  by name; of names that the object does not have nothing comes
 * @returns {string}
 */
export function rawReplaced(object, values) {
  let text = '';
  let from = 0;
  for (const { name, start, end } of placesOf(object)) {
    if (!Object.hasOwn(values, name)) continue;
    text += object.slice(from, start) + JSON.stringify(values[name]);
    from = end;
  }
  return text + object.slice(from);
}
