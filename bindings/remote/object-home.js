/**
 * A Durable Object as the home of a store's data: what is asked of it crosses in one call, with a fresh stub, for one that
 * has failed once fails for ever.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { StoreError, storeError } from '../core/errors.js';
import { putBack } from '../core/reading.js';
import { faultOf, mayPass } from './faults.js';
import { HeldRuns } from './runs.js';
import { MAX_CROSSING, pack, requireVersions, unpack, VERSIONS, weigh } from './protocol.js';
import { numbering } from './rounds.js';

/**
 * @typedef {import('../core/home.js').Home} Home
 * @typedef {import('../core/home.js').HomeTools} HomeTools
 * @typedef {import('./protocol.js').Packed} Packed
 * @typedef {import('./protocol.js').Reply} Reply
 */
/**
 * As much of a `DurableObjectNamespace` as is used.
 * @typedef {object} ObjectNamespaceLike
 * @property {(name: string) => any} idFromName
 * @property {(id: any, options?: any) => any} get
 * @property {(jurisdiction: any) => any} [jurisdiction]
 */
/**
 * Which object it is, and how it is to be asked.
 * @typedef {object} ObjectPlace
 * @property {ObjectNamespaceLike} namespace
 * @property {string} prefix  its name
 * @property {string} [locationHint]
 * @property {string} [jurisdiction]
 * @property {number} maxOperations
 * @property {boolean} check
 */

/** Operations that write nothing. */
const READS = `thread.get thread.list message.list message.list_by_resource message.get resource.get row.get
  row.list row.page record.scan record.get collection.scan`.split(/\s+/);
const READ_PLANS =
  `observations.newest observations.history checkpoints.read checkpoints.page checkpoints.fetch
  checkpoints.history checkpoints.newest`.split(/\s+/);

const RUNS = 'workflow_snapshot';
const ALL_IN_ONE = Object.fromEntries(TABLES.map(([name]) => [name, 0]));

/** @param {any} result */
const same = (result) => result;

/** How often a read is tried, and how long it waits then, in ms, times the tries so far. */
const TRIES = 3;
const DELAY = 100;

/** @implements {Home} */
export class ObjectHome {
  sole = true;
  #place;
  #tools;
  #observe;
  #checks;
  #forgets = false;

  /**
   * @param {ObjectPlace} place
   * @param {HomeTools} tools
   */
  constructor(place, tools) {
    this.#place = place;
    this.#tools = tools;
    this.#observe = numbering(tools.observe);
    this.#checks = place.check;
  }

  /** The object does so with the next request. */
  forget() {
    this.#forgets = true;
    this.#runs.clear();
    this.#checks = this.#place.check;
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} json
   * @param {import('../core/reading.js').Manner} manner
   */
  async run(method, op, control, json, manner) {
    const { table } = /** @type {{ table?: string }} */ (control);
    const ofRuns = op.startsWith('workflow.') || table === RUNS;
    const ofAll = op.startsWith('store.') && table === undefined;
    if (!ofRuns && !ofAll) return this.#run(method, op, control, json, manner);
    const known = await this.#runHere(method, op, json ?? '');
    if (known !== undefined) return { text: known, complete: same, unreadable: () => undefined };
    const whole = op === 'workflow.persist' && json !== undefined ? this.#runs.completed(json) : json;
    const answer = await this.#run(method, op, control, whole, manner);
    if (op === 'row.get') this.#runs.saw(json ?? '', answer.text, this.#now());
    return answer;
  }

