/**
 * Favorites of agents and skills, for Mastra's editor.
 *
 * @module
 */

import { FavoritesStorage } from '@mastra/core/storage';
import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { invalid, notFound, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').StorageFavoriteKey} Key
 * @typedef {import('@mastra/core/storage').StorageFavoriteEntityType} EntityType
 * @typedef {{ favorited: boolean, favoriteCount: number }} Result
 */

/** Mastra's `favorites` domain. Works over the store that has the agents and skills. */
export class FavoritesStorageCloudflare extends FavoritesStorage {
  #store;
  #favorites;
  /** @type {Record<string, Table>} */
  #entities;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#favorites = new Table(this.#store, 'favorites');
    this.#entities = { agent: new Table(this.#store, 'agents'), skill: new Table(this.#store, 'skills') };
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * Once for each user, however often it is called.
   *
   * @override
   * @param {Key} key
   * @returns {Promise<Result>}
   */
  favorite(key) {
    return attempt('favorite', [key], async () => {
      await this.#require('favorite', key);
      const isNew = (await this.#favorites.create(keyOf(key))) !== null;
      return { favorited: true, favoriteCount: await this.#count(key, isNew ? 1 : 0) };
    });
  }

  /**
   * @override
   * @param {Key} key
   * @returns {Promise<Result>}
   */
  unfavorite(key) {
    return attempt('unfavorite', [key], async () => {
      await this.#require('unfavorite', key);
      const was = (await this.#favorites.get(keyOf(key))) !== null;
      if (was) await this.#favorites.delete(keyOf(key));
      return { favorited: false, favoriteCount: await this.#count(key, was ? -1 : 0) };
    });
  }

  /** @param {string} method @param {Key} key */
  async #require(method, { entityType, entityId }) {
    if ((await this.#table(method, entityType).get({ id: entityId })) !== null) return;
    throw notFound(method, `${entityType} ${entityId}`);
  }

  /** @param {string} method @param {string} entityType @returns {Table} */
  #table(method, entityType) {
    if (Object.hasOwn(this.#entities, entityType)) return this.#entities[entityType];
    throw invalid(method, "entityType must be 'agent' or 'skill'");
  }

  /** Moves the number that the entity says, never below 0. @param {Key} key @param {number} by @returns {Promise<number>} */
  async #count({ entityType, entityId }, by) {
    const entity = await this.#table('favorite', entityType).revise(
      { id: entityId },
      ({ favoriteCount = null }) =>
        by === 0
          ? null
          : { expect: { favoriteCount }, set: { favoriteCount: Math.max(0, (favoriteCount ?? 0) + by) } },
    );
    return entity?.favoriteCount ?? 0;
  }

  /**
   * @override
   * @param {Key} key
   * @returns {Promise<boolean>}
   */
  isFavorited(key) {
    return attempt('isFavorited', [key], async () => (await this.#favorites.get(keyOf(key))) !== null);
  }

  /**
   * @override
   * @param {{ userId: string, entityType: EntityType, entityIds: string[] }} input
   * @returns {Promise<Set<string>>}
   */
  isFavoritedBatch({ userId, entityType, entityIds }) {
    return attempt('isFavoritedBatch', [], async () => {
      const keys = [...new Set(entityIds)].map((entityId) => ({ userId, entityType, entityId }));
      const rows = await this.#favorites.getAll(keys);
      return new Set(rows.filter((row) => row !== null).map(({ entityId }) => entityId));
    });
  }

  /**
   * The oldest favorite first.
   *
   * @override
   * @param {{ userId: string, entityType: EntityType }} input
   * @returns {Promise<string[]>}
   */
  listFavoritedIds({ userId, entityType }) {
    return attempt('listFavoritedIds', [], async () => {
      const rows = await this.#favorites.list({ under: entityType, where: { userId } });
      return rows.map(({ entityId }) => entityId);
    });
  }

  /**
   * @override
   * @param {{ entityType: EntityType, entityId: string }} input
   * @returns {Promise<number>} how many there were
   */
  deleteFavoritesForEntity({ entityType, entityId }) {
    return attempt('deleteFavoritesForEntity', [], async () => {
      const rows = await this.#favorites.list({ under: entityType, where: { entityId } });
      await this.#favorites.deleteUnder(entityType, entityId);
      await this.#table('deleteFavoritesForEntity', entityType).update(
        { id: entityId },
        { set: { favoriteCount: 0 } },
      );
      return rows.length;
    });
  }

  /** @override @returns {Promise<void>} */
  async dangerouslyClearAll() {
    await clearTables(this.#store, ['favorites']);
    await attempt('clearTable', ['favorites'], async () => {
      for (const table of Object.values(this.#entities)) {
        for (const { id, favoriteCount } of await table.list()) {
          if (favoriteCount) await table.update({ id }, { set: { favoriteCount: 0 } });
        }
      }
    });
  }
}

/** @param {Key} key */
const keyOf = ({ userId, entityType, entityId }) => ({ userId, entityType, entityId });
