/**
 * Taking an object back to how it was: the platform keeps what its storage was in the last thirty days.
 *
 * @module
 */

import { storeError } from '../core/errors.js';

/**
 * As much of `ctx.storage` as is used.
 * @typedef {object} RecoverableLike
 * @property {(time: number | Date) => Promise<string>} getBookmarkForTime
 * @property {(bookmark: string) => Promise<string>} onNextSessionRestoreBookmark
 */

/** The answer goes out first: what is under way when an object begins anew fails. */
const ABORT_AFTER_MS = 100;

/**
 * @param {RecoverableLike} storage
 * @param {() => void} abort  has the object begin anew
 * @param {{ at?: Date | number, bookmark?: string }} args
 * @returns {Promise<{ undo: string }>}
 */
export async function recover(storage, abort, args) {
  const { at, bookmark } = args ?? {};
  const time = at instanceof Date ? at.getTime() : at;
  if ((bookmark === undefined) === (time === undefined)) throw invalid('give either at or bookmark');
  if (bookmark === undefined && !Number.isFinite(time)) throw invalid('at must be a date');
  if (bookmark !== undefined && (typeof bookmark !== 'string' || bookmark === '')) {
    throw invalid('bookmark must be one that recover returned');
  }
  let undo;
  try {
    const wanted = bookmark ?? (await storage.getBookmarkForTime(Number(time)));
    undo = await storage.onNextSessionRestoreBookmark(wanted);
  } catch {
    const says =
      'the platform cannot take the object back: the time is not within its last 30 days, or this is no deployment';
    throw storeError('OBJECT_FAILED', 'recover', says, { outcome: 'not done' });
  }
  setTimeout(abort, ABORT_AFTER_MS);
  return { undo };
}

/** @param {string} message */
function invalid(message) {
  return storeError('INVALID_ARGUMENT', 'recover', message);
}
