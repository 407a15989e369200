/**
 * LangGraph's own suite for savers, for runners that have no globals.
 *
 * @module
 */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';

Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test });

const { deltaChannelHistoryTests, validate } = await import('@langchain/langgraph-checkpoint-validation');

/**
 * @param {string} name
 * @param {() => import('../../bindings/langgraph/index.js').CloudflareSaver} open  over data of its own
 */
export function saverSuite(name, open) {
  const initializer = { checkpointerName: name, createCheckpointer: open };
  validate(/** @type {any} */ (initializer));
  deltaChannelHistoryTests(/** @type {any} */ (initializer));
}
