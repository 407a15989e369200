/**
 * How values are laid down so that a state that grows costs what is new of it.
 *
 * A small state stands in the row of its checkpoint. Of a large one every value is bytes in pieces: what the checkpoint
 * before has stored of the same bytes, from the first on, is only named again; what is new is cut off as a piece of a pack
 * once it is long enough, and until then stands in the row. Many small pieces become a large one. Where a value
 * has changed in its middle, all that follows is new.
 *
 * @module
 */

import { fromBase64, hashOf, textOf, toBase64 } from './serial.js';

/** @typedef {import('./serial.js').Dumped} Dumped */
/** A value in a row; `p`: its beginning, in pieces; `s`: the rest. @typedef {{ t?: string, s: string, p?: PieceRow[] }} ValueRow */
/** Which of the row's packs, which part of it, how many bytes, and which. @typedef {[pack: number, part: number, size: number, hash: string]} PieceRow */
/** @typedef {[place: string, bytes: number]} PackRow */
/** What of the checkpoint before can be named again. @typedef {{ values: { [channel: string]: ValueRow }, packs: PackRow[] }} Base */
/** @typedef {{ at: number, size: number, hash?: string, pack?: PackRow, part?: number }} Piece */
/** @typedef {{ channel: string, value: Dumped, pieces: Piece[] }} Cut */
/** @typedef {{ values: { [channel: string]: ValueRow }, packs: PackRow[], made: { place: string, parts: string[] }[] }} Packed */

/** A state of so many bytes stands in its row as a whole; of a larger one the values up to so many. */
const WHOLE = 12 * 1024;
const SMALL = 512;
/** What stands in a row of a large value, at most, and what is left there when more is cut off: how it ends. */
const REST = 12 * 1024;
const END = 64;
/** Of a large piece, and so many small ones become one. */
const LARGE = 384 * 1024;
const SMALL_PIECES = 24;
/** A bulk get takes a hundred keys, some of them writes. */
const PACKS = 88;
const REWRITTEN = 128 * 1024;
/** Of a pack: as text it may become twice as long, and KV takes 25 MiB. */
const PACK = 12 * 1024 * 1024;

/**
 * @param {Map<string, Dumped>} dumped  by channel
 * @param {Base | undefined} base
 * @param {() => string} makePlace  of a pack
 * @returns {Promise<Packed>}
 */
