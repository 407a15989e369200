/**
 * What the entries of this package share with a store, and nobody else does.
 *
 * @module
 */

/** @typedef {import('../index.js').CloudflareStore} CloudflareStore */

/** By the clock of the store's core. @param {CloudflareStore} store */
export function storeNow(store) {
  return lineOf(store).now();
}

/** A word that nobody else has. @param {CloudflareStore} store */
export function storeToken(store) {
  return lineOf(store).token();
}

/**
 * Sees to it that work is finished though its request goes away, where the platform lets it.
 *
 * @param {CloudflareStore} store
 * @param {Promise<unknown>} work
 */
export function keepAlive(store, work) {
  lineOf(store).keep(work);
}

/**
 * Follows a plan where the store's data is.
 *
 * @template {unknown[]} A
 * @template T
 * @param {CloudflareStore} store
 * @param {import('../core/plan.js').Plan<A, T>} plan
 * @param {string} method  for errors
 * @param {A} args
 * @returns {Promise<T>}
 */
export function performPlan(store, plan, method, ...args) {
  return lineOf(store).perform(plan, method, ...args);
}

/** @param {CloudflareStore} store */
function lineOf(store) {
  return /** @type {{ caller: import('../core/caller.js').Caller }} */ (/** @type {unknown} */ (store))
    .caller;
}
