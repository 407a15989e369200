/**
 * `threadkv studio`: the Worker's page over a store that is not deployed with it, for this machine alone.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { usageError } from '../errors.js';
import { listen } from '../listen.js';
import { createReadOnlyBackend } from '../read-only.js';

/** @typedef {import('../context.js').Context} Context */

/** KV operations of one request. There is no limit as in a Worker, but it should come to its end. */
const MAX_OPERATIONS = 5000;

/** A page of the account's largest values is what a reader waits for here, not what an isolate has room for. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

/** @param {Context} context */
export async function runStudio({ target, report, options, whenStopped }) {
  const { handle, token } = target.page ?? (await pageOver(target, options));
  const server = await listen(handle, options.port);
  report.say(`\n  ${server.origin}/#token=${token}\n`);
  report.note(
    `${target.place}: ${options.write ? 'to read and to change' : 'to read; --write to change it, too'}. Ctrl-C ends it.`,
  );
  await whenStopped;
  await server.close();
  return {};
}

/**
 * The Worker's app, in this process.
 *
 * @param {import('../target.js').Target} target
 * @param {any} options
 * @returns {Promise<NonNullable<import('../target.js').Target['page']>>}
 */
async function pageOver(target, options) {
  if (target.open === undefined) throw usageError(`${target.place} has a page of its own: open its address`);
  const { createApp } = await import('#worker');
  const token = randomBytes(24).toString('base64url');
  const opened = target.open(target.names);
  const backend = options.write ? opened : createReadOnlyBackend(opened);
  const app = createApp({
    store: () => ({ backend, maxOperations: MAX_OPERATIONS, maxPageBytes: MAX_PAGE_BYTES }),
    prefixes: () => target.prefixes(),
    init: options.write === true, // else nothing is written, not even the version of the format
  });
  const access = options.write ? 'write' : 'read';
  const env = {
    KEY_PREFIX: options.keyPrefix,
    THREADKV_TOKENS: JSON.stringify([{ name: 'studio', token, access }]),
  };
  return { token, handle: (request) => app.fetch(request, env) };
}
