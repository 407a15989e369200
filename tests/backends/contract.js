/**
 * What every back end must do: bindings/backends/backend.js, said in tests.
 *
 * @module
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { compareBytes } from '../../bindings/backends/limits.js';
import { createRandom } from '../support/random.js';
import { get, getMany, list, put, remove } from './requests.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */
/** @typedef {import('../../bindings/backends/backend.js').KVReply} KVReply */
/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */

const MIB = 1024 * 1024;
let tests = 0;

/**
 * @param {string} name
 * @param {() => Backend} create  with two spaces at least; they may hold keys of earlier tests
 */
export function describeBackend(name, create) {
  describe(`back end: ${name}`, () => {
    /** @type {Backend} */
    let backend;
    /** @type {string} no key of another test begins so */
    let base;

    beforeEach(() => {
      backend = create();
      base = `contract-${++tests}/`;
    });

    /** @param {KVRequest} request */
    const one = async (request) => (await backend.run([request]))[0];
    /** @param {...KVRequest} requests */
    const store = async (...requests) => {
      for (const reply of await backend.run(requests)) expect(reply.status).toBe(200);
    };
    /** @param {KVReply} reply */
    const names = (reply) => (reply.keys ?? []).map((key) => key.name);

    /**
     * Every page of a listing, as the core reads it.
     * @param {string} prefix @param {number} limit
     */
    const listAll = async (prefix, limit) => {
      const found = [];
      /** @type {string | null} */
      let cursor = null;
      do {
        const reply = await one(list(prefix, { limit, cursor }));
        expect(reply.status).toBe(200);
        expect(names(reply).length).toBeLessThanOrEqual(limit);
        found.push(...names(reply));
        cursor = reply.cursor ?? null;
      } while (cursor !== null);
      return found;
    };

    it('answers an empty round', async () => {
      expect(await backend.run([])).toEqual([]);
    });

    it('answers every request of a round, in order', async () => {
      await store(put(`${base}a`, 'A', { n: 1 }), put(`${base}b`, 'B'), put(`${base}c`, 'C'));
      const replies = await backend.run([
        get(`${base}b`),
        put(`${base}d`, 'D'),
        getMany([`${base}c`, `${base}a`]),
        get(`${base}missing`),
        list(`${base}a`),
        remove(`${base}other`),
      ]);
      expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 404, 200, 200]);
      expect(textOf(replies[0].entry)).toBe('B');
      expect(replies[2].entries?.map(textOf)).toEqual(['C', 'A']);
      expect(names(replies[4])).toEqual([`${base}a`]);
    });

    it('answers a round of many single requests', async () => {
      const keys = Array.from({ length: 60 }, (_, i) => `${base}${i}`);
      await store(...keys.map((key) => put(key, key)));
      const replies = await backend.run(keys.map((key) => get(key)));
      expect(replies.map((reply) => textOf(reply.entry))).toEqual(keys);
    });

    it('tells a missing key from an empty value', async () => {
      expect(await one(get(`${base}k`))).toEqual({ status: 404 });
      await store(put(`${base}k`, ''));
      const reply = await one(get(`${base}k`));
      expect(reply.status).toBe(200);
      expect(textOf(reply.entry)).toBe('');
      const many = await one(getMany([`${base}nothing`, `${base}k`]));
      expect(many.entries?.map((entry) => entry && textOf(entry))).toEqual([null, '']);
    });

    it('gives back a value byte for byte', async () => {
      const value = '{"a":9007199254740993,"b":"\\u0000 \\ud83d 日本 😀 \u2028","c":[0.30000000000000004]}\n';
      await store(put(`${base}k`, value));
      expect(textOf((await one(get(`${base}k`))).entry)).toBe(value);
      expect(textOf((await one(getMany([`${base}k`]))).entries?.[0])).toBe(value);
    });

    it('takes a value that is part of a larger buffer', async () => {
      const whole = new TextEncoder().encode('before{"x":1}after');
      const request = put(`${base}k`, '');
      await store({ ...request, value: whole.subarray(6, 13) });
      expect(textOf((await one(get(`${base}k`))).entry)).toBe('{"x":1}');
    });

    it('keeps metadata beside the value, in gets and in lists', async () => {
      const metadata = { v: 1, w: 1730000000000, t: 'ü', list: [null, true], deep: { a: '' } };
      await store(put(`${base}with`, 'x', metadata), put(`${base}without`, 'y'));
      expect((await one(get(`${base}with`))).entry?.metadata).toEqual(metadata);
      expect((await one(get(`${base}without`))).entry?.metadata ?? null).toBeNull();
      const many = await one(getMany([`${base}with`, `${base}without`]));
      expect(many.entries?.map((entry) => entry?.metadata ?? null)).toEqual([metadata, null]);
      const { keys = [] } = await one(list(base));
      expect(keys.map((key) => [key.name, key.metadata ?? null])).toEqual([
        [`${base}with`, metadata],
        [`${base}without`, null],
      ]);
    });

    it('overwrites value and metadata together', async () => {
      await store(put(`${base}k`, 'old', { old: true }));
      await store(put(`${base}k`, 'new'));
      const reply = await one(get(`${base}k`));
      expect(textOf(reply.entry)).toBe('new');
      expect(reply.entry?.metadata ?? null).toBeNull();
    });

    it('deletes, also what is not there', async () => {
      await store(put(`${base}k`, 'x'));
      await store(remove(`${base}k`));
      expect(await one(get(`${base}k`))).toEqual({ status: 404 });
      await store(remove(`${base}k`), remove(`${base}never`));
      expect(names(await one(list(base)))).toEqual([]);
    });

    it('takes the time when a key is to go', async () => {
      const soon = Math.floor(Date.now() / 1000) + 120;
      await store(put(`${base}k`, 'x', { a: 1 }, 0, soon), put(`${base}l`, 'y', null, 0, soon));
      expect((await one(get(`${base}k`))).entry?.metadata).toEqual({ a: 1 });
      expect(names(await one(list(base)))).toEqual([`${base}k`, `${base}l`]);
      await store(put(`${base}k`, 'stays'));
      expect(textOf((await one(get(`${base}k`))).entry)).toBe('stays');
    });

    it('refuses a time that is less than a minute ahead', async () => {
      const now = Math.floor(Date.now() / 1000);
      for (const expires of [now + 30, now - 5]) {
        expect((await one(put(`${base}k`, 'x', null, 0, expires))).status).toBe(400);
      }
      expect((await one(get(`${base}k`))).status).toBe(404);
    });

    it('keeps namespaces apart', async () => {
      expect(backend.spaces.length).toBeGreaterThanOrEqual(2);
      await store(put(`${base}k`, 'zero', null, 0), put(`${base}k`, 'one', null, 1));
      await store(remove(`${base}k`, 0));
      expect((await one(get(`${base}k`, 0))).status).toBe(404);
      expect(textOf((await one(get(`${base}k`, 1))).entry)).toBe('one');
      expect(names(await one(list(base, { space: 0 })))).toEqual([]);
      expect(names(await one(list(base, { space: 1 })))).toEqual([`${base}k`]);
    });

    describe('bulk gets', () => {
      it('take 100 keys', async () => {
        const keys = Array.from({ length: 100 }, (_, i) => `${base}${i}`);
        await store(...keys.filter((_, i) => i % 3 === 0).map((key) => put(key, key)));
        const reply = await one(getMany(keys));
        expect(reply.status).toBe(200);
        expect(reply.entries).toHaveLength(100);
        const texts = reply.entries?.map((entry) => entry && textOf(entry));
        expect(texts).toEqual(keys.map((key, i) => (i % 3 === 0 ? key : null)));
      });

      it('refuse more, and none', async () => {
        const keys = Array.from({ length: 101 }, (_, i) => `${base}${i}`);
        expect((await one(getMany(keys))).status).toBe(400);
        expect((await one(getMany([]))).status).toBe(400);
      });

      it('answer a repeated key each time', async () => {
        await store(put(`${base}k`, 'x'));
        const reply = await one(getMany([`${base}k`, `${base}no`, `${base}k`]));
        expect(reply.entries?.map((entry) => entry && textOf(entry))).toEqual(['x', null, 'x']);
      });

      it('find keys that objects and Maps treat specially', async () => {
        const keys = ['42', '0', '4294967294', '__proto__', 'constructor', 'has', 'toString', '-1', '1.5'];
        await store(...keys.map((key) => put(key, `value of ${key}`)));
        const reply = await one(getMany([...keys, '7', '__defineGetter__']));
        expect(reply.status).toBe(200);
        expect(reply.entries?.map((entry) => entry && textOf(entry))).toEqual([
          ...keys.map((key) => `value of ${key}`),
          null,
          null,
        ]);
        await store(...keys.map((key) => remove(key)));
      });

      it('answer values that together exceed what one bulk get carries', async () => {
        const keys = ['a', 'b', 'c', 'd'].map((key) => base + key);
        for (const key of keys) await store(put(key, key + 'x'.repeat(9 * MIB)));
        const reply = await one(getMany([...keys, `${base}no`]));
        expect(reply.status).toBe(200);
        const heads = reply.entries?.map((entry) => entry && textOf(entry).slice(0, keys[0].length));
        expect(heads).toEqual([...keys, null]);
        await store(...keys.map((key) => remove(key)));
      });
    });

    describe('limits', () => {
      it('takes a key of 512 bytes and refuses one of 513', async () => {
        const longest = base + 'é'.repeat(200) + 'x'.repeat(512 - 400 - base.length);
        expect(new TextEncoder().encode(longest)).toHaveLength(512);
        await store(put(longest, 'x'));
        expect(textOf((await one(get(longest))).entry)).toBe('x');
        expect(names(await one(list(longest)))).toEqual([longest]);
        for (const request of [put(`${longest}x`, 'x'), get(`${longest}x`), remove(`${longest}x`)]) {
          expect((await one(request)).status).toBe(414);
        }
        expect((await one(getMany([`${longest}x`]))).status).toBeGreaterThanOrEqual(400);
      });

      it.each(['', '.', '..'])('refuses the key "%s"', async (key) => {
        for (const request of [put(key, 'x'), get(key), remove(key)]) {
          expect((await one(request)).status).toBe(400);
        }
      });

      it('takes a value of 25 MiB and refuses one byte more', async () => {
        const largest = 'x'.repeat(25 * MIB);
        await store(put(`${base}k`, largest));
        expect(textOf((await one(get(`${base}k`))).entry)).toHaveLength(25 * MIB);
        expect(textOf((await one(getMany([`${base}k`]))).entries?.[0])).toHaveLength(25 * MIB);
        expect((await one(put(`${base}k`, `${largest}x`))).status).toBe(413);
        await store(remove(`${base}k`));
      });

      it('takes 1,024 bytes of metadata and refuses one more', async () => {
        const metadata = { a: 'x'.repeat(1016) };
        expect(new TextEncoder().encode(JSON.stringify(metadata))).toHaveLength(1024);
        await store(put(`${base}k`, 'x', metadata));
        expect((await one(get(`${base}k`))).entry?.metadata).toEqual(metadata);
        expect((await one(put(`${base}k`, 'y', { a: `${metadata.a}x` }))).status).toBe(413);
        expect(textOf((await one(get(`${base}k`))).entry)).toBe('x');
      });

      it('refuses pages of 0 and of 1,001', async () => {
        expect((await one(list(base, { limit: 0 }))).status).toBe(400);
        expect((await one(list(base, { limit: 1001 }))).status).toBe(400);
      });

      it('never rejects, and fails only what cannot be done', async () => {
        const replies = await backend.run([put('', 'x'), put(`${base}k`, 'x'), get('.'), get(`${base}no`)]);
        expect(replies.map((reply) => reply.status)).toEqual([400, 200, 400, 404]);
        expect((await one(get(`${base}k`))).status).toBe(200);
      });
    });

    describe('lists', () => {
      it('are in the order of bytes', async () => {
        const keys = [
          '\u{ffee}',
          '\u{1f600}',
          'z',
          'Z',
          'a',
          'é',
          '\u{e000}',
          '\u{10ffff}',
          'a/',
          'a:',
          '%',
          '~',
        ];
        await store(...keys.map((key) => put(base + key, 'x')));
        const expected = keys.map((key) => base + key).sort(byBytes);
        expect(names(await one(list(base)))).toEqual(expected);
        expect(await listAll(base, 1)).toEqual(expected);
        expect(await listAll(base, 5)).toEqual(expected);
      });

      it('hold what begins with the prefix and nothing else', async () => {
        const keys = ['a', 'a:', 'a:b', 'a:b:c', 'a;', 'A:b', 'b', 'a%', 'a*x', 'a_x', 'aé', 'a\\'];
        await store(...keys.map((key) => put(base + key, 'x')));
        for (const prefix of ['a:', 'a', 'a%', 'a*', 'a_', 'a:b:', 'nothing', 'a\\']) {
          const expected = keys.filter((key) => key.startsWith(prefix)).map((key) => base + key);
          expect(names(await one(list(base + prefix)))).toEqual(expected.sort(byBytes));
        }
      });

      it('page on while keys come and go', async () => {
        const key = (/** @type {number} */ i) => base + String(i).padStart(3, '0');
        await store(...Array.from({ length: 30 }, (_, i) => put(key(i * 2), 'x')));
        const first = await one(list(base, { limit: 10 }));
        expect(names(first)).toEqual(Array.from({ length: 10 }, (_, i) => key(i * 2)));
        expect(first.cursor).toEqual(expect.any(String));
        // The last key of the page goes, one comes before the cursor and one after it.
        await store(remove(key(18)), put(key(1), 'x'), put(key(21), 'x'));
        const second = await one(list(base, { limit: 3, cursor: first.cursor }));
        expect(names(second)).toEqual([key(20), key(21), key(22)]);
      });

      it('end with a null cursor', async () => {
        await store(put(`${base}1`, 'x'), put(`${base}2`, 'x'));
        expect((await one(list(base))).cursor).toBeNull();
        expect((await one(list(`${base}none`))).cursor).toBeNull();
        expect(await listAll(base, 2)).toEqual([`${base}1`, `${base}2`]);
      });
    });

    it('agrees with a plain map over random rounds', async () => {
      const random = createRandom(7);
      const pick = (/** @type {string[]} */ from) => base + from[random.below(from.length)];
      const ids = ['a', 'b', 'a:b', 'é', '\u{1f600}', '\u{ff5e}', '%', '42', 'b/c'];
      /** @type {Map<string, { value: string, metadata: unknown }>} */
      const model = new Map();
      for (let step = 0; step < 150; step++) {
        const key = pick(ids);
        if (random.below(3) === 0) {
          await store(remove(key));
          model.delete(key);
        } else {
          const metadata = random.below(2) === 0 ? null : { step };
          await store(put(key, `value ${step}`, metadata));
          model.set(key, { value: `value ${step}`, metadata });
        }
        const keys = [pick(ids), pick(ids), pick(ids)];
        const [many, page] = await backend.run([getMany(keys), list(base)]);
        const entries = many.entries?.map((e) => e && { value: textOf(e), metadata: e.metadata ?? null });
        expect(entries).toEqual(keys.map((k) => model.get(k) ?? null));
        expect(names(page)).toEqual([...model.keys()].sort(byBytes));
      }
    });
  });
}

/** @param {import('../../bindings/backends/backend.js').KVEntry | null | undefined} entry */
function textOf(entry) {
  if (!entry) throw new Error('no entry');
  return typeof entry.value === 'string' ? entry.value : new TextDecoder().decode(entry.value);
}

/** The order by its definition, not as the memory back end computes it. @param {string} a @param {string} b */
function byBytes(a, b) {
  const encoder = new TextEncoder();
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  let i = 0;
  while (i < x.length && i < y.length && x[i] === y[i]) i++;
  const order = (x[i] ?? -1) - (y[i] ?? -1);
  expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(order));
  return order;
}
