/**
 * Background tasks: tool calls that go on after their turn.
 *
 * @module
 */

import { reviveDates, toText, withDateText } from '../core/dates.js';
import { orAbsent } from './absent.js';
import { chunksOf } from './chunks.js';
import * as shape from './shape.js';
import { requireArgument, requireArguments } from './check.js';
import { ScoreStore } from './scores.js';

/**
 * @typedef {import('./row-types.js').Task} Task
 * @typedef {import('./row-types.js').TaskFilter} TaskFilter
 * @typedef {import('./row-types.js').TaskGuards} TaskGuards
 * @typedef {import('./row-types.js').TaskUpdate} TaskUpdate
 */

const TABLE = 'background_tasks';
const DATES = ['createdAt', 'startedAt', 'suspendedAt', 'completedAt', 'leaseExpiresAt'];

/** What a task is, as opposed to how it stands: updates leave it alone. */
const FIXED = [
  'id',
  'createdAt',
  'threadId',
  'resourceId',
  'runId',
  'agentId',
  'toolCallId',
  'toolName',
  'args',
];
/** These are numbers and words at all times; to be told undefined changes nothing. */
const ALWAYS = ['status', 'retryCount', 'maxRetries', 'timeoutMs'];
/** Where null means that there is none. */
const OPTIONAL = [
  'threadId',
  'resourceId',
  'error',
  'startedAt',
  'suspendedAt',
  'completedAt',
  'ownerId',
  'leaseExpiresAt',
];
const DEFAULTS = { runId: '', retryCount: 0, maxRetries: 0, timeoutMs: 300_000 };

/**
 * Background tasks.
 *
 * @template [Content=any]
 * @extends {ScoreStore<Content>}
 */
export class TaskStore extends ScoreStore {
  /**
   * Stores a task, in place of any other with its id.
   *
   * @param {Task} task
   * @returns {Promise<void>}
   */
  async createTask(task) {
    const { op, control, payload } = createTaskCall(this.caller, task);
    await this.caller.call('createTask', op, control, payload);
  }

  /**
   * @param {string} taskId
   * @returns {Promise<Task | null>} a fresh object
   */
  async getTask(taskId) {
    const [row] = await orAbsent([null], () =>
      this.caller.read('getTask', 'row.get', this.caller.rows(TABLE), [{ id: taskId }]),
    );
    return row === null ? null : toTask(row);
  }

  /**
   * Changes a task if it is as expected. Of several such updates in one isolate one wins; KV knows no way to decide
   * between isolates.
   *
   * @param {string} taskId
   * @param {TaskUpdate} update
   * @param {TaskGuards} [guards]
   * @returns {Promise<boolean>} false when there is no such task, or it is not as expected
   */
  async updateTask(taskId, update, guards) {
    shape.requireRecord(update, 'update', 'updateTask');
    const { expectedStatus, expectedOwnerId, expectedLeaseExpiresAt } =
      requireArgument(guards, 2, 'guards', 'updateTask') ?? {};
    const expect = {
      status: expectedStatus,
      ownerId: expectedOwnerId,
      leaseExpiresAt: toText(expectedLeaseExpiresAt),
    };
    return this.caller.read('updateTask', 'row.update', this.caller.rows(TABLE), {
      key: { id: taskId },
      expect,
      ...changesOf(update),
    });
  }

  /**
   * Tasks that match all that is given, oldest first.
   *
   * @param {TaskFilter} [filter]
   * @returns {Promise<{ tasks: Task[], total: number }>}
   */
  async listTasks(filter = {}) {
    return this.#list('listTasks', requireArguments(filter, 'listTasks'));
  }

  /**
   * An unknown task is no error.
   *
   * @param {string} taskId
   * @returns {Promise<void>}
   */
  async deleteTask(taskId) {
    await orAbsent('', () =>
      this.caller.call('deleteTask', 'row.delete', this.caller.rows(TABLE), [{ id: taskId }]),
    );
  }

