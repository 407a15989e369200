/**
 * `store.verify()`: as much of a verification as one call may do.
 *
 * @module
 */

import { loadToolsModule } from '#upkeep-module';
import { storeError } from '../core/errors.js';
import { requireArguments } from '../store/check.js';
import { Findings } from './findings.js';
import { ToolStore } from './tool-store.js';
import { Verification } from './verification.js';

/** @typedef {import('../store/types.js').VerifyArgs} VerifyArgs */
/** @typedef {import('../store/types.js').VerifyResult} VerifyResult */

/** KV operations that one record, or one index, of a page may take at most, mending included. */
const OPERATIONS_EACH = 10;
/** Nobody looks on. */
const UNSEEN = { add() {} };

/**
 * @param {import('../core/caller.js').Caller} caller
 * @param {VerifyArgs} args
 * @returns {Promise<VerifyResult>}
 */
export async function verifyStore(caller, args) {
  const {
    cursor = null,
    repair = false,
    module = await loadToolsModule(),
  } = requireArguments(args, 'verify');
  if (typeof repair !== 'boolean') throw invalid('repair must be true or false');
  const isModule = module instanceof WebAssembly.Module;
  if (module === undefined ? caller.hasPlace : !isModule) {
    throw invalid('a Worker has to import threadkv/threadkv.tools.wasm and to give it as module');
  }
  const { maxOperations } = caller;
  const pageRecords = Math.max(1, Math.min(500, Math.floor(maxOperations / 2 / OPERATIONS_EACH)));
  const store = new ToolStore(caller, { module, pageRecords });
  const findings = new Findings({});
  let position = readCursor(cursor);
  const verification = new Verification(store, findings, repair, position.last);
  const steps = verification.steps();
  if (position.step >= steps.length) throw foreign();
  try {
    while (position.step < steps.length && spent(store) <= maxOperations / 2) {
      const after = await steps[position.step].page(position.after, UNSEEN);
      position = { step: position.step + (after === null ? 1 : 0), after, last: verification.last };
    }
  } finally {
    await store.close();
  }
  const ended = position.step === steps.length;
  return { ...findings.result(), cursor: ended ? null : JSON.stringify(Object.values(position)) };
}

/** @param {ToolStore} store */
function spent(store) {
  return Object.values(store.stats().operations).reduce((sum, count) => sum + count, 0);
}

/**
 * Where a verification stands: in which of its steps, after which page, and which collection was the last.
 *
 * @param {unknown} cursor
 * @returns {{ step: number, after: string | null, last: string | null }}
 */
function readCursor(cursor) {
  if (cursor === null) return { step: 0, after: null, last: null };
  try {
    const [step, after, last] = JSON.parse(/** @type {string} */ (cursor));
    if (Number.isInteger(step) && step >= 0 && isTextOrNull(after) && isTextOrNull(last))
      return { step, after, last };
  } catch {
    // Said below.
  }
  throw foreign();
}

/** @param {unknown} value */
function isTextOrNull(value) {
  return value === null || typeof value === 'string';
}

function foreign() {
  return invalid('cursor must be one that verify returned');
}

/** @param {string} message */
function invalid(message) {
  return storeError('INVALID_ARGUMENT', 'verify', message);
}
