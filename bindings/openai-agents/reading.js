/**
 * What a session's records say together.
 *
 * @module
 */

import { itemsOf, resultItem, STOPPED } from './items.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** @typedef {import('../store/types.js').Message} StoredMessage */

const CALL = 'function_call';
const RESULT = 'function_call_result';

/**
 * The items of records: what was replaced is left out, and calls that were recorded while a run was under way are
 * complete, and not told twice.
 *
 * @param {StoredMessage[]} records
 * @returns {Item[]}
 */
export function readItems(records) {
  const all = current(records).map((record) => ({
    items: itemsOf(record),
    isRecorded: record.content?.recorded === true,
  }));
  const told = new Told();
  for (const { items, isRecorded } of all) if (!isRecorded) items.forEach((item) => told.expect(item));
  return all.flatMap(({ items, isRecorded }) => {
    if (isRecorded) return completed(items, told);
    items.forEach((item) => told.pass(item));
    return items;
  });
}

/**
 * The calls and results that records of ended runs tell, seen from a place among them: all that come later, and of those before it the
 * calls that have no result yet. Some models count their calls anew in each run, so that an id whose call has ended may come again.
 */
class Told {
  /** How often each comes yet. @type {Map<string, number>} */
  #later = new Map();
  /** @type {Set<string>} */
  #before = new Set();

  /** @param {any} item  that comes yet */
  expect(item) {
    this.#count(callKey(item), 1);
  }

  /** @param {any} item  the next of those that were expected */
  pass(item) {
    const key = callKey(item);
    this.#count(key, -1);
    const ended = item.type === RESULT && this.#before.delete(callKey({ ...item, type: CALL }));
    if (key !== '' && !ended) this.#before.add(key);
  }

  /** @param {any} item */
  has(item) {
    const key = callKey(item);
    return key !== '' && ((this.#later.get(key) ?? 0) > 0 || this.#before.has(key));
  }

  /** @param {string} key @param {number} more */
  #count(key, more) {
    this.#later.set(key, (this.#later.get(key) ?? 0) + more);
  }
}

/** Records that nothing has replaced. @param {StoredMessage[]} records  oldest first */
export function current(records) {
  const from = records.findLastIndex(({ content }) => content?.replaces === true);
  return records.slice(Math.max(from, 0));
}

/** @param {any} item @returns {string} what tells a call, or its result, from all others; '' for anything else */
function callKey({ type, callId }) {
  return type === CALL || type === RESULT ? `${type} ${callId}` : '';
}

/**
 * What of a recorded call nobody else tells. One that was begun and never ended gets a result, without which no model
 * takes it.
 *
 * @param {any[]} items
 * @param {Told} told  elsewhere
 */
function completed(items, told) {
  const own = new Set(items.map(callKey));
  const open = items.filter(({ type, callId }) => {
    const result = { type: RESULT, callId };
    return type === CALL && !own.has(callKey(result)) && !told.has(result);
  });
  const news = items.filter((item) => !told.has(item));
  return [...news, ...open.map(({ callId, name }) => resultItem(callId, name, STOPPED))];
}

/** What a record says of itself besides its items. @param {StoredMessage} record */
export function marksOf({ content: { replaces, recorded } = {} }) {
  return { ...(replaces === true && { replaces }), ...(recorded === true && { recorded }) };
}
