/**
 * The methods of observational memory as plans: what each does between its calls of the core.
 *
 * @module
 */

import { toText } from '../core/dates.js';
import { activate } from './activation.js';
import * as changes from './changes.js';
import { storable } from './config.js';
import { Ledger } from './ledger.js';
import { recordOf } from './row.js';

/**
 * @typedef {import('./types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./row.js').Older} Older
 * @typedef {import('./row.js').Row} Row
 * @typedef {import('./scope.js').Scope} Scope
 */
/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */
/** @template {unknown[]} A @template T @typedef {import('../core/plan.js').Plan<A, T>} Plan */
/** @typedef {{ from?: Date | string, to?: Date | string, offset?: number }} Bounds */

/**
 * @template {unknown[]} A
 * @template T
 * @param {string} name
 * @param {(ledger: Ledger, method: string, ...args: A) => Steps<T>} run
 * @returns {Plan<A, T>}
 */
function plan(name, run) {
  return {
    name: `observations.${name}`,
    table: 'observational_memory',
    run: (line, method, ...args) => run(new Ledger(line), method, ...args),
  };
}

/**
 * A plan that changes one record.
 *
 * @template {{ id: string }} A
 * @param {string} name
 * @param {(record: ObservationalMemory, args: A, now: Date, ledger: Ledger) =>
 *   Partial<ObservationalMemory> | undefined} compute
 * @returns {Plan<[args: A], undefined>}
 */
function change(name, compute) {
  return plan(name, (ledger, method, args) =>
    ledger.change(method, args.id, (record) => ({
      set: compute(record, args, ledger.now(), ledger),
      result: undefined,
    })),
  );
}

export const newest = plan('newest', (ledger, method, /** @type {Scope} */ scope) =>
  ledger.newest(method, scope),
);

export const history = plan(
  'history',
  /** @param {Ledger} ledger @param {string} method @param {Scope} scope @param {number | null} limit @param {Bounds} bounds */
  (ledger, method, scope, limit, bounds) =>
    ledger.history(method, scope, (all) => selected(all, limit, bounds)),
);

export const initialize = plan(
  'initialize',
  /** @param {Ledger} ledger @param {string} method @param {Scope} scope @param {import('./types.js').InitializeObservationsArgs} args */
  (ledger, method, scope, args) =>
    ledger.begin(method, scope, (id) => ({ record: changes.firstGeneration(args, id, ledger.now()) })),
);

export const insert = plan(
  'insert',
  /** @param {Ledger} ledger @param {string} method @param {Scope} scope @param {ObservationalMemory} record */
  (ledger, method, scope, record) => ledger.insert(method, scope, record),
);

export const updateActive = change(
  'updateActive',
  (record, /** @type {import('./types.js').UpdateActiveArgs} */ args, now) =>
    changes.observed(record, args, now),
);

export const updateBuffered = change(
  'updateBuffered',
  (record, /** @type {import('./types.js').UpdateBufferedArgs} */ args, now, ledger) =>
    changes.buffered(record, args, `ombuf-${ledger.token()}`, now),
);

export const updateBufferedReflection = change(
  'updateBufferedReflection',
  (record, /** @type {import('./types.js').UpdateBufferedReflectionArgs} */ args, now) =>
    changes.reflectionBuffered(record, args, now),
);

export const updateConfig = change(
  'updateConfig',
  ({ config }, /** @type {{ id: string, config: Record<string, unknown> }} */ args, now) => ({
    config: changes.mergedConfig(config, storable(args.config)),
    updatedAt: now,
  }),
);

export const swapBuffered = plan(
  'swapBuffered',
  /** @param {Ledger} ledger @param {string} method @param {import('./types.js').SwapBufferedArgs} args */
  (ledger, method, args) => ledger.change(method, args.id, (record) => activate(record, args, ledger.now())),
);

export const createReflection = plan(
  'createReflection',
  /** @param {Ledger} ledger @param {string} method @param {Scope} scope @param {import('./types.js').ReflectionArgs} args */
  (ledger, method, scope, args) =>
    ledger.begin(method, scope, (id) => ({
      record: changes.nextGeneration(args.currentRecord, args, id, ledger.now()),
    })),
);

export const swapReflection = plan('swapReflection', swapReflectionSteps);

export const advise = plan(
  'advise',
  /** @param {Ledger} ledger @param {string} method @param {string} id @param {Partial<ObservationalMemory>} set */
  (ledger, method, id, set) => ledger.advise(method, id, { ...set, updatedAt: ledger.now() }),
);

export const clear = plan('clear', (ledger, method, /** @type {Scope} */ scope) =>
  ledger.clear(method, scope),
);

export const PLANS = [
  newest,
  history,
  initialize,
  insert,
  updateActive,
  updateBuffered,
  updateBufferedReflection,
  updateConfig,
  swapBuffered,
  createReflection,
  swapReflection,
  advise,
  clear,
];

/**
 * @param {Ledger} ledger
 * @param {string} method
 * @param {string} source  the record's id
 * @param {number} tokenCount
 * @returns {Steps<Row>}
 */
function* swapReflectionSteps(ledger, method, source, tokenCount) {
  const found = yield* ledger.find(method, source);
  const scope = { scopeKind: found.scopeKind, scopeId: found.scopeId };
  let retired = false;
  const next = yield* ledger.begin(method, scope, (id, before) => {
    retired = before?.id === found.id;
    const record = recordOf(retired && before !== undefined ? before : found);
    const reflection = changes.reflectedText(record);
    return {
      record: changes.nextGeneration(record, { reflection, tokenCount }, id, ledger.now()),
      retired: retired ? changes.NO_REFLECTION : {},
    };
  });
  if (!retired) {
    yield* ledger.change(method, found.id, () => ({ set: changes.NO_REFLECTION, result: undefined }));
  }
  return next;
}

/**
 * @param {Older[]} all
 * @param {number | null | undefined} limit
 * @param {Bounds} bounds
 */
function selected(all, limit, { from, to, offset = 0 }) {
  // Dates are stored in one form, whose order is that of time.
  const [start, end] = [toText(from), toText(to)];
  const inRange = all.filter(({ createdAt }) => !(start && createdAt < start) && !(end && createdAt > end));
  return inRange.slice(offset, limit == null ? undefined : offset + limit);
}
