/**
 * Spans, from what Mastra's exporter sends to rows and back.
 *
 * @module
 */

import { reviveDates } from '../core/dates.js';
import { lenient } from '../core/lenient.js';
import { invalid } from './table.js';

/** @typedef {Record<string, any>} Span */

const DATES = ['startedAt', 'endedAt'];

/** Of a span that has not ended: behind all that have. */
const NEVER = '9999-12-31T23:59:59.999Z';

/**
 * @param {Span[]} records
 * @returns {Promise<{ roots: Span[], errors: Span[], spans: Span[] }>} the rows of each table
 */
export async function toRows(records) {
  if (!Array.isArray(records)) throw invalid('batchCreateSpans', 'records must be an array');
  records.forEach(requireSpan);
  /** @type {Map<string, Span[]>} */
  const traces = new Map();
  for (const span of records) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  /** @type {{ roots: Span[], errors: Span[], spans: Span[] }} */
  const rows = { roots: [], errors: [], spans: [] };
  for (const [traceId, all] of traces) {
    // Of what is there twice the last one counts.
    const unique = [...new Map(all.map((span) => [span.spanId, span])).values()];
    const others = unique.filter((span) => !isRoot(span));
    rows.roots.push(...unique.filter(isRoot).map(toRoot));
    // Whose trace it is, by which it is found when that resource is to be forgotten.
    const resourceId = unique.find((span) => span.resourceId)?.resourceId;
    const startedAt = earliest(unique);
    if (unique.some(hasFailed)) rows.errors.push({ traceId, startedAt, resourceId });
    if (others.length === 0) continue;
    const batch = await nameOf(others);
    rows.spans.push({ traceId, batch, startedAt, resourceId, spans: lenient(others) });
  }
  return rows;
}

/** @param {Span} span @param {number} index */
function requireSpan(span, index) {
  const problem = problemOf(span);
  if (problem) throw invalid('batchCreateSpans', `records[${index}]${problem}`);
}

/** @param {any} span */
function problemOf(span) {
  if (typeof span !== 'object' || span === null) return ' must be an object';
  for (const name of ['traceId', 'spanId']) {
    if (typeof span[name] !== 'string' || span[name] === '') return `.${name} must be a non-empty string`;
  }
  if (Number.isNaN(timeOf(span.startedAt))) return '.startedAt must be a date';
  if (span.endedAt != null && Number.isNaN(timeOf(span.endedAt))) return '.endedAt must be a date';
  return undefined;
}

/** @param {unknown} date */
function timeOf(date) {
  return date instanceof Date || typeof date === 'string' ? new Date(date).getTime() : NaN;
}

/** A span that nothing stands above. @param {Span} span */
export const isRoot = ({ parentSpanId }) => parentSpanId === undefined || parentSpanId === null;

/** @param {Span} span */
const hasFailed = ({ error }) => error !== undefined && error !== null;

/** What a trace is said to be by its root. @param {Span} span */
function statusOf(span) {
  if (hasFailed(span)) return 'error';
  return span.endedAt == null ? 'running' : 'success';
}

/** @param {Span} span  the dates of its row are the store's to set */
function toRoot(span) {
  const dates = { createdAt: undefined, updatedAt: undefined };
  return { ...lenientFields(span), ...dates, status: statusOf(span), sortAt: span.endedAt ?? NEVER };
}

/** What a span holds may be anything; its dates are the row's. @param {Span} span */
function lenientFields(span) {
  const entries = Object.entries(span);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Date ? value : lenient(value)]),
  );
}

/** @param {Span[]} spans */
function earliest(spans) {
  return new Date(Math.min(...spans.map(({ startedAt }) => timeOf(startedAt))));
}

/** The same for the same spans, in whichever order. @param {Span[]} spans */
async function nameOf(spans) {
  const text = JSON.stringify(spans.map(({ spanId }) => spanId).sort());
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Spans by their ids, with dates; of several of one id, what was stored last.
 *
 * @param {any[]} spans  fresh
 * @returns {Map<string, any>}
 */
export function byId(spans) {
  const found = new Map();
  for (const span of spans) {
    reviveDates(span, DATES);
    const other = found.get(span.spanId);
    if (other === undefined || span.updatedAt >= other.updatedAt) found.set(span.spanId, span);
  }
  return found;
}

/** Whether each of the wanted values is there, as JSON. @param {any} object @param {Record<string, unknown>} wanted */
export function hasAll(object, wanted) {
  if (typeof object !== 'object' || object === null) return false;
  return Object.entries(wanted).every(([name, value]) => isSame(object[name], value));
}

/** @param {any} a @param {any} b @returns {boolean} equal as JSON, whatever the order of names */
export function isSame(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const names = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}
