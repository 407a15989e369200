/** Back ends read no further once whoever asks has no room for more. */

import { describe, expect, it } from 'vitest';
import { createNamespaceBackend } from '../../bindings/backends/kv.js';

const KIB = 1024;

/**
 * A namespace in which each key has a value of so many characters, and which refuses a bulk get of more than `bulk`.
 *
 * @param {number} size
 * @param {number} [bulk]
 */
function namespaceOf(size, bulk = Infinity) {
  const state = { asked: /** @type {number[]} */ ([]), underWay: 0, most: 0 };
  const value = (/** @type {string} */ key) => ({ value: key.padEnd(size, '.'), metadata: null });
  const namespace = {
    get: async () => null,
    put: async () => {},
    delete: async () => {},
    list: async () => ({ keys: [], list_complete: true }),
    /** @param {string | string[]} keys */
    async getWithMetadata(keys) {
      if (!Array.isArray(keys)) return value(keys);
      state.asked.push(keys.length);
      state.most = Math.max(state.most, ++state.underWay);
      await new Promise((resolve) => setTimeout(resolve, 1));
      state.underWay--;
      if (keys.length * size > bulk) throw new Error('KV GET_BULK failed: 413 Request Entity Too Large');
      return new Map(keys.map((key) => [key, value(key)]));
    },
  };
  return { namespace, state };
}

const keysOf = (/** @type {number} */ from, /** @type {number} */ count) =>
  Array.from({ length: count }, (_, i) => `key-${from + i}`);
const bulks = (/** @type {number} */ count) =>
  Array.from({ length: count }, (_, i) => ({
    kind: /** @type {const} */ ('get_many'),
    space: 0,
    table: 'messages',
    keys: keysOf(100 * i, 100),
  }));

describe('a round of bulk gets', () => {
  it('without a bound goes out at once', async () => {
    const { namespace, state } = namespaceOf(KIB);
    const replies = await createNamespaceBackend({ namespaces: [namespace] }).run(bulks(10));
    expect(replies.every(({ status, entries }) => status === 200 && entries?.length === 100)).toBe(true);
    expect(state.most).toBe(10);
  });

  it('begins with two, and goes on with as many as there is room for', async () => {
    const { namespace, state } = namespaceOf(KIB);
    const room = { left: 4000 * KIB };
    const replies = await createNamespaceBackend({ namespaces: [namespace] }).run(bulks(10), room);
    expect(replies.every(({ status, entries }) => status === 200 && entries?.length === 100)).toBe(true);
    expect(room.left).toBe(3000 * KIB);
    expect(state.most).toBeGreaterThan(2);
  });

  it('stops once nothing is left', async () => {
    const { namespace, state } = namespaceOf(KIB);
    const room = { left: 250 * KIB };
    const replies = await createNamespaceBackend({ namespaces: [namespace] }).run(bulks(10), room);
    expect(replies.map(({ status, unread }) => [status, unread])).toEqual([
      ...Array.from({ length: 3 }, () => [200, undefined]),
      ...Array.from({ length: 7 }, () => [413, true]),
    ]);
    expect(state.asked).toHaveLength(3);
    expect(state.most).toBe(2);
  });

  it('that is too large for one answer is read in parts, one after the other, and says what was read', async () => {
    const { namespace, state } = namespaceOf(KIB, 30 * KIB);
    const room = { left: 40 * KIB };
    const [reply] = await createNamespaceBackend({ namespaces: [namespace] }).run(bulks(1), room);
    expect([reply.status, reply.unread]).toEqual([413, true]);
    expect(reply.entries?.filter((entry) => entry !== null).map(({ value }) => value.length)).toEqual(
      Array.from({ length: 50 }, () => KIB),
    );
    expect(state.asked).toEqual([100, 50, 25, 25]);
    expect(state.most).toBe(1);
  });

  it('of keys that a bulk get leaves out stops, too', async () => {
    const { namespace } = namespaceOf(KIB);
    const bare = {
      ...namespace,
      getWithMetadata: async (/** @type {any} */ key) => namespace.getWithMetadata(String(key)),
    };
    const room = { left: 10 * KIB };
    const [reply] = await createNamespaceBackend({ namespaces: [bare] }).run(bulks(1), room);
    expect(reply.unread).toBe(true);
    expect(room.left).toBeGreaterThan(-6 * KIB);
  });
});
