/**
 * Connections to tool providers for Mastra: the names that authors gave to what they authorized.
 *
 * @module
 */

import { ToolProviderConnectionsStorage } from '@mastra/core/storage';
import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { given, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').StorageToolProviderConnection} Connection
 * @typedef {import('@mastra/core/storage').StorageToolProviderConnectionKey} Key
 * @typedef {import('@mastra/core/storage').StorageUpsertToolProviderConnectionInput} UpsertInput
 * @typedef {import('@mastra/core/storage').StorageListToolProviderConnectionsInput} ListInput
 * @typedef {import('@mastra/core/storage').StorageDeleteToolProviderConnectionInput} DeleteInput
 */

const SCOPE = 'per-author';

/** Mastra's `toolProviderConnections` domain. Works in a store of its own, too. */
export class ToolProviderConnectionsStorageCloudflare extends ToolProviderConnectionsStorage {
  #store;
  #connections;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#connections = new Table(this.#store, 'tool_provider_connections');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * @override
   * @param {Key} key
   * @returns {Promise<Connection | null>}
   */
  getConnectionById(key) {
    return attempt('getConnectionById', [key], () => this.#connections.get(keyOf(key)));
  }

  /**
   * Stores a connection, or gives a known one another label and toolkit; its scope changes only where one is given.
   *
   * @override
   * @param {UpsertInput} input
   * @returns {Promise<Connection>}
   */
  upsertConnection(input) {
    return attempt('upsertConnection', [input], async () => {
      const key = keyOf(input);
      const { toolkit, label = null, scope } = input;
      const change = { set: given({ toolkit, label, scope: scope ?? undefined }) };
      const row = { ...key, scope: SCOPE, ...change.set };
      return (
        (await this.#connections.updated(key, change)) ??
        (await this.#connections.create(row, { fresh: true })) ??
        // Somebody else has made it meanwhile.
        this.#connections.updated(key, change)
      );
    });
  }

  /**
   * Oldest first. Without an author, of all of them.
   *
   * @override
   * @param {ListInput} input
   * @returns {Promise<Connection[]>}
   */
  listConnectionsByAuthor({ authorId, providerId, toolkit, scope }) {
    return attempt('listConnectionsByAuthor', [{ authorId }], async () => {
      if (authorId === '') return [];
      const where = given({
        providerId: providerId || undefined,
        toolkit: toolkit || undefined,
        scope: scope || undefined,
      });
      return this.#connections.list(authorId === undefined ? { where } : { under: authorId, where });
    });
  }

  /**
   * An unknown one is no error.
   *
   * @override
   * @param {DeleteInput} input
   * @returns {Promise<void>}
   */
  deleteConnection(input) {
    return attempt('deleteConnection', [input], () => this.#connections.delete(keyOf(input)));
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['tool_provider_connections']);
  }
}

/** @param {Key} key */
const keyOf = ({ authorId, providerId, connectionId }) => ({ authorId, providerId, connectionId });
