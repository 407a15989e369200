/**
 * Methods by the names that they had in older versions of Mastra's storage: thin delegates of today's.
 *
 * @module
 */

import { asMethod, storeError } from '../core/errors.js';
import * as shape from './shape.js';
import { requireArguments } from './check.js';
import { ErasingStore } from './erase.js';

/**
 * @typedef {import('./types.js').Thread} Thread
 * @typedef {import('./types.js').ThreadPage} ThreadPage
 * @typedef {import('./row-types.js').ScorePage} ScorePage
 */
/**
 * Which messages of a thread: the `last` so many (40 if nothing is said, false for all), those that `include` names with
 * their neighbours, or a page. A text to search for means nothing here.
 * @typedef {object} SelectBy
 * @property {number | false} [last]
 * @property {string} [vectorSearchString]
 * @property {import('./types.js').ListMessagesArgs['include']} [include]
 * @property {{ page?: number, perPage?: number | false, dateRange?: import('./types.js').DateRange }} [pagination]
 */
/** @typedef {'createdAt' | 'updatedAt'} ThreadOrder */
/**
 * @typedef {{ threadId: string, resourceId?: string, selectBy?: SelectBy, format?: 'v2', threadConfig?: unknown }}
 *   GetMessagesArgs  of which a configuration means nothing here
 */

const LAST = 40;
const PER_PAGE = 100;
const RUNS = 20;

/**
 * Older names.
 *
 * @template [Content=any]
 * @extends {ErasingStore<Content>}
 */
export class LegacyStore extends ErasingStore {
  /**
   * @param {{ resourceId: string, orderBy?: ThreadOrder, sortDirection?: import('./types.js').Direction }} args
   * @returns {Promise<Thread[]>} all of them
   */
  async getThreadsByResourceId(args) {
    const { threads } = await this.#threads('getThreadsByResourceId', args, { perPage: false });
    return threads;
  }

  /**
   * @param {{ resourceId: string, page?: number, perPage?: number, orderBy?: ThreadOrder,
   *   sortDirection?: import('./types.js').Direction }} args
   * @returns {Promise<ThreadPage>}
   */
  async getThreadsByResourceIdPaginated(args) {
    const { page = 0, perPage = PER_PAGE } = requireArguments(args, 'getThreadsByResourceIdPaginated');
    return this.#threads('getThreadsByResourceIdPaginated', args, { page, perPage });
  }

  /**
   * @param {GetMessagesArgs} args
   * @returns {Promise<import('./types.js').Message<Content>[]>} oldest first
   */
  async getMessages(args) {
    const { threadId, resourceId, selectBy, format } = requireArguments(args, 'getMessages');
    checkFormat(format, 'getMessages');
    const { last = LAST, include } = selectBy ?? {};
    const question = { threadId, resourceId, include, perPage: last, includeTotal: false };
    const { messages } = await asMethod('getMessages', () =>
      this.listMessages({ ...question, orderBy: { direction: 'DESC' } }),
    );
    return messages.sort(byTime);
  }

  /**
   * @param {GetMessagesArgs} args  `selectBy.pagination` says which page
   * @returns {Promise<import('./types.js').MessagePage<Content>>} oldest first
   */
  async getMessagesPaginated(args) {
    const { threadId, resourceId, selectBy, format } = requireArguments(args, 'getMessagesPaginated');
    checkFormat(format, 'getMessagesPaginated');
    const { pagination, include } = selectBy ?? {};
    const { page = 0, perPage = PER_PAGE, dateRange } = pagination ?? {};
    const question = { threadId, resourceId, include, page, perPage, filter: { dateRange } };
    return asMethod('getMessagesPaginated', () => this.listMessages(question));
  }

  /**
   * @param {{ messageIds: string[], format?: 'v2' }} args
   * @returns {Promise<import('./types.js').Message<Content>[]>} oldest first
   */
  async getMessagesById(args) {
    const { messageIds, format } = requireArguments(args, 'getMessagesById');
    checkFormat(format, 'getMessagesById');
    return (await asMethod('getMessagesById', () => this.listMessagesById({ messageIds }))).messages;
  }

  /**
   * @param {{ workflowName?: string, resourceId?: string, fromDate?: Date | string, toDate?: Date | string,
   *   limit?: number, offset?: number }} [args]
   * @returns {Promise<{ runs: import('./workflows.js').WorkflowRun[], total: number }>} newest first
   */
  async getWorkflowRuns(args = {}) {
    const { limit = RUNS, offset = 0, ...filter } = requireArguments(args, 'getWorkflowRuns');
    shape.requireCount(limit, 'limit', 'getWorkflowRuns');
    shape.requireCount(offset, 'offset', 'getWorkflowRuns');
    const isPage = limit > 0 && offset % limit === 0;
    const page = isPage ? { page: offset / limit, perPage: limit } : {};
    const found = await asMethod('getWorkflowRuns', () => this.listWorkflowRuns({ ...filter, ...page }));
    return isPage ? found : { runs: found.runs.slice(offset, offset + limit), total: found.total };
  }

  /**
   * @param {Parameters<ErasingStore['listScoresByScorerId']>[0]} args
   * @returns {Promise<ScorePage>}
   */
  async getScoresByScorerId(args) {
    requireArguments(args, 'getScoresByScorerId');
    return asMethod('getScoresByScorerId', () => this.listScoresByScorerId(args));
  }

  /**
   * @param {Parameters<ErasingStore['listScoresByRunId']>[0]} args
   * @returns {Promise<ScorePage>}
   */
  async getScoresByRunId(args) {
    requireArguments(args, 'getScoresByRunId');
    return asMethod('getScoresByRunId', () => this.listScoresByRunId(args));
  }

  /**
   * @param {Parameters<ErasingStore['listScoresByEntityId']>[0]} args
   * @returns {Promise<ScorePage>}
   */
  async getScoresByEntityId(args) {
    requireArguments(args, 'getScoresByEntityId');
    return asMethod('getScoresByEntityId', () => this.listScoresByEntityId(args));
  }

  /**
   * @param {'getThreadsByResourceId' | 'getThreadsByResourceIdPaginated'} method
   * @param {{ resourceId: string, orderBy?: ThreadOrder, sortDirection?: import('./types.js').Direction }} args
   * @param {{ page?: number, perPage: number | false }} page
   */
  async #threads(method, args, page) {
    const { resourceId, orderBy: field, sortDirection: direction } = requireArguments(args, method);
    const question = { resourceId, orderBy: { field, direction }, ...page };
    return asMethod(method, () => this.listThreadsByResourceId(question));
  }
}

/**
 * @param {unknown} format
 * @param {string} method
 */
function checkFormat(format, method) {
  if (format === undefined || format === 'v2') return;
  const message = "messages come in format 'v2' only; Mastra's MessageList converts them";
  throw storeError('INVALID_ARGUMENT', method, message);
}

/** @param {import('./types.js').Message} a @param {import('./types.js').Message} b */
function byTime(a, b) {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);
}
