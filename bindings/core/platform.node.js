/**
 * What the platform offers besides KV. Outside the Workers runtime: nothing.
 *
 * @module
 */

/** @type {((promise: Promise<unknown>) => void) | undefined} */
export const waitUntil = undefined;
