/**
 * The module's memory: the only file that sees an address as more than a number. Text goes in as UTF-8 and comes out as
 * strings and bytes of their own; nothing that points into the memory leaves this file.
 *
 * Views of the memory are stale once it has grown, so `look` comes first after every call into the module.
 *
 * @module
 */

import { NO_VALUE } from './abi.js';

/** @typedef {import('./answer.js').Text} Text */

/** Above this many characters texts are measured first; below, there is room for the worst. */
const LARGE = 128 * 1024;
const MAX_BYTES_PER_CHARACTER = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Addresses are in bytes, `at`, or in words of four bytes, `word`, of fields of the core's structs. */
export class Memory {
  /** @type {WebAssembly.Memory | undefined} */
  #memory;
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  /** @param {WebAssembly.Memory} memory  that of the instance, once there is one */
  attach(memory) {
    this.#memory = memory;
  }

  look() {
    const { buffer } = /** @type {WebAssembly.Memory} */ (this.#memory);
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** How much memory there is: it grows and never shrinks. */
  get size() {
    return /** @type {WebAssembly.Memory} */ (this.#memory).buffer.byteLength;
  }

  /** @param {number} word */
  number(word) {
    return this.#words[word];
  }

  /** @param {number} word  of a struct span */
  text(word) {
    const at = this.#words[word];
    const length = this.#words[word + 1];
    return length === 0 ? '' : decoder.decode(this.#bytes.subarray(at, at + length));
  }

  /** @param {number} word  of a struct span */
  copy(word) {
    return this.#bytes.slice(this.#words[word], this.#words[word] + this.#words[word + 1]);
  }

  /** @param {number} word  of a pointer to struct spans, followed by their count */
  texts(word) {
    const first = this.#words[word] / 4;
    const end = first + 2 * this.#words[word + 1];
    const texts = [];
    for (let span = first; span < end; span += 2) texts.push(this.text(span));
    return texts;
  }

  /**
   * @param {number} word
   * @param {number} number
   */
  putNumber(word, number) {
    this.#words[word] = number;
  }

  /**
   * @param {Text} text  for which there is room
   * @param {number} at
   * @returns {number} bytes
   */
  write(text, at) {
    if (typeof text === 'string') {
      if (text === '') return 0;
      const room = this.#bytes.subarray(at, at + text.length * MAX_BYTES_PER_CHARACTER);
      return encoder.encodeInto(text, room).written;
    }
    this.#bytes.set(text, at);
    return text.length;
  }

  /**
   * Copies bytes from another instance's memory, which was looked at.
   *
   * @param {number} at
   * @param {Memory} other
   * @param {number} from
   * @param {number} count
   */
  take(at, other, from, count) {
    this.#bytes.set(other.#bytes.subarray(from, from + count), at);
  }

  /**
   * Writes a text that may be missing, and its length into `word`.
   *
   * @param {number} word
   * @param {Text | null} text
   * @param {number} at
   * @returns {number} bytes
   */
  put(word, text, at) {
    const length = text === null ? 0 : this.write(text, at);
    this.#words[word] = text === null ? NO_VALUE : length;
    return length;
  }

  /**
   * @param {number} at
   * @param {number} count
   * @param {(bytes: Uint8Array) => void} fill
   */
  fill(at, count, fill) {
    const bytes = this.#bytes.subarray(at, at + count);
    try {
      fill(bytes);
    } catch {
      // An import that throws would leave the C stack where it is; uniqueness is all that is wanted.
      for (let i = 0; i < bytes.length; i++) bytes[i] = Math.random() * 256;
    }
  }
}

/**
 * @param {(Text | null)[]} texts
 * @returns {number} the bytes that they may take
 */
export function roomFor(texts) {
  let characters = 0;
  for (const text of texts) if (text !== null) characters += text.length;
  // Three times as much is too much of a large thing: the memory does not shrink again.
  const large = characters > LARGE;
  let room = 0;
  for (const text of texts) {
    if (text === null) continue;
    const worst = typeof text === 'string' && !large;
    room += worst ? text.length * MAX_BYTES_PER_CHARACTER : byteLength(text);
  }
  return room;
}

/** Where texts are encoded for their length alone. */
const scratch = new Uint8Array(16 * 1024 * MAX_BYTES_PER_CHARACTER);

/**
 * How long a text is in UTF-8.
 *
 * @param {Text} text
 */
export function byteLength(text) {
  if (typeof text !== 'string') return text.length;
  let bytes = 0;
  for (let at = 0; at < text.length;) {
    const part =
      text.length * MAX_BYTES_PER_CHARACTER <= scratch.length ? text : text.slice(at, at + 16 * 1024);
    // Of a surrogate pair only the first half may be there: then nothing is read of it.
    const { read, written } = encoder.encodeInto(part, scratch);
    bytes += written;
    at += read;
  }
  return bytes;
}
