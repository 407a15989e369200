/**
 * JSON whose numbers come out as they went in. Many programs count with more digits than a JavaScript number has:
 * such a number stays text between request, store and answer.
 *
 * What is nested so deeply that the runtime's own functions run out of stack is read and written here. The store takes no
 * such thing any more; its version 0.1.0 did.
 *
 * @module
 */

/** What only a number with too many digits, too large, or written otherwise than JavaScript would, can match. */
const SUSPICIOUS = /[\d.]{16}|\d[eE]|-0/;

/** Where something begins, in text that is JSON; and a number or a word. */
const BEGIN = /[^\s,:]/g;
const SCALAR = /[^\s,\]}]+/y;

/**
 * @param {string} text
 * @returns {any} as `JSON.parse`, but numbers that JavaScript would write differently are `JSON.rawJSON`
 */
export function parseExact(text) {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  try {
    return json.parse(text, (_key, value, { source }) => exact(value, source));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return parseDeep(text);
  }
}

/**
 * @param {unknown} value
 * @returns {string} as `JSON.stringify`
 */
export function writeJSON(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return writeDeep(value);
  }
}

/**
 * @param {any} value
 * @param {string} source  as it was written
 */
function exact(value, source) {
  return typeof value === 'number' && String(value) !== source ? json.rawJSON(source) : value;
}

/**
 * @param {string} text
 * @returns {any}
 */
function parseDeep(text) {
  JSON.parse(text); // it does not recurse, and says whether this is JSON
  /** @type {any[]} */
  const whole = [];
  /** What is open: arrays and objects, and of each the name that a value is awaited for. */
  const open = [{ into: /** @type {any} */ (whole), name: /** @type {string | undefined} */ (undefined) }];
  BEGIN.lastIndex = 0;
  for (let found = BEGIN.exec(text); found !== null; found = BEGIN.exec(text)) {
    const { index } = found;
    const top = open[open.length - 1];
    const [first] = found;
    if (first === ']' || first === '}') {
      open.pop();
    } else if (first === '[' || first === '{') {
      const into = first === '[' ? [] : {};
      put(top, into);
      open.push({ into, name: undefined });
    } else {
      const source = text.slice(index, first === '"' ? endOfText(text, index) : endOfScalar(text, index));
      BEGIN.lastIndex = index + source.length;
      const value = JSON.parse(source);
      if (first === '"' && top.name === undefined && !Array.isArray(top.into)) top.name = value;
      else put(top, exact(value, source));
    }
  }
  return whole[0];
}

/**
 * @param {{ into: any, name: string | undefined }} place
 * @param {unknown} value
 */
function put(place, value) {
  if (place.name === undefined) place.into.push(value);
  // Not assigned: of the name `__proto__` that would make something else.
  else
    Object.defineProperty(place.into, place.name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  place.name = undefined;
}

/** @param {string} text @param {number} at */
function endOfText(text, at) {
  for (let end = text.indexOf('"', at + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}

/** @param {string} text @param {number} at */
function endOfScalar(text, at) {
  SCALAR.lastIndex = at;
  SCALAR.test(text);
  return SCALAR.lastIndex;
}

/** Text that is JSON already, among values that are not. */
class Written {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @param {unknown} value */
function writeDeep(value) {
  let text = '';
  /** What is still to be written, what comes next at the end. @type {any[]} */
  const rest = [value];
  while (rest.length > 0) {
    const given = rest.pop();
    const next = typeof given?.toJSON === 'function' ? given.toJSON() : given;
    if (next instanceof Written) text += next.text;
    else if (typeof next !== 'object' || next === null || json.isRawJSON(next))
      text += JSON.stringify(next) ?? 'null';
    else for (const part of partsOf(next).reverse()) rest.push(part);
  }
  return text;
}

/**
 * @param {any} value  an array or object
 * @returns {any[]}
 */
function partsOf(value) {
  const isArray = Array.isArray(value);
  const parts = isArray
    ? value.flatMap((item) => [new Written(','), item])
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .flatMap(([name, member]) => [new Written(`,${JSON.stringify(name)}:`), member]);
  if (parts.length > 0) parts[0] = new Written(parts[0].text.slice(1));
  return [new Written(isArray ? '[' : '{'), ...parts, new Written(isArray ? ']' : '}')];
}

/**
 * The library of TypeScript does not know them yet.
 *
 * @type {{ parse: (text: string, reviver: (key: string, value: any, context: { source: string }) => any) => any,
 *   rawJSON: (source: string) => unknown, isRawJSON: (value: unknown) => boolean }}
 */
const json = /** @type {any} */ (JSON);
