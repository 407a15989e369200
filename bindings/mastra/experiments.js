/**
 * Experiments for Mastra, and what came of each item.
 *
 * A result is stored under its experiment, its item and the number of the attempt, and has an id made of these three: of
 * a submission that is sent twice, in whatever places, there is one result. What is known of an item that was purged is
 * looked at before and after a result is written, so that of the two, whichever comes first, no content is left.
 *
 * @module
 */

import { ExperimentsStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attemptBase as attempt } from './errors.js';
import { isOf, ordered, pageOf } from './paging.js';
import { alreadyThere, cleared, given, invalid, notFound, Pointers, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').Experiment} Experiment
 * @typedef {import('@mastra/core/storage').ExperimentResult} ExperimentResult
 * @typedef {import('@mastra/core/storage').ExperimentTenancyFilters} Filters
 */

const TABLE = 'experiments';
const RESULTS = 'experiment_results';

/** What an update may say of an experiment. */
const CHANGES = [
  'status',
  'totalItems',
  'succeededCount',
  'failedCount',
  'skippedCount',
  'startedAt',
  'completedAt',
  'name',
  'description',
  'metadata',
];
/** Filters that count only if they are not empty. */
const FILTERS = ['datasetId', 'targetType', 'targetId', 'agentVersion', 'status'];
const GROUPS = ['experimentSetId', 'comparisonId', 'variantId', 'trialIndex'];

/** What a result says of its item: nothing where that was purged. */
const CONTENT = ['input', 'output', 'groundTruth', 'error', 'tags', 'toolMockReport'];

/** Mastra's `experiments` domain. Works in a store of its own, too. */
export class ExperimentsStorageCloudflare extends ExperimentsStorage {
  /** @override */
  static retentionTables = {
    experiments: { table: 'mastra_experiments', column: 'completedAt', indexed: false },
  };

  #store;
  #experiments;
  #results;
  #ids;
  #items;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#experiments = new Table(this.#store, TABLE);
    this.#results = new Table(this.#store, RESULTS);
    this.#ids = new Pointers(this.#store, RESULTS);
    this.#items = new Pointers(this.#store, 'dataset_items');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * In place of any other of its id.
   *
   * @override
   * @param {import('@mastra/core/storage').CreateExperimentInput} input
   * @returns {Promise<Experiment>}
   */
  createExperiment(input) {
    return attempt('createExperiment', [input], async () => {
      const { agentVersion, targetType, targetId, scorerIds, provenance, runnerAttestation } = input;
      const { experimentSetId, comparisonId, variantId, trialIndex, organizationId, projectId } = input;
      const optional = {
        ...{ agentVersion, targetType, targetId, scorerIds, provenance, runnerAttestation },
        ...{ experimentSetId, comparisonId, variantId, trialIndex, organizationId, projectId },
      };
      const row = {
        id: input.id ?? crypto.randomUUID(),
        datasetId: input.datasetId,
        datasetVersion: input.datasetVersion,
        ...Object.fromEntries(Object.entries(optional).map(([name, value]) => [name, value ?? null])),
        ...given({ name: input.name, description: input.description, metadata: input.metadata }),
        status: 'pending',
        totalItems: input.totalItems,
        ...{ succeededCount: 0, failedCount: 0, skippedCount: 0, startedAt: null, completedAt: null },
      };
      await this.#experiments.save(row);
      return this.#experiments.get({ id: row.id });
    });
  }

  /**
   * What is null or undefined stays.
   *
   * @override
   * @param {import('@mastra/core/storage').UpdateExperimentInput} input
   * @returns {Promise<Experiment>}
   */
  updateExperiment(input) {
    return attempt('updateExperiment', [input], async () => {
      const { id } = input;
      const set = Object.fromEntries(
        CHANGES.map((name) => [name, /** @type {any} */ (input)[name] ?? undefined]),
      );
      if (await this.#experiments.update({ id }, { set: given(set) })) return this.#experiments.get({ id });
      throw notFound('updateExperiment', `Experiment ${id}`);
    });
  }

  /**
   * @override
   * @param {{ id: string, filters?: Filters }} args
   * @returns {Promise<Experiment | null>}
   */
  getExperimentById({ id, filters }) {
    return attempt('getExperimentById', [{ id }], () => this.#experimentOf(id, filters));
  }

  /** @param {string} id @param {Filters} [filters] @returns {Promise<any>} null for one of somebody else, too */
  async #experimentOf(id, filters) {
    const row = await this.#experiments.get({ id });
    return row !== null && isOf(row, filters) ? row : null;
  }

  /**
   * Newest first if nothing else is said.
   *
   * @override
   * @param {import('@mastra/core/storage').ListExperimentsInput} args
   * @returns {Promise<import('@mastra/core/storage').ListExperimentsOutput>}
   */
  listExperiments({ filters, orderBy, pagination, ...rest }) {
    const method = 'listExperiments';
    return attempt(method, [], async () => {
      /** @type {Record<string, any>} */
      const asked = rest;
      const where = given({
        ...Object.fromEntries(FILTERS.map((name) => [name, asked[name] || undefined])),
        ...Object.fromEntries(GROUPS.map((name) => [name, asked[name]])),
        ...filters,
      });
      const found = await this.#experiments.covers({ where });
      const list = ordered(method, found, orderBy, ['createdAt', 'status'], 'DESC');
      const page = pageOf(method, list, pagination);
      return { experiments: await rowsOf(this.#experiments, page.items), pagination: page.pagination };
    });
  }

  /**
   * With its results. An unknown one, or one of somebody else, is no error.
   *
   * @override
   * @param {{ id: string, filters?: Filters }} args
   * @returns {Promise<void>}
   */
  deleteExperiment({ id, filters }) {
    return attempt('deleteExperiment', [{ id }], async () => {
      if ((await this.#experimentOf(id, filters)) === null) return;
      await this.#dropResults(id);
      await this.#experiments.delete({ id });
    });
  }

  /**
   * Refused where the experiment has a result of this attempt at the item.
   *
   * @override
   * @param {import('@mastra/core/storage').AddExperimentResultInput} input
   * @returns {Promise<ExperimentResult>}
   */
  addExperimentResult(input) {
    const method = 'addExperimentResult';
    return attempt(method, [input], async () => {
      const place = placeOf(input, method);
      const taken = alreadyThere(method, `A result of this attempt at item ${input.itemId}`);
      if (!(await this.#create(place, input, method))) throw taken;
      return this.#settled(place);
    });
  }

  /**
   * Replaces the result of this attempt at the item, but for its id, its date and the reviewer's comment.
   *
   * @override
   * @param {import('@mastra/core/storage').UpsertExperimentResultInput} input
   * @returns {Promise<ExperimentResult>}
   */
  upsertExperimentResult(input) {
    const method = 'upsertExperimentResult';
    return attempt(method, [input], async () => {
      const place = placeOf(input, method);
      const fields = contentOf(input, await this.#purgeOf(place));
      const change = { set: given(fields), clear: cleared(fields).filter((name) => fields[name] !== null) };
      if (!(await this.#results.update(place, change)) && !(await this.#create(place, input, method))) {
        // Somebody else has made it meanwhile.
        await this.#results.update(place, change);
      }
      return this.#settled(place);
    });
  }

  /** @param {Place} place @param {any} input @param {string} method @returns {Promise<boolean>} false if there is one */
  async #create(place, input, method) {
    const id = input.id ?? (await idOf(place));
    if (input.id !== undefined) await this.#requireFree(id, place, method);
    const fields = contentOf(input, await this.#purgeOf(place));
    // The pointer is there before what it points at.
    await this.#ids.save({ ...place, id });
    const made = await this.#results.create({ ...given(fields), ...place, id, comment: null });
    // The result that is there has another id.
    if (made === null && input.id !== undefined && (await this.#results.get(place))?.id !== id)
      await this.#ids.delete(id);
    return made !== null;
  }

  /** Refuses an id that another result has. @param {string} id @param {Place} place @param {string} method */
  async #requireFree(id, place, method) {
    const row = await this.#resultOf(id);
    if (row !== null && isElsewhere(row, place)) throw alreadyThere(method, `Experiment result ${id}`);
  }

  /**
   * What was just written: without content, if its item was purged meanwhile.
   *
   * @param {Place} place
   * @returns {Promise<any>}
   */
  async #settled(place) {
    const metadata = await this.#purgeOf(place);
    if (metadata !== null) await this.#results.update(place, { set: purged(metadata) });
    const row = await this.#results.get(place);
    if (row === null) throw notFound('getExperimentResultById', 'A result that was just stored was');
    return toResult(row);
  }

  /**
   * The reviewer's words: null clears, undefined keeps.
   *
   * @override
   * @param {import('@mastra/core/storage').UpdateExperimentResultInput} input
   * @returns {Promise<ExperimentResult>}
   */
  updateExperimentResult(input) {
    const method = 'updateExperimentResult';
    return attempt(method, [input], async () => {
      const { id, experimentId, status, tags, comment } = input;
      const row = await this.#resultOf(id);
      if (row === null) throw notFound(method, `Experiment result ${id}`);
      if (experimentId && row.experimentId !== experimentId) {
        throw invalid(method, `experimentId must be that of result ${id}`);
      }
      const place = placeIn(row);
      const isPurged = (await this.#purgeOf(place)) !== null;
      const set = isPurged ? given({ status, tags: null, comment: null }) : given({ status, tags, comment });
      if (!(await this.#results.update(place, { expect: { id }, set }))) {
        throw notFound(method, `Experiment result ${id}`);
      }
      return this.#settled(place);
    });
  }

  /**
   * @override
   * @param {{ id: string, filters?: Filters }} args
   * @returns {Promise<ExperimentResult | null>}
   */
  getExperimentResultById({ id, filters }) {
    return attempt('getExperimentResultById', [{ id }], async () => {
      const row = await this.#resultOf(id);
      return row !== null && isOf(row, filters) ? toResult(row) : null;
    });
  }

  /** @param {string} id @returns {Promise<any>} */
  async #resultOf(id) {
    const pointer = await this.#ids.get(id);
    const row = pointer && (await this.#results.get(placeIn(pointer)));
    return row?.id === id ? row : null;
  }

  /**
   * In the order in which they began if nothing else is said.
   *
   * @override
   * @param {import('@mastra/core/storage').ListExperimentResultsInput} args
   * @returns {Promise<import('@mastra/core/storage').ListExperimentResultsOutput>}
   */
  listExperimentResults({ experimentId, traceId, status, tags, filters, orderBy, pagination }) {
    const method = 'listExperimentResults';
    return attempt(method, [{ experimentId }], async () => {
      const where = given({ traceId: traceId || undefined, status: status || undefined, ...filters });
      const which = { under: experimentId, where };
      // What they are tagged with only they themselves can tell.
      const found = tags?.length
        ? (await this.#results.list(which)).filter((row) => tags.every((tag) => row.tags?.includes(tag)))
        : await this.#results.covers(which);
      const list = ordered(method, found, orderBy, ['startedAt', 'createdAt'], 'ASC');
      const page = pageOf(method, list, pagination);
      const rows = tags?.length ? page.items : await rowsOf(this.#results, page.items);
      return { results: rows.map(toResult), pagination: page.pagination };
    });
  }

  /**
   * An experiment of somebody else is left alone.
   *
   * @override
   * @param {{ experimentId: string, filters?: Filters }} args
   * @returns {Promise<void>}
   */
  deleteExperimentResults({ experimentId, filters }) {
    return attempt('deleteExperimentResults', [{ experimentId }], async () => {
      const isScoped = filters?.organizationId !== undefined || filters?.projectId !== undefined;
      if (isScoped && (await this.#experimentOf(experimentId, filters)) === null) return;
      await this.#dropResults(experimentId);
    });
  }

  /** @param {string} experimentId */
  async #dropResults(experimentId) {
    const found = await this.#results.covers({ under: experimentId });
    await this.#ids.delete(...found.map(({ id }) => id));
    await this.#results.deleteUnder(experimentId);
  }

  /**
   * How many results of each experiment there are, and how many of them wait. No result is read for it.
   *
   * @override
   * @returns {Promise<import('@mastra/core/storage').ExperimentReviewCounts[]>}
   */
  getReviewSummary() {
    return attempt('getReviewSummary', [], async () => {
      /** @type {Map<string, any>} */
      const counts = new Map();
      for (const { experimentId, status } of await this.#results.covers()) {
        const entry = counts.get(experimentId) ?? {
          ...{ experimentId, total: 0, needsReview: 0, reviewed: 0, complete: 0 },
        };
        entry.total++;
        if (status === 'needs-review') entry.needsReview++;
        else if (status === 'reviewed' || status === 'complete') entry[status]++;
        counts.set(experimentId, entry);
      }
      return [...counts.values()];
    });
  }

  /**
   * Whether the item of a result was purged.
   *
   * @param {Place} place
   * @returns {Promise<Record<string, any> | null>} what its metadata then is
   */
  async #purgeOf({ experimentId, itemId }) {
    const datasetId = (await this.#experiments.get({ id: experimentId }))?.datasetId;
    const item = datasetId ? await this.#items.get(itemId) : null;
    return item?.datasetId === datasetId && item?.purgedAt
      ? { __purged: true, purgedAt: item.purgedAt }
      : null;
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'experiments', policies, options);
  }

  /** @override @returns {Promise<void>} */
  async dangerouslyClearAll() {
    await clearTables(this.#store, [TABLE, RESULTS]);
    await attempt('clearTable', ['version_ids'], () => this.#ids.clear());
  }
}

/** @typedef {{ experimentId: string, itemId: string, trial: string }} Place */

/** @param {any} input @param {string} method @returns {Place} */
function placeOf({ experimentId, itemId, attempt: number = 0 }, method) {
  if (!Number.isSafeInteger(number)) throw invalid(method, 'attempt must be an integer');
  return { experimentId, itemId, trial: String(number) };
}

/** @param {any} row @returns {Place} */
const placeIn = ({ experimentId, itemId, trial }) => ({ experimentId, itemId, trial });

/** @param {any} row @param {Place} place */
const isElsewhere = (row, { experimentId, itemId, trial }) =>
  row.experimentId !== experimentId || row.itemId !== itemId || row.trial !== trial;

/** The same wherever it is made. @param {Place} place */
async function idOf({ experimentId, itemId, trial }) {
  const text = new TextEncoder().encode(JSON.stringify([experimentId, itemId, trial]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text)).slice(0, 16);
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * What a submission says, and what it leaves out as null.
 *
 * @param {any} input
 * @param {Record<string, any> | null} purge  what is said of an item that was purged
 * @returns {Record<string, any>}
 */
function contentOf(input, purge) {
  const { itemDatasetVersion, output, groundTruth, error, startedAt, completedAt, retryCount } = input;
  const fields = {
    ...{ itemDatasetVersion, input: input.input, output, groundTruth, error },
    ...{ startedAt, completedAt, retryCount, attempt: input.attempt ?? 0 },
    ...{ metadata: input.metadata ?? null, traceId: input.traceId ?? null, status: input.status ?? null },
    ...{ tags: input.tags ?? null, toolMockReport: input.toolMockReport ?? null },
    ...{ organizationId: input.organizationId ?? null, projectId: input.projectId ?? null },
  };
  return purge === null ? fields : { ...fields, ...purged(purge) };
}

/** @param {Record<string, any>} metadata  that says so */
export const purged = (metadata) => ({
  ...Object.fromEntries(CONTENT.map((name) => [name, null])),
  ...{ comment: null, metadata },
});

/** @param {Table} table @param {any[]} covers @returns {Promise<any[]>} in their order, without those that are gone */
async function rowsOf(table, covers) {
  return (await table.getAll(covers)).filter((row) => row !== null);
}

/** @param {any} row  fresh @returns {any} */
function toResult(row) {
  delete row.trial;
  return row;
}
