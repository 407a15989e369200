/**
 * 'threadkv/durable': the class of Durable Objects that hold a store's data.
 *
 * ```js
 * export { ThreadKVObject } from 'threadkv/durable';
 * ```
 *
 * @module
 */

// @ts-ignore Declared only where the types of the Workers runtime are, which this package does not ask for.
import { DurableObject } from 'cloudflare:workers';
import { openRoom } from './open.js';
import { recover } from './recover.js';

/** @typedef {import('../remote/protocol.js').Request} Request */
/** @typedef {import('../remote/protocol.js').Reply} Reply */

/**
 * One object holds the data of one key prefix, in its SQLite storage. Export the class from your Worker, bind it, and give
 * the binding to a store as `durable`. Its storage is the store's alone: a subclass may add methods, but no tables of
 * the name `threadkv`.
 */
export class ThreadKVObject extends DurableObject {
  /**
   * A subclass gives it the module of tools, `import module from 'threadkv/threadkv.tools.wasm'`, for `verify`, export and
   * import of what is in its objects: `class Objects extends ThreadKVObject { static module = module }`.
   *
   * @type {WebAssembly.Module | undefined}
   */
  static module;

  #room;
  #ctx;

  /**
   * @param {any} ctx
   * @param {any} env
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#ctx = ctx;
    const { module } = /** @type {typeof ThreadKVObject} */ (this.constructor);
    this.#room = openRoom(ctx.storage, { module });
  }

  /**
   * What a store asks for. Not meant for other callers: it may change with any version.
   *
   * @param {Request} request
   * @returns {Reply}
   */
  threadkv(request) {
    return this.#room.answer(request);
  }

  /**
   * Takes the object back to how it was at a time of the last 30 days, by the platform's point-in-time recovery. It begins anew
   * for that: calls that are under way fail with `OBJECT_RESET`. Not there in local development.
   *
   * @param {{ at: Date | number } | { bookmark: string }} args  a time, or what an earlier call returned
   * @returns {Promise<{ undo: string }>} a bookmark of what was there before, to be given back as `bookmark`
   */
  recover(args) {
    return recover(this.#ctx.storage, () => this.#ctx.abort('taken back to an earlier time'), args);
  }

  /** Upkeep, a part at a time: drops what has expired, finishes deletions, and gives up an empty object's storage. */
  async alarm() {
    await this.#room.alarm();
  }
}
