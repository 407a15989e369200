/** What checkpoints cost: operations, rounds and bytes, however many there are. */

import { describe, expect, it } from 'vitest';
import { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { at, loop, makeCheckpoint, makeSavers, putAll } from './support.js';

const text = (/** @type {number} */ length, seed = 0) =>
  Array.from({ length }, (_, i) => String.fromCharCode(97 + ((i * 7 + seed * 13) % 26))).join('');
const message = (/** @type {number} */ n) => ({ id: `m${n}`, type: 'human', content: text(700, n) });
const messages = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => message(n));

describe('the newest checkpoint', () => {
  it('is three operations in two rounds, one of them a list', async () => {
    const { open, cost, clock } = makeSavers();
    const saver = open();
    const [, last] = await putAll(saver, [{ messages: messages(200) }, { messages: messages(201) }]);
    await saver.putWrites(at(last), [['messages', 1]], 'task', 'path');
    await saver.store.close();
    clock.advance(3_600_000);
    const { result, total, rounds, operations } = await cost(() => open().getTuple(at()));
    expect({ total, rounds, lists: operations.list }).toEqual({ total: 3, rounds: 2, lists: 1 });
    expect(result?.checkpoint.channel_values).toEqual({ messages: messages(201) });
    expect(result?.pendingWrites).toEqual([['task', 'messages', 1]]);
  });

  it('is one more for each 20 MB', async () => {
    const { open, cost, clock } = makeSavers();
    await putAll(open(), [{ messages: messages(32_000) }]);
    clock.advance(3_600_000);
    const { result, total, rounds } = await cost(() => open().getTuple(at()));
    expect({ total, rounds }).toEqual({ total: 4, rounds: 2 });
    expect(result?.checkpoint.channel_values.messages).toHaveLength(32_000);
  });

  it('costs the same after 2,000 steps', async () => {
    const { open, cost, clock } = makeSavers();
    const saver = open();
    const small = Array.from({ length: 2000 }, (_, i) => ({ n: i, list: [i] }));
    const ids = await putAll(saver, small);
    await saver.putWrites(at(ids[1999]), [['list', 1]], 'task');
    await saver.store.close();
    clock.advance(3_600_000);
    const { total, rounds, result } = await cost(() => open().getTuple(at()));
    expect({ total, rounds, n: result?.checkpoint.channel_values.n }).toEqual({
      total: 3,
      rounds: 2,
      n: 1999,
    });
    const put = await cost(() => saver.put(at(ids[1999]), makeCheckpoint({ n: 1 }), loop(1), {}));
    expect(put.writes).toBe(2);
  });
});

describe('a put', () => {
  it('is at most four writes whatever the number of channels, and writes to it are one', async () => {
    const { open, cost } = makeSavers();
    const saver = open();
    const values = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, text(3000, i)]));
    const [id] = await putAll(saver, [values]);
    const next = makeCheckpoint({ ...values, c7: text(3000, 999) });
    expect((await cost(() => saver.put(at(id), next, loop(1), {}))).writes).toBeLessThanOrEqual(4);
    const many = Array.from(
      { length: 50 },
      (_, i) => /** @type {[string, unknown]} */ ([`c${i}`, text(100, i)]),
    );
    const writes = await cost(() => saver.putWrites(at(id), many, 'task'));
    expect({ writes: writes.writes, total: writes.total }).toEqual({ writes: 1, total: 1 });
    expect((await open().getTuple(at()))?.checkpoint.channel_values).toEqual(next.channel_values);
  });

  it('names few packs though every channel changes at a time of its own', async () => {
    const { open, cost, clock } = makeSavers();
    const saver = open();
    const values = /** @type {Record<string, string>} */ ({});
    for (let i = 0; i < 300; i++) values[`c${i}`] = text(1500, i);
    /** @type {string | undefined} */
    let id;
    for (let i = 0; i < 300; i++) {
      values[`c${i}`] = text(1500, i + 1000);
      const checkpoint = makeCheckpoint({ ...values });
      await saver.put(at(id), checkpoint, loop(i), checkpoint.channel_versions);
      id = checkpoint.id;
      clock.advance(1100);
    }
    clock.advance(3_600_000);
    const { total, result } = await cost(() => open().getTuple(at()));
    expect(total).toBeLessThanOrEqual(3);
    expect(result?.checkpoint.channel_values).toEqual(values);
  });
});

