/**
 * A core that computes nothing: it notes what it was asked and answers what the test says.
 *
 * @module
 */

import { Reading } from '../../bindings/core/reading.js';

/**
 * @typedef {object} Asked
 * @property {any} store
 * @property {string} op
 * @property {any} control
 * @property {any} payload  parsed
 * @property {string} method
 */

/**
 * @param {...unknown} answers  one per call: a value (given as JSON), '' for none, an Error to reject with, or
 *   `{ text, followup }` as a core gives it
 */
export function createFakeCore(...answers) {
  /** @type {Asked[]} */
  const asked = [];
  return {
    asked,
    host: { now: () => 0 },
    /** @param {any} store @param {string} op @param {any} control @param {any} payload @param {string} method */
    async call(store, op, control, payload, method) {
      asked.push({
        store,
        op,
        control: JSON.parse(JSON.stringify(control)),
        payload: payload === undefined ? undefined : JSON.parse(payload),
        method,
      });
      const answer = answers.length > 0 ? answers.shift() : '';
      if (answer instanceof Error) throw answer;
      const reading = new Reading(op, method, {});
      if (answer === '') return { reading, text: '' };
      if (typeof answer === 'object' && answer !== null && 'text' in answer) return { reading, ...answer };
      return { reading, text: JSON.stringify(answer) };
    },
  };
}
