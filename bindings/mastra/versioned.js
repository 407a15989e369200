/**
 * What Mastra's editor keeps, once for all seven domains of it: a thin record, and its numbered versions.
 *
 * @module
 */

import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { Listing } from './listing.js';
import { requirePage } from './paging.js';
import { isSame } from './spans.js';
import { alreadyThere, given, notFound, Table } from './table.js';
import { Versions } from './versions.js';

/**
 * What sets a domain apart.
 * @typedef {object} Kind
 * @property {string} what  an entity is called so in errors
 * @property {string} input  the argument of `create` that holds one
 * @property {string} parent  the field of a version that names its entity
 * @property {string} table
 * @property {string} versions  the table of versions
 * @property {string[]} own  what the record itself says; all else is the versions'
 * @property {string} [favorites]  as favorites call its entities
 * @property {string[]} [config]  what an update of makes a version of its own
 * @property {string | null} [status]  which ones are listed if nothing is said; null: all, whatever is said
 */

/** What a version says about itself, not about its entity. */
const MADE = ['id', 'versionNumber', 'changedFields', 'changeMessage', 'createdAt'];
const PER_PAGE = 100;
const VERSIONS_PER_PAGE = 20;
const TRIES = 10;

/**
 * @template {new (...args: any[]) => import('@mastra/core/storage').VersionedStorageDomain<any, any, any, any, any, any, any, any, any, any, any, any>} Base
 * @param {Base} Base  Mastra's class of the domain
 * @param {Kind} kind
 * @returns {any} the domain's class
 */