export async function packValues(dumped, base, makePlace) {
  const total = [...dumped.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const isSmall = (/** @type {Dumped} */ { bytes }) => total <= WHOLE || bytes.length <= SMALL;
  /** @type {Cut[]} */
  const cuts = [];
  for (const [channel, value] of dumped) {
    if (!isSmall(value)) cuts.push({ channel, value, pieces: await cut(value, base, channel) });
  }
  dropWasted(cuts);
  dropMany(cuts);
  return lay(dumped, cuts, makePlace);
}

/** @param {Dumped} value @param {Base | undefined} base @param {string} channel @returns {Promise<Piece[]>} */
async function cut(value, base, channel) {
  const { bytes } = value;
  const pieces = await kept(value, base, channel);
  let at = endOf(pieces);
  while (bytes.length - at > REST) {
    const size = boundary(value, at + Math.min(LARGE, bytes.length - at - END)) - at;
    pieces.push({ at, size });
    at += size;
  }
  return merged(pieces);
}

/** What the base has of the same bytes. @param {Dumped} value @param {Base | undefined} base @param {string} channel */
async function kept({ type, bytes }, base, channel) {
  /** @type {Piece[]} */
  const pieces = [];
  const before = base !== undefined && Object.hasOwn(base.values, channel) ? base.values[channel] : undefined;
  if (before === undefined || (before.t ?? 'json') !== type) return pieces;
  let at = 0;
  for (const [pack, part, size, hash] of before.p ?? []) {
    if (at + size > bytes.length || (await hashOf(bytes.subarray(at, at + size))) !== hash) break;
    pieces.push({ at, size, hash, part, pack: /** @type {Base} */ (base).packs[pack] });
    at += size;
  }
  return pieces;
}

/** @param {Piece[]} pieces */
function endOf(pieces) {
  const last = pieces[pieces.length - 1];
  return last === undefined ? 0 : last.at + last.size;
}

/** No character is cut in two. @param {Dumped} value @param {number} at */
function boundary({ type, bytes }, at) {
  let to = at;
  if (type === 'json') while ((bytes[to] & 0xc0) === 0x80) to--;
  return to;
}

/** Makes one piece of the small ones at the end, when they are many. @param {Piece[]} pieces @returns {Piece[]} */
function merged(pieces) {
  const large = pieces.findLastIndex(({ size }) => size >= LARGE / 2);
  const small = pieces.slice(large + 1);
  const size = small.reduce((sum, piece) => sum + piece.size, 0);
  if (small.length < 2 || (small.length < SMALL_PIECES && size < LARGE)) return pieces;
  return [...pieces.slice(0, large + 1), { at: small[0].at, size }];
}

/** Pieces of packs of which less than half is in use are laid down anew. @param {Cut[]} cuts */
function dropWasted(cuts) {
  for (const [pack, pieces] of piecesByPack(cuts)) {
    if (sizeOf(pieces) * 2 < pack[1]) pieces.forEach(forget);
  }
}

/** Where a checkpoint would name too many packs, those of which it needs least. @param {Cut[]} cuts */
function dropMany(cuts) {
  const packs = [...piecesByPack(cuts).values()].sort((a, b) => sizeOf(a) - sizeOf(b));
  let left = REWRITTEN;
  for (let count = packs.length; count > PACKS; count--) {
    const pieces = packs.shift() ?? [];
    left -= sizeOf(pieces);
    if (left < 0) return;
    pieces.forEach(forget);
  }
}

/** @param {Piece} piece */
function forget(piece) {
  delete piece.pack;
}

/** @param {Piece[]} pieces */
const sizeOf = (pieces) => pieces.reduce((sum, { size }) => sum + size, 0);

/** @param {Cut[]} cuts @returns {Map<PackRow, Piece[]>} */
function piecesByPack(cuts) {
  /** @type {Map<PackRow, Piece[]>} */
  const packs = new Map();
  for (const piece of cuts.flatMap(({ pieces }) => pieces)) {
    if (piece.pack !== undefined) packs.set(piece.pack, [...(packs.get(piece.pack) ?? []), piece]);
  }
  return packs;
}

/**
 * @param {Map<string, Dumped>} dumped
 * @param {Cut[]} cuts
 * @param {() => string} makePlace
 * @returns {Promise<Packed>}
 */
async function lay(dumped, cuts, makePlace) {
  /** @type {{ row: PackRow, parts: string[] }[]} */
  const made = [];
  for (const { value, pieces } of cuts) {
    for (const piece of pieces) {
      if (piece.pack !== undefined) continue;
      const bytes = value.bytes.subarray(piece.at, piece.at + piece.size);
      let last = made[made.length - 1];
      if (last === undefined || last.row[1] + piece.size > PACK)
        made.push((last = { row: [makePlace(), 0], parts: [] }));
      piece.hash = await hashOf(bytes);
      piece.part = last.parts.push(written(value, bytes)) - 1;
      piece.pack = last.row;
      last.row[1] += piece.size;
    }
  }
  const packs = [...piecesByPack(cuts).keys()];
  const byChannel = new Map(cuts.map((one) => [one.channel, one.pieces]));
  const rows = Array.from(dumped, ([channel, value]) => [
    channel,
    rowOf(value, byChannel.get(channel), packs),
  ]);
  return {
    values: Object.fromEntries(rows),
    packs,
    made: made.map(({ row, parts }) => ({ place: row[0], parts })),
  };
}

/** @param {Dumped} value @param {Piece[]} [pieces] @param {PackRow[]} [packs] @returns {ValueRow} */
function rowOf(value, pieces = [], packs = []) {
  const p = pieces.map(
    ({ pack, part, size, hash }) =>
      /** @type {PieceRow} */ ([packs.indexOf(/** @type {PackRow} */ (pack)), part, size, hash]),
  );
  const s = written(value, value.bytes.subarray(endOf(pieces)));
  return { ...(value.type !== 'json' && { t: value.type }), s, ...(p.length > 0 && { p }) };
}

/** @param {Dumped} value @param {Uint8Array} bytes */
const written = ({ type }, bytes) => (type === 'json' ? textOf(bytes) : toBase64(bytes));

/**
 * The value of a row, for the serializer.
 *
 * @param {ValueRow} row
 * @param {PackRow[]} packs  of the checkpoint
 * @param {{ [place: string]: string[] }} parts  of its packs
 * @returns {{ type: string, data: string | Uint8Array }}
 */
export function unpackValue({ t, s, p = [] }, packs, parts) {
  const texts = [...p.map(([pack, part]) => parts[packs[pack][0]][part]), s];
  if (t === undefined) return { type: 'json', data: texts.join('') };
  const pieces = texts.map(fromBase64);
  const data = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    data.set(piece, at);
    at += piece.length;
  }
  return { type: t, data };
}
