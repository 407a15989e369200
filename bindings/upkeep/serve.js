/**
 * What programs outside ask of a Worker to look after its store: calls of the core, one after the other, as many as one
 * request has room for.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { StoreError, StoreTypeError, storeError } from '../core/errors.js';
import { MAX_REQUEST, readCall, writeAnswer } from '../remote/calls.js';
import { TOOL_OPERATIONS } from '../remote/protocol.js';
import { PLANS } from '../store/plans.js';
import { loadToolsModule } from '#upkeep-module';
import { ToolStore } from './tool-store.js';

/**
 * @typedef {import('../core/caller.js').Caller} Caller
 * @typedef {import('../core/stats.js').Operation} Operation
 * @typedef {import('../remote/calls.js').Call} Call
 * @typedef {import('../remote/calls.js').Answer} Answer
 */

/** Operations that change nothing, unless they are told to repair. */
const READS = `record.scan record.get collection.scan verify.records verify.collection row.list thread.list
  message.list_by_resource resource.get`.split(/\s+/);
/** What is needed besides to bring records back, to mend, to delete. */
const WRITES =
  `thread.save message.save resource.save row.save row.delete row.prune thread.delete message.delete
  thread.purge store.init store.sweep store.clear`.split(/\s+/);

const NAMES = TABLES.map(([table]) => table).map(String);

/** KV operations of one request: what a Worker may make, less a few. */
const MAX_OPERATIONS = 900;

/**
 * @param {any} store  a CloudflareStore
 * @param {Iterable<string>} lines
 * @param {{ mayWrite: boolean, module?: WebAssembly.Module, onFault?: (error: unknown) => void }} options  module: that of
 *   tools, for what is not in objects; onFault: is told what the answer does not tell
 * @returns {AsyncGenerator<string, void, void>} a line for each
 */
export async function* serveCalls(store, lines, { mayWrite, module, onFault = () => {} }) {
  const desk = new Desk(store.caller, { mayWrite, onFault, module: module ?? (await loadToolsModule()) });
  for (const line of lines) {
    const answer = await desk.answer(line);
    yield writeAnswer(answer);
    if (answer.undone === true) return;
  }
}

class Desk {
  #caller;
  #mayWrite;
  #onFault;
  #hasTools;
  #left = MAX_OPERATIONS;
  /** @type {Operation[]} */
  #operations = [];

  /**
   * @param {Caller} caller
   * @param {{ mayWrite: boolean, module?: WebAssembly.Module, onFault: (error: unknown) => void }} options
   */
  constructor(caller, { mayWrite, module, onFault }) {
    const onOperation = (/** @type {Operation} */ operation) => {
      this.#operations.push(operation);
      this.#left -= operation.operations;
    };
    this.#caller = new ToolStore(caller, { module, onOperation }).line;
    this.#mayWrite = mayWrite;
    this.#onFault = onFault;
    this.#hasTools = module !== undefined || !caller.hasPlace;
  }

  /** @param {string} line @returns {Promise<Answer>} */
  async answer(line) {
    const isFirst = this.#left === MAX_OPERATIONS;
    this.#operations = [];
    let method = 'call';
    try {
      const call = readCall(line);
      method = call.method;
      this.#refuse(call);
      return { text: await this.#perform(call), operations: this.#operations };
    } catch (error) {
      const known = error instanceof StoreError || error instanceof StoreTypeError;
      if (!known) return { failure: this.#fault(error, method), operations: this.#operations };
      if (error.code === 'BUDGET' && !isFirst) return { undone: true };
      const { code, op, message, details } = error;
      return { failure: { code, op, message, details }, operations: this.#operations };
    }
  }

  /**
   * Whatever this is, its text may hold anything. It would be the same if it were asked again.
   *
   * @param {unknown} error
   * @param {string} method
   */
  #fault(error, method) {
    this.#onFault(error);
    return { code: 'INTERNAL', op: method, message: 'the Worker failed to answer this call', details: {} };
  }

  /** @param {Call} call */
  #refuse({ method, op = '', control = {}, plan }) {
    const isKnown = plan === undefined ? [...READS, ...WRITES].includes(op) : PLANS.has(plan);
    if (!isKnown) throw storeError('VERSION_MISMATCH', method, `this Worker knows no call ${plan ?? op}`);
    const { table } = /** @type {{ table?: unknown }} */ (control);
    if (table !== undefined && !(typeof table === 'string' && NAMES.includes(table))) {
      throw storeError('VERSION_MISMATCH', method, 'this Worker knows no table of that name');
    }
    if (!this.#mayWrite && !READS.includes(op)) {
      throw storeError('INVALID_ARGUMENT', method, 'this token may read, not write');
    }
    if (table === undefined && /^(record|row)\./.test(op)) {
      throw storeError('INVALID_ARGUMENT', method, `control of ${op} must name a table`);
    }
    if (this.#hasTools || !TOOL_OPERATIONS.includes(op)) return;
    // What is in an object needs nothing here.
    if (this.#caller.hasOneWriter(table ?? 'threads')) return;
    const says =
      'this Worker does not carry the module of tools: give threadkv/threadkv.tools.wasm to createApp, as `tools`';
    throw storeError('NO_MODULE', method, says);
  }

  /** @param {Call} call */
  async #perform({ method, op = '', control = {}, manner = {}, plan, json }) {
    if (plan !== undefined) {
      const steps = /** @type {any} */ (PLANS.get(plan));
      const result = await this.#caller.perform(steps, method, ...argumentsOf(json, method));
      return result === undefined ? '' : JSON.stringify(result);
    }
    if (op.startsWith('store.') && !('table' in control)) {
      const results = await this.#caller.everywhere(method, op);
      return op === 'store.init' ? '' : JSON.stringify(summed(results));
    }
    const maxOperations = Math.max(1, Math.min(manner.maxOperations ?? Infinity, this.#left));
    const most = Math.min(manner.most ?? Infinity, MAX_REQUEST);
    const asked = op.startsWith('verify.') && !this.#mayWrite ? withoutRepair(json, method) : json;
    return this.#caller.send(method, op, control, asked, { most, maxOperations });
  }
}

/** @param {string | undefined} json @param {string} method @returns {any[]} */
function argumentsOf(json = '[]', method) {
  try {
    const args = JSON.parse(json);
    if (Array.isArray(args)) return args;
  } catch {
    // Said below.
  }
  throw storeError('INVALID_ARGUMENT', method, 'the arguments of a plan are an array');
}

/**
 * Written anew: of a field that stands there twice, one reader may take the first and another the last.
 *
 * @param {string | undefined} json
 * @param {string} method
 */
function withoutRepair(json = '{}', method) {
  try {
    return JSON.stringify({ ...JSON.parse(json), repair: false });
  } catch {
    throw storeError('INVALID_ARGUMENT', method, 'the payload is not JSON');
  }
}

/**
 * What the homes of a store answer, as one answer.
 *
 * @param {any[]} results
 */
function summed(results) {
  const [first, ...others] = results;
  for (const other of others) {
    first.deleted += other.deleted;
    first.pending =
      typeof first.pending === 'boolean' ? first.pending || other.pending : first.pending + other.pending;
  }
  return first;
}
