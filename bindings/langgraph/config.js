/**
 * What the configuration of a run says about where its checkpoints are.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { spaceOf } from '../checkpoints/keys.js';

/** @typedef {import('@langchain/core/runnables').RunnableConfig} RunnableConfig */

/**
 * @param {RunnableConfig} config
 * @param {string} method
 * @returns {{ threadId: string, space: string, id: string | undefined }}
 */
export function targetOf(config, method) {
  const { thread_id, checkpoint_ns = '', checkpoint_id } = config?.configurable ?? {};
  return {
    threadId: threadOf(thread_id, method),
    space: spaceOf(textOf(checkpoint_ns, 'checkpoint_ns', method)),
    id: checkpoint_id === undefined ? undefined : textOf(checkpoint_id, 'checkpoint_id', method),
  };
}

/** @param {unknown} id @param {string} method @returns {string} */
export function threadOf(id, method) {
  if (typeof id === 'string' && id !== '') return id;
  const where = method === 'deleteThread' ? 'threadId' : 'config.configurable.thread_id';
  throw storeError('INVALID_ARGUMENT', method, `${where} must be a non-empty string`);
}

/** @param {unknown} value @param {string} name @param {string} method @returns {string} */
export function textOf(value, name, method) {
  if (typeof value === 'string') return value;
  throw storeError('INVALID_ARGUMENT', method, `config.configurable.${name} must be a string`);
}
