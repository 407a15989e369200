/**
 * What stays of an answer when it is compared: no times, no ids that were made up, nothing of what is absent in any of
 * the ways in which stores say so, and of an error its status, for each store has words of its own.
 *
 * @module
 */

/** @typedef {import('./app.js').Answer} Answer */

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const HEX = /\b[0-9a-f]{16}(?:[0-9a-f]{16})?\b/g;
/** Milliseconds of our day and what is measured. */
const TIMES = /(At|_at|Ms|Time|timestamp)$/;
const MANUAL = /^manual_(\w+)_\d+$/;
/** A place in the store's own order. */
const CURSORS = ['deltaCursor'];

/**
 * Makes answers of one application comparable with those of another: ids are numbered as they come.
 *
 * @returns {(answer: Answer) => string}
 */
export function makeNormalizer() {
  /** @type {Map<string, string>} */
  const seen = new Map();
  const numbered = (/** @type {string} */ id) => {
    if (!seen.has(id)) seen.set(id, `<id ${seen.size + 1}>`);
    return /** @type {string} */ (seen.get(id));
  };
  /** @param {any} value @param {string} name @returns {any} */
  const plain = (value, name) => {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'number') return TIMES.test(name) ? '<time>' : value;
    if (typeof value === 'string') {
      if (DATE.test(value)) return '<time>';
      return value.replace(MANUAL, 'manual_$1').replaceAll(UUID, numbered).replaceAll(HEX, numbered);
    }
    if (Array.isArray(value)) return inOrder(value).map((one) => plain(one, name) ?? null);
    if (typeof value !== 'object') return value;
    const entries = Object.keys(value)
      .filter((key) => !CURSORS.includes(key))
      .sort()
      .map((key) => [key.replaceAll(UUID, numbered), plain(value[key], key)]);
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
  };
  return ({ status, body }) => `${status} ${status < 400 ? JSON.stringify(plain(body, '')) : ''}`;
}

/** Spans of a trace, and steps, may begin within one millisecond, or not: by name. @param {any[]} list */
function inOrder(list) {
  if (!list.some((one) => one?.name && (one.parentSpanId || one.stepType))) return list;
  return list.toSorted((a, b) => a.name.localeCompare(b.name));
}
