/**
 * Datasets for Mastra, and the history of their items.
 *
 * Each change of items gives the dataset its next version, and stores what each item became in it; what an item was
 * before stays as it is. A version counts once its own row is there, which is stored last: what a change leaves behind
 * that failed half-way is never seen, and its number is left out. In a Durable Object a change is one transaction.
 *
 * Numbers that two places count would come twice over KV: there, whatever counts them is refused, unless one isolate
 * alone is said to write.
 *
 * @module
 */

import { DatasetsStorage } from '@mastra/core/storage';
import { StoreError, storeError } from '../core/errors.js';
import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attemptBase as attempt } from './errors.js';
import { History } from './history.js';
import { isOf, ordered, pageOf } from './paging.js';
import {
  CLEARABLE,
  KEPT,
  ownersOf,
  PAYLOAD,
  payloadOf,
  says,
  toDataset,
  toItem,
  tombstone,
  toRow,
  undated,
} from './questions.js';
import { given, invalid, notFound, Table } from './table.js';
import { inTurn } from './turns.js';

/**
 * @typedef {import('@mastra/core/storage').DatasetRecord} DatasetRecord
 * @typedef {import('@mastra/core/storage').DatasetItem} DatasetItem
 * @typedef {import('@mastra/core/storage').DatasetTenancyFilters} Filters
 */

const TABLE = 'datasets';
/** What has to be in one home for numbers to be counted. */
const COUNTED = [TABLE, 'dataset_items', 'dataset_versions', 'version_ids'];

const OWNERS = ['organizationId', 'projectId', 'candidateKey', 'candidateId'];

/** A change that others keep getting in the way of is given up after so many tries. */
const TRIES = 20;

