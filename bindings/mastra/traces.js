/**
 * Traces for Mastra: what an agent did in a turn, span by span.
 *
 * Spans come once, when they have ended, in batches (the strategy `insert-only`). Of each trace in a batch its root is a
 * row that lists find; the others are one row together, named by their ids, so that a batch that is sent again replaces
 * itself; and an error among them leaves a mark. A turn costs two writes, three with an error.
 *
 * @module
 */

import { listTracesArgsSchema, ObservabilityStorage, toTraceSpans } from '@mastra/core/storage';
import { ErrorCategory, ErrorDomain, MastraError } from '@mastra/core/error';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt, mastraError } from './errors.js';
import { byId, hasAll, isRoot, toRows } from './spans.js';
import { given, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').SpanRecord} SpanRecord
 * @typedef {import('@mastra/core/storage').BatchCreateSpansArgs} BatchCreateSpansArgs
 * @typedef {import('@mastra/core/storage').ListTracesArgs} ListTracesArgs
 * @typedef {import('@mastra/core/storage').ListTracesResponse} ListTracesResponse
 * @typedef {import('@mastra/core/storage').BatchDeleteTracesArgs} BatchDeleteTracesArgs
 */

/** What lists can tell; of all else the roots are read. */
const COVERED = [
  'status',
  'spanType',
  'entityType',
  'entityId',
  'entityName',
  'userId',
  'organizationId',
  'resourceId',
  'runId',
  'sessionId',
  'threadId',
  'requestId',
  'environment',
  'source',
  'serviceName',
];

/** What a trace's outline has of each span. */
const OUTLINE = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'spanType',
  'isEvent',
  'startedAt',
  'endedAt',
  'error',
  'entityType',
  'entityId',
  'entityName',
  'createdAt',
  'updatedAt',
];

/** Mastra's `observability` domain, traces alone. Works in a store of its own, too. */
export class ObservabilityStorageCloudflare extends ObservabilityStorage {
  /** @override */
  static retentionTables = {
    spans: { table: 'mastra_ai_spans', column: 'startedAt', indexed: false },
  };

  #store;
  #roots;
  #errors;
  #spans;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#roots = new Table(this.#store, 'trace_roots');
    this.#errors = new Table(this.#store, 'trace_errors');
    this.#spans = new Table(this.#store, 'ai_spans');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /** @override @returns {{ preferred: 'insert-only', supported: ['insert-only'] }} */
  get observabilityStrategy() {
    return { preferred: 'insert-only', supported: ['insert-only'] };
  }

