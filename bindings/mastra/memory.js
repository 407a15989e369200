/**
 * Threads, messages and working memory for Mastra.
 *
 * @module
 */

import { MemoryStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { normalise, requireReadable } from './messages.js';

/**
 * @typedef {import('@mastra/core/storage').StorageListMessagesInput} StorageListMessagesInput
 * @typedef {import('@mastra/core/storage').StorageListMessagesOutput} StorageListMessagesOutput
 * @typedef {import('@mastra/core/storage').StorageListMessagesByResourceIdInput} StorageListMessagesByResourceIdInput
 * @typedef {import('@mastra/core/storage').StorageListThreadsInput} StorageListThreadsInput
 * @typedef {import('@mastra/core/storage').StorageListThreadsOutput} StorageListThreadsOutput
 * @typedef {import('@mastra/core/storage').StorageResourceType} StorageResourceType
 * @typedef {import('@mastra/core/memory').StorageThreadType} StorageThreadType
 * @typedef {import('./messages.js').MastraDBMessage} MastraDBMessage
 * @typedef {MastraDBMessage & { threadId: string, resourceId: string }} Whole
 */

/** What `dangerouslyClearAll` clears. */
const TABLES = ['threads', 'messages', 'resources', 'observational_memory'];

/** Mastra's `memory` domain but for what observations.js adds to it. */
export class ConversationStorage extends MemoryStorage {
  /** @override */
  static retentionTables = {
    threads: { table: 'mastra_threads', column: 'createdAt', indexed: false },
    messages: { table: 'mastra_messages', column: 'createdAt', indexed: false },
    resources: { table: 'mastra_resources', column: 'createdAt', indexed: false },
  };

  /** An update leaves alone what it does not name. @type {true} */
  supportsPartialThreadUpdate = true;

  #store;
  #newIds;

  /** @param {import('./config.js').CloudflareDomainConfig & { newIds?: boolean }} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#newIds = config.newIds;
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * @override
   * @param {{ threadId: string, resourceId?: string }} args
   * @returns {Promise<StorageThreadType | null>}
   */
  getThreadById(args) {
    return attempt('getThreadById', [args], () => this.#store.getThreadById(args));
  }

  /**
   * @override
   * @param {{ thread: StorageThreadType }} args
   * @returns {Promise<StorageThreadType>}
   */
  saveThread(args) {
    return attempt('saveThread', [args], () => this.#store.saveThread(args));
  }

  /**
   * @override
   * @param {{ id: string, title?: string, metadata?: Record<string, unknown>, archivedAt?: Date | null }} args
   * @returns {Promise<StorageThreadType>}
   */
  updateThread(args) {
    return attempt('updateThread', [args], () => this.#store.updateThread(args));
  }

  /**
   * @override
   * @param {{ threadId: string }} args
   * @returns {Promise<void>}
   */
  deleteThread(args) {
    return attempt('deleteThread', [args], () => this.#store.deleteThread(args));
  }

  /**
   * @override
   * @param {StorageListThreadsInput} [args]
   * @returns {Promise<StorageListThreadsOutput>}
   */
  listThreads(args = {}) {
    return attempt('listThreads', [args], () => this.#store.listThreads(args));
  }

  /**
   * @override
   * @param {import('@mastra/core/storage').StorageCloneThreadInput} args
   * @returns {Promise<import('@mastra/core/storage').StorageCopyThreadOutput>}
   */
  copyThread(args) {
    return attempt('copyThread', [args], async () => {
      const copy = await this.#store.copyThread(args);
      const { clone } = copy.thread.metadata ?? {};
      if (clone) clone.clonedAt = new Date(clone.clonedAt);
      return copy;
    });
  }

  /**
   * @override
   * @param {{ messages: MastraDBMessage[] }} args
   * @returns {Promise<{ messages: MastraDBMessage[] }>}
   */
  saveMessages(args) {
    return attempt('saveMessages', [args], async () => {
      requireReadable(args?.messages, 'saveMessages');
      // The core refuses those without a thread or a resource, which Mastra's type lets be.
      const whole = /** @type {{ messages: Whole[] }} */ (args);
      const { messages } = await this.#store.saveMessages({ ...whole, newIds: this.#newIds });
      const byDate = messages.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
      return { messages: normalise(byDate, 'saveMessages', this.#store) };
    });
  }

  /**
   * @override
   * @param {StorageListMessagesInput} args
   * @returns {Promise<StorageListMessagesOutput>}
   */
  listMessages(args) {
    return attempt('listMessages', [args], async () => {
      const { messages, ...page } = await this.#store.listMessages(args);
      return { messages: normalise(messages, 'listMessages', this.#store), ...page };
    });
  }

  /**
   * @override
   * @param {StorageListMessagesByResourceIdInput} args
   * @returns {Promise<StorageListMessagesOutput>}
   */
  listMessagesByResourceId(args) {
    return attempt('listMessagesByResourceId', [args], async () => {
      const { messages, ...page } = await this.#store.listMessagesByResourceId(args);
      return { messages: normalise(messages, 'listMessagesByResourceId', this.#store), ...page };
    });
  }

  /**
   * @override
   * @param {{ messageIds: string[] }} args
   * @returns {Promise<{ messages: MastraDBMessage[] }>}
   */
  listMessagesById(args) {
    return attempt('listMessagesById', [args], async () => {
      const { messages } = await this.#store.listMessagesById(args);
      return { messages: normalise(messages, 'listMessagesById', this.#store) };
    });
  }

  /**
   * @override
   * @param {Parameters<MemoryStorage['updateMessages']>[0]} args
   * @returns {Promise<MastraDBMessage[]>}
   */
  updateMessages(args) {
    return attempt('updateMessages', [args], async () => {
      const messages = await this.#store.updateMessages(args);
      return normalise(messages, 'updateMessages', this.#store);
    });
  }

  /**
   * @override
   * @param {string[]} messageIds
   * @returns {Promise<void>}
   */
  deleteMessages(messageIds) {
    return attempt('deleteMessages', [messageIds], () => this.#store.deleteMessages(messageIds));
  }

  /**
   * @override
   * @param {{ resourceId: string }} args
   * @returns {Promise<StorageResourceType | null>}
   */
  getResourceById(args) {
    return attempt('getResourceById', [args], () => this.#store.getResourceById(args));
  }

  /**
   * @override
   * @param {{ resource: StorageResourceType }} args
   * @returns {Promise<StorageResourceType>}
   */
  saveResource(args) {
    return attempt('saveResource', [args], () => this.#store.saveResource(args));
  }

  /**
   * @override
   * @param {{ resourceId: string, workingMemory?: string, metadata?: Record<string, unknown> }} args
   * @returns {Promise<StorageResourceType>}
   */
  updateResource(args) {
    return attempt('updateResource', [args], () => this.#store.updateResource(args));
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'memory', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, TABLES);
  }
}
