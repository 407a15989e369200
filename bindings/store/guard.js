/**
 * Errors of others, met within a method: of the runtime, or thrown by what a program has given. Whoever calls a store
 * sees a StoreError for them, too.
 *
 * @module
 */

import { storeError, StoreError, StoreTypeError } from '../core/errors.js';

/** How the Workers runtime says that a module is still being loaded. */
const GLOBAL_SCOPE = /global scope/;

/**
 * @param {string} method
 * @param {unknown} error
 * @returns {Error}
 */
export function ownError(method, error) {
  if (isOwn(error)) return error;
  const { name, message } = described(error);
  if (GLOBAL_SCOPE.test(message)) {
    const where = 'at the top level of a Worker, where the runtime allows no I/O';
    const advice = 'call it in a handler (fetch, scheduled, queue …), or set autoInit in place of init()';
    return storeError('KV_FAILED', method, `${method} was called ${where}; ${advice}`);
  }
  // What it says may quote anything.
  const what = 'which is not the store’s own: an argument, or a function among the options, threw it';
  return storeError('INVALID_ARGUMENT', method, `${method} met ${name}, ${what}`);
}

/** @param {unknown} error @returns {error is StoreError | StoreTypeError} */
function isOwn(error) {
  try {
    return error instanceof StoreError || error instanceof StoreTypeError;
  } catch {
    return false;
  }
}

/**
 * @param {any} error
 * @returns {{ name: string, message: string }}
 */
function described(error) {
  try {
    const { name, message } = error;
    const known = typeof name === 'string' && /^\w{1,40}$/.test(name);
    return { name: known ? name : 'a value', message: String(message) };
  } catch {
    return { name: 'a value', message: '' };
  }
}

/**
 * Puts a guard around every method of a class and of those that it extends.
 *
 * @param {Function} last
 */
export function guardMethods(last) {
  for (
    let { prototype } = last;
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor' || typeof value !== 'function') continue;
      Object.defineProperty(prototype, name, { value: guarded(name, value) });
    }
  }
}

/**
 * @param {string} name
 * @param {Function} method
 * @returns {Function} with the name and length of the method
 */
function guarded(name, method) {
  /** @param {unknown} error */
  const fail = (error) => {
    throw ownError(name, error);
  };
  /** @this {unknown} @param {unknown[]} args */
  function guard(...args) {
    try {
      const result = method.apply(this, args);
      return result instanceof Promise ? result.catch(fail) : result;
    } catch (error) {
      return fail(error);
    }
  }
  Object.defineProperties(guard, { name: { value: name }, length: { value: method.length } });
  return guard;
}