/** Mastra's `datasets` domain. Works in a store of its own, too. */
export class DatasetsStorageCloudflare extends DatasetsStorage {
  #store;
  #datasets;
  #history;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#datasets = new Table(this.#store, TABLE);
    this.#history = new History(this.#store);
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * One of an id that is there is returned as it is.
   *
   * @override
   * @param {import('@mastra/core/storage').CreateDatasetInput} input
   * @returns {Promise<DatasetRecord>}
   */
  createDataset(input) {
    return attempt('createDataset', [input], async () => {
      const { id = crypto.randomUUID(), ...rest } = input;
      if (input.id !== undefined) {
        this.validateCallerDefinedDatasetId(id);
        const existing = await this.#datasets.get({ id });
        if (existing !== null) return this.resolveExistingDataset(toDataset(existing), { ...input, id });
        this.#requireOneWriter('createDataset', 'an id of your own');
      }
      /** @type {Record<string, any>} */
      const all = rest;
      const fields = Object.fromEntries([...KEPT, ...CLEARABLE].map((name) => [name, all[name]]));
      const owners = Object.fromEntries(OWNERS.map((name) => [name, all[name] ?? null]));
      const made = await this.#datasets.create({ id, ...given(fields), ...owners, version: 0, changes: 0 });
      const row = toDataset(await this.#datasets.get({ id }));
      return made === null ? this.resolveExistingDataset(row, { ...input, id }) : row;
    });
  }

  /**
   * @override
   * @param {{ id: string, filters?: Filters }} args
   * @returns {Promise<DatasetRecord | null>}
   */
  getDatasetById({ id, filters }) {
    return attempt('getDatasetById', [{ id }], async () => {
      const row = await this.#datasets.get({ id });
      return row !== null && isOf(row, filters) ? toDataset(row) : null;
    });
  }

  /** @override @param {import('@mastra/core/storage').UpdateDatasetInput} args @returns {Promise<DatasetRecord>} */
  updateDataset(args) {
    return this.#change('updateDataset', args.id, args, () => super.updateDataset(args));
  }

  /** @override @protected @param {import('@mastra/core/storage').UpdateDatasetInput} args @returns {Promise<DatasetRecord>} */
  async _doUpdateDataset(args) {
    /** @type {Record<string, any>} */
    const all = args;
    const set = {
      ...Object.fromEntries(KEPT.map((name) => [name, all[name] ?? undefined])),
      ...Object.fromEntries(CLEARABLE.map((name) => [name, all[name]])),
    };
    const row = await this.#datasets.updated({ id: args.id }, { set: given(set) });
    if (row === null) throw notFound('updateDataset', `Dataset ${args.id}`);
    return toDataset(row);
  }

  /**
   * With its items; its experiments stay, as of no dataset. An unknown one, or one of somebody else, is no error.
   *
   * @override
   * @param {{ id: string, filters?: Filters }} args
   * @returns {Promise<void>}
   */
  deleteDataset({ id, filters }) {
    return attempt('deleteDataset', [{ id }], async () => {
      const row = await this.#datasets.get({ id });
      if (row === null || !isOf(row, filters)) return;
      const experiments = new Table(this.#store, 'experiments');
      const set = { datasetId: null, datasetVersion: null };
      for (const one of await experiments.covers({ where: { datasetId: id } }))
        await experiments.update({ id: one.id }, { expect: { datasetId: id }, set });
      // The dataset goes last, so that a call that fails can be made again; then what came meanwhile.
      await this.#history.deleteAll(id);
      await this.#datasets.delete({ id });
      await this.#history.deleteAll(id);
    });
  }

  /**
   * Newest first if nothing else is said.
   *
   * @override
   * @param {import('@mastra/core/storage').ListDatasetsInput} args
   * @returns {Promise<import('@mastra/core/storage').ListDatasetsOutput>}
   */
  listDatasets({ filters = {}, orderBy, pagination }) {
    const method = 'listDatasets';
    return attempt(method, [], async () => {
      const { name, targetIds, ...where } = filters;
      const part = name?.toLowerCase();
      const found = (await this.#datasets.covers({ where: given(where) })).filter(
        (row) =>
          (part === undefined || row.name.toLowerCase().includes(part)) &&
          (!targetIds?.length || targetIds.some((id) => row.targetIds?.includes(id))),
      );
      const list = ordered(method, found, orderBy, ['createdAt', 'updatedAt', 'name'], 'DESC');
      const page = pageOf(method, list, pagination);
      const rows = (await this.#datasets.getAll(page.items)).filter((row) => row !== null);
      return { datasets: rows.map(toDataset), pagination: page.pagination };
    });
  }

  /** @override @protected @param {import('@mastra/core/storage').AddDatasetItemInput} args @returns {Promise<DatasetItem>} */
  async _doAddItem({ datasetId, filters: _, ...item }) {
    return (await this._doBatchInsertItems({ datasetId, items: [item] }))[0];
  }

  /** @override @param {import('@mastra/core/storage').BatchInsertItemsInput} input @returns {Promise<DatasetItem[]>} */
  batchInsertItems(input) {
    return this.#change('batchInsertItems', input.datasetId, input, () => super.batchInsertItems(input));
  }

  /** @override @protected @param {import('@mastra/core/storage').BatchInsertItemsInput} input @returns {Promise<DatasetItem[]>} */
  async _doBatchInsertItems({ datasetId, items }) {
    const names = items.flatMap(({ externalId }) => (externalId ? [externalId] : []));
    /** @type {any} */
    let plan;
    const made = await this.#next('batchInsertItems', datasetId, async (dataset) => {
      const known = names.length === 0 ? [] : await this.#history.named(datasetId, names);
      plan = this.planDatasetItemBatch(items, known, () => crypto.randomUUID());
      if (plan.inserts.length === 0) return null;
      return plan.inserts.map((/** @type {any} */ { id, item }) => ({
        ...{ id, externalId: item.externalId ?? null, isDeleted: false },
        ...ownersOf(dataset),
        ...payloadOf(item),
      }));
    });
    const byId = new Map(made.map((row) => [row.id, row]));
    return plan.resolvedIds.map((/** @type {string} */ id) =>
      toItem(byId.get(id) ?? plan.existingCurrentItems.get(id)),
    );
  }

  /** @override @param {import('@mastra/core/storage').UpdateDatasetItemInput} args @returns {Promise<DatasetItem>} */
  updateItem(args) {
    return this.#change('updateItem', args.datasetId, args, () => super.updateItem(args));
  }

  /** @override @protected @param {import('@mastra/core/storage').UpdateDatasetItemInput} args @returns {Promise<DatasetItem>} */
  async _doUpdateItem(args) {
    const method = 'updateItem';
    const { id, datasetId } = args;
    const [made] = await this.#next(method, datasetId, async (dataset) => {
      const row = await this.#currentOf(id, datasetId, method);
      if (row === null) throw notFound(method, `Item ${id}`);
      if (row.metadata?.__purged === true) throw invalid(method, `item ${id} must not be purged`);
      const changed = given(payloadOf(args));
      const next = { ...undated(row), ...changed, ...ownersOf(dataset) };
      if (next.scorerIds === null) delete next.scorerIds;
      return [next];
    });
    return toItem(made);
  }

  /** @override @param {import('@mastra/core/storage').DeleteDatasetItemInput} args @returns {Promise<void>} */
  deleteItem(args) {
    return this.#change('deleteItem', args.datasetId, args, () => super.deleteItem(args));
  }

  /**
   * An unknown one is no error.
   *
   * @override
   * @protected
   * @param {import('@mastra/core/storage').DeleteDatasetItemInput} args
   */
  async _doDeleteItem({ id, datasetId }) {
    if ((await this.#currentOf(id, datasetId, 'deleteItem')) === null) return;
    await this.#next('deleteItem', datasetId, async () => {
      const row = await this.#currentOf(id, datasetId, 'deleteItem');
      return row && [tombstone(row)];
    });
  }

  /** @override @param {import('@mastra/core/storage').BatchDeleteItemsInput} input @returns {Promise<void>} */
  batchDeleteItems(input) {
    return this.#change('batchDeleteItems', input.datasetId, input, () => super.batchDeleteItems(input));
  }

  /**
   * One version for all, also if none is known, as in core's own store.
   *
   * @override
   * @protected
   * @param {import('@mastra/core/storage').BatchDeleteItemsInput} input
   */
  async _doBatchDeleteItems({ datasetId, itemIds }) {
    await this.#next('batchDeleteItems', datasetId, async () => {
      const wanted = new Set(itemIds);
      const current = await this.#history.visible(datasetId);
      const rows = await this.#history.read(current.filter(({ id }) => wanted.has(id)));
      return rows.map(tombstone);
    });
  }

  /** @override @param {import('@mastra/core/storage').PurgeDatasetItemInput} args @returns {Promise<void>} */
  purgeItem(args) {
    return attempt('purgeItem', [args], () => super.purgeItem(args));
  }

  /**
   * The mark that it is purged comes first: results that are stored meanwhile look for it. No number is counted.
   *
   * @override
   * @protected
   * @param {import('@mastra/core/storage').PurgeDatasetItemInput} args
   */
  async _doPurgeItem({ id, datasetId }) {
    if ((await this.#history.datasetOf(id)) !== datasetId) return;
    const metadata = { __purged: true, purgedAt: new Date().toISOString() };
    const content = { ...Object.fromEntries(PAYLOAD.map((name) => [name, null])), metadata };
    await inTurn(datasetId, 'purgeItem', async () => {
      await this.#history.mark(id, datasetId, metadata.purgedAt);
      await this.#history.rewrite(id, datasetId, content);
      if (!this.#isCounting()) return;
      // What is changed elsewhere meanwhile either is there now, or begins again and finds nothing.
      await this.#history.disturb(datasetId);
      await this.#history.rewrite(id, datasetId, content);
    });
    await this.#history.scrubResults(id, datasetId, metadata);
  }

  /**
   * @override
   * @param {{ id: string, datasetVersion?: number }} args
   * @returns {Promise<DatasetItem | null>} as it is, or was in that version
   */
  getItemById({ id, datasetVersion }) {
    return attempt('getItemById', [{ id }], async () => {
      const datasetId = await this.#history.datasetOf(id);
      const row = datasetId && (await this.#history.item(id, datasetId, datasetVersion));
      return row ? toItem(row) : null;
    });
  }

  /**
   * @override
   * @param {{ datasetId: string, version: number }} args
   * @returns {Promise<DatasetItem[]>} newest first
   */
  getItemsByVersion({ datasetId, version }) {
    return attempt('getItemsByVersion', [{ datasetId }], async () => {
      const rows = await this.#history.read(await this.#history.visible(datasetId, version));
      return rows.map(toItem).sort((a, b) => +b.createdAt - +a.createdAt || (a.id < b.id ? 1 : -1));
    });
  }

  /**
   * @override
   * @param {string} itemId
   * @returns {Promise<import('@mastra/core/storage').DatasetItemRow[]>} newest first
   */
  getItemHistory(itemId) {
    return attempt('getItemHistory', [itemId], async () => {
      const datasetId = await this.#history.datasetOf(itemId);
      return datasetId ? (await this.#history.of(itemId, datasetId)).map(toRow) : [];
    });
  }

  /**
   * Newest first if nothing else is said.
   *
   * @override
   * @param {import('@mastra/core/storage').ListDatasetItemsInput} args
   * @returns {Promise<import('@mastra/core/storage').ListDatasetItemsOutput>}
   */
  listItems({ datasetId, version, search, filters, orderBy, pagination }) {
    const method = 'listItems';
    return attempt(method, [{ datasetId }], async () => {
      let found = (await this.#history.visible(datasetId, version)).filter((row) => isOf(row, filters));
      // What is in an item only it can tell.
      if (search) found = (await this.#history.read(found)).filter((row) => says(row, search));
      const list = ordered(method, found, orderBy, ['createdAt', 'updatedAt'], 'DESC');
      const page = pageOf(method, list, pagination);
      const rows = search ? page.items : await this.#history.read(page.items);
      return { items: rows.map(toItem), pagination: page.pagination };
    });
  }

  /**
   * @override
   * @param {string} datasetId
   * @param {number} version
   * @returns {Promise<import('@mastra/core/storage').DatasetVersion>}
   */
  createDatasetVersion(datasetId, version) {
    return attempt('createDatasetVersion', [datasetId], async () => {
      this.#requireOneWriter('createDatasetVersion', 'a version');
      return this.#history.createVersion(datasetId, version);
    });
  }

  /**
   * The newest first.
   *
   * @override
   * @param {import('@mastra/core/storage').ListDatasetVersionsInput} input
   * @returns {Promise<import('@mastra/core/storage').ListDatasetVersionsOutput>}
   */
  listDatasetVersions({ datasetId, pagination }) {
    return attempt('listDatasetVersions', [{ datasetId }], async () => {
      const numbers = (await this.#history.numbers(datasetId)).reverse();
      const page = pageOf('listDatasetVersions', numbers, pagination);
      const versions = await this.#history.versions(datasetId, page.items);
      return { versions, pagination: page.pagination };
    });
  }

  /** @override @returns {Promise<void>} */
  async dangerouslyClearAll() {
    await clearTables(this.#store, COUNTED.slice(0, 3));
    await attempt('clearTable', ['version_ids'], () => this.#history.clear());
  }

  #isCounting() {
    return this.#store.supportsConcurrentUpdates(...COUNTED);
  }

  /** @param {string} method @param {string} what  needs it */
  #requireOneWriter(method, what) {
    if (this.#isCounting()) return;
    const help = `set assumeSingleWriter, or keep ${COUNTED.join(', ')} in Durable Objects`;
    throw invalid(method, `${what} needs one writer, for over KV two places would count alike: ${help}`);
  }

  /**
   * What core's class checks before a change; its errors but one are told as they are.
   *
   * @template T
   * @param {string} method
   * @param {string} id  of the dataset
   * @param {any} args
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  async #change(method, id, args, run) {
    await attempt(method, [args], () => this.#requireOneWriter(method, method));
    try {
      return await inTurn(id, method, run);
    } catch (error) {
      const text = error instanceof Error && error.name === 'Error' ? error.message : '';
      const known = text === `Dataset not found: ${id}` ? notFound(method, `Dataset ${id}`) : error;
      if (!(known instanceof StoreError)) throw known;
      return attempt(method, [args], () => Promise.reject(known));
    }
  }

  /**
   * Gives the dataset its next version.
   *
   * @param {string} method
   * @param {string} datasetId
   * @param {(dataset: any) => Promise<any[] | null>} plan  what items become in it; null: nothing is to be done
   * @returns {Promise<any[]>} as stored
   */
  #next(method, datasetId, plan) {
    return attempt(method, [{ datasetId }], async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        const dataset = await this.#datasets.get({ id: datasetId });
        if (dataset === null) throw notFound(method, `Dataset ${datasetId}`);
        const rows = await plan(dataset);
        if (rows === null) return [];
        const made = await this.#history.add(dataset, rows);
        if (made !== null) return made;
      }
      throw storeError('TRY_AGAIN', method, 'others keep changing this dataset');
    });
  }

  /** @param {string} id @param {string} datasetId @param {string} method @returns {Promise<any>} null when there is none */
  async #currentOf(id, datasetId, method) {
    const at = await this.#history.datasetOf(id);
    if (at === null) return null;
    const row = await this.#history.item(id, at);
    if (row && at !== datasetId) throw invalid(method, `item ${id} must belong to dataset ${datasetId}`);
    return row;
  }
}
