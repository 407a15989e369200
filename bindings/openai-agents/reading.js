/**
 * What a session's records say together.
 *
 * @module
 */

import { itemsOf, resultItem, STOPPED } from './items.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** @typedef {import('../store/types.js').Message} StoredMessage */

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
  return all.flatMap(({ items, isRecorded }) => {
    return isRecorded
      ? completed(items.filter((item) => !told.has(callKey(item)) || callKey(item) === ''))
      : items;
  });
}

/** Records that nothing has replaced. @param {StoredMessage[]} records  oldest first */
export function current(records) {
  const from = records.findLastIndex(({ content }) => content?.replaces === true);
  return records.slice(Math.max(from, 0));
}

/** @param {any} item @returns {string} what tells a call, or its result, from all others; '' for anything else */
function callKey({ type, callId }) {
  return type === 'function_call' || type === 'function_call_result' ? `${type} ${callId}` : '';
}

/** Calls that were begun and never ended get a result, without which no model takes them. @param {any[]} items */
function completed(items) {
  const answered = new Set(
    items.filter(({ type }) => type === 'function_call_result').map(({ callId }) => callId),
  );
  const open = items.filter(({ type, callId }) => type === 'function_call' && !answered.has(callId));
  return [...items, ...open.map(({ callId, name }) => resultItem(callId, name, STOPPED))];
}

/** What a record says of itself besides its items. @param {StoredMessage} record */
export function marksOf({ content: { replaces, recorded } = {} }) {
  return { ...(replaces === true && { replaces }), ...(recorded === true && { recorded }) };
}
