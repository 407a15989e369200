/**
 * What the items of datasets were in each version.
 *
 * A version's number is part of the keys, so that of several made at once under one number one is made.
 *
 * @module
 */

import { purged } from './experiments.js';
import { alreadyThere, invalid, Pointers, Table } from './table.js';

/** Digits of a number in a key. */
const DIGITS = 16;
const ITEMS = 'dataset_items';
const VERSIONS = 'dataset_versions';

/** Rows are fresh, have `number`, and `validTo` where it is said. */
export class History {
  #store;
  #items;
  #versions;
  #places;

  /** @param {import('../index.js').CloudflareStore} store */
  constructor(store) {
    this.#store = store;
    this.#items = new Table(store, ITEMS);
    this.#versions = new Table(store, VERSIONS);
    this.#places = new Pointers(store, ITEMS);
  }

  /** @param {string} itemId @returns {Promise<string | null>} */
  async datasetOf(itemId) {
    return (await this.#places.get(itemId))?.datasetId ?? null;
  }

  /**
   * The next version of a dataset, in which some items have become something else.
   *
   * @param {any} dataset  as it is
   * @param {any[]} items
   * @returns {Promise<any[] | null>} as stored; null when somebody else has changed the dataset meanwhile
   */
  async add({ id: datasetId, version, changes }, items) {
    const datasetVersion = version + 1;
    const number = digits(datasetVersion);
    const rows = items.map((item) => ({ ...item, datasetId, datasetVersion, number }));
    const fresh = items.filter(({ createdAt }) => createdAt === undefined);
    const stored = await this.#store.changeRows({
      update: {
        ...{ table: 'datasets', key: { id: datasetId }, asDated: true },
        ...{ expect: { version, changes }, set: { version: datasetVersion, changes: crypto.randomUUID() } },
      },
      saves: [
        { table: 'version_ids', rows: fresh.map(({ id }) => ({ of: ITEMS, id, datasetId })) },
        { table: ITEMS, rows },
        { table: VERSIONS, rows: [{ ...versionAt(datasetId, datasetVersion), id: crypto.randomUUID() }] },
      ],
    });
    return stored && stored[1];
  }

  /** Makes changes that have begun elsewhere begin again. @param {string} datasetId */
  async disturb(datasetId) {
    const set = { changes: crypto.randomUUID() };
    const update = { table: 'datasets', key: { id: datasetId }, set, asDated: true };
    await this.#store.changeRows({ update, saves: [] });
  }

  /** @param {string} datasetId @param {number} version @returns {Promise<any>} */
  async createVersion(datasetId, version) {
    if (!Number.isSafeInteger(version) || version < 0) {
      throw invalid('createDatasetVersion', 'version must be a number of a version');
    }
    const row = { ...versionAt(datasetId, version), id: crypto.randomUUID() };
    const made = await this.#versions.create(row);
    if (made === null)
      throw alreadyThere('createDatasetVersion', `Version ${version} of dataset ${datasetId}`);
    return toVersion(made);
  }

  /** @param {string} datasetId @returns {Promise<number[]>} of the versions that there are, upwards */
  async numbers(datasetId) {
    const found = await this.#versions.covers({ under: datasetId });
    return found.map(({ number }) => Number(number)).sort((a, b) => a - b);
  }

  /** @param {string} datasetId @param {number[]} numbers @returns {Promise<any[]>} in this order */
  async versions(datasetId, numbers) {
    const rows = await this.#versions.getAll(numbers.map((number) => versionAt(datasetId, number)));
    return rows.filter((row) => row !== null).map(toVersion);
  }

  /**
   * The items that there are, or were in a version: of each what lists can tell.
   *
   * @param {string} datasetId
   * @param {number} [version]
   * @returns {Promise<any[]>}
   */
  async visible(datasetId, version = Infinity) {
    const [found, numbers] = await Promise.all([
      this.#items.covers({ under: datasetId }),
      this.numbers(datasetId),
    ]);
    const made = new Set(numbers);
    /** @type {Map<string, any>} */
    const latest = new Map();
    for (const row of found) {
      const number = Number(row.number);
      const isLater = !(Number(latest.get(row.id)?.number) > number);
      if (made.has(number) && number <= version && isLater) latest.set(row.id, { ...row, datasetId });
    }
    return [...latest.values()].filter(({ isDeleted }) => !isDeleted);
  }

  /** @param {any[]} covers @returns {Promise<any[]>} their rows, in this order */
  async read(covers) {
    return (await this.#items.getAll(covers)).filter((row) => row !== null);
  }

  /**
   * @param {string} id @param {string} datasetId @param {number} [version]
   * @returns {Promise<any>} what it is, or was in a version; null where it is not
   */
  async item(id, datasetId, version = Infinity) {
    const numbers = (await this.#numbersOf(id, datasetId)).filter((number) => number <= version);
    const number = numbers.at(-1);
    const [row] = number === undefined ? [] : await this.read([placeOf(id, datasetId, number)]);
    return row && !row.isDeleted ? row : null;
  }

  /** @param {string} id @param {string} datasetId @returns {Promise<any[]>} the newest first, with `validTo` */
  async of(id, datasetId) {
    const numbers = await this.#numbersOf(id, datasetId);
    const rows = await this.read(numbers.map((number) => placeOf(id, datasetId, number)));
    return rows.map((row, i) => ({ ...row, validTo: rows[i + 1]?.datasetVersion ?? null })).reverse();
  }

  /** In which versions it has become something. @param {string} id @param {string} datasetId @returns {Promise<number[]>} */
  async #numbersOf(id, datasetId) {
    const found = await this.#items.covers({ under: [datasetId, id] });
    const numbers = found.map(({ number }) => Number(number)).sort((a, b) => a - b);
    const made = await this.versions(datasetId, numbers);
    return made.map(({ version }) => version);
  }

  /**
   * The history of those items that have one of these names.
   *
   * @param {string} datasetId
   * @param {string[]} names
   * @returns {Promise<any[]>} with `validTo`
   */
  async named(datasetId, names) {
    const where = { externalId: [...new Set(names)] };
    const found = await this.#items.covers({ under: datasetId, where });
    const histories = [];
    for (const id of new Set(found.map((row) => row.id))) histories.push(await this.of(id, datasetId));
    return histories.flat();
  }

  /** Says that an item is purged. @param {string} id @param {string} datasetId @param {string} purgedAt */
  async mark(id, datasetId, purgedAt) {
    await this.#places.save({ id, datasetId, purgedAt });
  }

  /** In all that it ever was. @param {string} id @param {string} datasetId @param {Record<string, any>} content */
  async rewrite(id, datasetId, content) {
    const found = await this.#items.covers({ under: [datasetId, id] });
    const rows = await this.read(found.map(({ number }) => ({ datasetId, id, number })));
    await this.#items.saveAll(
      rows.map((row) => ({ ...row, ...content })),
      { asDated: true },
    );
  }

  /** What experiments have found for it. @param {string} id @param {string} datasetId @param {Record<string, any>} metadata */
  async scrubResults(id, datasetId, metadata) {
    const experiments = await new Table(this.#store, 'experiments').covers({ where: { datasetId } });
    const results = new Table(this.#store, 'experiment_results');
    for (const { id: experimentId } of experiments)
      for (const { itemId, trial } of await results.covers({ under: [experimentId, id] }))
        await results.update({ experimentId, itemId, trial }, { set: purged(metadata) });
  }

  /** @param {string} datasetId */
  async deleteAll(datasetId) {
    const found = await this.#items.covers({ under: datasetId });
    await this.#places.delete(...new Set(found.map(({ id }) => id)));
    await this.#items.deleteUnder(datasetId);
    await this.#versions.deleteUnder(datasetId);
  }

  /** What is left when the tables were cleared. */
  clear() {
    return this.#places.clear();
  }
}

/** @param {number} number */
const digits = (number) => String(number).padStart(DIGITS, '0');

/** @param {string} id @param {string} datasetId @param {number} number */
const placeOf = (id, datasetId, number) => ({ datasetId, id, number: digits(number) });

/** @param {string} datasetId @param {number} version */
const versionAt = (datasetId, version) => ({ datasetId, number: digits(version), version });

/** @param {any} row  fresh @returns {any} */
function toVersion(row) {
  delete row.number;
  return row;
}
