/**
 * Thread states: one value for each kind of state of a thread, such as an agent's list of tasks or its goal.
 *
 * @module
 */

import { orAbsent } from './absent.js';
import { requireArguments } from './check.js';
import { TaskStore } from './tasks.js';

/** @typedef {import('./row-types.js').StateKey} StateKey */

const TABLE = 'thread_state';

/**
 * Thread states.
 *
 * @template [Content=any]
 * @extends {TaskStore<Content>}
 */
export class StateStore extends TaskStore {
  /**
   * @param {StateKey} args
   * @returns {Promise<any>} a fresh value; undefined when there is none
   */
  async getState(args) {
    const key = keyOf(requireArguments(args, 'getState'));
    const [row] = await orAbsent([null], () =>
      this.caller.read('getState', 'row.get', this.caller.rows(TABLE), [key]),
    );
    return row?.value;
  }

  /**
   * Puts `value` in place of what was there.
   *
   * @param {StateKey & { value: any }} args
   * @returns {Promise<void>}
   */
  async setState(args) {
    const { value, ...key } = requireArguments(args, 'setState');
    const row = { ...keyOf(key), value };
    await this.caller.call('setState', 'row.save', this.caller.rows(TABLE), [row]);
  }

  /**
   * @param {StateKey} args
   * @returns {Promise<void>}
   */
  async deleteState(args) {
    const key = keyOf(requireArguments(args, 'deleteState'));
    await orAbsent('', () => this.caller.call('deleteState', 'row.delete', this.caller.rows(TABLE), [key]));
  }
}

/** @param {StateKey} args */
function keyOf({ threadId, type, resourceId }) {
  return { threadId, type, resourceId };
}
