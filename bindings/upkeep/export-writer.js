/**
 * Writes the format of exports: NDJSON, one document a line; see cli/ndjson.js, which reads it.
 *
 * @module
 */

/** @typedef {{ update: (bytes: Uint8Array) => unknown, hex: () => Promise<string> }} Digest */

export const VERSION = 1;
/** What a chunk holds at most, so that whoever imports it needs no more memory. */
export const CHUNK_RECORDS = 500;
const CHUNK_BYTES = 4_000_000;

const encoder = new TextEncoder();

/** Writes an export; `position` says where it stands after a chunk, to be gone on from. */
export class ExportWriter {
  #write;
  #createDigest;
  #total;
  #chunk;
  #lines = 0;
  #size = 0;
  #type = '';
  /** @type {string[]} */
  #pending = [];
  position = { bytes: 0, chunks: 0, records: 0, counts: /** @type {Record<string, number>} */ ({}) };

  /** @param {(text: string) => Promise<void>} write @param {() => Digest} createDigest  of SHA-256 */
  constructor(write, createDigest) {
    this.#write = write;
    this.#createDigest = createDigest;
    this.#total = createDigest();
    this.#chunk = createDigest();
  }

  /**
   * @param {{ keyPrefix: string, format: number }} manifest
   */
  async begin({ keyPrefix, format }) {
    const createdAt = new Date().toISOString();
    await this.#put(line({ type: 'threadkv-export', version: VERSION, format, keyPrefix, createdAt }));
  }

  /**
   * Goes on with an export of which the first bytes were written before.
   *
   * @param {ExportWriter['position']} position
   * @param {AsyncIterable<Uint8Array>} written  these bytes
   */
  async resume(position, written) {
    for await (const bytes of written) await this.#total.update(bytes);
    this.position = structuredClone(position);
  }

  /** @param {string} type @param {string} text  of the record */
  async add(type, text) {
    if (
      this.#lines > 0 &&
      (type !== this.#type || this.#lines >= CHUNK_RECORDS || this.#size >= CHUNK_BYTES)
    ) {
      await this.endChunk();
    }
    // Between its values JSON may have line breaks.
    const one = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, ' ') : text;
    const written = `{"type":"${type}","record":${one}}\n`;
    this.#type = type;
    this.#lines++;
    this.#size += written.length;
    await this.#chunk.update(encoder.encode(written));
    this.#pending.push(written);
    const { counts } = this.position;
    counts[type] = (counts[type] ?? 0) + 1;
  }

  async endChunk() {
    if (this.#lines === 0) return;
    const number = ++this.position.chunks;
    this.position.records += this.#lines;
    const sha256 = await this.#chunk.hex();
    await this.#put(this.#pending.join('') + line({ type: 'chunk', number, records: this.#lines, sha256 }));
    this.#chunk = this.#createDigest();
    this.#lines = this.#size = 0;
    this.#pending = [];
  }

  /**
   * @param {{ damaged?: Record<string, number> }} [more]  what was left out, for whoever reads the last line
   * @returns {Promise<string>} the checksum of the whole
   */
  async end(more = {}) {
    await this.endChunk();
    const { records, chunks, counts } = this.position;
    const sha256 = await this.#total.hex();
    const text = line({ type: 'end', records, chunks, counts, ...more, sha256 });
    this.position.bytes += encoder.encode(text).length;
    await this.#write(text);
    return sha256;
  }

  /** @param {string} text */
  async #put(text) {
    const bytes = encoder.encode(text);
    await this.#total.update(bytes);
    this.position.bytes += bytes.length;
    await this.#write(text);
  }
}

/** @param {object} document */
function line(document) {
  return `${JSON.stringify(document)}\n`;
}
