/**
 * Calls of tools, kept when they are made. A run tells its session of them at its end alone: what a tool has done is
 * forgotten if the model fails after it.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { keepAlive } from '../forms/line.js';
import { resultItem } from './items.js';
import { CloudflareSession, recordsOf } from './session.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** @typedef {import('@openai/agents').RunContext<any>} RunContext */
/** A Runner or an Agent. @typedef {{ on: (event: any, listener: any) => any, off: (event: any, listener: any) => any }} Emitter */
/**
 * What is recorded of a run.
 * @typedef {object} Recording
 * @property {number} known  items that the session had at its beginning
 * @property {Item[]} items  its question, calls and results so far
 * @property {import('./records.js').Written[]} records  where they are stored
 * @property {number} stored  how many of the items are stored
 * @property {Promise<void>} work  what is being stored
 */

const EVENTS = /** @type {const} */ (['agent_start', 'agent_tool_start', 'agent_tool_end']);

/**
 * A session like the one given, that stores a call when a tool is about to be run, with its question, and its result
 * when there is one. What the run stores at its end takes the place of that. May serve several runs at once.
 *
 * ```js
 * const session = recordTools(new CloudflareSession({ store, sessionId }), runner);
 * await runner.run(agent, 'Cancel order A7', { session });
 * session.close();
 * ```
 *
 * @param {CloudflareSession} session
 * @param {Emitter} emitter  the Runner of the runs, or their Agent
 */
export function recordTools(session, emitter) {
  if (!(session instanceof CloudflareSession) || typeof emitter?.on !== 'function')
    throw storeError(
      'INVALID_ARGUMENT',
      'recordTools',
      'recordTools takes a CloudflareSession and a Runner or Agent',
    );
  return new RecordingSession(session, emitter);
}

/** A session that is told of a run's context, and so tells its calls from those of others. */
export class RecordingSession {
  /** The SDK then gives the run's context to every method. */
  acceptsRunContext = /** @type {const} */ (true);
  #session;
  #records;
  #close;
  /** @type {WeakMap<RunContext, Recording>} */
  #runs = new WeakMap();

  /** @param {CloudflareSession} session @param {Emitter} emitter */
  constructor(session, emitter) {
    this.#session = session;
    this.#records = recordsOf(session);
    // Of a Runner's arguments and an Agent's, which differ, these stand in the same places.
    const listeners = {
      agent_start: (/** @type {any[]} */ ...args) => this.#began(args[0], args.at(-1)),
      agent_tool_start: (/** @type {any[]} */ ...args) => this.#called(args[0], args.at(-1)),
      agent_tool_end: (/** @type {any[]} */ ...args) => this.#answered(args[0], args.at(-1), args.at(-2)),
    };
    for (const event of EVENTS) emitter.on(event, listeners[event]);
    this.#close = () => {
      for (const event of EVENTS) emitter.off(event, listeners[event]);
    };
  }

  /** Stops listening. */
  close() {
    this.#close();
  }

  getSessionId() {
    return this.#session.getSessionId();
  }

  /** @param {number} [limit] @param {RunContext} [context] */
  async getItems(limit, context) {
    const items = await this.#session.getItems(limit);
    if (context !== undefined && !this.#runs.has(context)) {
      this.#runs.set(context, {
        known: items.length,
        items: [],
        records: [],
        stored: 0,
        work: Promise.resolve(),
      });
    }
    return items;
  }

  /** @param {Item[]} items @param {RunContext} [context] */
  async addItems(items, context) {
    const run = context && this.#runs.get(context);
    if (run === undefined) return this.#session.addItems(items);
    await run.work;
    await this.#take(run, items);
    // A run that goes on after an approval has told all this.
    Object.assign(run, { known: run.known + items.length, items: [], records: [], stored: 0 });
    return undefined;
  }

  /** @param {Recording} run @param {Item[]} items  that the run tells at its end, or where it stops */
  async #take(run, items) {
    if (run.records.length === 0) return this.#session.addItems(items);
    if (!tellsAll(items, run.items)) {
      // The run has failed: what is recorded stays as it is.
      return this.#session.addItems(items.filter((item) => !run.items.some((known) => isSame(known, item))));
    }
    const records = this.#records.make(items, run.records);
    await this.#records.write(records);
    return this.#records.drop(run.records.slice(records.length).map(({ id }) => id));
  }

  popItem() {
    return this.#session.popItem();
  }

  clearSession() {
    return this.#session.clearSession();
  }

  /** @param {Item[]} items */
  replaceHistoryWithCompaction(items) {
    return this.#session.replaceHistoryWithCompaction(items);
  }

  /** @param {Parameters<CloudflareSession['applyHistoryMutations']>[0]} args */
  applyHistoryMutations(args) {
    return this.#session.applyHistoryMutations(args);
  }

  /** Resolves when all that was recorded of a run is stored. @param {RunContext} context */
  async settled(context) {
    await this.#runs.get(context)?.work;
  }

  /** @param {RunContext} context @param {unknown} input  of the turn: what the session had, and what is new */
  #began(context, input) {
    const run = this.#runs.get(context);
    if (run !== undefined && run.items.length === 0 && Array.isArray(input))
      run.items = input.slice(run.known);
  }

  /** @param {RunContext} context @param {any} details */
  #called(context, { toolCall }) {
    if (toolCall?.type !== 'function_call') return;
    // Its id belongs to reasoning that is not recorded; without that its provider would not take it.
    this.#record(context, { ...toolCall, id: undefined });
  }

  /** @param {RunContext} context @param {any} details @param {string} result */
  #answered(context, { toolCall }, result) {
    if (toolCall?.type !== 'function_call') return;
    this.#record(context, resultItem(toolCall.callId, toolCall.name, String(result)));
  }

  /** @param {RunContext} context @param {any} item */
  #record(context, item) {
    const run = this.#runs.get(context);
    if (run === undefined) return;
    run.items.push(item);
    run.work = run.work.then(() => this.#store(run));
    keepAlive(this.#records.store, run.work);
  }

  /** Stores the question once, and what was done since as often as something was. @param {Recording} run */
  async #store(run) {
    const { length } = run.items;
    if (run.stored === length) return;
    const records = this.#records.make(run.items, run.records);
    const isOneMore = run.records.length === records.length;
    try {
      await this.#records.write(isOneMore ? records.slice(-1) : records, { recorded: true });
      Object.assign(run, { records, stored: length });
    } catch {
      // The run's own end stores it all, or fails and tells.
    }
  }
}

/** Whether all calls among the recorded items are among these. @param {any[]} items @param {any[]} recorded */
function tellsAll(items, recorded) {
  const told = new Set(items.map(({ callId }) => callId));
  return recorded.every(({ callId }) => callId === undefined || told.has(callId));
}

/** @param {any} a @param {any} b */
function isSame(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
