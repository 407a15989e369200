/**
 * One instance of the module: its exports, as a core calls them. What the calls hand over and what comes back is in
 * JavaScript's terms; memory.js knows how that lies in the module's memory.
 *
 * The layout of struct tkv_outcome is that of src/kv/exchange.h, of answers that of src/kv/kv.h.
 *
 * @module
 */

import { createImports } from './imports.js';
import { roomFor, Memory } from './memory.js';

/**
 * @typedef {import('./answer.js').Answer} Answer
 * @typedef {import('./heads.js').Head} Head
 * @typedef {import('./imports.js').Slot} Slot
 */

/**
 * The exports of bindings/core/wasm.h.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} [_initialize]
 * @property {() => number} core_new
 * @property {(core: number, size: number, now: number) => number} call_new
 * @property {(core: number, call: number) => number} call_input
 * @property {(core: number, call: number, op: number, prefix: number, control: number, payload: number) => number} call_begin
 * @property {(core: number, call: number, slot: number, size: number) => number} call_reply
 * @property {(core: number, call: number, slot: number, status: number, used: number, retryAfter: number) => void} call_replied
 * @property {(core: number, call: number, now: number) => number} call_resume
 * @property {(core: number, call: number, now: number) => void} call_touch
 * @property {(core: number, call: number) => number} call_outcome
 * @property {(core: number, call: number) => void} call_end
 * @property {(core: number) => number} calls
 * @property {(core: number) => number} core_past
 * @property {(core: number, last: number) => number} core_note
 * @property {(size: number) => number} core_room
 * @property {(core: number, note: number, value: number) => void} core_adopt
 */

/** Of struct tkv_past: the bytes that a core takes over from another, and in which word the bytes of its notes stand. */
const PAST_BYTES = 24;
const PAST_NOTES = PAST_BYTES / 4;

/** The status of an answer that there was no room for. */
const NO_ROOM = 507;

export class Instance {
  /** The status of the call that ran last: done, pending, or an error. */
  status = 0;
  /** What that call asks for, when it is pending. @type {Slot[]} */
  slots = [];
  /** Set once the module has trapped: nothing of it may be used any more. */
  dead = false;
  /** @type {Exports} */
  #exports;
  #core = 0;
  #memory = new Memory();

