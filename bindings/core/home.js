/**
 * Where a store's data is, as its line to the core sees it: behind a core in this process, or elsewhere.
 *
 * @module
 */

/**
 * @typedef {object} HomeAnswer
 * @property {string} text  JSON, '' for nothing
 * @property {(result: any, parse: (text: string) => any) => any} complete  puts what stayed outside where it belongs
 * @property {() => string | undefined} unreadable  the message that `complete` could not read
 */
/**
 * One of several calls. What follows one that is `needed` and answers false is not made.
 * @typedef {{ op: string, control: object, json?: string, needed?: boolean }} HomeCall
 */
/**
 * @typedef {object} Home
 * @property {(method: string, op: string, control: object, json: string | undefined,
 *   manner: import('./reading.js').Manner) => Promise<HomeAnswer>} run  one call of the core
 * @property {(method: string, calls: HomeCall[]) => Promise<HomeAnswer[]>} [together]  several calls, all or none; where
 *   this is missing they are made one after the other
 * @property {(plan: string, method: string, args: string) => Promise<string>} [perform]  a plan, by its name, with its
 *   arguments as JSON; where this is missing plans are followed call by call
 * @property {() => void} forget  see `Core.forget`
 * @property {boolean} [sole]  nobody else writes there, and every write shows at once
 */
/**
 * What a store's homes share.
 * @typedef {object} HomeTools
 * @property {() => import('./core.js').Core} core
 * @property {(operation: import('./stats.js').Operation) => void} observe
 * @property {ReturnType<typeof import('./later.js').createFollowups>} followups
 */
/**
 * A home outside this process, to be opened; and the tables that live there.
 * @typedef {object} ElseWhere
 * @property {readonly string[]} tables
 * @property {(tools: HomeTools) => Home} open
 */

/**
 * A back end of this process.
 *
 * @implements {Home}
 */
export class LocalHome {
  #store;
  #tools;
  #checks;

  /**
   * @param {Omit<import('./heads.js').CoreStore, 'observe'>} store
   * @param {HomeTools} tools
   */
  constructor(store, tools) {
    this.#store = { ...store, observe: tools.observe };
    this.#tools = tools;
    this.#checks = store.options.check;
  }

  forget() {
    this.#tools.core().forget();
    const { options } = this.#store;
    this.#store = { ...this.#store, options: { ...options, check: this.#checks } };
  }

  /** @returns {import('./heads.js').CoreStore} */
  get store() {
    return this.#store;
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} json
   * @param {import('./reading.js').Manner} manner
   * @returns {Promise<HomeAnswer>}
   */
  async run(method, op, control, json, manner) {
    const store = this.#within(manner.maxOperations);
    const called = await this.#tools.core().call(store, op, control, json, method, manner);
    const { text, followup, reading } = called;
    // Not a promise that others wait for: a request that went away would leave them waiting.
    if (store.options.check)
      this.#store = { ...this.#store, options: { ...this.#store.options, check: false } };
    if (followup !== undefined) await this.#tools.followups.start(followup);
    return {
      text,
      complete: (result, parse) => reading.complete(result, parse),
      unreadable: () => reading.unreadable,
    };
  }

  /** @param {number | undefined} most  KV operations of one call alone */
  #within(most) {
    const store = this.#store;
    return most === undefined ? store : { ...store, options: { ...store.options, maxOperations: most } };
  }
}
