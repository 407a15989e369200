/**
 * Notifications of threads for Mastra: what an agent is to be told, at once, later or in a summary.
 *
 * @module
 */

import { NotificationsStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { cleared, given, notFound, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').NotificationRecord} NotificationRecord
 * @typedef {import('@mastra/core/storage').NotificationStatus} NotificationStatus
 * @typedef {import('@mastra/core/storage').CreateNotificationInput} CreateNotificationInput
 * @typedef {import('@mastra/core/storage').ListNotificationsInput} ListNotificationsInput
 * @typedef {import('@mastra/core/storage').ListDueNotificationsInput} ListDueNotificationsInput
 * @typedef {import('@mastra/core/storage').UpdateNotificationInput} UpdateNotificationInput
 * @typedef {import('@mastra/core/storage').UpdateNotificationsStatusInput} UpdateNotificationsStatusInput
 */

/** The date that a status sets. @type {Record<string, string>} */
const STAMPS = {
  delivered: 'deliveredAt',
  seen: 'seenAt',
  dismissed: 'dismissedAt',
  archived: 'archivedAt',
  discarded: 'discardedAt',
};

/** What an update may say. */
const CHANGES = [
  'status',
  'summary',
  'payload',
  'attributes',
  'metadata',
  'deliverAt',
  'summaryAt',
  'deliveryReason',
  'deliveryAttempts',
  'lastDeliveryAttemptAt',
  'lastDeliveryError',
  'deliveredSignalId',
  'summarySignalId',
];

/** What a notification that is merged into a pending one says anew. */
const NEWER = ['payload', 'priority', 'deliverAt', 'summaryAt', 'deliveryReason'];

/** Updates that are made at once. */
const AT_ONCE = 20;

/** Mastra's `notifications` domain. Works in a store of its own, too. */
export class NotificationsStorageCloudflare extends NotificationsStorage {
  /** @override */
  static retentionTables = {
    notifications: { table: 'mastra_notifications', column: 'updatedAt', indexed: false },
  };

  #store;
  #notifications;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#notifications = new Table(this.#store, 'notifications');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * Stores a notification, or merges it into a pending one of the same thread, source, kind, agent, resource and key.
   *
   * @override
   * @param {CreateNotificationInput} input
   * @returns {Promise<NotificationRecord>}
   */
  createNotification(input) {
    return attempt('createNotification', [input], async () => {
      const record = newRecord(input);
      if (!input.dedupeKey && !input.coalesceKey) return this.#put(record);
      return (await this.#merge(input)) ?? this.#createKeyed(input, record);
    });
  }

  /** @param {any} record @returns {Promise<NotificationRecord>} */
  async #put(record) {
    return toRecord(await this.#notifications.save(record, howDated(record)));
  }

  /**
   * Of several that are made at once one is made, and the others are merged into it.
   *
   * @param {CreateNotificationInput} input
   * @param {any} record
   */
  async #createKeyed(input, record) {
    if (input.id !== undefined) return this.#put(record);
    const named = { ...record, id: await idOf(input) };
    const made = await this.#notifications.create(named, howDated(named));
    if (made !== null) return toRecord(made);
    // The one of that name is not pending any more, or has just been made.
    return (await this.#merge(input)) ?? this.#put(record);
  }

  /**
   * @param {CreateNotificationInput} input
   * @returns {Promise<NotificationRecord | null>} null when there is none to merge it into
   */
  async #merge(input) {
    const { threadId, source, kind, agentId = null, resourceId = null, dedupeKey, coalesceKey } = input;
    const where = { status: 'pending', source, kind, agentId, resourceId };
    const pending = await this.#notifications.list({ under: threadId, where });
    const match = pending.find(
      (row) => (dedupeKey && row.dedupeKey === dedupeKey) || (coalesceKey && row.coalesceKey === coalesceKey),
    );
    if (match === undefined) return null;
    const merged = await this.#notifications.revise(keyOf(match), (row) =>
      row.status === 'pending'
        ? { expect: { status: 'pending', coalescedCount: row.coalescedCount }, set: mergedInto(row, input) }
        : null,
    );
    return merged?.status === 'pending' ? toRecord(merged) : null;
  }

  /**
   * Of one thread, what was changed last first.
   *
   * @override
   * @param {ListNotificationsInput} input
   * @returns {Promise<NotificationRecord[]>}
   */
  listNotifications({ threadId, status, priority, source, resourceId, agentId, search, limit }) {
    return attempt('listNotifications', [{ threadId }], async () => {
      const where = chosen({ status, priority, source, resourceId, agentId });
      const args = /** @type {const} */ ({
        under: threadId,
        where,
        orderBy: 'updatedAt',
        direction: 'DESC',
      });
      if (!search)
        return (await this.#notifications.list({ ...args, perPage: limit ?? false })).map(toRecord);
      const wanted = search.toLowerCase();
      const rows = (await this.#notifications.list(args)).filter((row) =>
        [row.summary, row.kind, row.source].some((text) => text?.toLowerCase().includes(wanted)),
      );
      return rows.slice(0, limit ?? rows.length).map(toRecord);
    });
  }

  /**
   * Of all threads: pending ones whose time has come, the first to be told first.
   *
   * @override
   * @param {ListDueNotificationsInput} input
   * @returns {Promise<NotificationRecord[]>}
   */
  listDueNotifications({ now, limit, agentId, resourceId }) {
    return attempt('listDueNotifications', [], async () => {
      const where = { status: 'pending', ...chosen({ agentId, resourceId }) };
      const due = { where, dateField: 'dueAt', dateRange: { end: now }, orderBy: 'dueAt' };
      return (await this.#notifications.list({ ...due, perPage: limit ?? false })).map(toRecord);
    });
  }

  /**
   * @override
   * @param {{ threadId: string, id: string }} input
   * @returns {Promise<NotificationRecord | null>}
   */
  getNotification({ threadId, id }) {
    return attempt('getNotification', [{ threadId, id }], async () =>
      toRecord(await this.#notifications.get({ threadId, id })),
    );
  }

  /**
   * @override
   * @param {UpdateNotificationInput} input
   * @returns {Promise<NotificationRecord>}
   */
  updateNotification(input) {
    return attempt('updateNotification', [input], async () => {
      const { threadId, id } = input;
      const updated = await this.#update(input);
      if (updated === null) throw notFound('updateNotification', `Notification ${id} of thread ${threadId}`);
      return updated;
    });
  }

  /**
   * Unknown ids are passed over.
   *
   * @override
   * @param {UpdateNotificationsStatusInput} input
   * @returns {Promise<NotificationRecord[]>}
   */
  updateNotificationsStatus({ threadId, ids, status }) {
    return attempt('updateNotificationsStatus', [{ threadId }], async () => {
      const wanted = [...new Set(ids)];
      const updated = [];
      for (let from = 0; from < wanted.length; from += AT_ONCE) {
        const some = wanted.slice(from, from + AT_ONCE);
        updated.push(...(await Promise.all(some.map((id) => this.#update({ threadId, id, status })))));
      }
      return updated.filter((record) => record !== null);
    });
  }

  /** @param {UpdateNotificationInput} input @returns {Promise<NotificationRecord | null>} */
  async #update(input) {
    const key = keyOf(input);
    const known = Object.fromEntries(Object.entries(input).filter(([name]) => CHANGES.includes(name)));
    const change = given(known);
    const stamp = STAMPS[change.status];
    const set = stamp === undefined ? change : { ...change, [stamp]: new Date() };
    const clear = cleared(change);
    // When it is due follows from two dates, of which one may be given.
    if (!('deliverAt' in change || 'summaryAt' in change)) {
      return toRecord(await this.#notifications.updated(key, { set, clear }));
    }
    const row = await this.#notifications.revise(
      key,
      ({ deliverAt = null, summaryAt = null, dueAt = null }) => {
        const due = dueOf({ deliverAt, summaryAt, ...change });
        return {
          expect: { dueAt },
          set: { ...set, ...given({ dueAt: due }) },
          clear: due === undefined ? [...clear, 'dueAt'] : clear,
        };
      },
    );
    return toRecord(row);
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'notifications', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['notifications']);
  }
}

/** @param {CreateNotificationInput} input @returns {any} */
function newRecord(input) {
  const { id = crypto.randomUUID(), createdAt, priority = 'medium', ...rest } = input;
  const made = { id, priority, status: 'pending', coalescedCount: 1, deliveryAttempts: 0 };
  return given({ ...rest, ...made, createdAt, updatedAt: createdAt, dueAt: dueOf(input) });
}

/** One that says when it was created was changed last then, too. @param {any} record */
const howDated = ({ createdAt }) => ({ asDated: createdAt !== undefined, fresh: true });

/** @param {any} row @param {CreateNotificationInput} input @returns {any} */
function mergedInto(row, input) {
  const newer = Object.fromEntries(
    NEWER.map((name) => [name, /** @type {any} */ (input)[name] ?? undefined]),
  );
  const { attributes, metadata, summary } = input;
  return given({
    ...newer,
    summary,
    attributes: attributes ? { ...row.attributes, ...attributes } : undefined,
    metadata: metadata ? { ...row.metadata, ...metadata } : undefined,
    coalescedCount: (row.coalescedCount ?? 1) + 1,
    dueAt: dueOf({ ...row, ...given(newer) }),
  });
}

/** @param {{ deliverAt?: Date | null, summaryAt?: Date | null }} record @returns {Date | undefined} */
function dueOf({ deliverAt, summaryAt }) {
  const dates = [deliverAt, summaryAt].filter((date) => date instanceof Date);
  return dates.length === 0 ? undefined : dates.reduce((a, b) => (b < a ? b : a));
}

/**
 * The name of a notification by what it would be merged by, so that of several made at once there is one.
 *
 * @param {CreateNotificationInput} input
 */
async function idOf({ threadId, source, kind, agentId, resourceId, dedupeKey, coalesceKey }) {
  const key = dedupeKey ? ['dedupe', dedupeKey] : ['coalesce', coalesceKey];
  const text = JSON.stringify([threadId, source, kind, agentId ?? null, resourceId ?? null, ...key]);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const hex = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** @param {any} row  fresh @returns {any} */
function toRecord(row) {
  if (row !== null) delete row.dueAt;
  return row;
}

/** @param {{ threadId: string, id: string }} record */
const keyOf = ({ threadId, id }) => ({ threadId, id });

/** What of a filter was given: an empty text chooses all. @param {Record<string, any>} filter */
const chosen = (filter) =>
  given(Object.fromEntries(Object.entries(filter).map(([n, v]) => [n, v || undefined])));
