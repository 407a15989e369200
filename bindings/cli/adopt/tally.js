/**
 * What an adoption has come to so far, for people and for `--json`.
 *
 * @module
 */

/**
 * What was seen so far, by kind.
 * @typedef {object} Tally
 * @property {Record<string, number>} adopted
 * @property {Record<string, number>} skipped  keys that hold no records: order lists
 * @property {Record<string, number>} kept  newer in threadkv, or changed there
 * @property {Record<string, number>} deleted
 * @property {Record<string, number>} converted  messages of the first format
 * @property {Record<string, { count: number, keys: string[] }>} refused  by kind and reason
 * @property {Record<string, string[]>} samples  ids
 */

/** Ids and keys that are shown of each kind. */
const SAMPLES = 5;

/** @returns {Tally} */
export function emptyTally() {
  return { adopted: {}, kept: {}, deleted: {}, skipped: {}, converted: {}, refused: {}, samples: {} };
}

/**
 * @param {Tally} tally
 * @param {string} kind
 * @param {{ id: string }[]} records
 */
export function addSamples(tally, kind, records) {
  if (records.length === 0) return;
  const samples = (tally.samples[kind] ??= []);
  samples.push(...records.slice(0, SAMPLES - samples.length).map(({ id }) => id));
}

/**
 * @param {Tally} tally
 * @param {string} kind
 * @param {string} why
 * @param {string} key
 */
export function refuse(tally, kind, why, key) {
  const refused = (tally.refused[`${kind}: ${why}`] ??= { count: 0, keys: [] });
  refused.count++;
  if (refused.keys.length < SAMPLES) refused.keys.push(key);
}
