/**
 * Background tasks for Mastra.
 *
 * @module
 */

import { BackgroundTasksStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';

/**
 * @typedef {import('@mastra/core/background-tasks').BackgroundTask} BackgroundTask
 * @typedef {import('@mastra/core/background-tasks').TaskFilter} TaskFilter
 */

/** Mastra's `backgroundTasks` domain. Works in a store of its own, too. */
export class BackgroundTasksStorageCloudflare extends BackgroundTasksStorage {
  /** @override */
  static retentionTables = {
    backgroundTasks: { table: 'mastra_background_tasks', column: 'completedAt', indexed: false },
  };

  #store;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * @override
   * @param {BackgroundTask} task
   * @returns {Promise<void>}
   */
  createTask(task) {
    return attempt('createTask', [task], () => this.#store.createTask(task));
  }

  /**
   * @override
   * @param {string} taskId
   * @returns {Promise<BackgroundTask | null>}
   */
  getTask(taskId) {
    return attempt('getTask', [taskId], () => this.#store.getTask(taskId));
  }

  /**
   * Changes a task if it is as expected. A field that is present and undefined is removed.
   *
   * @override
   * @param {string} taskId
   * @param {import('../store/row-types.js').TaskUpdate} update
   * @param {import('../store/row-types.js').TaskGuards} [guards]
   * @returns {Promise<boolean>}
   */
  updateTask(taskId, update, guards) {
    return attempt('updateTask', [taskId], () => this.#store.updateTask(taskId, update, guards));
  }

  /**
   * @override
   * @param {TaskFilter} filter
   * @returns {Promise<import('@mastra/core/background-tasks').TaskListResult>}
   */
  listTasks(filter) {
    return attempt('listTasks', [filter], () => this.#store.listTasks(filter));
  }

  /**
   * @override
   * @param {string} taskId
   * @returns {Promise<void>}
   */
  deleteTask(taskId) {
    return attempt('deleteTask', [taskId], () => this.#store.deleteTask(taskId));
  }

  /**
   * @override
   * @param {TaskFilter} filter
   * @returns {Promise<void>}
   */
  deleteTasks(filter) {
    return attempt('deleteTasks', [filter], () => this.#store.deleteTasks(filter));
  }

  /** @override @returns {Promise<number>} */
  getRunningCount() {
    return attempt('getRunningCount', [], () => this.#store.getRunningCount());
  }

  /**
   * @override
   * @param {string} agentId
   * @returns {Promise<number>}
   */
  getRunningCountByAgent(agentId) {
    return attempt('getRunningCountByAgent', [agentId], () => this.#store.getRunningCountByAgent(agentId));
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'backgroundTasks', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['background_tasks']);
  }
}
