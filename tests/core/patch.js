/**
 * Changes compiled modules, for tests that need one that traps or has little memory.
 *
 * @module
 */

const IMPORTS = 2;
const MEMORY = 5;
const EXPORTS = 7;
const CODE = 10;
const FUNCTION = 0;
/** No locals, `unreachable`, end. */
const TRAP = [0x00, 0x00, 0x0b];

/**
 * The module with one exported function replaced by one that traps at once.
 *
 * @param {Uint8Array} wasm
 * @param {string} name
 * @returns {WebAssembly.Module}
 */
export function trapIn(wasm, name) {
  const sections = readSections(wasm);
  const imported = readImports(sections.get(IMPORTS)).filter((kind) => kind === FUNCTION).length;
  const index = readExports(sections.get(EXPORTS)).get(name);
  if (index === undefined) throw new Error(`the module exports no function ${name}`);
  sections.set(CODE, replaceBody(sections.get(CODE) ?? new Uint8Array(), index - imported));
  return compile(wasm, sections);
}

/**
 * The module with a memory that grows by no more than so many bytes.
 *
 * @param {Uint8Array} wasm
 * @param {number} bytes
 * @returns {WebAssembly.Module}
 */
export function limitMemory(wasm, bytes) {
  const sections = readSections(wasm);
  const reader = new Reader(sections.get(MEMORY) ?? new Uint8Array());
  if (reader.number() !== 1) throw new Error('one memory is expected');
  reader.byte();
  const pages = reader.number();
  const most = pages + Math.floor(bytes / 65536);
  sections.set(MEMORY, Uint8Array.of(1, 1, ...leb(pages), ...leb(most)));
  return compile(wasm, sections);
}

/** @param {Uint8Array} wasm @param {Map<number, Uint8Array>} sections */
function compile(wasm, sections) {
  /** @type {Uint8Array[]} */
  const parts = [wasm.subarray(0, 8)];
  for (const [id, content] of sections) {
    parts.push(Uint8Array.of(id, ...leb(content.length)), content);
  }
  return new WebAssembly.Module(/** @type {Uint8Array<ArrayBuffer>} */ (concat(parts)));
}

/** @param {Uint8Array} wasm  without two sections of one number, as compilers write it when it was stripped */
function readSections(wasm) {
  /** @type {Map<number, Uint8Array>} */
  const sections = new Map();
  const reader = new Reader(wasm, 8);
  while (!reader.atEnd) {
    const id = reader.byte();
    const content = reader.bytes(reader.number());
    // Custom sections (0) say nothing that counts here.
    if (id !== 0) sections.set(id, content);
  }
  return sections;
}

/** @param {Uint8Array | undefined} section @returns {number[]} kinds */
function readImports(section) {
  if (section === undefined) return [];
  const reader = new Reader(section);
  return Array.from({ length: reader.number() }, () => {
    reader.bytes(reader.number());
    reader.bytes(reader.number());
    const kind = reader.byte();
    if (kind !== FUNCTION) throw new Error('only functions are expected among the imports');
    reader.number();
    return kind;
  });
}

/** @param {Uint8Array | undefined} section @returns {Map<string, number>} functions by name */
function readExports(section) {
  const functions = new Map();
  const reader = new Reader(section ?? Uint8Array.of(0));
  for (let left = reader.number(); left > 0; left--) {
    const name = new TextDecoder().decode(reader.bytes(reader.number()));
    const kind = reader.byte();
    const index = reader.number();
    if (kind === FUNCTION) functions.set(name, index);
  }
  return functions;
}

/** @param {Uint8Array} section @param {number} index */
function replaceBody(section, index) {
  const reader = new Reader(section);
  const count = reader.number();
  /** @type {Uint8Array[]} */
  const parts = [Uint8Array.from(leb(count))];
  for (let i = 0; i < count; i++) {
    const body = reader.bytes(reader.number());
    const kept = i === index ? Uint8Array.from(TRAP) : body;
    parts.push(Uint8Array.from(leb(kept.length)), kept);
  }
  return concat(parts);
}

class Reader {
  #bytes;
  #at;

  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get atEnd() {
    return this.#at >= this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.#at++];
  }

  /** An unsigned LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** @param {number} length */
  bytes(length) {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** @param {number} value @returns {number[]} */
function leb(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** @param {Uint8Array[]} parts */
function concat(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
