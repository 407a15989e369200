/**
 * Cloudflare's REST API for Workers KV on this machine, in memory: envelopes, codes, limits, pages, bulk requests, tokens
 * and rates as documented. Faults are added by tests.
 *
 * @module
 */

import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { Account, MAX_BODY, Refusal } from './account.js';
import { ACCOUNT, TOKEN } from './names.js';
import { route } from './routes.js';

/**
 * What a token may do: nothing once it has expired.
 * @typedef {{ accounts?: string[], write?: boolean, expired?: boolean }} Token  `accounts`: default all
 *
 * @typedef {object} ServerOptions
 * @property {number} [port]  default: any that is free
 * @property {string[]} [accounts]  ids, default: ACCOUNT
 * @property {Record<string, Token>} [tokens]  default: TOKEN for all accounts
 * @property {() => number} [now]
 * @property {{ requests: number, window: number }} [rate]  how many requests of a token in how many ms; default: any
 * @property {number} [writeInterval]  ms that must pass between two writes of one key; default 0
 *
 * @typedef {object} Seen  a request that came
 * @property {string} method
 * @property {string} path  after `/accounts/<id>/storage/kv/namespaces`, namespaces by their titles
 * @property {number} status
 * @property {number} size  bytes of its body
 *
 * @typedef {object} Fault
 * @property {(seen: { method: string, path: string }) => boolean} [match]  default: every request
 * @property {number} [times]  default: always
 * @property {'refuse' | 'apply' | 'hang' | 'stall' | 'cut'} [how]
 *   default `refuse`; `apply` answers as told though the request was carried out; `hang` never answers, `stall` never
 *   ends its answer; `cut` ends the connection
 * @property {number} [status]  default 500
 * @property {number} [code]  of the API
 * @property {Record<string, string>} [headers]
 * @property {string} [body]  in place of an envelope
 * @property {(key: string) => boolean} [leaveOut]  nothing fails but these keys of bulk writes
 */

export { ACCOUNT, TOKEN };
/** What Cloudflare allows a token. */
export const CLOUDFLARE_RATE = { requests: 1200, window: 5 * 60_000 };

const PREFIX = /^\/client\/v4\/accounts\/([^/]+)\/storage\/kv\/namespaces(.*)$/;

export class RestServer {
  /** @type {Seen[]} */
  requests = [];
  /** @type {Map<string, Account>} */
  #accounts = new Map();
  #tokens;
  #now;
  #writeInterval;
  #rate;
  /** @type {Fault[]} */
  #faults = [];
  /** @type {Map<string, { since: number, count: number }>} */
  #spent = new Map();
  #http;

  /** @param {Omit<ServerOptions, 'port'>} options */
  constructor({ accounts = [ACCOUNT], tokens, now = Date.now, rate, writeInterval = 0 } = {}) {
    this.#tokens = new Map(Object.entries(tokens ?? { [TOKEN]: { write: true } }));
    this.#now = now;
    this.#writeInterval = writeInterval;
    for (const id of accounts) this.addAccount(id);
    this.#rate = rate;
    this.#http = createServer((request, response) => void this.#serve(request, response));
  }

  /** @param {number} port */
  async listen(port) {
    await new Promise((resolve) => {
      this.#http.listen(port, '127.0.0.1', () => resolve(undefined));
    });
  }

  /** For `baseURL`. */
  get url() {
    const address = this.#http.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
    return `http://127.0.0.1:${address.port}/client/v4`;
  }

  /** @param {string} id */
  addAccount(id) {
    this.#accounts.set(id, new Account(id, { now: this.#now, writeInterval: this.#writeInterval }));
  }

  /** @param {string} [id] */
  account(id = ACCOUNT) {
    const account = this.#accounts.get(id);
    if (account === undefined) throw new Error(`there is no account ${id}`);
    return account;
  }

  /** @param {Fault} fault  the newest one that matches counts */
  fail(fault) {
    this.#faults.unshift({ ...fault });
  }

  /** Forgets the faults and what was seen. */
  reset() {
    this.#faults = [];
    this.requests = [];
    this.#spent.clear();
  }

  close() {
    this.#http.closeAllConnections();
    return new Promise((resolve) => {
      this.#http.close(resolve);
    });
  }

  /** @param {import('node:http').IncomingMessage} incoming @param {import('node:http').ServerResponse} response */
  async #serve(incoming, response) {
    const { method = '', url = '' } = incoming;
    const [path, search] = url.split('?', 2);
    const body = await readBody(incoming);
    const seen = { method, path: this.#named(path), status: 0, size: body.length };
    const fault = this.#due(seen);
    const refused = fault !== undefined && fault.leaveOut === undefined;
    this.requests.push(seen);
    if (refused && fault.how === 'hang') return;
    const request = {
      path,
      query: new URLSearchParams(search),
      headers: incoming.headers,
      body,
      leaveOut: fault?.leaveOut ?? (() => false),
    };
    const applied = !refused || fault.how === 'apply' ? await this.#answer(method, request) : undefined;
    if (refused && fault.how === 'stall') {
      response.writeHead(200, { 'content-length': 1000 }).write('{');
      return;
    }
    if (refused && fault.how === 'cut') {
      response.destroy();
      return;
    }
    const { status, headers, bytes } = refused
      ? faulty(fault)
      : /** @type {ReturnType<typeof faulty>} */ (applied);
    seen.status = status;
    response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
  }

