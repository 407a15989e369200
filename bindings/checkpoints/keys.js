/**
 * Where checkpoints, writes and packs are: parts of keys, so made that a list shows the newest first.
 *
 * @module
 */

/**
 * What names a row.
 * @typedef {object} Place
 * @property {string} threadId
 * @property {string} space
 * @property {string} place
 */
/** A key on a page of a list, and as much of its row as stands beside it. @typedef {Place & { cover: any }} Listed */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Behind the id of a checkpoint: above all that stands in one, so that none is the beginning of another. */
const END = '~';

/** The part of a namespace's checkpoints and writes, the empty name's included. @param {string} namespace */
export const spaceOf = (namespace) => `/${namespace}`;

/** That of its packs. @param {string} space */
export const packsOf = (space) => `=${space.slice(1)}`;

/** @param {string} space */
export const namespaceOf = (space) => space.slice(1);

/**
 * The part of a checkpoint: its bytes counted backwards, for KV lists upwards and the newest has the highest id.
 *
 * @param {string} id
 */
export function placeOf(id) {
  const bytes = encoder.encode(id);
  return Array.from(bytes, (byte) => (255 - byte).toString(16).padStart(2, '0')).join('') + END;
}

/** The checkpoint of a part: of its own, or of a write to it. @param {string} place */
export function idOf(place) {
  const digits = checkpointOf(place).slice(0, -1);
  const bytes = digits.match(/../g)?.map((pair) => 255 - parseInt(pair, 16)) ?? [];
  return decoder.decode(Uint8Array.from(bytes));
}

/** @param {string} place */
export const checkpointOf = (place) => place.slice(0, place.indexOf(END) + 1);

/** Whether a part is a checkpoint's own. @param {string} place */
export const isCheckpoint = (place) => place.endsWith(END);

/**
 * What a page of a list has, in the order of its keys.
 *
 * @param {{ keys: [string, any][] }} page  of `row.page`
 * @returns {Listed[]}
 */
export function listed({ keys }) {
  return keys
    .map(([key, cover]) => {
      const [threadId, space, place = ''] = key.split(':').map(decode);
      return { threadId, space, place, cover };
    })
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
}

/** @param {string} part */
const decode = (part) => part.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
