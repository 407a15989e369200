/**
 * Retention: which tables grow old, and how a user says at which age.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { alikeName } from './nearest.js';

/** @typedef {import('./row-types.js').Retention} Retention */
/** @typedef {import('./row-types.js').RetentionPolicy} RetentionPolicy */
/** @typedef {{ maxAge: number, batchSize: number }} Policy  ms, rows */

/**
 * Domain and name as Mastra has them, and our table; in the order in which they are pruned. Messages go before
 * their threads, which would take along those that may stay.
 */
export const AGING = /** @type {const} */ ([
  ['memory', 'messages', 'messages'],
  ['memory', 'resources', 'resources'],
  ['memory', 'threads', 'threads'],
  ['workflows', 'workflowSnapshot', 'workflow_snapshot'],
  ['scores', 'scorers', 'scores'],
  ['backgroundTasks', 'backgroundTasks', 'background_tasks'],
  ['threadState', 'threadState', 'thread_state'],
  ['schedules', 'triggers', 'schedule_triggers'],
  ['notifications', 'notifications', 'notifications'],
  ['harness', 'sessions', 'harness_sessions'],
  ['observability', 'spans', 'trace_roots'],
  ['observability', 'spans', 'trace_errors'],
  ['observability', 'spans', 'ai_spans'],
  ['experiments', 'experiments', 'experiment_results'],
  ['experiments', 'experiments', 'experiments'],
  ['langgraph', 'checkpoints', 'checkpoint_heads'],
]);

const BATCH_SIZE = 1000;
const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
/** @type {Record<string, number>} */
const UNITS = { ms: 1, s: SECOND, m: 60 * SECOND, h: 3600 * SECOND, d: DAY, w: 7 * DAY };

/**
 * The policies by table. What this store does not hold is left to the stores that do.
 *
 * @param {Retention | null | undefined} retention
 * @param {string} method
 * @returns {Record<string, Policy>}
 */
export function readRetention(retention, method) {
  if (retention === undefined || retention === null) return {};
  if (typeof retention !== 'object') throw invalid('retention must be an object', method);
  checkNames(retention, method);
  /** @type {Record<string, Policy>} */
  const policies = {};
  for (const [domain, name, table] of AGING) {
    const policy = /** @type {any} */ (retention)[domain]?.[name];
    if (policy !== undefined && policy !== null) {
      policies[table] = readPolicy(policy, `retention.${domain}.${name}`, method);
    }
  }
  return policies;
}

/**
 * Refuses names that are nearly ours: nothing would be kept for as long as they say.
 *
 * @param {object} retention
 * @param {string} method
 */
function checkNames(retention, method) {
  requireUnlike(retention, [...new Set(AGING.map(([domain]) => domain))], 'retention.', method);
  for (const [domain, tables] of Object.entries(retention)) {
    const names = AGING.filter(([ours]) => ours === domain).map(([, name]) => name);
    if (tables) requireUnlike(tables, names, `retention.${domain}.`, method);
  }
}

/**
 * @param {object} given
 * @param {readonly string[]} names
 * @param {string} path
 * @param {string} method
 */
function requireUnlike(given, names, path, method) {
  for (const name of Object.keys(given)) {
    const near = names.includes(name) ? undefined : alikeName(name, names);
    if (near !== undefined)
      throw invalid(`unknown option "${path}${name}"; did you mean "${path}${near}"?`, method);
  }
}

/**
 * @param {RetentionPolicy} policy
 * @param {string} where
 * @param {string} method
 * @returns {Policy}
 */
function readPolicy({ maxAge, batchSize = BATCH_SIZE }, where, method) {
  const age = toMilliseconds(maxAge);
  if (!(age >= 0 && age <= Number.MAX_SAFE_INTEGER)) {
    throw invalid(`${where}.maxAge must be milliseconds, or a number with a unit: '30d', '12h'`, method);
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw invalid(`${where}.batchSize must be a positive integer`, method);
  }
  return { maxAge: Math.floor(age), batchSize };
}

/**
 * @param {unknown} duration
 * @returns {number} NaN for what is none
 */
export function toMilliseconds(duration) {
  if (typeof duration === 'number') return duration;
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(typeof duration === 'string' ? duration : '');
  return parts === null ? NaN : Number(parts[1]) * UNITS[parts[2]];
}

/**
 * @param {string} message
 * @param {string} method
 */
function invalid(message, method) {
  return storeError('INVALID_ARGUMENT', method, message);
}
