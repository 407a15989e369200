/**
 * Workflow runs for Mastra.
 *
 * @module
 */

import { WorkflowsStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { lenient } from '../core/lenient.js';
import { attempt } from './errors.js';

/**
 * @typedef {import('@mastra/core/workflows').WorkflowRunState} WorkflowRunState
 * @typedef {import('@mastra/core/storage').WorkflowRun} WorkflowRun
 * @typedef {{ workflowName: string, runId: string }} WorkflowName
 */

/** Mastra's `workflows` domain. Works in a store of its own, too. */
export class WorkflowsStorageCloudflare extends WorkflowsStorage {
  /** @override */
  static retentionTables = {
    workflowSnapshot: { table: 'mastra_workflow_snapshot', column: 'updatedAt', indexed: false },
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
   * Whether two updates of one run never overwrite each other. KV cannot promise that for several isolates, so this is
   * true only with `assumeSingleWriter` in the configuration.
   *
   * @override
   * @returns {boolean}
   */
  supportsConcurrentUpdates() {
    return this.#store.supportsConcurrentUpdates();
  }

  /**
   * What JSON has no word for does not fail a run: a BigInt is stored as text, a cycle is left out.
   *
   * @override
   * @param {Parameters<WorkflowsStorage['persistWorkflowSnapshot']>[0]} args
   * @returns {Promise<void>}
   */
  persistWorkflowSnapshot(args) {
    return attempt('persistWorkflowSnapshot', [args], () =>
      this.#store.persistWorkflowSnapshot(leniently(args, ['snapshot'])),
    );
  }

  /**
   * @override
   * @param {WorkflowName} args
   * @returns {Promise<WorkflowRunState | null>}
   */
  loadWorkflowSnapshot(args) {
    return attempt('loadWorkflowSnapshot', [args], () => this.#store.loadWorkflowSnapshot(args));
  }

  /**
   * @override
   * @param {{ runId: string, workflowName?: string }} args
   * @returns {Promise<WorkflowRun | null>}
   */
  getWorkflowRunById(args) {
    return attempt('getWorkflowRunById', [args], () => this.#store.getWorkflowRunById(args));
  }

  /**
   * @override
   * @param {import('@mastra/core/storage').StorageListWorkflowRunsInput} [args]
   * @returns {Promise<import('@mastra/core/storage').WorkflowRuns>}
   */
  listWorkflowRuns(args = {}) {
    return attempt('listWorkflowRuns', [args], () => this.#store.listWorkflowRuns(args));
  }

  /**
   * @override
   * @param {WorkflowName} args
   * @returns {Promise<void>}
   */
  deleteWorkflowRunById(args) {
    return attempt('deleteWorkflowRunById', [args], () => this.#store.deleteWorkflowRunById(args));
  }

  /**
   * @override
   * @param {Parameters<WorkflowsStorage['updateWorkflowResults']>[0]} args
   * @returns {ReturnType<WorkflowsStorage['updateWorkflowResults']>}
   */
  updateWorkflowResults(args) {
    return attempt('updateWorkflowResults', [args], () =>
      this.#store.updateWorkflowResults(leniently(args, ['result', 'requestContext'])),
    );
  }

  /**
   * @override
   * @param {Parameters<WorkflowsStorage['updateWorkflowState']>[0]} args
   * @returns {Promise<WorkflowRunState | undefined>}
   */
  updateWorkflowState(args) {
    return attempt('updateWorkflowState', [args], () =>
      this.#store.updateWorkflowState(isRecord(args) ? { ...args, opts: leniently(args.opts) } : args),
    );
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'workflows', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['workflow_snapshot']);
  }
}

/** The fields of an update by which it is decided, never what a step made. */
const CONDITIONS = ['status', 'expectedStatus'];

/**
 * @template T
 * @param {T} args
 * @param {string[]} [names]  of the fields that hold what steps made; else all that are no conditions
 * @returns {T}
 */
function leniently(args, names) {
  if (!isRecord(args)) return args;
  const fields = Object.entries(/** @type {object} */ (args)).map(([name, value]) => {
    const mayHoldAny = names?.includes(name) ?? !CONDITIONS.includes(name);
    return [name, mayHoldAny ? lenient(value) : value];
  });
  return /** @type {T} */ (Object.fromEntries(fields));
}

/** @param {unknown} value */
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