  /** @param {{ method: string, path: string }} seen */
  #due(seen) {
    const fault = this.#faults.find(({ match = () => true, times = Infinity }) => times > 0 && match(seen));
    if (fault?.times !== undefined) fault.times--;
    return fault;
  }

  /** @param {string} path  of a request, with the title of the namespace for its id */
  #named(path) {
    const [, account, rest] = PREFIX.exec(path) ?? [undefined, '', path];
    const namespaces = this.#accounts.get(account)?.namespaces ?? [];
    return rest.replace(
      /[0-9a-f]{32}/,
      (id) => namespaces.find((namespace) => namespace.id === id)?.title ?? id,
    );
  }

  /**
   * @param {string} method
   * @param {{ path: string, query: URLSearchParams, headers: import('node:http').IncomingHttpHeaders, body: Buffer,
   *   leaveOut: (key: string) => boolean }} request
   */
  async #answer(method, { path, body, ...request }) {
    try {
      const [, id, rest] = PREFIX.exec(path) ?? [];
      if (id === undefined) throw new Refusal(404, 7000, 'no route for that URI');
      const reading = method === 'GET' || rest.endsWith('/bulk/get');
      const account = this.#admit(request.headers.authorization, decodeURIComponent(id), reading);
      if (body.length > MAX_BODY) throw new Refusal(413, 10024, 'the body is too large');
      const { handler, ...names } = route(method, rest);
      const { result, info, raw, headers } = await handler({ account, body, ...request, ...names });
      if (raw !== undefined)
        return { status: 200, headers: { 'content-type': OCTETS, ...headers }, bytes: raw };
      return { status: 200, headers: { 'content-type': JSON_TYPE }, bytes: envelope(true, [], result, info) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message, headers } = error;
      const bytes = envelope(false, [{ code, message }], null);
      return { status, headers: { 'content-type': JSON_TYPE, ...headers }, bytes };
    }
  }

  /**
   * @param {string | undefined} authorization
   * @param {string} id
   * @param {boolean} reading
   */
  #admit(authorization, id, reading) {
    const name = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (name === undefined) throw new Refusal(400, 6003, 'Invalid request headers');
    const token = this.#tokens.get(name);
    if (token === undefined) throw new Refusal(401, 1000, 'Invalid API Token');
    if (token.expired) throw new Refusal(403, 9109, 'Invalid access token');
    this.#spend(name);
    const account = this.#accounts.get(id);
    if (account === undefined) throw new Refusal(404, 7003, `Could not route to /accounts/${id}`);
    const allowed = (token.accounts?.includes(id) ?? true) && (reading || token.write === true);
    if (!allowed) throw new Refusal(403, 10000, 'Authentication error');
    return account;
  }

  /** @param {string} token */
  #spend(token) {
    if (this.#rate === undefined) return;
    const now = this.#now();
    const { requests, window } = this.#rate;
    let spent = this.#spent.get(token);
    if (spent === undefined || now - spent.since >= window) {
      this.#spent.set(token, (spent = { since: now, count: 0 }));
    }
    if (spent.count++ < requests) return;
    const seconds = Math.ceil((spent.since + window - now) / 1000);
    throw new Refusal(429, 971, 'Please wait and consider throttling your request speed', {
      'retry-after': String(seconds),
    });
  }
}

const JSON_TYPE = 'application/json';
const OCTETS = 'application/octet-stream';

/**
 * @param {boolean} success
 * @param {{ code: number, message: string }[]} errors
 * @param {unknown} result
 * @param {object} [info]
 * @returns {Uint8Array}
 */
function envelope(success, errors, result, info) {
  return Buffer.from(JSON.stringify({ success, errors, messages: [], result, result_info: info }));
}

/** @param {Fault} fault */
function faulty({ status = 500, code, headers = {}, body }) {
  const errors = code === undefined ? [] : [{ code, message: 'a fault of the test' }];
  const bytes = body === undefined ? envelope(false, errors, null) : Buffer.from(body);
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, bytes };
}

/** @param {import('node:http').IncomingMessage} incoming */
async function readBody(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * @param {ServerOptions} [options]
 * @returns {Promise<RestServer>}
 */
export async function startServer({ port = 0, ...options } = {}) {
  const server = new RestServer(options);
  await server.listen(port);
  return server;
}
