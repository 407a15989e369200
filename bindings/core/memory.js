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

/** Above this many characters texts are encoded first, for their exact length; below, there is room for the worst. */
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
 * Makes texts ready to be written, in place.
 *
 * @param {(Text | null)[]} texts
 * @returns {number} the bytes that they may take
 */
export function makeReady(texts) {
  let characters = 0;
  for (const text of texts) if (text !== null) characters += text.length;
  // Three times as much is too much of a large thing: the memory does not shrink again.
  const large = characters > LARGE;
  let room = 0;
  for (let i = 0; i < texts.length; i++) {
    let text = texts[i];
    if (large && typeof text === 'string') text = texts[i] = encoder.encode(text);
    if (text !== null) room += typeof text === 'string' ? text.length * MAX_BYTES_PER_CHARACTER : text.length;
  }
  return room;
}
