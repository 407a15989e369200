/**
 * Dates at the edge: users see `Date`, the core reads and stores only `YYYY-MM-DDTHH:mm:ss.sssZ`.
 *
 * @module
 */

/** Sent in place of a date that is none; the core refuses it by the field's name. */
const INVALID = 'invalid date';

/**
 * What may be read as a date besides the stored form: ISO 8601, not whatever `Date` happens to guess. Years may have six
 * digits, as `Date` writes those beyond 9999 and before 0.
 */
const ISO_8601 =
  /^(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}(?<time>T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?<offset>Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * @param {any} value  a Date, or anything with its `toISOString`; ISO 8601 text; undefined and null stay
 * @returns {string | null | undefined}
 */
export function toText(value) {
  if (value === undefined || value === null) return value;
  if (typeof value === 'string') return isStoredForm(value) ? value : textOfISO(value);
  if (typeof value.toISOString !== 'function') return INVALID;
  try {
    return String(value.toISOString());
  } catch {
    return INVALID;
  }
}

/**
 * The record with its dates as text; the caller's own object is never touched. It is returned itself where
 * JSON.stringify writes the right text anyway, which is nearly always.
 *
 * @template T
 * @param {T} record
 * @param {readonly string[]} fields
 * @returns {T}
 */
export function withDateText(record, fields) {
  if (typeof record !== 'object' || record === null) return record;
  const given = /** @type {Record<string, any>} */ (record);
  let result = given;
  for (const field of fields) {
    const value = given[field];
    if (value === undefined || isPlainDate(value)) continue;
    const text = toText(value);
    if (text === value) continue;
    if (result === given) result = { ...given };
    result[field] = text;
  }
  return /** @type {T} */ (result);
}

/**
 * Turns the date texts of a freshly parsed record into Dates, in place.
 *
 * @param {Record<string, any>} record
 * @param {readonly string[]} fields
 */
export function reviveDates(record, fields) {
  for (const field of fields) {
    const text = record[field];
    if (typeof text === 'string') record[field] = new Date(text);
  }
}

/**
 * A copy of what a user gave, with Dates for the texts among its dates.
 *
 * @template {object} T
 * @param {T} record
 * @param {readonly string[]} fields
 * @returns {any}
 */
export function withDates(record, fields) {
  /** @type {Record<string, any>} */
  const copy = { ...record };
  for (const field of fields) if (typeof copy[field] === 'string') copy[field] = toText(copy[field]);
  reviveDates(copy, fields);
  return copy;
}

/** A valid Date writes itself into JSON as the core wants it. @param {unknown} value */
function isPlainDate(value) {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** Only its shape; the core checks the numbers. @param {string} text */
function isStoredForm(text) {
  return text.length === 24 && text[10] === 'T' && text[23] === 'Z';
}

/** @param {string} text */
function textOfISO(text) {
  const parts = ISO_8601.exec(text)?.groups;
  if (parts === undefined) return INVALID;
  // Date would take a time without an offset for that of the machine.
  const local = parts.time !== undefined && parts.offset === undefined;
  const time = Date.parse(local ? `${text}Z` : text);
  return Number.isNaN(time) ? INVALID : new Date(time).toISOString();
}
