/**
 * A server for this machine alone: from node:http to handlers of `Request`.
 *
 * @module
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { usageError } from './errors.js';

const HOST = '127.0.0.1';
/** Names of this machine. A website can make a name of its own stand for 127.0.0.1. */
const NAMES = [HOST, 'localhost'];

/** @typedef {(request: Request) => Promise<Response>} Handler */

/**
 * @param {Handler} handle
 * @param {number} [port]  default: one that is free
 */
export async function listen(handle, port = 0) {
  const server = createServer((incoming, outgoing) => {
    answer(handle, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(port, HOST);
  await once(server, 'listening').catch((error) => {
    throw usageError(`${HOST}:${port} cannot be listened at (${error.code}); choose another by --port`);
  });
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://${HOST}:${taken}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {Handler} handle
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} outgoing
 */
async function answer(handle, incoming, outgoing) {
  const { localPort } = incoming.socket;
  const response = NAMES.some((name) => incoming.headers.host === `${name}:${localPort}`)
    ? await handle(requestOf(incoming))
    : new Response('this is for this machine alone', { status: 421 });
  outgoing.writeHead(response.status, [...response.headers].flat());
  if (response.body === null || incoming.method === 'HEAD') return void outgoing.end();
  await pipeline(Readable.fromWeb(/** @type {any} */ (response.body)), outgoing);
}

/** @param {import('node:http').IncomingMessage} incoming */
function requestOf(incoming) {
  const { method = 'GET', url = '/', headers } = incoming;
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? /** @type {any} */ (Readable.toWeb(incoming)) : undefined;
  return new Request(new URL(url, `http://${headers.host}`), {
    method,
    headers: /** @type {[string, string][]} */ (pairs),
    ...(body && { body, duplex: 'half' }),
  });
}
