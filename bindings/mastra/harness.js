/**
 * Sessions of Mastra's harness, with what each is waiting for.
 *
 * @module
 */

import { HarnessStorage } from '@mastra/core/storage';
import { reviveDates } from '../core/dates.js';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { alreadyThere, given, notFound, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').SessionRecord} SessionRecord
 * @typedef {import('@mastra/core/storage').SessionRecordUpdate} SessionRecordUpdate
 * @typedef {import('@mastra/core/storage').HarnessPendingItemRecord} PendingItem
 */

const ITEM_DATES = ['createdAt', 'updatedAt'];

/** Mastra's `harness` domain. Works in a store of its own, too. */
export class HarnessStorageCloudflare extends HarnessStorage {
  /** @override */
  static retentionTables = {
    sessions: { table: 'mastra_harness_sessions', column: 'lastActivityAt', indexed: false },
  };

  #store;
  #sessions;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#sessions = new Table(this.#store, 'harness_sessions');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * @override
   * @param {string} sessionId
   * @returns {Promise<SessionRecord | null>}
   */
  loadSession(sessionId) {
    return attempt('loadSession', [sessionId], async () =>
      toSession(await this.#sessions.get({ id: sessionId })),
    );
  }

  /**
   * The whole record, in place of another of its id.
   *
   * @override
   * @param {SessionRecord} record
   * @returns {Promise<void>}
   */
  saveSession(record) {
    return attempt('saveSession', [record], async () => {
      await this.#sessions.save({ ...record, revision: crypto.randomUUID() }, { asDated: true });
    });
  }

  /** Oldest first. @override @returns {Promise<SessionRecord[]>} */
  listSessions() {
    return attempt('listSessions', [], async () => (await this.#sessions.list()).map(toSession));
  }

  /**
   * @override
   * @param {string} sessionId
   * @param {SessionRecordUpdate} updates
   * @returns {Promise<SessionRecord>}
   */
  updateSession(sessionId, updates) {
    return attempt('updateSession', [sessionId], () =>
      this.#change('updateSession', sessionId, () => updates),
    );
  }

  /**
   * @override
   * @param {string} sessionId
   * @param {PendingItem} item
   * @returns {Promise<SessionRecord>}
   */
  appendPendingItem(sessionId, item) {
    return attempt('appendPendingItem', [sessionId], () =>
      this.#change('appendPendingItem', sessionId, ({ pending = [] }) => {
        if (pending.some(({ id }) => id === item.id)) {
          throw alreadyThere('appendPendingItem', `Harness pending item ${item.id} of session ${sessionId}`);
        }
        return { pending: [...pending, item] };
      }),
    );
  }

  /**
   * @override
   * @param {string} sessionId
   * @param {string} itemId
   * @param {Partial<PendingItem>} updates
   * @returns {Promise<SessionRecord>}
   */
  updatePendingItem(sessionId, itemId, updates) {
    return attempt('updatePendingItem', [sessionId], () =>
      this.#change('updatePendingItem', sessionId, ({ pending = [] }) => {
        if (!pending.some(({ id }) => id === itemId)) {
          throw notFound('updatePendingItem', `Harness pending item ${itemId} of session ${sessionId}`);
        }
        /** @param {PendingItem} item */
        const changed = (item) => {
          const { id, sessionId: owner, createdAt } = item;
          return { ...item, ...updates, id, sessionId: owner, createdAt, updatedAt: new Date() };
        };
        return { pending: pending.map((item) => (item.id === itemId ? changed(item) : item)) };
      }),
    );
  }

  /**
   * An unknown item is no error.
   *
   * @override
   * @param {string} sessionId
   * @param {string} itemId
   * @returns {Promise<SessionRecord>}
   */
  removePendingItem(sessionId, itemId) {
    return attempt('removePendingItem', [sessionId], () =>
      this.#change('removePendingItem', sessionId, ({ pending = [] }) => ({
        pending: pending.filter(({ id }) => id !== itemId),
      })),
    );
  }

  /**
   * Of several changes at once in this isolate none is lost.
   *
   * @param {string} method
   * @param {string} sessionId
   * @param {(session: SessionRecord) => SessionRecordUpdate} change
   * @returns {Promise<SessionRecord>}
   */
  async #change(method, sessionId, change) {
    const row = await this.#sessions.revise({ id: sessionId }, (found) => {
      const { revision = null } = found;
      const { lastActivityAt = new Date(), ...updates } = { ...change(toSession(found)) };
      const known = Object.fromEntries(
        Object.entries(updates).filter(([n]) => n !== 'id' && n !== 'createdAt'),
      );
      const clear = Object.keys(known).filter((name) => known[name] === undefined);
      const set = { ...given(known), lastActivityAt, revision: crypto.randomUUID() };
      return { expect: { revision }, set, clear };
    });
    if (row === null) throw notFound(method, `Harness session ${sessionId}`);
    return toSession(row);
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'harness', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['harness_sessions']);
  }
}

/** @param {any} row  fresh @returns {any} */
function toSession(row) {
  if (row === null) return null;
  delete row.revision;
  for (const item of row.pending ?? []) reviveDates(item, ITEM_DATES);
  return row;
}