describe('the history of a delta channel', () => {
  it.each([
    ['whose metadata stands beside the keys', {}],
    ['whose metadata has no room there', { note: 'ü'.repeat(9) }],
  ])('is four rounds at most, of checkpoints %s', async (_, more) => {
    const { open, cost, clock } = makeSavers();
    const saver = open();
    /** @type {string | undefined} */
    let id;
    for (let step = 0; step < 150; step++) {
      const values = step % 100 === 0 ? { messages: messages(40), other: step } : { other: step };
      const checkpoint = makeCheckpoint(values);
      await saver.put(at(id), checkpoint, { ...loop(step), ...more }, checkpoint.channel_versions);
      id = checkpoint.id;
      await saver.putWrites(at(id), [['messages', `b${step}`]], 'b', '~b');
      await saver.putWrites(at(id), [['messages', `a${step}`]], 'c', '~a');
    }
    await saver.settle();
    clock.advance(3_600_000);
    const asked = { config: at(id), channels: ['messages'] };
    const { result, total, rounds } = await cost(() => open().getDeltaChannelHistory(asked));
    expect(rounds).toBeLessThanOrEqual(4);
    expect(total).toBeLessThanOrEqual(12);
    expect(result).toEqual(await BaseCheckpointSaver.prototype.getDeltaChannelHistory.call(open(), asked));
    expect(result.messages.writes.slice(0, 2).map(([, , value]) => value)).toEqual(['a100', 'b100']);
    expect(result.messages.seed).toEqual(messages(40));
    expect(await open().getDeltaChannelHistory({ ...asked, config: at() })).toEqual(result);
  });
});

describe('a list that grows', () => {
  it('writes 32 KB a step on average and never over 512 KB, with 32,000 messages', async () => {
    const { open, cost, clock } = makeSavers();
    const texts = messages(32_000).map((one) => JSON.stringify(one));
    // LangGraph's own would take most of the time, with all of the messages in every step.
    const serde = {
      dumpsTyped: async (/** @type {any} */ value) => {
        const text = value?.upTo ? `[${texts.slice(0, value.upTo).join()}]` : JSON.stringify(value);
        return /** @type {[string, Uint8Array]} */ (['json', new TextEncoder().encode(text)]);
      },
      loadsTyped: async (/** @type {string} */ _, /** @type {any} */ text) => JSON.parse(text),
    };
    const saver = open(serde);
    let [id] = await putAll(saver, [{ messages: { upTo: 31_590 } }]);
    /** @type {number[]} */
    const bytes = [];
    for (let n = 31_591; n <= 32_000; n++) {
      const checkpoint = makeCheckpoint({ messages: { upTo: n } });
      bytes.push((await cost(() => saver.put(at(id), checkpoint, loop(n), { messages: n }))).bytesWritten);
      id = checkpoint.id;
      clock.advance(1100);
    }
    const average = bytes.reduce((sum, one) => sum + one, 0) / bytes.length;
    expect(average).toBeLessThanOrEqual(32 * 1024);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(512 * 1024);
    // Small pieces have become a large one at least once.
    expect(Math.max(...bytes)).toBeGreaterThan(128 * 1024);
    await saver.settle();
    clock.advance(3_600_000);
    const { total, result } = await cost(() => open(serde).getTuple(at()));
    expect(total).toBeLessThanOrEqual(4);
    expect(JSON.stringify(result?.checkpoint.channel_values.messages)).toBe(`[${texts.join()}]`);
  }, 300_000);
});
