/**
 * Plans: methods that make several calls of the core. A plan is a generator that yields the calls and is given their
 * results, so that the same text runs over a home that is waited for and, in one go, over one that answers at once.
 *
 * @module
 */

/**
 * A call of the core. Its answer is text when `text` is set, else parsed.
 * @typedef {object} CoreCall
 * @property {string} method  the public one, for errors
 * @property {string} op  the core's name for it
 * @property {object} control
 * @property {unknown} payload
 * @property {boolean} text
 */
/** @template T @typedef {Generator<CoreCall | CoreCall[], T, any>} Steps  what runs a plan; several calls go out together */
/**
 * `name` is how the plan is found in an object: it never changes. `table` says which home it is for. What it is given
 * and what it returns can be written as JSON.
 * @template {unknown[]} A
 * @template T
 * @typedef {object} Plan
 * @property {string} name
 * @property {string} table
 * @property {(line: Line, method: string, ...args: A) => Steps<T>} run
 */

/**
 * What a plan stands on besides its calls.
 * @typedef {object} Ground
 * @property {boolean} sole  nobody else writes, and all that the plan writes is stored in whole or not at all
 * @property {() => number} now
 * @property {() => string} token  a word that nobody else has
 * @property {<T>(name: string, make: () => T) => T} shared  plain data, shared by all who use the same data here
 * @property {(ms: number, steps: () => Steps<unknown>) => void} later  after a while; nobody learns whether it failed
 */

/** A plan's line to the core. */
export class Line {
  /** @param {Ground} ground */
  constructor(ground) {
    /** @readonly */
    this.ground = ground;
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {unknown} [payload]
   * @returns {Steps<any>} the result, null where there is none
   */
  *read(method, op, control, payload) {
    return yield { method, op, control, payload, text: false };
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {unknown} [payload]
   * @returns {Steps<string>}
   */
  *call(method, op, control, payload) {
    return yield { method, op, control, payload, text: true };
  }

  /**
   * Several calls that need not wait for each other.
   *
   * @param {string} method
   * @param {{ op: string, control: object, payload?: unknown }[]} calls
   * @returns {Steps<any[]>} their results, as `read` gives them
   */
  *together(method, calls) {
    return yield calls.map((call) => ({ payload: undefined, ...call, method, text: false }));
  }
}

/**
 * @template T
 * @param {Steps<T>} steps
 * @param {(call: CoreCall) => Promise<unknown>} perform
 * @returns {Promise<T>}
 */
export async function follow(steps, perform) {
  let step = steps.next();
  while (step.done !== true) {
    let result;
    try {
      const { value } = step;
      result = await (Array.isArray(value) ? Promise.all(value.map(perform)) : perform(value));
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

/**
 * The same in one go.
 *
 * @template T
 * @param {Steps<T>} steps
 * @param {(call: CoreCall) => unknown} perform
 * @returns {T}
 */
export function followSync(steps, perform) {
  let step = steps.next();
  while (step.done !== true) {
    let result;
    try {
      const { value } = step;
      result = Array.isArray(value) ? value.map(perform) : perform(value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}
