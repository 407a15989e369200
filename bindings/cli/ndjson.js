/**
 * The format of exports: NDJSON, one document a line.
 *
 *   {"type":"threadkv-export","version":1,"format":1,"keyPrefix":"dev_","createdAt":"…"}
 *   {"type":"thread","record":{…}}                      the record as it is stored, to the byte
 *   {"type":"chunk","number":1,"records":2,"sha256":"…"}   of the lines of records since the last chunk
 *   {"type":"end","records":2,"chunks":1,"counts":{"thread":1,"message":1},"sha256":"…"}   of all bytes before this line
 *
 * `format` is that of the stored data, see src/FORMAT.md. A chunk's records are of one type. Threads stand before their messages.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { FORMAT_VERSION } from '../core/abi.js';
import { CHUNK_RECORDS, ExportWriter as Writer, VERSION } from '../upkeep/export-writer.js';
import { CliError } from './errors.js';

/** @typedef {{ keyPrefix: string, format: number, version: number, createdAt: string }} Manifest */
/** @typedef {{ number: number, type: string, texts: string[] }} Chunk */
/** @typedef {{ records: number, chunks: number, counts: Record<string, number>, sha256: string }} End */

const NEWLINE = 10;
/** A record has 25 MiB at most, its line hardly more; a chunk ends with the record that fills it. */
const MAX_LINE = 32 * 1024 * 1024;

/** Of Node. @returns {import('../upkeep/export-writer.js').Digest} */
function createDigest() {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: async () => hash.digest('hex') };
}

export class ExportWriter extends Writer {
  /** @param {(text: string) => Promise<void>} write */
  constructor(write) {
    super(write, createDigest);
  }
}

/** Reads an export chunk by chunk; each is compared with its checksum before it is handed out. */
export class ExportReader {
  /** @type {Manifest | undefined} */
  manifest;
  /** @type {End | undefined} */
  end;
  #input;

  /** @param {AsyncIterable<Buffer>} input */
  constructor(input) {
    this.#input = input;
  }

  /** @returns {AsyncGenerator<Chunk, void, void>} */
  async *chunks() {
    const total = createHash('sha256');
    let chunk = createHash('sha256');
    /** @type {string[]} */
    let texts = [];
    let type = '';
    let number = 0;
    let at = 0;
    for await (const bytes of lines(this.#input)) {
      at++;
      if (this.end !== undefined) throw damaged('there is more after its end');
      const text = bytes.toString('utf8');
      const record = /^\{"type":"([a-z_-]+)","record":(.*)\}\n$/s.exec(text);
      if (this.manifest !== undefined && record !== null) {
        if (texts.length > 0 && record[1] !== type) throw damaged(`chunk ${number + 1} holds several types`);
        if (!isObject(record[2])) throw damaged(`line ${at} is not one record`);
        type = record[1];
        texts.push(record[2]);
        chunk.update(bytes);
        if (texts.length > CHUNK_RECORDS) throw damaged(`chunk ${number + 1} has no end`);
      } else {
        const document = parse(text);
        if (this.manifest === undefined) this.manifest = readManifest(document);
        else if (document.type === 'chunk') {
          number++;
          const good = document.number === number && document.records === texts.length;
          if (!good || document.sha256 !== chunk.digest('hex'))
            throw damaged(`chunk ${number} has another checksum`);
          yield { number, type, texts };
          chunk = createHash('sha256');
          texts = [];
        } else if (document.type === 'end' && texts.length === 0) {
          if (document.sha256 !== total.copy().digest('hex')) throw damaged('its checksum is another one');
          this.end = document;
        } else throw damaged(`it has a line of unknown type after chunk ${number}`);
      }
      total.update(bytes);
    }
    if (this.manifest === undefined) throw damaged('it is empty');
    if (this.end === undefined) throw damaged(`it ends too early, after chunk ${number}`);
  }
}

/**
 * @param {AsyncIterable<Buffer>} input
 * @returns {AsyncGenerator<Buffer, void, void>}  line breaks included
 */
async function* lines(input) {
  /** @type {Buffer[]} */
  let begun = [];
  let length = 0;
  for await (const bytes of input) {
    let start = 0;
    for (let at; (at = bytes.indexOf(NEWLINE, start)) >= 0; start = at + 1) {
      yield Buffer.concat([...begun, bytes.subarray(start, at + 1)]);
      begun = [];
      length = 0;
    }
    if (start < bytes.length) begun.push(bytes.subarray(start));
    length += bytes.length - start;
    if (length > MAX_LINE) throw damaged('it has a line that no record can have');
  }
  if (length > 0) yield Buffer.concat(begun);
}

/** @param {string} text @returns {any} */
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw damaged('it has a line that is not JSON');
  }
}

/** @param {string} text */
function isObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** @param {any} document @returns {Manifest} */
function readManifest(document) {
  const known = document.type === 'threadkv-export' && Number.isSafeInteger(document.format);
  if (!known) throw damaged('it does not begin as an export of threadkv does');
  if (document.version !== VERSION) {
    throw new CliError(
      `the export has version ${Number(document.version)}, this threadkv reads version ${VERSION}`,
    );
  }
  if (document.format > FORMAT_VERSION) {
    const words = `the export is of format ${document.format}, this threadkv knows formats up to ${FORMAT_VERSION}: use a newer one`;
    throw new CliError(words, { code: 'FORMAT_TOO_NEW' });
  }
  return document;
}

/** @param {string} why */
function damaged(why) {
  return new CliError(`the export is damaged: ${why}`, { code: 'DAMAGED_EXPORT' });
}
