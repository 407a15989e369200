/**
 * Values that are stored even where JSON has no word for a part of them, as Mastra's other stores keep the snapshots of
 * its workflows: a BigInt as text, and an object that stands within itself not a second time.
 *
 * @module
 */

/** Stands for a value in a payload. What JSON can write it writes as if this were not there. */
class Lenient {
  /** @param {any} value */
  constructor(value) {
    this.value = value;
  }

  /** @param {string} key */
  toJSON(key) {
    return typeof this.value.toJSON === 'function' ? this.value.toJSON(key) : this.value;
  }
}

/**
 * @template T
 * @param {T} value
 * @returns {T} for a payload, and for nothing else
 */
export function lenient(value) {
  const isPlain = value === null || (typeof value !== 'object' && typeof value !== 'bigint');
  return isPlain ? value : /** @type {any} */ (new Lenient(value));
}

/**
 * @param {unknown} payload
 * @returns {string | undefined} throws what JSON.stringify throws where the payload is not lenient
 */
export function stringify(payload) {
  try {
    return JSON.stringify(payload);
  } catch {
    return JSON.stringify(payload, leaveOut());
  }
}

/** Of what JSON.stringify is writing: the object itself, and what its toJSON made of it. */
/** @typedef {{ given: unknown, written: unknown, isLenient: boolean }} Level */

/** @returns {(this: any, key: string, value: unknown) => unknown} */
function leaveOut() {
  /** Those that stand around what is being written, outermost first. @type {Level[]} */
  const around = [];
  return function (key, value) {
    while (around.length > 0 && around.at(-1)?.written !== this) around.pop();
    const marked = this[key] instanceof Lenient;
    const isLenient = marked || around.at(-1)?.isLenient === true;
    const given = marked ? this[key].value : this[key];
    if (isLenient && typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isLenient && around.some((level) => level.given === given || level.written === value))
      return undefined;
    around.push({ given, written: value, isLenient });
    return value;
  };
}
