/**
 * Threads: conversations, their titles and metadata.
 *
 * @module
 */

import { NOTHING } from '../core/caller.js';
import { reviveDates, toText, withDates, withDateText } from '../core/dates.js';
import { storeError } from '../core/errors.js';
import { orAbsent } from './absent.js';
import * as shape from './shape.js';
import { BaseStore } from './base.js';
import { requireArguments } from './check.js';

/**
 * @typedef {import('./types.js').Thread} Thread
 * @typedef {import('./types.js').ThreadInput} ThreadInput
 * @typedef {import('./types.js').ThreadPage} ThreadPage
 */

/** Dates outside, text inside. */
const DATES = ['createdAt', 'updatedAt', 'archivedAt'];

const PER_PAGE = 100;

/** Threads. */
export class ThreadStore extends BaseStore {
  /**
   * Stores a thread as given, dates included, in place of any other with its id.
   *
   * @template {ThreadInput} T
   * @param {{ thread: T }} args
   * @returns {Promise<import('./types.js').SavedThread<T>>} the thread, with Dates
   */
  async saveThread(args) {
    const { thread } = requireArguments(args, 'saveThread');
    const { op, control, payload } = saveThreadCall(thread);
    await this.caller.call('saveThread', op, control, payload);
    return withDates(thread, DATES);
  }

  /**
   * Stores a thread as given, unless there is one with its id: `ALREADY_EXISTS`. Of several creations and copies under
   * one id that are made at once in one isolate, one wins. KV cannot promise that between two isolates.
   *
   * @template {ThreadInput} T
   * @param {{ thread: T }} args
   * @returns {Promise<import('./types.js').SavedThread<T>>} the thread, with Dates
   */
  async createThread(args) {
    const { thread } = requireArguments(args, 'createThread');
    shape.requireRecord(thread, 'thread', 'createThread');
    await this.caller.call('createThread', 'thread.create', NOTHING, withDateText(thread, DATES));
    return withDates(thread, DATES);
  }

  /**
   * @param {{ threadId: string, resourceId?: string }} args  with `resourceId`, only if the thread belongs to it
   * @returns {Promise<Thread | null>} a fresh object
   */
  async getThreadById(args) {
    const { threadId, resourceId } = requireArguments(args, 'getThreadById');
    const thread = await orAbsent(null, () =>
      this.caller.read('getThreadById', 'thread.get', NOTHING, { threadId, resourceId }),
    );
    if (thread !== null) reviveDates(thread, DATES);
    return thread;
  }

  /**
   * Threads of this prefix, newest first. A metadata filter matches threads that have all its keys with equal values.
   *
   * @param {import('./types.js').ListThreadsArgs} [args]
   * @returns {Promise<ThreadPage>}
   */
  async listThreads(args = {}) {
    const { filter, ...options } = requireArguments(args, 'listThreads');
    return this.#threadPage('listThreads', options, filter ?? {});
  }

  /**
   * The threads of one resource, newest first.
   *
   * @param {import('./types.js').ListThreadsByResourceIdArgs} args
   * @returns {Promise<ThreadPage>}
   */
  async listThreadsByResourceId(args) {
    const { resourceId, ...options } = requireArguments(args, 'listThreadsByResourceId');
    // The core takes a missing or empty resource for "everyone's", which must not happen by mistake here.
    if (typeof resourceId !== 'string' || resourceId === '') {
      throw storeError(
        'INVALID_ARGUMENT',
        'listThreadsByResourceId',
        'resourceId must be a non-empty string',
      );
    }
    return this.#threadPage('listThreadsByResourceId', options, { resourceId });
  }

  /**
   * Changes what is given and keeps the rest; metadata is merged into the old metadata key by key. `archivedAt`
   * null brings a thread back from the archive.
   *
   * @param {{ id: string, title?: string, metadata?: Record<string, any>, archivedAt?: Date | string | null }} args
   * @returns {Promise<Thread>} the thread as it is stored now
   */
  async updateThread(args) {
    const { id, title, metadata, archivedAt } = requireArguments(args, 'updateThread');
    const payload = { id, title, metadata, archivedAt: toText(archivedAt) };
    const thread = await this.caller.read('updateThread', 'thread.update', NOTHING, payload);
    reviveDates(thread, DATES);
    return thread;
  }

  /**
   * Deletes a thread with all its messages. An unknown thread is no error. Of a very large thread the rest is deleted
   * by `sweep()`; for readers it is gone at once.
   *
   * @param {{ threadId: string }} args
   * @returns {Promise<void>}
   */
  async deleteThread(args) {
    const { threadId } = requireArguments(args, 'deleteThread');
    await orAbsent('', () => this.caller.call('deleteThread', 'thread.delete', NOTHING, { threadId }));
  }

  /**
   * Copies a thread and its messages, all under new ids. Of copies to one new id that are made at once, one wins, as
   * `createThread` says.
   *
   * @param {import('./types.js').CopyThreadArgs} args
   * @returns {Promise<{ thread: Thread, messageIdMap: Record<string, string> }>}
   */
  async copyThread(args) {
    const { sourceThreadId, newThreadId, resourceId, title, metadata, options } = requireArguments(
      args,
      'copyThread',
    );
    const { messageIds, startDate, endDate } = options?.messageFilter ?? {};
    shape.requireWhole(options?.messageLimit, 'options.messageLimit', 'copyThread');
    const control = { messageLimit: options?.messageLimit ?? undefined };
    const result = await this.caller.read('copyThread', 'thread.copy', control, {
      sourceThreadId,
      newThreadId,
      resourceId,
      title,
      metadata,
      messageIds,
      startDate: toText(startDate),
      endDate: toText(endDate),
    });
    reviveDates(result.thread, DATES);
    return result;
  }

  /**
   * @param {string} method
   * @param {import('./types.js').ThreadListOptions} options
   * @param {{ resourceId?: string, metadata?: unknown, archived?: unknown }} filter
   * @returns {Promise<ThreadPage>}
   */
  async #threadPage(method, options, { resourceId, metadata, archived }) {
    shape.requireBoolean(archived, 'filter.archived', method);
    const control = { ...shape.pageControl(options), archived };
    const payload = { resourceId, metadata: shape.threadFilter(metadata, method) };
    const { threads, total, hasMore } = await orAbsent({ threads: [], total: 0, hasMore: false }, () =>
      this.caller.read(method, 'thread.list', control, payload),
    );
    for (const thread of threads) reviveDates(thread, DATES);
    const { page = 0, perPage = PER_PAGE } = options;
    return { threads, total, page, perPage, hasMore };
  }
}

/** @param {ThreadInput} thread */
export function saveThreadCall(thread) {
  shape.requireRecord(thread, 'thread', 'saveThread');
  return { op: 'thread.save', control: NOTHING, payload: withDateText(thread, DATES) };
}
