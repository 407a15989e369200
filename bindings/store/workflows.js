/**
 * Workflow runs: what an engine needs to go on with a run that has stopped.
 *
 * A run's progress is held in memory and written at most once a second; a snapshot in any other state than 'pending'
 * and 'running' is stored when the call resolves. `snapshots: 'all'` in the configuration stores them all.
 *
 * @module
 */

import { NOTHING } from '../core/caller.js';
import { reviveDates, toText } from '../core/dates.js';
import { orAbsent } from './absent.js';
import * as shape from './shape.js';
import { requireArguments } from './check.js';
import { ResourceStore } from './resources.js';

/**
 * @typedef {import('./types.js').WorkflowRun} WorkflowRun
 * @typedef {import('./types.js').WorkflowName} WorkflowName
 */

/** Dates outside, text inside. */
const DATES = ['createdAt', 'updatedAt'];

const TABLE = 'workflow_snapshot';

/** An agent asks at each turn whether there is a run of one of these, then of the other; mostly there is neither. */
const INTERNAL = ['agentic-loop', 'executionWorkflow'];

/** What is wrong with the other run is not this one's business. */
const OTHERS = ['CORRUPT', 'KEY_TOO_LONG'];

/**
 * Workflow runs.
 *
 * @template [Content=any]
 * @extends {ResourceStore<Content>}
 */
export class WorkflowStore extends ResourceStore {
  #control;
  #singleWriter;
  #strict;

  /** @param {import('./config.js').CloudflareStoreConfig} config */
  constructor(config) {
    super(config);
    this.#control = controlOf(this.caller);
    this.#singleWriter = config.assumeSingleWriter === true;
    this.#strict = config.consistency === 'strict';
  }

  /**
   * Stores where a run is, in place of what was known of it. The snapshot is taken as it is at the moment of the call;
   * of several calls that are under way the last one wins.
   *
   * @param {import('./types.js').PersistWorkflowSnapshotArgs} args  without `resourceId` or `createdAt` the run keeps its own
   * @returns {Promise<void>}
   */
  async persistWorkflowSnapshot(args) {
    const method = 'persistWorkflowSnapshot';
    const { op, control, payload } = persistCall(this.caller, requireArguments(args, method));
    await this.caller.call(method, op, control, payload);
  }

  /**
   * @param {WorkflowName} args
   * @returns {Promise<any>} the snapshot, a fresh object; null if there is no such run
   */
  async loadWorkflowSnapshot(args) {
    const method = 'loadWorkflowSnapshot';
    const { workflowName, runId } = requireArguments(args, method);
    if (isBlank(runId, workflowName)) return null;
    const run = await this.#readRun(method, { workflowName, runId });
    if (run === null) return null;
    const snapshot = readSnapshot(run.snapshot);
    if (typeof snapshot === 'string') {
      throw this.caller.corrupt(method, this.caller.key(TABLE, [runId, workflowName]));
    }
    return snapshot ?? null;
  }

  /**
   * @param {{ runId: string, workflowName?: string }} args  without `workflowName`, the newest run of this id
   * @returns {Promise<WorkflowRun | null>} a fresh object
   */
  async getWorkflowRunById(args) {
    const method = 'getWorkflowRunById';
    const { workflowName, runId } = requireArguments(args, method);
    if (isBlank(runId, workflowName)) return null;
    // Without an id the list would be of all runs.
    shape.requireText(runId, 'runId', method);
    if (workflowName === undefined) {
      const control = { ...this.caller.rows(TABLE), perPage: 1 };
      const { rows } = await orAbsent({ rows: [] }, () =>
        this.caller.read(method, 'row.list', control, { under: runId }),
      );
      return rows.length === 0 ? null : reviveRun(rows[0]);
    }
    const run = await this.#readRun(method, { workflowName, runId });
    return run === null ? null : reviveRun(run);
  }

  /**
   * Runs, newest first. All of them, unless both `page` and `perPage` are given.
   *
   * @param {import('./types.js').ListWorkflowRunsArgs} [args]
   * @returns {Promise<{ runs: WorkflowRun[], total: number }>}
   */
  async listWorkflowRuns(args = {}) {
    const method = 'listWorkflowRuns';
    const { workflowName, status, resourceId, threadId, fromDate, toDate, perPage, page } = requireArguments(
      args,
      method,
    );
    const paged = perPage !== undefined && page !== undefined;
    const control = {
      ...this.caller.rows(TABLE),
      page: shape.numberOrNull(page),
      perPage: paged ? shape.numberOrNull(perPage) : false,
    };
    const payload = {
      where: shape.given({ workflowName, status, resourceId, threadId }),
      dateRange: { start: toText(fromDate ?? undefined), end: toText(toDate ?? undefined) },
    };
    const { rows, total } = await this.caller.read(method, 'row.list', control, payload);
    return { runs: rows.map(reviveRun), total };
  }

