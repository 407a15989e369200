/**
 * The namespaces of an account by their titles: found once, made when first written to. One that is missing is looked
 * for with every read: that costs one request in place of another. What is known is plain data; two calls that need to
 * know at once both ask.
 *
 * @module
 */

import { unwrap } from './api.js';
import { ApiError, TITLE_TAKEN, toApiError } from './errors.js';

/** @typedef {import('./api.js').Send} Send */

/** How many namespaces an account may have. */
const MAX_NAMESPACES = 1000;
/** A page that no version of the API refuses. */
const SAFE_PAGE = 100;
const BAD_PAGE = 10008;

export class Directory {
  #titles;
  /** @type {Map<string, string>} */
  #ids = new Map();
  #perPage = MAX_NAMESPACES;

  /** @param {readonly string[]} titles  by space */
  constructor(titles) {
    this.#titles = titles;
  }

  /**
   * @param {number} space
   * @returns {string | undefined} undefined: there is no such namespace
   */
  idOf(space) {
    return this.#ids.get(this.#titles[space]);
  }

  /**
   * Finds what `idOf` will be asked, and makes what is missing of it.
   *
   * @param {number[]} spaces
   * @param {number[]} written  those of them that must exist
   * @param {Send} send
   * @returns {Promise<Map<number, ApiError>>} what could not be found out or made
   */
  async prepare(spaces, written, send) {
    /** @type {Map<number, ApiError>} */
    const failed = new Map();
    const unknown = spaces.filter((space) => this.idOf(space) === undefined);
    if (unknown.length === 0) return failed;
    try {
      await this.#list(send);
    } catch (error) {
      return new Map(unknown.map((space) => [space, toApiError(error)]));
    }
    const missing = written.filter((space) => this.idOf(space) === undefined);
    const make = async (/** @type {number} */ space) => {
      try {
        await this.#create(this.#titles[space], send);
      } catch (error) {
        failed.set(space, toApiError(error));
      }
    };
    await Promise.all(missing.map(make));
    return failed;
  }

  /**
   * The API says that the namespace is gone: it will be looked up again.
   *
   * @param {number} space
   * @param {string} id  as it was known; another call may know better by now
   */
  forget(space, id) {
    if (this.idOf(space) === id) this.#ids.delete(this.#titles[space]);
  }

  /** @param {string} title @param {string} id */
  #learn(title, id) {
    this.#ids.set(title, encodeURIComponent(id));
  }

  /**
   * Page after page, to the last one that the API names; where it names none, until one brings nothing new.
   *
   * @param {Send} send
   */
  async #list(send) {
    const seen = new Set();
    for (let page = 1; page <= MAX_NAMESPACES; page++) {
      const { result, result_info: info } = await this.#page(page, send);
      const before = seen.size;
      for (const { id, title } of result) {
        seen.add(id);
        if (this.#titles.includes(title)) this.#learn(title, id);
      }
      if (info?.total_pages ? page >= info.total_pages : seen.size === before) return;
    }
  }

  /**
   * @param {number} page
   * @param {Send} send
   * @returns {Promise<{ result: any, result_info?: any }>}
   */
  async #page(page, send) {
    try {
      return unwrap(await send('GET', `?per_page=${this.#perPage}&page=${page}&order=title&direction=asc`));
    } catch (error) {
      if (!toApiError(error).has(BAD_PAGE) || this.#perPage === SAFE_PAGE) throw error;
      this.#perPage = SAFE_PAGE;
      return this.#page(page, send);
    }
  }

  /**
   * @param {string} title
   * @param {Send} send
   */
  async #create(title, send) {
    try {
      const { result } = unwrap(await send('POST', '', { json: JSON.stringify({ title }) }));
      this.#learn(title, result.id);
    } catch (error) {
      if (!(error instanceof ApiError && error.has(TITLE_TAKEN))) throw error;
      // Somebody else was faster, or it has been there all along.
      await this.#list(send);
      if (!this.#ids.has(title)) throw new ApiError(503, { codes: error.codes });
    }
  }
}
