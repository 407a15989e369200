/**
 * Requests to Cloudflare's REST API for Workers KV, one at a time: what goes into the URL and the headers, and what is
 * an answer. The token goes nowhere but into the header of such a request.
 *
 * @module
 */

import { ApiError } from './errors.js';

/**
 * @typedef {(input: string, init: RequestInit) => Promise<Response>} Fetch
 *
 * @typedef {object} ApiOptions
 * @property {string} accountId
 * @property {string} apiToken  with the permission Workers KV Storage, Read and Write
 * @property {string} [baseURL]  default: `https://api.cloudflare.com/client/v4`
 * @property {Fetch} [fetch]  default: the global one
 * @property {number} [timeout]  ms that an answer may take as a whole, default 14,000; a large body, sent or received, adds
 *   what it takes at 256 KB a second
 * @property {() => Promise<unknown>} [turn]  waited for before each request; no part of its time
 *
 * @typedef {object} Content
 * @property {string | Uint8Array} [json]
 * @property {Uint8Array} [bytes]
 * @property {FormData} [form]
 * @property {number} [most]  bytes of the answer, default 16 MiB
 *
 * @typedef {(method: string, path: string, content?: Content) => Promise<Uint8Array>} Send
 *   `path` is what follows `/storage/kv/namespaces`; throws ApiError
 */

export const BASE_URL = 'https://api.cloudflare.com/client/v4';
export const DEFAULT_TIMEOUT = 14_000;
/** What a connection carries at least. */
const BYTES_PER_MS = 256;
const MIB = 1024 * 1024;
/** Of an answer without values: a page of 1,000 keys with their metadata is the largest. */
const MAX_ANSWER = 16 * MIB;
/** Of an answer that says what failed. */
const MAX_ERROR = 64 * 1024;
/** How an ApiError says that an answer was larger than asked for, as the API does for bulk gets. */
const TOO_LARGE = 413;

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** @param {Pick<ApiOptions, 'accountId' | 'baseURL'>} options */
export function rootOf({ accountId, baseURL = BASE_URL }) {
  return `${baseURL.replace(/\/+$/, '')}/accounts/${encodeURIComponent(accountId)}/storage/kv/namespaces`;
}

/**
 * @param {ApiOptions} options
 * @returns {Send}
 */
export function createApi({ apiToken, fetch: given, timeout = DEFAULT_TIMEOUT, turn, ...where }) {
  const root = rootOf(where);
  const authorization = `Bearer ${apiToken}`;
  return async (method, path, { json, bytes, form, most = MAX_ANSWER } = {}) => {
    /** @type {Record<string, string>} */
    const headers = { authorization };
    if (json !== undefined) headers['content-type'] = 'application/json';
    else if (bytes !== undefined) headers['content-type'] = 'application/octet-stream';
    const body = /** @type {BodyInit | undefined} */ (json ?? bytes ?? form);
    await turn?.();
    const patience = startPatience(timeout, sizeOf({ json, bytes, form }));
    // Not as a method of anything: in Workers that is an "illegal invocation".
    const fetch = given ?? globalThis.fetch;
    try {
      const { signal } = patience;
      const request = fetch(root + path, { method, headers, body, signal, redirect: 'manual' });
      const answer = request.then((response) => readAnswer(response, most, patience.extend));
      return await Promise.race([answer, patience.over]);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      const over = patience.signal.aborted;
      throw new ApiError(0, { reason: over ? `no answer within ${timeout} ms` : noAnswer(error) });
    } finally {
      patience.end();
    }
  };
}

/**
 * Time for one request: more of it for every byte that goes over the line, so that a large body may take long, but not
 * one that drips. `over` rejects when there is none left: a `fetch` of the user's may not look at the signal.
 *
 * @param {number} timeout
 * @param {number} size  of what is sent first
 */
function startPatience(timeout, size) {
  const controller = new AbortController();
  let until = performance.now() + timeout;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const over = new Promise((_, reject) => {
    controller.signal.addEventListener('abort', reject);
  });
  const end = () => {
    if (timer !== undefined) clearTimeout(timer);
  };
  const extend = (/** @type {number} */ bytes) => {
    end();
    until += bytes / BYTES_PER_MS;
    timer = setTimeout(() => controller.abort(), Math.max(0, until - performance.now()));
  };
  extend(size);
  return { signal: controller.signal, over, extend, end };
}

/** @param {Pick<Content, 'json' | 'bytes' | 'form'>} content */
function sizeOf({ json, bytes, form }) {
  const value = form?.get('value');
  return (json ?? bytes)?.length ?? (value instanceof Blob ? value.size : 0);
}

/**
 * @param {Response} response
 * @param {number} most
 * @param {(bytes: number) => void} onBytes
 */
async function readAnswer(response, most, onBytes) {
  const { status, ok, headers } = response;
  if (ok) return readBody(response, most, onBytes);
  // It would be asked with the token. Where the platform hides a redirect, its status is 0.
  if (status === 0 || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    throw new ApiError(status || 302, {
      reason: `a redirect, which is not followed (HTTP ${status || 302})`,
    });
  }
  const retryAfter = readRetryAfter(headers.get('retry-after'));
  /** @type {number[]} */
  let codes = [];
  try {
    codes = codesOf(parse(await readBody(response, MAX_ERROR, onBytes)));
  } catch {
    // The status has to do.
  }
  throw new ApiError(status, { codes, retryAfter });
}

/**
 * What the API wraps nearly everything in.
 *
 * @param {Uint8Array} bytes
 * @returns {{ result: any, result_info?: any }}
 */
export function unwrap(bytes) {
  const envelope = parse(bytes);
  if (envelope?.success === true) return envelope;
  if (envelope?.success === false) throw new ApiError(500, { codes: codesOf(envelope) });
  throw new ApiError(0, { reason: 'what answered is not the API' });
}

/** @param {Uint8Array} bytes @returns {any} */
function parse(bytes) {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    // The parser's own message would quote what was read.
    return undefined;
  }
}

/** @param {any} envelope @returns {number[]} */
function codesOf(envelope) {
  const errors = Array.isArray(envelope?.errors) ? envelope.errors : [];
  return errors.map((/** @type {any} */ error) => error?.code).filter(Number.isInteger);
}

/**
 * @param {Response} response
 * @param {number} most
 * @param {(bytes: number) => void} onBytes
 * @returns {Promise<Uint8Array>}
 */
async function readBody({ body, headers }, most, onBytes) {
  if (body === null) return new Uint8Array(0);
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  const reader = body.getReader();
  let end = Number(headers.get('content-length')) > most;
  while (!end) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    chunks.push(value);
    size += value.length;
    onBytes(value.length);
    end = size > most;
  }
  await reader.cancel();
  throw new ApiError(TOO_LARGE, { reason: `the answer has more than ${most} bytes` });
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} size
 */
function join(chunks, size) {
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * @param {string | null} text  seconds, or a date
 * @returns {number | undefined} ms
 */
function readRetryAfter(text) {
  if (text === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}

/** Says why nothing answered, in a word of the system: the error's own text may be anything. @param {any} error */
function noAnswer(error) {
  const code = error?.cause?.code ?? error?.code;
  const known = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code);
  return known ? `no connection to the API (${code})` : 'no connection to the API';
}
