/**
 * The endpoints of the REST API for Workers KV.
 *
 * @module
 */

import { Buffer } from 'node:buffer';
import { readJSON, Refusal } from './account.js';

/**
 * @typedef {import('./account.js').Account} Account
 * @typedef {import('./account.js').Namespace} Namespace
 *
 * @typedef {object} Request
 * @property {Account} account
 * @property {string} [id]  of a namespace
 * @property {string} [key]
 * @property {URLSearchParams} query
 * @property {Record<string, string | string[] | undefined>} headers
 * @property {Buffer} body
 * @property {(key: string) => boolean} leaveOut  whether a bulk write fails for that key
 *
 * @typedef {{ result?: unknown, info?: object, raw?: Uint8Array, headers?: Record<string, string> }} Answer
 * @typedef {(request: any) => Answer | Promise<Answer>} Handler  the path gave what it uses of the request
 */

const ID = '([^/]+)';

/** Method, path after `/storage/kv/namespaces`, handler. @type {[string, RegExp, Handler][]} */
const ROUTES = [
  ['GET', /^$/, listNamespaces],
  ['POST', /^$/, ({ account, body }) => ({ result: show(account.create(jsonOf(body).title)) })],
  ['GET', path(`/${ID}`), ({ account, id }) => ({ result: show(account.find(id)) })],
  [
    'PUT',
    path(`/${ID}`),
    ({ account, id, body }) => ({ result: show(account.rename(id, jsonOf(body).title)) }),
  ],
  ['DELETE', path(`/${ID}`), ({ account, id }) => (account.remove(id), { result: {} })],
  ['GET', path(`/${ID}/keys`), listKeys],
  ['GET', path(`/${ID}/values/${ID}`), getValue],
  ['PUT', path(`/${ID}/values/${ID}`), putValue],
  ['DELETE', path(`/${ID}/values/${ID}`), deleteValue],
  ['GET', path(`/${ID}/metadata/${ID}`), getMetadata],
  ['PUT', path(`/${ID}/bulk`), bulkPut],
  ['DELETE', path(`/${ID}/bulk`), bulkDelete],
  ['POST', path(`/${ID}/bulk/delete`), bulkDelete],
  ['POST', path(`/${ID}/bulk/get`), bulkGet],
];

/** @param {string} pattern */
function path(pattern) {
  return new RegExp(`^${pattern}$`);
}

/**
 * @param {string} method
 * @param {string} rest  of the path, still encoded
 * @returns {{ handler: Handler, id?: string, key?: string }}
 */
export function route(method, rest) {
  for (const [verb, pattern, handler] of ROUTES) {
    const match = verb === method ? pattern.exec(rest) : null;
    if (match === null) continue;
    const [id, key] = match.slice(1).map((part) => decodeURIComponent(part));
    return { handler, id, key };
  }
  throw new Refusal(404, 10025, 'no such endpoint');
}

/** @param {Namespace} namespace */
function show({ id, title }) {
  return { id, title, supports_url_encoding: true };
}

/** @param {Buffer} body @returns {any} */
function jsonOf(body) {
  return readJSON(body.toString('utf8'), 10029);
}

/**
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {{ least: number, most: number, standard: number, code: number }} bounds
 */
function numberOf(query, name, { least, most, standard, code }) {
  const text = query.get(name);
  const number = text === null ? standard : Number(text);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new Refusal(400, code, `${name} is out of range`);
  }
  return number;
}

/** @type {Handler} */
function listNamespaces({ account, query }) {
  const page = numberOf(query, 'page', { least: 1, most: 1e6, standard: 1, code: 10007 });
  const size = numberOf(query, 'per_page', { least: 1, most: 1000, standard: 20, code: 10008 });
  const order = query.get('order') === 'title' ? 'title' : 'id';
  const sign = query.get('direction') === 'desc' ? -1 : 1;
  /** @type {Namespace[]} */
  const all = account.namespaces;
  all.sort((a, b) => (a[order] < b[order] ? -sign : sign));
  const result = all.slice((page - 1) * size, page * size).map(show);
  const pages = Math.ceil(all.length / size);
  return {
    result,
    info: { page, per_page: size, count: result.length, total_count: all.length, total_pages: pages },
  };
}