  /**
   * An unknown run is no error.
   *
   * @param {WorkflowName} args
   * @returns {Promise<void>}
   */
  async deleteWorkflowRunById(args) {
    const method = 'deleteWorkflowRunById';
    const { workflowName, runId } = requireArguments(args, method);
    const call = () => this.caller.call(method, 'workflow.delete', NOTHING, { workflowName, runId });
    await orAbsent('', call);
  }

  /**
   * Lays `opts` over the snapshot, key by key.
   *
   * @param {import('./types.js').UpdateWorkflowStateArgs} args  with `opts.expectedStatus`, only if the run is in that
   *   state, or in one of those
   * @returns {Promise<any>} the snapshot as it is now; undefined if there is no such run, or in another state
   */
  async updateWorkflowState(args) {
    const method = 'updateWorkflowState';
    const { workflowName, runId, opts } = requireArguments(args, method);
    shape.requireRecord(opts, 'opts', method);
    const { expectedStatus, ...state } = opts;
    requireStatus(opts.status, 'opts.status', method);
    for (const status of [expectedStatus].flat()) requireStatus(status, 'opts.expectedStatus', method);
    const payload = { workflowName, runId, state, expectedStatus };
    return (await this.caller.read(method, 'workflow.update_state', this.#control, payload)) ?? undefined;
  }

  /**
   * Merges the result of one step into the snapshot. Results of a `foreach` are merged by element.
   *
   * @param {import('./types.js').UpdateWorkflowResultsArgs} args
   * @returns {Promise<Record<string, any>>} the results of all steps; empty if there is no such run
   */
  async updateWorkflowResults(args) {
    const method = 'updateWorkflowResults';
    const { workflowName, runId, stepId, result, requestContext } = requireArguments(args, method);
    const payload = { workflowName, runId, stepId, result, requestContext };
    return this.caller.read(method, 'workflow.update_results', this.#control, payload);
  }

  /**
   * Whether two updates of one run never overwrite each other. In one isolate they never do; KV cannot promise it for
   * several, so this is true only where the runs are in a Durable Object, or with `assumeSingleWriter` in the
   * configuration.
   *
   * @param {...string} tables  of what else one may ask this, all of them
   * @returns {boolean}
   */
  supportsConcurrentUpdates(...tables) {
    const asked = tables.length === 0 ? [TABLE] : tables;
    return this.#singleWriter || asked.every((table) => this.caller.hasOneWriter(table));
  }

  /**
   * Both of an agent's own runs are read at once; the second is then known when it is asked for.
   *
   * @param {string} method
   * @param {WorkflowName} name
   * @returns {Promise<any>}
   */
  async #readRun(method, name) {
    const { workflowName, runId } = name;
    const read = (/** @type {WorkflowName[]} */ names) =>
      this.caller.read(method, 'row.get', this.caller.rows(TABLE), names);
    const other = this.#strict ? -1 : INTERNAL.indexOf(workflowName);
    if (other !== -1) {
      try {
        return (await read([name, { workflowName: INTERNAL[1 - other], runId }]))[0];
      } catch (error) {
        if (!OTHERS.includes(/** @type {any} */ (error)?.code)) throw error;
      }
    }
    const [run] = await orAbsent([null], () => read([name]));
    return run;
  }
}

/** @param {import('../core/caller.js').Caller} caller */
const controlOf = (caller) => ({ ...caller.rows(TABLE), all: caller.allSnapshots || undefined });

/**
 * @param {import('../core/caller.js').Caller} caller
 * @param {import('./types.js').PersistWorkflowSnapshotArgs} args
 */
export function persistCall(caller, { workflowName, runId, resourceId, snapshot, createdAt, updatedAt }) {
  const dates = { createdAt: toText(createdAt), updatedAt: toText(updatedAt) };
  const payload = { workflowName, runId, resourceId, ...dates, snapshot };
  return { op: 'workflow.persist', control: controlOf(caller), payload };
}

/**
 * Engines ask for runs that have no name yet.
 *
 * @param {...unknown} names
 */
function isBlank(...names) {
  return names.includes('');
}

/**
 * @param {unknown} status
 * @param {string} name
 * @param {string} method
 */
function requireStatus(status, name, method) {
  if (status !== undefined) shape.requireText(status, name, method);
}

/**
 * @param {any} run  freshly parsed
 * @returns {WorkflowRun}
 */
function reviveRun(run) {
  reviveDates(run, DATES);
  run.snapshot = readSnapshot(run.snapshot);
  return run;
}

/**
 * Other stores keep the snapshot as text.
 *
 * @param {unknown} snapshot
 * @returns {any} text that is no JSON is returned as it is
 */
function readSnapshot(snapshot) {
  if (typeof snapshot !== 'string') return snapshot;
  try {
    return JSON.parse(snapshot);
  } catch {
    return snapshot;
  }
}
