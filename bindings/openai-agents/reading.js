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
  return all.flatMap(({ items, isRecorded }, at) => {
    if (isRecorded) return completed(items, told, keysOfTurn(all.slice(at + 1)));
    items.forEach((item) => told.pass(item));
    return items;
  });
}

/**
 * What records of ended runs tell of the calls and results of a recorded one that stands between them: of the calls that stand open
 * before it everything, of others nothing. Some models count their calls anew in each run, so that an id whose call has ended may
 * come again.
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
    if (key === '') return false;
    const isOfOpenCall = this.#before.has(callKey({ ...item, type: CALL }));
    return this.#before.has(key) || (isOfOpenCall && (this.#later.get(key) ?? 0) > 0);
  }

  /** @param {string} key @param {number} more */
  #count(key, more) {
    this.#later.set(key, (this.#later.get(key) ?? 0) + more);
  }
}

/**
 * The calls and results that ended runs tell before a user says something again: a later question is of another run.
 *
 * @param {{ items: any[], isRecorded: boolean }[]} following
 */
function keysOfTurn(following) {
  const next = following.findIndex(({ items }) => items.some(({ role }) => role === 'user'));
  const turn = next < 0 ? following : following.slice(0, next);
  return new Set(turn.flatMap(({ items, isRecorded }) => (isRecorded ? [] : items.map(callKey))));
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
 * @param {Set<string>} turn  keys of what the same turn tells later
 */
function completed(items, told, turn) {
  const own = new Set(items.map(callKey));
  const isTold = (/** @type {any} */ item) =>
    told.has(item) || (callKey(item) !== '' && turn.has(callKey(item)));
  const open = items.filter(({ type, callId }) => {
    const result = { type: RESULT, callId };
    return type === CALL && !own.has(callKey(result)) && !isTold(result);
  });
  const news = items.filter((item) => !isTold(item));
  return [...news, ...open.map(({ callId, name }) => resultItem(callId, name, STOPPED))];
}

/** What a record says of itself besides its items. @param {StoredMessage} record */
export function marksOf({ content: { replaces, recorded } = {} }) {
  return { ...(replaces === true && { replaces }), ...(recorded === true && { recorded }) };
}