/** @type {Handler} */
function listKeys({ account, id, query }) {
  const limit = numberOf(query, 'limit', { least: 10, most: 1000, standard: 1000, code: 10028 });
  const { storage } = account.find(id);
  const cursor = query.get('cursor');
  const after = cursor ? Buffer.from(cursor, 'base64url').toString('utf8') : null;
  const page = storage.list(query.get('prefix') ?? '', after, limit);
  if (page.status === 414) throw new Refusal(414, 10030, 'the prefix is too long');
  if (page.status !== 200) throw new Refusal(400, 10041, 'bad cursor');
  const next = page.cursor === null ? '' : Buffer.from(page.cursor).toString('base64url');
  return { result: page.keys, info: { count: page.keys.length, cursor: next } };
}

/** @type {Handler} */
function getValue({ account, id, key }) {
  const { bytes, expires } = account.get(account.find(id), key);
  return { raw: bytes, headers: expires === 0 ? {} : { expiration: String(expires) } };
}

/** @type {Handler} */
function getMetadata({ account, id, key }) {
  return { result: account.get(account.find(id), key).metadata };
}

/** @type {Handler} */
async function putValue({ account, id, key, query, headers, body }) {
  const namespace = account.find(id);
  const { value, metadata } = await readContent(headers, body);
  const expires = expiryOf(account, {
    expiration: query.get('expiration'),
    expiration_ttl: query.get('expiration_ttl'),
  });
  account.put(namespace, key, { value, metadata, expires });
  return { result: null };
}

/**
 * @param {Request['headers']} headers
 * @param {Buffer} body
 */
async function readContent(headers, body) {
  const type = String(headers['content-type'] ?? '');
  if (!type.startsWith('multipart/form-data')) return { value: body, metadata: undefined };
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const value = await bytesOf(form.get('value'));
  if (value === null) throw new Refusal(400, 10012, "the form has no field 'value'");
  const metadata = await bytesOf(form.get('metadata'));
  return { value, metadata: metadata === null ? undefined : readJSON(metadata.toString(), 10047) };
}

/** @param {FormDataEntryValue | null} part */
async function bytesOf(part) {
  if (part === null) return null;
  return typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer());
}

/**
 * The time to live wins over the moment.
 *
 * @param {Account} account
 * @param {{ expiration?: unknown, expiration_ttl?: unknown }} options
 */
function expiryOf({ now }, { expiration, expiration_ttl: ttl }) {
  const seconds = Math.floor(now() / 1000);
  if (ttl) {
    if (!(Number(ttl) >= 60)) throw new Refusal(400, 10034, 'expiration_ttl must be at least 60');
    return seconds + Number(ttl);
  }
  if (!expiration) return 0;
  if (!(Number(expiration) >= seconds + 60)) {
    throw new Refusal(400, 10033, 'expiration must be 60 seconds ahead at least');
  }
  return Number(expiration);
}

/** @type {Handler} */
function deleteValue({ account, id, key }) {
  account.delete(account.find(id), key);
  return { result: null };
}

/** @type {Handler} */
function bulkPut({ account, id, body, leaveOut }) {
  const namespace = account.find(id);
  /** @param {any} element */
  const prepare = (element) => {
    const { key, value, base64 = false, metadata } = element ?? {};
    if (typeof key !== 'string') throw new Refusal(400, 10042, 'illegal key name');
    if (typeof value !== 'string') throw new Refusal(400, 10012, 'a value must be text');
    const bytes = Buffer.from(value, base64 ? 'base64' : 'utf8');
    const write = { value: bytes, metadata, expires: expiryOf(account, element) };
    return { key, write: () => account.put(namespace, key, write) };
  };
  return { result: account.bulk(jsonOf(body), prepare, leaveOut) };
}

/** @type {Handler} */
function bulkDelete({ account, id, body, leaveOut }) {
  const namespace = account.find(id);
  /** @param {string} key */
  const prepare = (key) => ({ key, write: () => account.delete(namespace, key) });
  return { result: account.bulk(jsonOf(body), prepare, leaveOut) };
}

/** @type {Handler} */
function bulkGet({ account, id, body }) {
  return { result: account.bulkGet(account.find(id), jsonOf(body)) };
}
