/**
 * Traces and evals, as Mastra's storage of 0.x kept them. Newer versions of Mastra keep neither here.
 *
 * @module
 */

import { reviveDates, toText, withDateText } from '../core/dates.js';
import * as shape from './shape.js';
import { requireArguments } from './check.js';
import { PruningStore } from './prune.js';
import { chunksOf } from './chunks.js';

/**
 * One span of a trace: `id`, and whatever else it is given.
 * @typedef {{ id: string, name?: string, scope?: string, createdAt?: Date, [field: string]: any }} Trace
 */
/** What an eval found. Other fields are kept, too. @typedef {{ agentName?: string, createdAt?: Date, [field: string]: any }} Eval */
/**
 * @typedef {object} TraceListOptions
 * @property {string} [name]
 * @property {string} [scope]
 * @property {Record<string, unknown>} [attributes]  equal, key by key
 * @property {Record<string, unknown>} [filters]  fields of the trace, equal
 * @property {Date | string} [fromDate]
 * @property {Date | string} [toDate]
 * @property {import('./types.js').DateRange} [dateRange]
 * @property {number} [page]
 * @property {number} [perPage]
 */
/** @typedef {{ total: number, page: number, perPage: number, hasMore: boolean }} PageInfo */

const DATES = ['createdAt'];
const PER_PAGE = 100;

/** How records of 0.x name the fields of an eval. @type {Record<string, string>} */
const EVAL_FIELDS = {
  agent_name: 'agentName',
  metric_name: 'metricName',
  test_info: 'testInfo',
  global_run_id: 'globalRunId',
  run_id: 'runId',
  created_at: 'createdAt',
};

/**
 * Traces and evals.
 *
 * @template [Content=any]
 * @extends {PruningStore<Content>}
 */
export class TraceStore extends PruningStore {
  /**
   * @param {{ records: Trace[] }} args
   * @returns {Promise<void>}
   */
  async batchTraceInsert(args) {
    const { records } = requireArguments(args, 'batchTraceInsert');
    shape.requireArray(records, 'records', 'batchTraceInsert');
    await saveRows(this.caller, 'traces', records, 'batchTraceInsert');
  }

  /**
   * @param {TraceListOptions} [options]
   * @returns {Promise<Trace[]>} newest first, a page of 100 if nothing else is said
   */
  async getTraces(options = {}) {
    return (await this.#traces(options, 'getTraces')).traces;
  }

  /**
   * @param {TraceListOptions} [options]
   * @returns {Promise<{ traces: Trace[] } & PageInfo>}
   */
  async getTracesPaginated(options = {}) {
    return this.#traces(options, 'getTracesPaginated');
  }

  /**
   * @param {string} agentName
   * @param {'test' | 'live'} [type]  test: with information about a test
   * @returns {Promise<Eval[]>} newest first
   */
  async getEvalsByAgentName(agentName, type) {
    shape.requireText(agentName, 'agentName', 'getEvalsByAgentName');
    const question = { where: { agentName }, matches: ofType(type), perPage: /** @type {const} */ (false) };
    return (await this.#page('evals', question, 'getEvalsByAgentName')).rows;
  }

  /**
   * @param {{ agentName?: string, type?: 'test' | 'live', dateRange?: import('./types.js').DateRange,
   *   page?: number, perPage?: number }} [options]
   * @returns {Promise<{ evals: Eval[] } & PageInfo>}
   */
  async getEvals(options = {}) {
    const { agentName, type, dateRange, page, perPage } = requireArguments(options, 'getEvals');
    const question = { where: { agentName }, range: dateRange, matches: ofType(type), page, perPage };
    const { rows, ...info } = await this.#page('evals', question, 'getEvals');
    return { evals: rows, ...info };
  }

  /**
   * @param {TraceListOptions} options
   * @param {'getTraces' | 'getTracesPaginated'} method
   */
  async #traces(options, method) {
    const { name, scope, attributes, filters, fromDate, toDate, dateRange, page, perPage } = requireArguments(
      options,
      method,
    );
    const range = { start: fromDate, end: toDate, ...dateRange };
    /** @param {Trace} trace */
    const matches = (trace) => has(trace, filters) && has(trace.attributes, attributes);
    const question = { where: { name, scope }, range, page, perPage };
    const { rows, ...info } = await this.#page(
      'traces',
      attributes || filters ? { ...question, matches } : question,
      method,
    );
    return { traces: rows, ...info };
  }

  /**
   * One page, newest first. What `matches` says cannot be listed by: then all rows are read.
   *
   * @param {'traces' | 'evals'} table
   * @param {{ where: Record<string, unknown>, range?: import('./types.js').DateRange,
   *   matches?: (row: any) => boolean, page?: number, perPage?: number | false }} question
   * @param {string} method
   * @returns {Promise<{ rows: any[] } & PageInfo>}
   */
  async #page(table, { where, range, matches, page = 0, perPage = PER_PAGE }, method) {
    const order = { orderBy: { direction: 'DESC' } };
    if (matches) {
      shape.requireCount(page, 'page', method);
      if (perPage !== false) shape.requireCount(perPage, 'perPage', method);
    }
    const asked = shape.pageControl({ page, perPage, ...order });
    const control = matches ? shape.pageControl({ perPage: false, ...order }) : asked;
    const payload = { where: shape.given(where), orderBy: 'createdAt', ...dates(range) };
    const answer = await this.caller.read(
      method,
      'row.list',
      { ...this.caller.rows(table), ...control },
      payload,
    );
    for (const row of answer.rows) reviveDates(row, DATES);
    const { rows, total, hasMore } = matches ? cut(answer.rows.filter(matches), page, perPage) : answer;
    return { rows, total, page, perPage: /** @type {number} */ (perPage), hasMore };
  }
}

/**
 * Stores records of a table that holds nothing but rows.
 *
 * @param {import('../core/caller.js').Caller} caller
 * @param {'traces' | 'evals'} table
 * @param {any[]} records
 * @param {string} method
 */
export async function saveRows(caller, table, records, method) {
  const rows = records.map((record) => {
    shape.requireRecord(record, 'record', method);
    return withDateText(table === 'evals' ? camelCase(record) : record, DATES);
  });
  await caller.together(
    method,
    chunksOf(rows).map((payload) => ({ op: 'row.save', control: caller.rows(table), payload })),
  );
}

/** @param {import('./types.js').DateRange | undefined} range */
function dates(range) {
  const { start, end, ...flags } = range ?? {};
  if (start === undefined && end === undefined) return {};
  return { dateField: 'createdAt', dateRange: { start: toText(start), end: toText(end), ...flags } };
}

/** @param {'test' | 'live' | undefined} type */
function ofType(type) {
  if (type === undefined) return undefined;
  return (/** @type {any} */ { testInfo }) =>
    (type === 'test') === (testInfo !== undefined && testInfo !== null);
}

/** @param {any} record @param {Record<string, unknown> | undefined} wanted */
function has(record, wanted = {}) {
  return Object.entries(wanted).every(([key, value]) => record?.[key] === value);
}

/** @param {any[]} all @param {number} page @param {number | false} perPage */
function cut(all, page, perPage) {
  const start = perPage === false ? 0 : page * perPage;
  const rows = perPage === false ? all : all.slice(start, start + perPage);
  return { rows, total: all.length, hasMore: start + rows.length < all.length };
}

/** @param {Record<string, any>} record */
function camelCase(record) {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [EVAL_FIELDS[name] ?? name, value]),
  );
}
