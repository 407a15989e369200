/**
 * What crosses between a store and the object that has its data. Both halves are of one package, but not always of one
 * version: two Workers are deployed one after the other.
 *
 * Texts cross as bytes once they are long: as a string, one character outside Latin-1 would double them, and nothing
 * over 32 MiB crosses.
 *
 * @module
 */

import { FORMAT_VERSION } from '../core/abi.js';
import { storeError } from '../core/errors.js';
import { byteLength } from '../core/memory.js';

/** @typedef {string | Uint8Array} Packed */
/**
 * What is asked of an object: a call of the core, several, or a plan.
 * @typedef {object} Request
 * @property {number} protocol
 * @property {number} format
 * @property {string} prefix
 * @property {number} maxOperations
 * @property {boolean} check  first do what `init` does
 * @property {boolean} [forget]  first forget what the object remembers of its storage
 * @property {string} method  the public one
 * @property {string} [op]  of the core
 * @property {object} [control]
 * @property {number} [most]  bytes that a list may read; any when not given
 * @property {boolean} [apart]
 * @property {boolean} [filtered]
 * @property {{ op: string, control: object, json?: Packed, needed?: boolean }[]} [calls]  see `HomeCall` (core/home.js)
 * @property {string} [plan]
 * @property {Packed} [json]  the payload, or the arguments of the plan
 */
/**
 * What an object answers. A failure is a value, so that its fields cross whatever the compatibility date.
 * @typedef {object} Reply
 * @property {number} protocol
 * @property {number} format
 * @property {Packed} [text]
 * @property {Packed[]} [texts]  of several calls, as many as were made
 * @property {Packed[]} [kept]  messages that stayed outside the text
 * @property {import('../core/stats.js').Operation[]} operations
 * @property {{ code: string, op: string, message: string, details: Record<string, unknown> }} [failure]
 */

/** Operations that the module of tools has and the store's own has not: see src/upkeep/operations.h. */
export const TOOL_OPERATIONS = Object.freeze([
  'record.scan',
  'record.get',
  'collection.scan',
  'verify.records',
  'verify.collection',
  'thread.purge',
]);

/** Of what crosses. Raised when an older half would misunderstand a newer one. */
export const PROTOCOL = 1;

/** Bytes that a request or a reply may have: some way below 32 MiB. */
export const MAX_CROSSING = 30 * 1024 * 1024;
/** What stands around each call of several, or tells of one operation. */
const AROUND = 256;
/** From so many characters on a text crosses as bytes. */
const LONG = 64 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

export const VERSIONS = Object.freeze({ protocol: PROTOCOL, format: FORMAT_VERSION });

/** @param {string} text @returns {Packed} */
export function pack(text) {
  return text.length < LONG ? text : encoder.encode(text);
}

/** @param {Packed} packed @returns {string} */
export function unpack(packed) {
  return typeof packed === 'string' ? packed : decoder.decode(packed);
}

/**
 * @param {(Packed | undefined)[]} texts
 * @param {number} [others]  calls or operations that cross with them
 * @returns {number} bytes that they take at most when they cross
 */
export function weigh(texts, others = 0) {
  const around = others * AROUND;
  return texts.reduce((sum, text) => sum + (text === undefined ? 0 : sizeOf(text)), around);
}

/** @param {Packed} text */
function sizeOf(text) {
  return typeof text === 'string' ? 2 * text.length : byteLength(text);
}

/**
 * @param {unknown} given  a request or a reply
 * @param {string} method
 */
export function requireVersions(given, method) {
  const { protocol, format } = /** @type {Partial<Request>} */ (given ?? {});
  if (protocol === PROTOCOL && format === FORMAT_VERSION) return;
  throw storeError(
    'VERSION_MISMATCH',
    method,
    'this Worker and that of the Durable Object have versions of threadkv that do not fit: deploy both with the same one',
    { ours: VERSIONS, theirs: { protocol, format } },
  );
}
