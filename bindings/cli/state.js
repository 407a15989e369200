/**
 * Where a long command stands, in a small file, so that it can go on after an interruption. The file is written anew
 * after every batch and removed when the command is done. It holds positions, ids and counts, no content.
 *
 * @module
 */

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { usageError } from './errors.js';

export class State {
  #path;
  #job;

  /**
   * @param {string | undefined} path  none: nothing is kept
   * @param {Record<string, unknown>} job  what is done where: a file of another job is refused
   */
  constructor(path, job) {
    this.#path = path;
    this.#job = job;
  }

  get path() {
    return this.#path;
  }

  /** @returns {Promise<any>} the position, undefined to begin */
  async load() {
    if (this.#path === undefined) return undefined;
    let text;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (/** @type {any} */ error) {
      if (error.code === 'ENOENT') return undefined;
      throw usageError(`the state file ${this.#path} cannot be read (${error.code})`);
    }
    const { job, position } = parse(text);
    if (JSON.stringify(job) !== JSON.stringify(this.#job)) {
      throw usageError(`${this.#path} belongs to another job; remove it, or name another one by --state`);
    }
    return position;
  }

  /** @param {unknown} position */
  async save(position) {
    if (this.#path === undefined) return;
    const next = `${this.#path}.new`;
    try {
      await writeFile(next, JSON.stringify({ job: this.#job, position }));
      await rename(next, this.#path);
    } catch (/** @type {any} */ error) {
      throw usageError(`the state file ${this.#path} cannot be written (${error.code})`);
    }
  }

  async remove() {
    if (this.#path !== undefined) await rm(this.#path, { force: true });
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
