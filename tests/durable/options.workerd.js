/**
 * What the core of an object is made with, by the object's name. Objects run in the isolate of the tests.
 *
 * @type {Map<string, import('../../bindings/core.js').CoreOptions>}
 */
export const options = new Map();
