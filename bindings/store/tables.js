/**
 * Records by the names of their tables, as Mastra's storage of 0.x offered them beside its methods. Everything goes
 * through the methods, so that indexes and checks are the same.
 *
 * @module
 */

import { findTable } from './config.js';
import { reviveDates } from '../core/dates.js';
import { asMethod, storeError } from '../core/errors.js';
import * as shape from './shape.js';
import { requireArguments } from './check.js';
import { chunksOf } from './chunks.js';
import { saveMessagesCall } from './messages.js';
import { saveResourceCall } from './resources.js';
import { saveScoreCall } from './scores.js';
import { createTaskCall } from './tasks.js';
import { saveThreadCall } from './threads.js';
import { saveRows, TraceStore } from './traces.js';
import { persistCall } from './workflows.js';

/**
 * Access by table.
 *
 * @template [Content=any]
 * @extends {TraceStore<Content>}
 */
export class TableStore extends TraceStore {
  /**
   * Tables need not be made: this checks the name.
   *
   * @param {{ tableName: string, schema?: Record<string, unknown> }} args
   * @returns {Promise<void>}
   */
  async createTable(args) {
    tableOf(requireArguments(args, 'createTable'), 'createTable');
  }

  /**
   * There are no columns to change: records keep all their fields.
   *
   * @param {{ tableName: string, schema?: Record<string, unknown>, ifNotExists?: string[] }} args
   * @returns {Promise<void>}
   */
  async alterTable(args) {
    tableOf(requireArguments(args, 'alterTable'), 'alterTable');
  }

  /**
   * @param {string} tableName
   * @param {string} column
   * @returns {Promise<boolean>} true: a record may have any field
   */
  async hasColumn(tableName, column) {
    return tableOf({ tableName }, 'hasColumn') !== '' && typeof column === 'string';
  }

  /**
   * Deletes everything of one table under this prefix, as `clearTable` does.
   *
   * @param {{ tableName: string }} args
   * @returns {Promise<import('./types.js').ClearResult>}
   */
  async dropTable(args) {
    return asMethod('dropTable', () => this.clearTable(args));
  }

  /**
   * @param {{ tableName: string, record: Record<string, any> }} args
   * @returns {Promise<void>}
   */
  async insert(args) {
    const { tableName, record } = requireArguments(args, 'insert');
    await this.#insert(tableOf({ tableName }, 'insert'), [record], 'insert');
  }

  /**
   * Messages are saved by the hundred, other records one after the other. In a Durable Object all or none is stored; in KV
   * what stands before one that the core refuses is.
   *
   * @param {{ tableName: string, records: Record<string, any>[] }} args
   * @returns {Promise<void>}
   */
  async batchInsert(args) {
    const { tableName, records } = requireArguments(args, 'batchInsert');
    if (!Array.isArray(records)) {
      throw storeError('INVALID_ARGUMENT', 'batchInsert', 'records must be an array');
    }
    await this.#insert(tableOf({ tableName }, 'batchInsert'), records, 'batchInsert');
  }

  /**
   * @param {{ tableName: string, keys: Record<string, string> }} args  the record's id; of a workflow run its
   *   `workflow_name` and `run_id`; of a thread state its `threadId` and `type`
   * @returns {Promise<any>} the record, or null
   */
  async load(args) {
    const { tableName, keys } = requireArguments(args, 'load');
    const table = tableOf({ tableName }, 'load');
    shape.requireRecord(keys, 'keys', 'load');
    return asMethod('load', () => this.#load(table, keys));
  }

  /** @param {string} table @param {Record<string, string>} keys */
  async #load(table, keys) {
    const { id } = keys;
    if (table === 'threads') return this.getThreadById({ threadId: id });
    if (table === 'messages') return (await this.listMessagesById({ messageIds: [id] })).messages[0] ?? null;
    if (table === 'resources') return this.getResourceById({ resourceId: id });
    if (table === 'scores') return this.getScoreById({ id });
    if (table === 'background_tasks') return this.getTask(id);
    if (table === 'workflow_snapshot') return this.#run(keys);
    const [row] = await this.caller.read('load', 'row.get', this.caller.rows(table), [keys]);
    if (row !== null) reviveDates(row, ['createdAt', 'updatedAt']);
    return row;
  }

  /** @param {Record<string, string>} keys */
  async #run({ workflow_name, workflowName = workflow_name, run_id, runId = run_id }) {
    const run = await this.getWorkflowRunById({ workflowName, runId });
    if (run === null) return null;
    const { workflowName: name, runId: id, ...rest } = run;
    return { workflow_name: name, run_id: id, ...rest };
  }

  /**
   * @param {string} table
   * @param {any[]} records
   * @param {string} method
   */
  async #insert(table, records, method) {
    for (const record of records) shape.requireRecord(record, 'record', method);
    await asMethod(method, () => this.#insertAll(table, records, method));
  }

  /**
   * @param {string} table
   * @param {any[]} records
   * @param {string} method
   */
  async #insertAll(table, records, method) {
    if (table === 'traces' || table === 'evals') return saveRows(this.caller, table, records, method);
    if (!Object.hasOwn(SAVES, table)) {
      throw storeError('INVALID_ARGUMENT', method, `records of ${table} have methods of their own`);
    }
    await this.caller.together(method, SAVES[table](this.caller, records));
  }
}

/** How records of a table are saved: calls of the core. @type {Record<string, (caller: any, records: any[]) => any[]>} */
const SAVES = {
  threads: (_, records) => records.map(saveThreadCall),
  messages: (_, records) => chunksOf(records).map((some) => saveMessagesCall(some)),
  resources: (_, records) => records.map(saveResourceCall),
  scores: (caller, records) => records.map((score) => saveScoreCall(caller, score)),
  background_tasks: (caller, records) => records.map((task) => createTaskCall(caller, task)),
  workflow_snapshot: (caller, records) => records.map((run) => persistCall(caller, namedRun(run))),
};

/** As older versions of Mastra name it. @param {any} record */
function namedRun({ workflow_name, run_id, workflowName = workflow_name, runId = run_id, ...rest }) {
  return { workflowName, runId, ...rest };
}

/**
 * @param {{ tableName: unknown }} args
 * @param {string} method
 * @returns {string}
 */
function tableOf({ tableName }, method) {
  const table = findTable(tableName);
  if (table === undefined) throw storeError('INVALID_ARGUMENT', method, 'tableName must name a table');
  return table;
}