  /**
   * What can be done about runs without the object: see runs.js.
   *
   * @param {string} method
   * @param {string} op
   * @param {string} json
   * @returns {Promise<string | undefined>} the answer; undefined when the object has to be asked
   */
  async #runHere(method, op, json) {
    const runs = this.#runs;
    if (op === 'workflow.persist') return runs.hold(json, this.#now()) ? '' : undefined;
    if (op === 'workflow.delete' && runs.delete(json, this.#now())) return '';
    if (op === 'row.get') return runs.answer(json, this.#now());
    if (op === 'store.clear') runs.clear();
    const update = op.startsWith('workflow.') || op === 'row.update';
    const first = update ? [runs.take(json)] : op === 'store.init' ? [] : runs.takeAll();
    for (const text of first) {
      if (text !== undefined) await this.#run(method, 'workflow.persist', {}, text, {});
    }
    return undefined;
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} json
   * @param {import('../core/reading.js').Manner} manner
   */
  async #run(method, op, control, json, manner) {
    const { most = Infinity, apart = false, filtered = false, exact = false, maxOperations } = manner;
    const bound = Math.min(most, MAX_CROSSING);
    const bounds = { ...(most < Infinity && { most: bound }), ...(maxOperations && { maxOperations }) };
    const asked = { op, control, apart, ...(filtered && { filtered }), ...bounds, ...packed(json) };
    const { text, kept } = await this.#ask(method, asked, READS.includes(op));
    const toMessage = exact
      ? (/** @type {any} */ one, /** @type {any} */ parse) => parse(one)
      : (/** @type {any} */ one) => JSON.parse(one);
    /** @type {string | undefined} */
    let unreadable;
    const note = (/** @type {string | undefined} */ id) => {
      unreadable = id;
    };
    return {
      text,
      complete: (/** @type {any} */ result, /** @type {any} */ parse) =>
        putBack(result, kept, (one) => toMessage(one, parse), note),
      unreadable: () => unreadable,
    };
  }

  /**
   * All of them are one transaction.
   *
   * @param {string} method
   * @param {import('../core/home.js').HomeCall[]} given
   */
  async together(method, given) {
    const calls = given.map(({ op, control, json, needed }) => {
      // What is held of a run is part of it.
      const whole = op === 'workflow.persist' && json !== undefined ? this.#runs.completed(json) : json;
      return { op, control, needed, ...packed(whole) };
    });
    const reads = given.every(({ op }) => READS.includes(op));
    const { texts } = await this.#ask(method, { calls }, reads);
    return texts.map((text) => ({ text, complete: same, unreadable: () => undefined }));
  }

  /**
   * @param {string} plan
   * @param {string} method
   * @param {string} args
   */
  async perform(plan, method, args) {
    const asked = { plan, ...packed(args) };
    return (await this.#ask(method, asked, READ_PLANS.includes(plan))).text;
  }

  /**
   * @param {string} method
   * @param {{ json?: Packed, calls?: { json?: Packed }[] }} asked
   * @param {boolean} reads
   */
  async #ask(method, asked, reads) {
    const { prefix, maxOperations } = this.#place;
    const [check, forget] = [this.#checks, this.#forgets];
    const request = { ...VERSIONS, prefix, maxOperations, check, forget, method, ...asked };
    const { json, calls = [] } = asked;
    if (weigh([json, ...calls.map((call) => call.json)], calls.length) > MAX_CROSSING) {
      const limit = MAX_CROSSING;
      const says = `${method} was given more than a Durable Object takes in one call: ${limit} bytes; nothing was done`;
      throw storeError('VALUE_TOO_LARGE', method, says, { limit });
    }
    const reply = await this.#send(method, request, reads ? TRIES : 1);
    requireVersions(reply, method);
    this.#observe(reply.operations);
    if (reply.failure !== undefined) {
      const { code, op, message, details } = reply.failure;
      throw storeError(code, op, message, details);
    }
    if (check) this.#checks = false;
    if (forget) this.#forgets = false;
    const { text = '', texts = [], kept = [] } = reply;
    return { text: unpack(text), texts: texts.map(unpack), kept: kept.map(unpack) };
  }

  /**
   * @param {string} method
   * @param {object} request
   * @param {number} tries
   * @returns {Promise<Reply>}
   */
  async #send(method, request, tries) {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#stub(method).threadkv(request);
      } catch (error) {
        if (error instanceof StoreError) throw error;
        const fault = faultOf(error, method);
        if (tried >= tries || !mayPass(fault)) throw fault;
        await this.#tools.core().host.wait(DELAY * tried);
      }
    }
  }

  /** @param {string} method */
  #stub(method) {
    const { prefix, locationHint } = this.#place;
    const within = this.#within(method);
    try {
      return within.get(within.idFromName(prefix), locationHint === undefined ? {} : { locationHint });
    } catch {
      const says = 'the Durable Object namespace has no object for keyPrefix, locationHint and jurisdiction';
      throw storeError('INVALID_ARGUMENT', method, says);
    }
  }

  /** @param {string} method */
  #within(method) {
    const { namespace, jurisdiction } = this.#place;
    if (jurisdiction === undefined) return namespace;
    try {
      return /** @type {any} */ (namespace).jurisdiction(jurisdiction);
    } catch {
      const says = 'the platform has no such jurisdiction; `wrangler dev` has none: leave it out there';
      throw storeError('INVALID_ARGUMENT', method, says);
    }
  }

  /** Shared by all stores over this object in this isolate. @returns {HeldRuns} */
  get #runs() {
    const { namespace, prefix } = this.#place;
    const place = { prefix, backend: { spaces: [namespace] }, tables: ALL_IN_ONE };
    return this.#tools.core().shared(/** @type {any} */ (place), 'held runs', () => new HeldRuns());
  }

  #now() {
    return this.#tools.core().host.now();
  }
}

/**
 * @param {string | undefined} text
 * @returns {{ json?: Packed }}
 */
function packed(text) {
  return text === undefined ? {} : { json: pack(text) };
}
