/**
 * Schedules for Mastra, and what became of their fires.
 *
 * Where several places tick, a due schedule may be claimed twice within a minute, for KV knows no compare-and-set; both
 * then start the run of one id, and leave one trigger. Inside an isolate one claim wins.
 *
 * @module
 */

import { normalizeScheduleTarget, SchedulesStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { alreadyThere, cleared, given, invalid, notFound, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').Schedule} Schedule
 * @typedef {import('@mastra/core/storage').ScheduleFilter} ScheduleFilter
 * @typedef {import('@mastra/core/storage').ScheduleUpdate} ScheduleUpdate
 * @typedef {import('@mastra/core/storage').ScheduleTrigger} ScheduleTrigger
 */

/** Mastra has these as milliseconds, the store as dates. */
const TIMES = ['createdAt', 'updatedAt', 'nextFireAt', 'lastFireAt'];
const TRIGGER_TIMES = ['scheduledFireAt', 'actualFireAt'];

/** What of a target stands beside it, too. */
const TARGETS = ['workflowId', 'resourceId'];

/** What an update may say. */
const CHANGES = ['cron', 'timezone', 'status', 'nextFireAt', 'metadata', 'target', 'ownerType', 'ownerId'];

/** After so long no place takes an older value for the present one, its clock not being right either. */
const SEEN_EVERYWHERE = 2 * 60_000;

/** Mastra's `schedules` domain. Works in a store of its own, too. */
export class SchedulesStorageCloudflare extends SchedulesStorage {
  /** @override */
  static retentionTables = {
    triggers: { table: 'mastra_schedule_triggers', column: 'actualFireAt', indexed: false },
  };

  #store;
  #schedules;
  #triggers;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#schedules = new Table(this.#store, 'schedules');
    this.#triggers = new Table(this.#store, 'schedule_triggers');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * @override
   * @param {Schedule} schedule
   * @returns {Promise<Schedule>}
   */
  createSchedule(schedule) {
    return attempt('createSchedule', [schedule], async () => {
      const how = { asDated: true, fresh: true };
      const made = await this.#schedules.create(toRow(schedule, 'createSchedule'), how);
      if (made === null) throw alreadyThere('createSchedule', `Schedule ${schedule.id}`);
      return toSchedule(made);
    });
  }

  /**
   * @override
   * @param {string} id
   * @returns {Promise<Schedule | null>}
   */
  getSchedule(id) {
    return attempt('getSchedule', [id], async () => toSchedule(await this.#schedules.get({ id })));
  }

  /**
   * Oldest first.
   *
   * @override
   * @param {ScheduleFilter} [filter]
   * @returns {Promise<Schedule[]>}
   */
  listSchedules({ status, workflowId, ownerType, ownerId } = {}) {
    return attempt('listSchedules', [], async () => {
      // Null stands for schedules that have none.
      const where = {
        ...given({ status: status || undefined, workflowId: workflowId || undefined }),
        ...given({ ownerType, ownerId }),
      };
      return (await this.#schedules.list({ where })).map(toSchedule);
    });
  }

  /**
   * @override
   * @param {number} now
   * @param {number} [limit]
   * @returns {Promise<Schedule[]>} those that should have fired first come first
   */
  listDueSchedules(now, limit) {
    return attempt('listDueSchedules', [], async () => {
      const due = { where: { status: 'active' }, dateField: 'nextFireAt', orderBy: 'nextFireAt' };
      const dateRange = { end: dateOf(now, 'now', 'listDueSchedules') };
      return (await this.#schedules.list({ ...due, dateRange, perPage: limit ?? false })).map(toSchedule);
    });
  }

  /**
   * A field that is present and undefined is taken out, but for metadata.
   *
   * @override
   * @param {string} id
   * @param {ScheduleUpdate} patch
   * @returns {Promise<Schedule>}
   */
  updateSchedule(id, patch) {
    return attempt('updateSchedule', [id], async () => {
      const known = Object.fromEntries(Object.entries(patch).filter(([name]) => CHANGES.includes(name)));
      for (const name of ['target', 'metadata']) if (known[name] === undefined) delete known[name];
      const clear = cleared(known);
      const set = toRow(given(known), 'updateSchedule');
      if (known.target) clear.push(...TARGETS.filter((name) => set[name] === undefined));
      const changed = await this.#schedules.updated({ id }, { set, clear });
      if (changed === null) throw notFound('updateSchedule', `Schedule ${id}`);
      return toSchedule(changed);
    });
  }

  /**
   * One fire has one winner in an isolate, and in an object. Another place may still see a fire as due that was claimed
   * here: that it was recorded is seen at once, for nobody has looked for this key there.
   *
   * @override
   * @param {string} id
   * @param {number} expectedNextFireAt
   * @param {number} nextFireAt
   * @param {number} lastFireAt
   * @param {string} lastRunId
   * @returns {Promise<boolean>} whether the fire is the caller's
   */
  updateScheduleNextFire(id, expectedNextFireAt, nextFireAt, lastFireAt, lastRunId) {
    const method = 'updateScheduleNextFire';
    return attempt(method, [id], async () => {
      const expect = { status: 'active', ...toRow({ nextFireAt: expectedNextFireAt }, method) };
      const set = toRow({ nextFireAt, lastFireAt, lastRunId }, method);
      if (
        lastRunId === `sched_${id}_${expectedNextFireAt}` &&
        (await this.#hasFired(id, lastRunId, lastFireAt))
      )
        return false;
      return this.#schedules.update({ id }, { expect, set });
    });
  }

  /**
   * Whether this run of a schedule was started by another place a moment ago. Of long ago is what somebody has set back.
   *
   * @param {string} scheduleId
   * @param {string} runId
   * @param {number} now
   */
  async #hasFired(scheduleId, runId, now) {
    const trigger = await this.#triggers.get({ scheduleId, id: runId });
    if (trigger === null || trigger.outcome === 'failed') return false;
    return Math.abs(now - trigger.actualFireAt) < SEEN_EVERYWHERE;
  }

  /**
   * With its triggers. An unknown one is no error.
   *
   * @override
   * @param {string} id
   * @returns {Promise<void>}
   */
  deleteSchedule(id) {
    return attempt('deleteSchedule', [id], async () => {
      await this.#schedules.delete({ id });
      await this.#triggers.deleteUnder(id);
    });
  }

  /**
   * A fire by the clock is named by its run: if two places claim it, it is recorded once.
   *
   * @override
   * @param {ScheduleTrigger} trigger
   * @returns {Promise<void>}
   */
  recordTrigger(trigger) {
    return attempt('recordTrigger', [trigger], async () => {
      const { triggerKind = 'schedule-fire', runId } = trigger;
      const named = triggerKind === 'schedule-fire' && runId ? runId : crypto.randomUUID();
      const row = { ...trigger, id: trigger.id ?? named, triggerKind };
      await this.#triggers.save(withDates(row, TRIGGER_TIMES, 'recordTrigger'));
    });
  }

  /**
   * Newest first.
   *
   * @override
   * @param {string} scheduleId
   * @param {import('@mastra/core/storage').ScheduleTriggerListOptions} [options]
   * @returns {Promise<ScheduleTrigger[]>}
   */
  listTriggers(scheduleId, { limit, fromActualFireAt, toActualFireAt } = {}) {
    const method = 'listTriggers';
    return attempt(method, [scheduleId], async () => {
      const dateRange = {
        ...(fromActualFireAt == null ? {} : { start: dateOf(fromActualFireAt, 'fromActualFireAt', method) }),
        ...(toActualFireAt == null
          ? {}
          : { end: dateOf(toActualFireAt, 'toActualFireAt', method), endExclusive: true }),
      };
      const rows = await this.#triggers.list({
        ...{ under: scheduleId, orderBy: 'actualFireAt', direction: 'DESC', perPage: limit ?? false },
        ...{ dateField: 'actualFireAt', dateRange },
      });
      return rows.map((row) => withNumbers(row, TRIGGER_TIMES));
    });
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'schedules', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['schedules', 'schedule_triggers']);
  }
}

/**
 * As it is stored: beside its target the workflow, which lists filter by, and whose it is, for when they are forgotten.
 *
 * @param {Partial<Schedule>} schedule
 * @param {string} method
 * @returns {Record<string, any>}
 */
function toRow(schedule, method) {
  const row = withDates(schedule, TIMES, method);
  const { type, workflowId, resourceId } = /** @type {any} */ (schedule.target ?? {});
  return { ...row, ...given({ workflowId: type === 'workflow' ? workflowId : undefined, resourceId }) };
}

/** @param {any} row  fresh @returns {any} */
function toSchedule(row) {
  if (row === null) return null;
  for (const name of TARGETS) delete row[name];
  return { ...withNumbers(row, TIMES), target: normalizeScheduleTarget(row.target) };
}

/** @param {any} row @param {readonly string[]} names @param {string} method @returns {Record<string, any>} */
function withDates(row, names, method) {
  const copy = { ...row };
  for (const name of names) {
    if (copy[name] !== undefined && copy[name] !== null) copy[name] = dateOf(copy[name], name, method);
  }
  return copy;
}

/** @param {any} row  fresh @param {readonly string[]} names */
function withNumbers(row, names) {
  for (const name of names) if (row[name] instanceof Date) row[name] = row[name].getTime();
  return row;
}

/** @param {unknown} ms @param {string} name @param {string} method */
function dateOf(ms, name, method) {
  const date = new Date(typeof ms === 'number' ? ms : NaN);
  if (Number.isNaN(date.getTime())) throw invalid(method, `${name} must be a time in milliseconds`);
  return date;
}