  /**
   * Stores spans, each in place of another of its ids. None is stored if one of them cannot be.
   *
   * @override
   * @param {BatchCreateSpansArgs} args
   * @returns {Promise<void>}
   */
  batchCreateSpans({ records }) {
    return attempt('batchCreateSpans', [], async () => {
      const { roots, errors, spans } = await toRows(records);
      // A trace that is listed has its spans.
      await Promise.all([this.#spans.saveAll(spans), this.#errors.saveAll(errors)]);
      await this.#roots.saveAll(roots);
    });
  }

  /**
   * @override
   * @param {{ traceId: string, spanId: string }} args
   * @returns {Promise<{ span: SpanRecord } | null>}
   */
  getSpan({ traceId, spanId }) {
    return attempt('getSpan', [{ traceId, spanId }], async () => {
      const span = (await this.#read(traceId)).find((one) => one.spanId === spanId);
      return span === undefined ? null : { span };
    });
  }

  /**
   * Those that there are, in the order in which they are asked for.
   *
   * @override
   * @param {{ traceId: string, spanIds: string[] }} args
   * @returns {Promise<{ traceId: string, spans: SpanRecord[] }>}
   */
  getSpans({ traceId, spanIds }) {
    return attempt('getSpans', [{ traceId }], async () => {
      const spans = byId(await this.#read(traceId));
      return { traceId, spans: spanIds.map((id) => spans.get(id)).filter((span) => span !== undefined) };
    });
  }

  /**
   * @override
   * @param {{ traceId: string }} args
   * @returns {Promise<{ span: SpanRecord } | null>}
   */
  getRootSpan({ traceId }) {
    return attempt('getRootSpan', [{ traceId }], async () => {
      const [span] = await this.#rootsOf(traceId);
      return span === undefined ? null : { span };
    });
  }

  /**
   * @override
   * @param {{ traceId: string }} args
   * @returns {Promise<{ traceId: string, spans: SpanRecord[] } | null>} in the order in which they began
   */
  getTrace({ traceId }) {
    return attempt('getTrace', [{ traceId }], async () => {
      const spans = await this.#read(traceId);
      return spans.length === 0 ? null : { traceId, spans };
    });
  }

  /**
   * A trace without what its spans say at length.
   *
   * @override
   * @param {{ traceId: string }} args
   * @returns {Promise<any>}
   */
  getTraceLight({ traceId }) {
    return attempt('getTraceLight', [{ traceId }], async () => {
      const spans = /** @type {any[]} */ (await this.#read(traceId));
      if (spans.length === 0) return null;
      const outline = (/** @type {any} */ span) =>
        Object.fromEntries(OUTLINE.map((name) => [name, span[name]]));
      return { traceId, spans: spans.map(outline) };
    });
  }

  /**
   * The traces whose roots have come, newest first if nothing else is said.
   *
   * @override
   * @param {ListTracesArgs} args
   * @returns {Promise<ListTracesResponse>}
   */
  listTraces(args) {
    return attempt('listTraces', [], async () => {
      const { mode, filters = {}, pagination, orderBy } = parsed(args);
      if (mode === 'delta') throw noDelta();
      const { page, perPage } = pagination;
      const { question, matches } = await this.#question(filters, orderBy);
      const { rows, total } = matches
        ? cut((await this.#list({ ...question, perPage: false })).rows.filter(matches), page, perPage)
        : await this.#list({ ...question, page, perPage });
      const spans = toTraceSpans(rows.map(toSpan));
      return { spans, pagination: { total, page, perPage, hasMore: (page + 1) * perPage < total } };
    });
  }

  /** @param {any} question */
  #list(question) {
    return this.#store.listRows({ table: 'trace_roots', ...question });
  }

  /**
   * What the core can answer of a list, and what is left of the filters.
   *
   * @param {any} filters
   * @param {{ field: 'startedAt' | 'endedAt', direction: 'ASC' | 'DESC' }} orderBy
   */
  async #question(filters, { field, direction }) {
    const { startedAt, endedAt, metadata, scope, tags, entityVersionId, experimentId, hasChildError } =
      filters;
    const where = given(Object.fromEntries(COVERED.map((name) => [name, filters[name]])));
    const ranges = Object.entries(given({ startedAt, endedAt }));
    const [[dateField, dateRange] = []] = ranges;
    const question = {
      ...{ where, dateField, dateRange, direction },
      orderBy: field === 'endedAt' ? 'sortAt' : 'startedAt',
    };
    const failed = hasChildError === undefined ? undefined : await this.#failed();
    /** @type {((row: any) => boolean)[]} */
    const tests = [];
    if (ranges.length > 1) tests.push((row) => isWithin(row.endedAt, endedAt));
    for (const [name, wanted] of Object.entries(given({ metadata, scope }))) {
      if (wanted !== null) tests.push((row) => hasAll(row[name], wanted));
    }
    if (tags?.length > 0)
      tests.push((row) => tags.every((/** @type {string} */ tag) => row.tags?.includes(tag)));
    for (const [name, wanted] of Object.entries(given({ entityVersionId, experimentId }))) {
      tests.push((row) => row[name] === wanted);
    }
    if (failed) tests.push((row) => failed.has(row.traceId) === hasChildError);
    const matches =
      tests.length === 0 ? undefined : (/** @type {any} */ row) => tests.every((test) => test(row));
    return { question, matches };
  }

  /** The traces that have an error in any of their spans. @returns {Promise<Set<string>>} */
  async #failed() {
    const marks = await this.#errors.list({ orderBy: 'startedAt' });
    return new Set(marks.map(({ traceId }) => traceId));
  }

  /**
   * With organizationId or resourceId, only those whose root has them.
   *
   * @override
   * @param {BatchDeleteTracesArgs} args
   * @returns {Promise<void>}
   */
  batchDeleteTraces({ traceIds, ...scope }) {
    return attempt('batchDeleteTraces', [], async () => {
      const wanted = Object.entries(given(scope));
      for (const traceId of new Set(traceIds)) {
        if (wanted.length > 0) {
          const spans = /** @type {any[]} */ (await this.#read(traceId));
          const judged = spans.find(isRoot) ?? spans[0];
          if (judged !== undefined && !wanted.every(([name, value]) => judged[name] === value)) continue;
        }
        await this.#roots.deleteUnder(traceId);
        await this.#errors.delete({ traceId });
        await this.#spans.deleteUnder(traceId);
      }
    });
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'observability', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['trace_roots', 'trace_errors', 'ai_spans']);
  }

  /** @param {string} traceId @returns {Promise<SpanRecord[]>} */
  async #rootsOf(traceId) {
    const order = /** @type {const} */ ({ orderBy: 'startedAt', direction: 'DESC' });
    return (await this.#roots.list({ under: traceId, ...order })).map(toSpan);
  }

  /**
   * All spans of a trace, in the order in which they began; of what came more than once, what came last.
   *
   * @param {string} traceId
   * @returns {Promise<SpanRecord[]>}
   */
  async #read(traceId) {
    const [roots, batches] = await Promise.all([
      this.#rootsOf(traceId),
      this.#spans.list({ under: traceId, orderBy: 'startedAt' }),
    ]);
    const others = batches.flatMap(({ spans, createdAt }) =>
      spans.map((/** @type {any} */ span) => ({ ...span, createdAt, updatedAt: createdAt })),
    );
    return [...byId([...roots, ...others]).values()].sort((a, b) => +a.startedAt - +b.startedAt);
  }
}

/** @param {any} row  fresh @returns {any} */
function toSpan(row) {
  delete row.status;
  delete row.sortAt;
  return row;
}

/** @param {unknown} args @returns {any} */
function parsed(args) {
  const { success, data, error } = listTracesArgsSchema.safeParse(args);
  if (success) return data;
  throw mastraError('listTraces', 'VALIDATION_FAILED', {}, error);
}

/** As core's own stores say it that have no such lists. */
function noDelta() {
  return new MastraError({
    id: 'OBSERVABILITY_DELTA_POLLING_NOT_SUPPORTED',
    domain: ErrorDomain.MASTRA_OBSERVABILITY,
    category: ErrorCategory.SYSTEM,
    text: 'This storage provider does not support observability delta polling',
  });
}

/** @param {Date | undefined} date @param {{ start?: Date, end?: Date, startExclusive?: boolean, endExclusive?: boolean }} range */
function isWithin(date, { start, end, startExclusive, endExclusive }) {
  if (!date) return false;
  if (start && (startExclusive ? date <= start : date < start)) return false;
  return !(end && (endExclusive ? date >= end : date > end));
}

/** @param {any[]} all @param {number} page @param {number} perPage */
function cut(all, page, perPage) {
  return { rows: all.slice(page * perPage, (page + 1) * perPage), total: all.length };
}
