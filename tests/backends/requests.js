/**
 * Short forms of KV requests, for tests.
 *
 * @module
 */

const encoder = new TextEncoder();

/** @param {string} key @param {number} [space] @returns {import('../../bindings/backends/backend.js').KVGet} */
export const get = (key, space = 0) => ({ kind: 'get', space, table: 'threads', key });

/** @param {string[]} keys @param {number} [space] @returns {import('../../bindings/backends/backend.js').KVGetMany} */
export const getMany = (keys, space = 0) => ({ kind: 'get_many', space, table: 'threads', keys });

/** @param {string} key @param {string} value @param {unknown} [metadata] @param {number} [space] @param {number} [expires] @returns {import('../../bindings/backends/backend.js').KVPut} */
export const put = (key, value, metadata = null, space = 0, expires = 0) => ({
  kind: 'put',
  space,
  table: 'threads',
  key,
  value: encoder.encode(value),
  metadata: metadata === null ? null : JSON.stringify(metadata),
  expires,
});

/** @param {string} key @param {number} [space] @returns {import('../../bindings/backends/backend.js').KVDelete} */
export const remove = (key, space = 0) => ({ kind: 'delete', space, table: 'threads', key });

/** @param {string} prefix @param {{ limit?: number, cursor?: string | null, space?: number }} [options] @returns {import('../../bindings/backends/backend.js').KVList} */
export const list = (prefix, { limit = 1000, cursor = null, space = 0 } = {}) => ({
  kind: 'list',
  space,
  table: 'threads',
  prefix,
  cursor,
  limit,
});