  /**
   * @param {WebAssembly.Module} module
   * @param {(bytes: Uint8Array) => void} random
   */
  constructor(module, random) {
    const imports = createImports(this.#memory, (slot) => this.slots.push(slot), random);
    const instance = new WebAssembly.Instance(module, imports);
    this.#exports = /** @type {Exports} */ (/** @type {unknown} */ (instance.exports));
    this.#memory.attach(this.#exports.memory);
    this.#exports._initialize?.();
    this.#core = this.#exports.core_new();
  }

  calls() {
    return this.dead ? 0 : this.#exports.calls(this.#core);
  }

  /** Bytes of its memory. */
  get size() {
    return this.#memory.size;
  }

  /** Bytes of what it remembers. */
  get notes() {
    const past = this.#exports.core_past(this.#core) >>> 0;
    this.#memory.look();
    return this.#memory.number(past / 4 + PAST_NOTES);
  }

  /**
   * Takes over all that another instance of the module remembers, which has no call left and is not used any more.
   *
   * @param {Instance} old
   * @returns {boolean} false when there was no memory for it
   */
  inherit(old) {
    return this.#guard(() => {
      const past = old.#exports.core_past(old.#core) >>> 0;
      old.#memory.look();
      this.#memory.look();
      this.#memory.take(this.#exports.core_past(this.#core) >>> 0, old.#memory, past, PAST_BYTES);
      for (let last = 0; ;) {
        const carried = old.#exports.core_note(old.#core, last) >>> 0;
        if (carried === 0) return true;
        last = old.#memory.number(carried / 4);
        const note = this.#copyOf(old.#memory, carried / 4);
        const value = this.#copyOf(old.#memory, carried / 4 + 2);
        if (note === undefined || value === undefined) return false;
        this.#exports.core_adopt(this.#core, note, value);
      }
    });
  }

  /**
   * @param {Memory} memory  another instance's
   * @param {number} word  of a struct span there
   * @returns {number | undefined} where a copy is, 0 of nothing; undefined when there was no memory for it
   */
  #copyOf(memory, word) {
    const from = memory.number(word);
    if (from === 0) return 0;
    const count = memory.number(word + 1);
    const at = this.#exports.core_room(count) >>> 0;
    if (at === 0) return undefined;
    this.#memory.look();
    this.#memory.take(at, memory, from, count);
    return at;
  }

  /**
   * Starts a call: `status` and `slots` say how it goes on.
   *
   * @param {number} op
   * @param {Head} head
   * @param {string} control
   * @param {string} payload
   * @param {number} now
   * @returns {number} its handle; 0 when there is no memory
   */
  begin(op, head, control, payload, now) {
    return this.#guard(() => {
      const texts = [control, payload];
      const size = head.bytes.length + roomFor(texts);
      const handle = this.#exports.call_new(this.#core, size, now);
      if (handle === 0) return 0;
      let at = this.#exports.call_input(this.#core, handle) >>> 0;
      this.#memory.look();
      this.#memory.write(head.bytes, at);
      at += head.bytes.length;
      const first = this.#memory.write(texts[0], at);
      const second = this.#memory.write(texts[1], at + first);
      this.slots = [];
      this.status = this.#exports.call_begin(this.#core, handle, op, head.prefix, first, second);
      return handle;
    });
  }

  /**
   * Hands over the answer to a slot: a list's count and cursor, then the pairs' lengths, then all texts.
   *
   * @param {number} handle
   * @param {number} slot  its number
   * @param {Answer} answer
   * @returns {number} bytes of the values, of a list its names
   */
  answer(handle, slot, { status, retryAfter, pairs, cursor }) {
    return this.#guard(() => {
      if (pairs === null) {
        this.#exports.call_replied(this.#core, handle, slot, status, 0, retryAfter);
        return 0;
      }
      const listed = cursor === undefined ? [] : [cursor];
      const numbers = pairs.length + 2 * listed.length;
      const size = 4 * numbers + roomFor(listed) + roomFor(pairs);
      const start = this.#exports.call_reply(this.#core, handle, slot, size) >>> 0;
      if (start === 0) {
        this.#exports.call_replied(this.#core, handle, slot, NO_ROOM, 0, 0);
        return 0;
      }
      this.#memory.look();
      let word = start / 4;
      let at = start + 4 * numbers;
      let bytes = 0;
      for (const text of listed) {
        this.#memory.putNumber(word++, pairs.length / 2);
        at += this.#memory.put(word++, text, at);
      }
      for (let i = 0; i < pairs.length; i += 2) {
        const length = this.#memory.put(word++, pairs[i], at);
        bytes += length;
        at += length;
        // Whoever else held it has let go of it by now.
        pairs[i] = '';
        at += this.#memory.put(word++, pairs[i + 1], at);
      }
      this.#exports.call_replied(this.#core, handle, slot, status, at - start, retryAfter);
      return bytes;
    });
  }

  /**
   * Goes on with a call whose slots were answered: see `begin`.
   *
   * @param {number} handle
   * @param {number} now
   */
  resume(handle, now) {
    this.#guard(() => {
      this.slots = [];
      this.status = this.#exports.call_resume(this.#core, handle, now);
    });
  }

  /**
   * Says that the requests of a call are still under way.
   *
   * @param {number} handle
   * @param {number} now
   */
  touch(handle, now) {
    if (!this.dead) this.#guard(() => this.#exports.call_touch(this.#core, handle, now));
  }

  /**
   * @param {number} handle  of a finished call
   * @returns {{ result: string, followup: string, followupOp: number, soon: boolean }}
   */
  outcome(handle) {
    return this.#guard(() => {
      const at = this.#exports.call_outcome(this.#core, handle) >>> 0;
      if (at === 0) return { result: '', followup: '', followupOp: 0, soon: false };
      this.#memory.look();
      const word = at / 4;
      return {
        result: this.#memory.text(word),
        followup: this.#memory.text(word + 2),
        soon: this.#memory.number(word + 4) === 1,
        followupOp: this.#memory.number(word + 5),
      };
    });
  }

  /** @param {number} handle */
  close(handle) {
    if (!this.dead && handle !== 0) this.#guard(() => this.#exports.call_end(this.#core, handle));
  }

  /**
   * Whatever leaves the module by an exception leaves it broken.
   *
   * @template T
   * @param {() => T} enter
   * @returns {T}
   */
  #guard(enter) {
    let good = false;
    try {
      const result = enter();
      good = true;
      return result;
    } finally {
      if (!good) this.dead = true;
    }
  }
}

/**
 * @param {WebAssembly.Module} module
 * @param {(bytes: Uint8Array) => void} random
 * @returns {Instance}
 */
export function createInstance(module, random) {
  return new Instance(module, random);
}
