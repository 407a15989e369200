/**
 * What has to be written so that a stored chat is equal to a list.
 *
 * @module
 */

import { recordId } from '../forms/threads.js';

/** @typedef {import('./messages.js').Known} Known */
/** @typedef {import('./messages.js').Given} Given */
/**
 * @typedef {object} Plan
 * @property {(Known & Given)[]} writes  new and changed messages, and those that change their place
 * @property {Known[]} gone  stored ones that the list does not have
 * @property {Known[]} known  what is stored then
 */

/**
 * The order of a chat is that of its messages' times, each later than the one before it, whatever a clock says that
 * stands still. As many of the stored ones as can keep their times keep them.
 *
 * @param {string} chat
 * @param {Known[]} stored  in their order
 * @param {Given[]} list
 * @param {{ now: number, append: boolean }} how  append: what the list does not have stays
 * @returns {Plan}
 */
export function planSave(chat, stored, list, { now, append }) {
  const known = new Map(stored.map((one) => [one.id, one]));
  const listed = new Set(list.map(({ message }) => message.id));
  const floor = append ? lastTime(stored.filter(({ id }) => !listed.has(id))) : -Infinity;
  const times = placeAll(
    list.map(({ message }) => known.get(message.id)?.time),
    { now, floor },
  );
  const all = list.map((given, index) => {
    const { id } = given.message;
    return { ...given, id, record: known.get(id)?.record ?? recordId(chat, id), time: times[index] };
  });
  const writes = all.filter(
    ({ id, hash, time }) => known.get(id)?.hash !== hash || known.get(id)?.time !== time,
  );
  const rest = stored.filter(({ id }) => !listed.has(id));
  const listedNow = all.map(({ id, record, time, hash }) => ({ id, record, time, hash }));
  const stays = append ? [...rest, ...listedNow].sort((a, b) => a.time - b.time) : listedNow;
  return { writes, gone: append ? [] : rest, known: stays };
}

/** @param {Known[]} stored */
function lastTime(stored) {
  return stored.reduce((last, { time }) => Math.max(last, time), -Infinity);
}

/**
 * @param {(number | undefined)[]} old  the times that there are
 * @param {{ now: number, floor: number }} bounds  floor: what is new at the end comes after it
 * @returns {number[]} rising
 */
function placeAll(old, { now, floor }) {
  const stays = longestRise(old);
  /** Of each place: the next one that stays. @type {(number | undefined)[]} */
  const next = [];
  for (let i = old.length - 1, stay; i >= 0; i--) next[i] = stay = stays.has(i) ? i : stay;
  let last = -Infinity;
  return old.map((time, i) => {
    const stay = next[i];
    const wanted =
      stay === undefined
        ? Math.max(now - (old.length - 1 - i), floor + 1)
        : /** @type {number} */ (old[stay]) - (stay - i);
    const isBetween = stay !== undefined && stay !== i && last !== -Infinity;
    last = isBetween ? last + 1 : Math.max(wanted, last + 1);
    return last;
  });
}

/**
 * The places of the longest rising sequence among the times that there are: what need not move.
 *
 * @param {(number | undefined)[]} times
 * @returns {Set<number>}
 */
function longestRise(times) {
  /** For each length: the place where such a sequence ends at the earliest time. @type {number[]} */
  const ends = [];
  /** @type {(number | undefined)[]} */
  const before = [];
  times.forEach((time, index) => {
    if (time === undefined) return;
    const length = countBelow(ends, (end) => /** @type {number} */ (times[end]) < time);
    before[index] = length > 0 ? ends[length - 1] : undefined;
    ends[length] = index;
  });
  /** @type {Set<number>} */
  const rise = new Set();
  for (let at = ends.at(-1); at !== undefined; at = before[at]) rise.add(at);
  return rise;
}

/**
 * @template T
 * @param {T[]} items  those that are below come first
 * @param {(item: T) => boolean} isBelow
 */
function countBelow(items, isBelow) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(items[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
