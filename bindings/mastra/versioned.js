/**
 * What Mastra's editor keeps, once for all seven domains of it: a thin record, and its numbered versions.
 *
 * A version's number is part of its key, so that of several made at once under one number one is made. A pointer by its
 * id tells where it is; it counts only where the version has that id.
 *
 * @module
 */

import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { hasAll, isSame } from './spans.js';
import { alreadyThere, given, invalid, notFound, Table } from './table.js';

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
/** The store's own. */
const HIDDEN = ['entityId', 'number', 'sortAt'];
const PER_PAGE = 100;
const VERSIONS_PER_PAGE = 20;
/** Digits of a number in a key. */
const DIGITS = 16;
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
    /** @type {Table} */ #versions;
    /** @type {Table} */ #ids;
    /** @type {Table} */ #favorites;

    /** @param {...any} args  the configuration */
    constructor(...args) {
      super();
      this.#store = openStore(args[0]);
      this.#entities = new Table(this.#store, kind.table);
      this.#versions = new Table(this.#store, kind.versions);
      this.#ids = new Table(this.#store, 'version_ids');
      this.#favorites = new Table(this.#store, 'favorites');
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
      return this.#putVersion({ ...config, ...first, id: crypto.randomUUID() }, 'create');
    }

    /** @param {string} id @returns {Promise<boolean>} whether it is a record that nothing was made of yet */
    async #isUnfinished(id) {
      const row = await this.#entities.get({ id });
      if (row === null || +row.updatedAt !== +row.createdAt) return false;
      return (await this.#store.listRows({ table: kind.versions, under: id, perPage: 0 })).total === 0;
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
        const latest = await this.#latest(id);
        if (latest === undefined) throw notFound('update', `a version of ${what} ${id}`);
        const config = Object.fromEntries(Object.entries(latest).filter(([name]) => !MADE.includes(name)));
        const changedFields = names.filter((name) => !isSame(plain(updates[name]), config[name]));
        if (changedFields.length === 0) return;
        const next = {
          ...config,
          ...Object.fromEntries(names.map((name) => [name, updates[name]])),
          ...{ id: crypto.randomUUID(), versionNumber: latest.versionNumber + 1, changedFields },
          changeMessage: `Updated ${changedFields.join(', ')}`,
        };
        if (await this.#putVersion(next, 'update')) return;
      }
    }

    /** With its versions. An unknown one is no error. @param {string} id @returns {Promise<void>} */
    delete(id) {
      return attempt(`delete${Name}`, [id], async () => {
        await this.#entities.delete({ id });
        await this.#deleteVersions(id);
      });
    }

    /** Newest first if nothing else is said. @param {any} [args] @returns {Promise<any>} */
    list(args) {
      return attempt(`list${Name}s`, [], async () => {
        const { page = 0, perPage = PER_PAGE, orderBy, entityIds } = args ?? {};
        requirePage('list', page, perPage);
        const { field, direction } = this.parseOrderBy(orderBy);
        const order = { orderBy: field, direction };
        const where = whereOf(kind, args ?? {});
        const { matches, first } = await this.#choice(args ?? {});
        const question = { table: kind.table, where, ...order };
        if (!matches && !first && !entityIds) {
          const { rows, total } = await this.#store.listRows({
            ...question,
            page: perPage === false ? 0 : page,
            perPage,
          });
          return this.#page(rows, total, page, perPage);
        }
        const all = entityIds
          ? (await this.#named(entityIds)).filter((row) => hasAll(row, where))
          : (await this.#store.listRows({ ...question, perPage: false })).rows;
        const rows = sorted(matches ? all.filter(matches) : all, { field, direction, first });
        const from = perPage === false ? 0 : page * perPage;
        const to = perPage === false ? rows.length : from + perPage;
        return this.#page(rows.slice(from, to), rows.length, page, perPage);
      });
    }

    /** @param {any[]} rows @param {number} total @param {number} page @param {number | false} perPage */
    #page(rows, total, page, perPage) {
      const hasMore = perPage !== false && (page + 1) * perPage < total;
      return { [this.listKey]: rows.map(toEntity), total, page, perPage, hasMore };
    }

    /** @param {string[]} ids @returns {Promise<any[]>} */
    async #named(ids) {
      const rows = await this.#entities.getAll([...new Set(ids)].map((id) => ({ id })));
      return rows.filter((row) => row !== null);
    }

    /** What only the record itself can tell, and whom somebody likes. @param {any} args */
    async #choice({ metadata, pinFavoritedFor, favoritedOnly }) {
      /** @type {((row: any) => boolean)[]} */
      const tests = [];
      if (metadata && Object.keys(metadata).length > 0) tests.push((row) => hasAll(row.metadata, metadata));
      if (!kind.favorites) return { matches: tests[0], first: undefined };
      const first = pinFavoritedFor ? await this.#favoritesOf(pinFavoritedFor) : undefined;
      if (favoritedOnly) tests.push((row) => first?.has(row.id) === true);
      const matches =
        tests.length === 0 ? undefined : (/** @type {any} */ row) => tests.every((test) => test(row));
      return { matches, first };
    }

    /** @param {string} userId @returns {Promise<Set<string>>} */
    async #favoritesOf(userId) {
      const rows = await this.#favorites.list({ under: kind.favorites, where: { userId } });
      return new Set(rows.map(({ entityId }) => entityId));
    }

    /** Refused where the id or the number is taken. @param {any} input @returns {Promise<any>} */
    createVersion(input) {
      return attempt(`create${Name}Version`, [], () => this.#addVersion(input, 'createVersion'));
    }

    /** @param {any} input @param {string} method @returns {Promise<any>} */
    async #addVersion(input, method) {
      if (!(await this.#putVersion(input, method))) {
        const { versionNumber } = input;
        throw alreadyThere(method, `Version number ${versionNumber} of ${what} ${input[parent]}`);
      }
      return toVersion(await this.#versions.get(placeOf(input[parent], input.versionNumber)));
    }

    /**
     * @param {any} input
     * @param {string} method
     * @returns {Promise<boolean>} false when its number is taken
     */
    async #putVersion(input, method) {
      const { id, versionNumber } = input;
      if (!Number.isSafeInteger(versionNumber) || versionNumber < 0 || versionNumber > MAX_NUMBER) {
        throw invalid(method, 'versionNumber must be a number of a version');
      }
      const place = placeOf(input[parent], versionNumber);
      const pointer = { of: kind.versions, id, ...place };
      // The pointer is there before what it points at; one that a call left behind that failed is nobody's.
      if ((await this.#ids.create(pointer)) === null) {
        if ((await this.#versionAt(id)) !== null) throw alreadyThere(method, `Version with id ${id}`);
        await this.#ids.save(pointer);
      }
      const row = { ...input, ...place, sortAt: new Date(versionNumber), createdAt: undefined };
      if ((await this.#versions.create(row)) !== null) return true;
      await this.#ids.delete({ of: kind.versions, id });
      return false;
    }

    /** @param {string} id @returns {Promise<any>} */
    async #versionAt(id) {
      const pointer = await this.#ids.get({ of: kind.versions, id });
      const row =
        pointer && (await this.#versions.get({ entityId: pointer.entityId, number: pointer.number }));
      return row?.id === id ? row : null;
    }

    /** @param {string} id @returns {Promise<any>} */
    getVersion(id) {
      return attempt(`get${Name}Version`, [id], async () => toVersion(await this.#versionAt(id)));
    }

    /** Those that there are, once each. @param {string[]} ids @returns {Promise<any[]>} */
    getVersions(ids) {
      return attempt(`get${Name}Versions`, [], async () => {
        const wanted = [...new Set(ids)].map((id) => ({ of: kind.versions, id }));
        const pointers = (await this.#ids.getAll(wanted)).filter((pointer) => pointer !== null);
        const rows = await this.#versions.getAll(
          pointers.map(({ entityId, number }) => ({ entityId, number })),
        );
        return rows.filter((row, i) => row?.id === pointers[i].id).map(toVersion);
      });
    }

    /** @param {string} entityId @param {number} number @returns {Promise<any>} */
    getVersionByNumber(entityId, number) {
      return attempt(`get${Name}VersionByNumber`, [entityId, number], async () =>
        toVersion(await this.#versions.get(placeOf(entityId, number))),
      );
    }

    /** The one with the highest number. @param {string} entityId @returns {Promise<any>} */
    getLatestVersion(entityId) {
      return attempt(
        `getLatest${Name}Version`,
        [entityId],
        async () => (await this.#latest(entityId)) ?? null,
      );
    }

    /** @param {string} entityId @returns {Promise<any>} */
    async #latest(entityId) {
      const [row] = await this.#versions.list({
        under: entityId,
        orderBy: 'sortAt',
        direction: 'DESC',
        perPage: 1,
      });
      return row === undefined ? undefined : toVersion(row);
    }

    /** The highest number first if nothing else is said. @param {any} input @returns {Promise<any>} */
    listVersions({ [parent]: entityId, page = 0, perPage = VERSIONS_PER_PAGE, orderBy }) {
      return attempt(`list${Name}Versions`, [entityId], async () => {
        requirePage('listVersions', page, perPage);
        const { field, direction } = this.parseVersionOrderBy(orderBy);
        const { rows, total, hasMore } = await this.#store.listRows({
          ...{
            table: kind.versions,
            under: entityId,
            page: perPage === false ? 0 : page,
            perPage,
            direction,
          },
          orderBy: field === 'createdAt' ? 'createdAt' : 'sortAt',
        });
        return { versions: rows.map(toVersion), total, page, perPage, hasMore };
      });
    }

    /** An unknown one is no error. @param {string} id @returns {Promise<void>} */
    deleteVersion(id) {
      return attempt(`delete${Name}Version`, [id], async () => {
        const row = await this.#versionAt(id);
        if (row !== null) await this.#versions.delete({ entityId: row.entityId, number: row.number });
        await this.#ids.delete({ of: kind.versions, id });
      });
    }

    /** @param {string} entityId @returns {Promise<void>} */
    deleteVersionsByParentId(entityId) {
      return attempt(`delete${Name}Versions`, [entityId], () => this.#deleteVersions(entityId));
    }

    /** @param {string} entityId */
    async #deleteVersions(entityId) {
      const rows = await this.#versions.list({ under: entityId });
      await this.#versions.deleteUnder(entityId);
      await this.#ids.delete(...rows.map(({ id }) => ({ of: kind.versions, id })));
    }

    /** @param {string} entityId @returns {Promise<number>} */
    countVersions(entityId) {
      return attempt(`count${Name}Versions`, [entityId], async () => {
        return (await this.#store.listRows({ table: kind.versions, under: entityId, perPage: 0 })).total;
      });
    }

    /** @returns {Promise<void>} */
    async dangerouslyClearAll() {
      await clearTables(this.#store, [kind.table, kind.versions]);
      await attempt('clearTable', ['version_ids'], () => this.#ids.deleteUnder(kind.versions));
    }
  };
}

/** The last that a date can stand for. */
const MAX_NUMBER = 8_640_000_000_000_000;

/** @param {string} entityId @param {number} number */
const placeOf = (entityId, number) => ({ entityId, number: String(number).padStart(DIGITS, '0') });

/** @param {any} row  fresh @returns {any} */
function toEntity(row) {
  if (row !== null) delete row.revision;
  return row;
}

/** @param {any} row  fresh @returns {any} */
function toVersion(row) {
  for (const name of row === null ? [] : HIDDEN) delete row[name];
  return row;
}

/** @param {{ visibility?: string, authorId?: string }} entity */
const visibilityOf = ({ visibility, authorId }) => visibility ?? (authorId ? 'private' : undefined);

/** @param {Kind} kind @param {any} args */
function whereOf({ own, status: standard }, { status = standard, authorId, visibility }) {
  return given({
    status: standard === null ? undefined : status || undefined,
    authorId,
    visibility: own.includes('visibility') ? visibility : undefined,
  });
}

/** As core's stores say it. @param {string} method @param {unknown} page @param {unknown} perPage */
function requirePage(method, page, perPage) {
  for (const [name, value] of Object.entries({ page, perPage })) {
    if ((name === 'perPage' && value === false) || (Number.isSafeInteger(value) && Number(value) >= 0))
      continue;
    throw invalid(method, `${name} must be >= 0`);
  }
}

/** @param {any} value  as it will come back */
const plain = (value) => JSON.parse(JSON.stringify(value));

/** @param {any[]} rows @param {{ field: string, direction: string, first?: Set<string> }} order */
function sorted(rows, { field, direction, first }) {
  const sign = direction === 'ASC' ? 1 : -1;
  const rank = (/** @type {any} */ { id }) => (first?.has(id) ? 0 : 1);
  return [...rows].sort(
    (a, b) => rank(a) - rank(b) || sign * (+a[field] - +b[field]) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
