/**
 * What a session's records say together.
 *
 * @module
 */

import { itemsOf, resultItem, STOPPED } from './items.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** @typedef {import('../store/types.js').Message} StoredMessage */

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
  const told = new Set(all.flatMap(({ items, isRecorded }) => (isRecorded ? [] : items.map(callKey))));
  return all.flatMap(({ items, isRecorded }) => (isRecorded ? completed(items, told) : items));
}

/** Records that nothing has replaced. @param {StoredMessage[]} records  oldest first */
export function current(records) {
  const from = records.findLastIndex(({ content }) => content?.replaces === true);
  return records.slice(Math.max(from, 0));
}

/** @param {any} item @returns {string} what tells a call, or its result, from all others; '' for anything else */
function callKey({ type, callId }) {
  return type === 'function_call' || type === RESULT ? `${type} ${callId}` : '';
}

/**
 * What of a recorded call nobody else tells. One that was begun and never ended gets a result, without which no model
 * takes it.
 *
 * @param {any[]} items
 * @param {Set<string>} told  elsewhere
 */
function completed(items, told) {
  const answered = new Set([...told, ...items.map(callKey)]);
  const open = items.filter(
    ({ type, callId }) => type === 'function_call' && !answered.has(callKey({ type: RESULT, callId })),
  );
  const own = items.filter((item) => callKey(item) === '' || !told.has(callKey(item)));
  return [...own, ...open.map(({ callId, name }) => resultItem(callId, name, STOPPED))];
}

/** What a record says of itself besides its items. @param {StoredMessage} record */
export function marksOf({ content: { replaces, recorded } = {} }) {
  return { ...(replaces === true && { replaces }), ...(recorded === true && { recorded }) };
}
