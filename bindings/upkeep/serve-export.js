/**
 * An export of a Worker's store in one answer: the file that `threadkv export` writes.
 *
 * @module
 */

import { loadToolsModule } from '#upkeep-module';
import { FORMAT_VERSION } from '../core/abi.js';
import { storeError } from '../core/errors.js';
import { exportPage } from './export.js';
import { ExportWriter } from './export-writer.js';
import { KINDS } from './kinds.js';
import { ToolStore } from './tool-store.js';

/** Nobody looks on. */
const UNSEEN = { add() {} };

/**
 * @param {any} store  a CloudflareStore
 * @param {{ keyPrefix: string, module?: WebAssembly.Module }} options  module: that of tools, for what is not in objects
 * @returns {AsyncGenerator<string, void, void>} the text, part by part
 */
export async function* serveExport(store, { keyPrefix, module }) {
  const tools = module ?? (await loadToolsModule());
  if (tools === undefined && store.caller.hasPlace) {
    const says =
      'this Worker does not carry the module of tools: give threadkv/threadkv.tools.wasm to createApp, as `tools`';
    throw storeError('NO_MODULE', 'export', says);
  }
  const from = new ToolStore(store.caller, { module: tools });
  /** @type {string[]} */
  const written = [];
  const writer = new ExportWriter(async (text) => void written.push(text), createDigest);
  await writer.begin({ keyPrefix, format: FORMAT_VERSION });
  /** @type {import('./export.js').ExportPosition} */
  const position = { kind: 0, cursor: null, passed: {} };
  while (position.kind < KINDS.length) {
    position.cursor = await exportPage(from, writer, position, UNSEEN);
    if (position.cursor === null) position.kind++;
    if (written.length > 0) yield written.splice(0).join('');
  }
  const isWhole = Object.keys(position.passed).length === 0;
  await writer.end(isWhole ? {} : { damaged: position.passed });
  yield written.splice(0).join('');
}

/** SHA-256: in Workers bit by bit; elsewhere, where there is memory, in one go. @returns {import('./export-writer.js').Digest} */
function createDigest() {
  const { DigestStream } = /** @type {any} */ (crypto);
  if (DigestStream === undefined) {
    /** @type {Uint8Array[]} */
    const all = [];
    return {
      update: (bytes) => void all.push(bytes),
      hex: async () =>
        toHex(await crypto.subtle.digest('SHA-256', await new Blob(/** @type {any} */ (all)).arrayBuffer())),
    };
  }
  const stream = new DigestStream('SHA-256');
  const writer = stream.getWriter();
  return {
    update: (bytes) => writer.write(bytes),
    async hex() {
      await writer.close();
      return toHex(await stream.digest);
    },
  };
}

/** @param {ArrayBuffer} bytes */
function toHex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
