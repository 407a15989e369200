/**
 * Runs the command as a user does: as a program of its own, over an account that a server on this machine keeps.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TABLES } from '../../bindings/core/abi.js';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { ACCOUNT, startServer, TOKEN } from '../backends/rest/server.js';

export const PROGRAM = new URL('../../bindings/cli/index.js', import.meta.url).pathname;

/**
 * What a run came to.
 * @typedef {{ code: number | null, stdout: string, stderr: string }} Outcome
 *
 * @typedef {object} RunOptions
 * @property {string} [input]  for stdin
 * @property {Record<string, string | undefined>} [env]  over that of the account
 * @property {(seen: { method: string, path: string }) => boolean} [interruptAt]  the request at which Ctrl-C is pressed
 * @property {NodeJS.Signals} [signal]  in place of Ctrl-C's
 */

export class Desk {
  /** @param {import('../backends/rest/server.js').RestServer} server @param {string} folder */
  constructor(server, folder) {
    this.server = server;
    this.folder = folder;
  }

  static async open() {
    return new Desk(await startServer({}), await mkdtemp(join(tmpdir(), 'threadkv-cli-')));
  }

  async close() {
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** @param {string} name  of a file for this test */
  file(name) {
    return join(this.folder, name);
  }

  /**
   * @param {string[]} args
   * @param {RunOptions} [options]
   * @returns {Promise<Outcome>}
   */
  run(args, { input, env, interruptAt, signal = 'SIGINT' } = {}) {
    const child = this.#spawn(process.execPath, [PROGRAM, ...args], env);
    if (interruptAt !== undefined) this.#at(interruptAt, () => child.kill(signal));
    child.stdin.end(input ?? '');
    return outcomeOf(child);
  }

  /** Runs on, until it ends or is ended. @param {string[]} args */
  start(args) {
    return this.#spawn(process.execPath, [PROGRAM, ...args]);
  }

  /**
   * A line for a shell that has the command as `threadkv`.
   *
   * @param {string} line
   */
  shell(line) {
    const child = this.#spawn('bash', [
      '-c',
      `threadkv() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}`,
    ]);
    child.stdin.end();
    return outcomeOf(child);
  }

  /** @param {string} file @param {string[]} args @param {Record<string, string | undefined>} [env] */
  #spawn(file, args, env) {
    const account = {
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_API_BASE_URL: this.server.url,
    };
    const all = { PATH: process.env.PATH, HOME: this.folder, ...account, ...env };
    return spawn(file, args, { cwd: this.folder, env: all });
  }

  /**
   * A run that has to succeed, and its result.
   *
   * @param {string[]} args
   * @param {RunOptions & { code?: number }} [options]
   * @returns {Promise<any>}
   */
  async result(args, { code = 0, ...options } = {}) {
    const outcome = await this.run([...args, '--json'], options);
    if (outcome.code !== code)
      throw new Error(`exit code ${outcome.code}\n${outcome.stdout}${outcome.stderr}`);
    return JSON.parse(outcome.stdout);
  }

  /**
   * @param {(seen: { method: string, path: string }) => boolean} match
   * @param {() => void} act  once
   */
  #at(match, act) {
    let done = false;
    const look = (/** @type {{ method: string, path: string }} */ seen) => {
      if (!done && match(seen)) {
        done = true;
        act();
      }
      return false;
    };
    this.server.fail({ match: look });
  }

  /** What a namespace of the account holds; it is made if need be. @param {string} title */
  storage(title) {
    const account = this.server.account();
    return (account.titled(title) ?? account.create(title)).storage;
  }

  /** All keys of all namespaces, with values and metadata. */
  contents() {
    return this.server.account().namespaces.flatMap(({ title, storage }) =>
      storage.keys().map((key) => {
        const entry = /** @type {any} */ (storage.get(key));
        return { title, key, text: entry.text, metadata: entry.metadata };
      }),
    );
  }

  /**
   * A store over the account, past the API.
   *
   * @param {{ keyPrefix?: string, now?: () => number }} [options]
   */
  store({ keyPrefix = '', now } = {}) {
    const bindings = Object.fromEntries(
      TABLES.map(([name]) => [name, createMemoryNamespace({ storage: this.storage(name) })]),
    );
    return new CloudflareStore({ bindings, keyPrefix, core: createCore(now && { now }) });
  }
}

/**
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
 * @returns {Promise<Outcome>}
 */
function outcomeOf(child) {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/**
 * A small store of several users.
 *
 * @param {CloudflareStore} store
 * @param {{ threads?: number, turns?: number, perTurn?: number }} [size]
 */
export async function fill(store, { threads = 4, turns = 2, perTurn = 2 } = {}) {
  const start = Date.parse('2026-01-02T03:04:05Z');
  for (let t = 0; t < threads; t++) {
    const createdAt = new Date(start + t * 60_000);
    const resourceId = `user-${t % 3}`;
    const thread = { id: `thread-${t}`, resourceId, title: `Title ${t}`, createdAt, updatedAt: createdAt };
    await store.saveThread({ thread });
    for (let turn = 0; turn < turns; turn++) {
      const messages = Array.from({ length: perTurn }, (_, i) => ({
        id: `m-${t}-${turn}-${i}`,
        threadId: thread.id,
        resourceId,
        role: i % 2 === 0 ? 'user' : 'assistant',
        content: { format: 2, parts: [{ type: 'text', text: `Turn ${turn}, message ${i}` }] },
        createdAt: new Date(createdAt.getTime() + turn * 1000 + i),
      }));
      await store.saveMessages({ messages });
    }
    const resource = { id: resourceId, workingMemory: '# Likes tea', createdAt, updatedAt: createdAt };
    await store.saveResource({ resource });
  }
  await store.close();
}

/**
 * Everything that can be read of a store, for comparison.
 *
 * @param {CloudflareStore} store
 */
export async function readAll(store) {
  const { threads } = await store.listThreads({ perPage: false });
  const messages = [];
  for (const { id } of threads) {
    messages.push(...(await store.listMessages({ threadId: id, perPage: false })).messages);
  }
  const users = [...new Set(threads.map(({ resourceId }) => resourceId))].sort();
  const resources = [];
  for (const resourceId of users) resources.push(await store.getResourceById({ resourceId }));
  const lists = [];
  for (const resourceId of users) {
    const listed = await store.listThreadsByResourceId({ resourceId, perPage: false });
    lists.push(listed.threads.map(({ id }) => id));
  }
  return { threads, messages, resources, lists };
}