  /**
   * Deletes what `listTasks` would list.
   *
   * @param {TaskFilter} filter
   * @returns {Promise<void>}
   */
  async deleteTasks(filter) {
    const { control, payload } = this.#question(requireArguments(filter, 'deleteTasks'));
    await this.caller.perform(deleteListed, 'deleteTasks', control, payload);
  }

  /** @returns {Promise<number>} */
  async getRunningCount() {
    const { total } = await this.#list('getRunningCount', { status: 'running', perPage: 0 });
    return total;
  }

  /**
   * @param {string} agentId
   * @returns {Promise<number>}
   */
  async getRunningCountByAgent(agentId) {
    // An empty filter would be none.
    shape.requireText(agentId, 'agentId', 'getRunningCountByAgent');
    const filter = /** @type {TaskFilter} */ ({ status: 'running', agentId, perPage: 0 });
    return (await this.#list('getRunningCountByAgent', filter)).total;
  }

  /**
   * @param {string} method
   * @param {TaskFilter} filter
   * @returns {Promise<{ tasks: Task[], total: number }>}
   */
  async #list(method, filter) {
    const { control, payload } = this.#question(filter);
    const { rows, total } = await this.caller.read(method, 'row.list', control, payload);
    return { tasks: rows.map(toTask), total };
  }

  /** @param {TaskFilter} filter */
  #question(filter) {
    const { status, agentId, threadId, resourceId, toolName, toolCallId, runId, ...rest } = filter;
    const { fromDate, toDate, dateFilterBy, orderBy, orderDirection, page, perPage = false } = rest;
    const direction = shape.directionOf(orderDirection) ?? 'ASC';
    const paged = { page: perPage === false ? 0 : page, perPage, orderBy: { direction } };
    const control = { ...this.caller.rows(TABLE), ...shape.pageControl(paged) };
    const payload = {
      where: shape.given({ status, agentId, threadId, resourceId, toolName, toolCallId, runId }),
      dateField: dateFilterBy,
      dateRange: shape.dateRange({
        start: fromDate ?? undefined,
        end: toDate ?? undefined,
        endExclusive: true,
      }),
      orderBy,
    };
    return { control, payload };
  }
}

/**
 * @param {import('../core/caller.js').Caller} caller
 * @param {Task} task
 */
export function createTaskCall(caller, task) {
  shape.requireRecord(task, 'task', 'createTask');
  return { op: 'row.save', control: caller.rows(TABLE), payload: [withDateText(task, DATES)] };
}

/** Deletes what a list names. @type {import('../core/plan.js').Plan<[control: object, payload: object], void>} */
export const deleteListed = {
  name: 'tasks.delete',
  table: TABLE,
  *run(line, method, control, payload) {
    const { rows } = yield* line.read(method, 'row.list', control, payload);
    for (const some of chunksOf(/** @type {{ id: string }[]} */ (rows))) {
      const keys = some.map(({ id }) => ({ id }));
      yield* line.call(method, 'row.delete', { table: TABLE }, keys);
    }
  },
};

/**
 * @param {any} row  freshly parsed
 * @returns {Task}
 */
function toTask(row) {
  for (const name of OPTIONAL) if (row[name] === null) delete row[name];
  reviveDates(row, DATES);
  return { ...DEFAULTS, args: {}, ...row };
}

/**
 * @param {any} update
 * @returns {{ set: Record<string, unknown>, clear: string[] }}
 */
function changesOf(update) {
  /** @type {Record<string, unknown>} */
  const set = {};
  /** @type {string[]} */
  const clear = [];
  for (const [name, value] of Object.entries(withDateText(update, DATES))) {
    if (FIXED.includes(name)) continue;
    const gone = value === undefined || (value === null && OPTIONAL.includes(name));
    if (!gone) set[name] = value;
    else if (!ALWAYS.includes(name)) clear.push(name);
  }
  return { set, clear };
}