export function versioned(Base, kind) {
  const { what, parent } = kind;
  /** As errors call an entity. */
  const Name = kind.input[0].toUpperCase() + kind.input.slice(1);

  // TypeScript wants a mixin's constructor to take anything.
  // @ts-ignore
  return class extends Base {
    /** @type {import('../index.js').CloudflareStore} */ #store;
    /** @type {Table} */ #entities;
    /** @type {Versions} */ #versions;
    /** @type {Listing} */ #listing;

    /** @param {...any} args  the configuration */
    constructor(...args) {
      super();
      this.#store = openStore(args[0]);
      this.#entities = new Table(this.#store, kind.table);
      this.#versions = new Versions(this.#store, kind.versions, parent);
      this.#listing = new Listing(this.#store, kind);
    }

    /** The store's first call does what there is to do. */
    async init() {}

    /** @param {string} id @returns {Promise<any>} */
    getById(id) {
      return attempt(`get${Name}ById`, [id], async () => toEntity(await this.#entities.get({ id })));
    }

    /** A draft, and its first version. @param {any} input @returns {Promise<any>} */
    create(input) {
      return attempt(`create${Name}`, [], async () => {
        const { id, ...all } = input[kind.input];
        const own = Object.fromEntries(kind.own.map((name) => [name, all[name]]));
        const config = Object.fromEntries(Object.entries(all).filter(([name]) => !kind.own.includes(name)));
        if (kind.favorites) Object.assign(own, { visibility: visibilityOf(all), favoriteCount: 0 });
        const row = { id, status: 'draft', ...own, revision: crypto.randomUUID() };
        const taken = alreadyThere('create', `${what} with id ${id}`);
        if ((await this.#entities.create(row)) !== null) {
          if (!(await this.#begin(id, config))) throw taken;
        } else {
          // What a call left behind that failed half-way is taken over by whoever makes its first version.
          if (!(await this.#isUnfinished(id)) || !(await this.#begin(id, config))) throw taken;
          await this.#entities.save(row);
        }
        return toEntity(await this.#entities.get({ id }));
      });
    }

    /** @param {string} id @param {any} config @returns {Promise<boolean>} false when somebody else has begun */
    #begin(id, config) {
      const changedFields = Object.keys(config);
      const first = { [parent]: id, versionNumber: 1, changedFields, changeMessage: 'Initial version' };
      return this.#versions.create({ ...config, ...first, id: crypto.randomUUID() }, 'create');
    }

    /** @param {string} id @returns {Promise<boolean>} whether it is a record that nothing was made of yet */
    async #isUnfinished(id) {
      const row = await this.#entities.get({ id });
      if (row === null || +row.updatedAt !== +row.createdAt) return false;
      return (await this.#versions.count(id)) === 0;
    }

    /** Metadata is merged; what is undefined stays. @param {any} input @returns {Promise<any>} */
    update({ id, ...updates }) {
      return attempt(`update${Name}`, [], async () => {
        const { status, activeVersionId } = updates;
        const own = Object.fromEntries(kind.own.map((name) => [name, updates[name]]));
        const set = given({ ...own, activeVersionId, status });
        if (kind.config && activeVersionId !== undefined && status === undefined) set.status = 'published';
        const entity = await this.#entities.get({ id });
        if (entity === null) throw notFound('update', `${what} with id ${id}`);
        if (kind.config) await this.#addChanges(id, updates);
        const changed = await this.#entities.revise({ id }, ({ metadata, revision = null }) => ({
          expect: { revision },
          set: {
            ...set,
            ...(set.metadata ? { metadata: { ...metadata, ...set.metadata } } : {}),
            revision: crypto.randomUUID(),
          },
        }));
        if (changed === null) throw notFound('update', `${what} with id ${id}`);
        return toEntity(changed);
      });
    }

    /** Makes the next version, if something is different in it. @param {string} id @param {any} updates */
    async #addChanges(id, updates) {
      const names = /** @type {string[]} */ (kind.config).filter((name) => updates[name] !== undefined);
      for (let tries = 0; names.length > 0 && tries < TRIES; tries++) {
        const latest = await this.#versions.latest(id);
        if (latest === null) throw notFound('update', `a version of ${what} ${id}`);
        const config = Object.fromEntries(Object.entries(latest).filter(([name]) => !MADE.includes(name)));
        const changedFields = names.filter((name) => !isSame(plain(updates[name]), config[name]));
        if (changedFields.length === 0) return;
        const next = {
          ...config,
          ...Object.fromEntries(names.map((name) => [name, updates[name]])),
          ...{ id: crypto.randomUUID(), versionNumber: latest.versionNumber + 1, changedFields },
          changeMessage: `Updated ${changedFields.join(', ')}`,
        };
        if (await this.#versions.create(next, 'update')) return;
      }
    }

    /** With its versions. An unknown one is no error. @param {string} id @returns {Promise<void>} */
    delete(id) {
      return attempt(`delete${Name}`, [id], async () => {
        await this.#entities.delete({ id });
        await this.#versions.deleteUnder(id);
      });
    }

    /** Newest first if nothing else is said. @param {any} [args] @returns {Promise<any>} */
    list(args) {
      return attempt(`list${Name}s`, [], async () => {
        const { page = 0, perPage = PER_PAGE, orderBy } = args ?? {};
        requirePage('list', page, perPage);
        const order = this.parseOrderBy(orderBy);
        const { rows, total } = await this.#listing.list({ ...args, page, perPage }, order);
        const hasMore = perPage !== false && (page + 1) * perPage < total;
        return { [this.listKey]: rows.map(toEntity), total, page, perPage, hasMore };
      });
    }

    /** Refused where the id or the number is taken. @param {any} input @returns {Promise<any>} */
    createVersion(input) {
      return attempt(`create${Name}Version`, [], async () => {
        const { [parent]: entityId, versionNumber } = input;
        if (!(await this.#versions.create(input, 'createVersion')))
          throw alreadyThere('createVersion', `Version number ${versionNumber} of ${what} ${entityId}`);
        return this.#versions.numbered(entityId, versionNumber);
      });
    }

    /** @param {string} id @returns {Promise<any>} */
    getVersion(id) {
      return attempt(`get${Name}Version`, [id], () => this.#versions.get(id));
    }

    /** Those that there are, once each. @param {string[]} ids @returns {Promise<any[]>} */
    getVersions(ids) {
      return attempt(`get${Name}Versions`, [], () => this.#versions.getAll(ids));
    }

    /** @param {string} entityId @param {number} number @returns {Promise<any>} */
    getVersionByNumber(entityId, number) {
      return attempt(`get${Name}VersionByNumber`, [entityId, number], () =>
        this.#versions.numbered(entityId, number),
      );
    }

    /** The one with the highest number. @param {string} entityId @returns {Promise<any>} */
    getLatestVersion(entityId) {
      return attempt(`getLatest${Name}Version`, [entityId], () => this.#versions.latest(entityId));
    }

    /** The highest number first if nothing else is said. @param {any} input @returns {Promise<any>} */
    listVersions({ [parent]: entityId, page = 0, perPage = VERSIONS_PER_PAGE, orderBy }) {
      return attempt(`list${Name}Versions`, [entityId], async () => {
        requirePage('listVersions', page, perPage);
        const { field, direction } = this.parseVersionOrderBy(orderBy);
        return this.#versions.list(entityId, { page, perPage, field, direction });
      });
    }

    /** An unknown one is no error. @param {string} id @returns {Promise<void>} */
    deleteVersion(id) {
      return attempt(`delete${Name}Version`, [id], () => this.#versions.delete(id));
    }

    /** @param {string} entityId @returns {Promise<void>} */
    deleteVersionsByParentId(entityId) {
      return attempt(`delete${Name}Versions`, [entityId], () => this.#versions.deleteUnder(entityId));
    }

    /** @param {string} entityId @returns {Promise<number>} */
    countVersions(entityId) {
      return attempt(`count${Name}Versions`, [entityId], () => this.#versions.count(entityId));
    }

    /** @returns {Promise<void>} */
    async dangerouslyClearAll() {
      await clearTables(this.#store, [kind.table, kind.versions]);
      await attempt('clearTable', ['version_ids'], () => this.#versions.deletePointers());
    }
  };
}

/** @param {any} row  fresh @returns {any} */
function toEntity(row) {
  if (row !== null) delete row.revision;
  return row;
}

/** @param {{ visibility?: string, authorId?: string }} entity */
const visibilityOf = ({ visibility, authorId }) => visibility ?? (authorId ? 'private' : undefined);

/** @param {any} value  as it will come back */
const plain = (value) => JSON.parse(JSON.stringify(value));
