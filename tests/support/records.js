/**
 * How threads and messages are written down in tests.
 *
 * @module
 */

/**
 * A moment of the conversation: `at(3)` is three seconds after it began, on 2024-01-01.
 * @param {number} seconds
 */
export const at = (seconds) => new Date(Date.UTC(2024, 0, 1) + Math.round(seconds * 1000));

/**
 * @param {string} id
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
export function thread(id, fields = {}) {
  return {
    id,
    resourceId: 'alice',
    title: `About ${id}`,
    createdAt: at(0),
    updatedAt: at(0),
    metadata: {},
    ...fields,
  };
}

/**
 * A message of thread `t`. A number as second argument is the second at which it was said.
 * @param {string} id
 * @param {number} [second]
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
export function message(id, second = 0, fields = {}) {
  return {
    id,
    threadId: 't',
    resourceId: 'alice',
    role: 'user',
    createdAt: at(second),
    content: { format: 2, parts: [{ type: 'text', text: `This is ${id}.` }] },
    ...fields,
  };
}

/**
 * `count` messages m001, m002, … of one thread, a second apart.
 * @param {number} count
 * @param {Record<string, unknown>} [fields]
 * @returns {any[]}
 */
export function conversation(count, fields = {}) {
  return Array.from({ length: count }, (_, i) => message(numbered('m', i + 1), i + 1, fields));
}

/**
 * @param {string} letter
 * @param {number} n
 */
export const numbered = (letter, n) => `${letter}${String(n).padStart(3, '0')}`;

/** @param {{ id: string }[]} list */
export const ids = (list) => list.map((item) => item.id);

/**
 * Every message id of a thread, oldest first, as a full read gives them.
 * @param {any} store
 * @param {string} [threadId]
 * @returns {Promise<string[]>}
 */
export async function allIds(store, threadId = 't') {
  const { messages } = await store.listMessages({ threadId, perPage: false });
  return ids(messages);
}
