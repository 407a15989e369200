/**
 * Values as the serializer of a saver writes them, and as they stand in rows: text as it is, bytes as base64.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { pathOf } from './refused.js';

/** @typedef {import('@langchain/langgraph-checkpoint').SerializerProtocol} Serializer */
/** @typedef {{ type: string, bytes: Uint8Array }} Dumped */
/** What a row holds of a small value: text of the type 'json', or another type and base64. @typedef {string | [type: string, base64: string]} Stored */

/** What LangGraph's serializer makes of a whole value in which it finds one that it cannot write. */
const UNABLE = '"[unable to serialize';
const UNABLE_MAX = 200;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** @param {Uint8Array} bytes */
export const textOf = (bytes) => decoder.decode(bytes);

/**
 * @param {Serializer} serde
 * @param {unknown} value
 * @param {string} path  for errors: what the value is
 * @param {string} method
 * @returns {Promise<Dumped>}
 */
export async function dump(serde, value, path, method) {
  const [type, dumped] = await serde.dumpsTyped(value);
  const bytes = typeof dumped === 'string' ? encoder.encode(dumped) : dumped;
  if (type === 'json' && bytes.length <= UNABLE_MAX && typeof value === 'object') {
    if (textOf(bytes).startsWith(UNABLE)) throw unable(value, path, method);
  } else if (typeof value === 'bigint') throw unable(value, path, method);
  return { type, bytes };
}

/** @param {unknown} value @param {string} path @param {string} method */
function unable(value, path, method) {
  const { at, what } = pathOf(value, path);
  const says = `${at} ${what}, and the whole value would be stored as a text that says so; nothing was stored`;
  return storeError('INVALID_ARGUMENT', method, says, { path: at });
}

/** @param {Dumped} dumped @returns {Stored} */
export function toStored({ type, bytes }) {
  return type === 'json' ? textOf(bytes) : [type, toBase64(bytes)];
}

/** @param {Serializer} serde @param {Stored} stored */
export async function load(serde, stored) {
  return typeof stored === 'string'
    ? serde.loadsTyped('json', stored)
    : serde.loadsTyped(stored[0], fromBase64(stored[1]));
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** @param {string} text */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/**
 * Names bytes by what they are. @param {Uint8Array} bytes @returns {Promise<string>}
 */
export async function hashOf(bytes) {
  const digest = await crypto.subtle.digest('SHA-256', /** @type {any} */ (bytes));
  return toBase64(new Uint8Array(digest, 0, 18));
}
