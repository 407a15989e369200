/** Sessions: what the SDK's own session in memory does, over KV, in any isolate. */

import fc from 'fast-check';
import { MemorySession } from '@openai/agents';
import { describe, expect, it, vi } from 'vitest';
import { CloudflareSession } from '../../bindings/openai-agents/index.js';
import { answered, asked, call, makeSessions } from './support.js';

vi.setConfig({ testTimeout: 60_000 });

/** @param {string} callId @param {any} output @returns {any} */
const result = (callId, output = { type: 'text', text: 'blue' }) => ({
  type: 'function_call_result',
  name: 'look',
  callId,
  status: 'completed',
  output,
});

describe('a session', () => {
  it('keeps items, their order and their bytes', async () => {
    const { session } = makeSessions();
    /** @type {any[]} */
    const items = [
      {
        providerData: { z: 1, a: [null, 0.1, 'é 😀'] },
        content: [{ type: 'input_text', text: '' }],
        role: 'user',
        type: 'message',
      },
      asked('twice'),
      asked('twice'),
      {
        type: 'reasoning',
        content: [{ type: 'input_text', text: 'Hm.' }],
        rawContent: [{ type: 'reasoning_text', text: 'Hm.' }],
      },
      call('1'),
      result('1', [{ type: 'image', image: { data: new Uint8Array([0, 255, 7]), mediaType: 'image/png' } }]),
      {
        type: 'hosted_tool_call',
        name: 'web_search',
        id: 'x',
        status: 'completed',
        'threadkv:bytes': 'AA==',
        'threadkv:bytes:': 1,
      },
      answered('Blue.'),
      { type: 'compaction', encrypted_content: 'x' },
    ];
    await session().addItems(items.slice(0, 4));
    await session().addItems(items.slice(4));
    const again = await session().getItems();
    expect(again).toEqual(items);
    const text = (/** @type {any} */ value) => JSON.stringify(value);
    expect(text(again.filter((_, i) => i !== 5))).toBe(text(items.filter((_, i) => i !== 5)));
    expect(/** @type {any} */ (again[5]).output[0].image.data).toBeInstanceOf(Uint8Array);
    expect(await session('other').getItems()).toEqual([]);
    expect(await session().getSessionId()).toBe('s');
  });

  it('shows other readers each call with its own result, where ids come again', async () => {
    const { session, open } = makeSessions();
    const text = (/** @type {string} */ said) => ({ type: 'text', text: said });
    const items = [call('1'), result('1', text('red')), call('1'), result('1', text('blue')), call('1')];
    await session().addItems(items);
    const { messages } = await open().store.listMessages({ threadId: 's' });
    const parts = messages.flatMap(({ content }) => content.parts);
    expect(parts.map((part) => part.toolInvocation.result)).toEqual(['red', 'blue', undefined]);
  });

  it('does what MemorySession does, in any order of calls', async () => {
    const item = fc.constantFrom('q', 'a', 'c', 'r').map((kind) => {
      return { q: asked('Q'), a: answered('A'), c: call('1'), r: result('1') }[kind];
    });
    const limit = fc.constantFrom(undefined, null, 0, -1, 1, 2, 2.5, 100, NaN, Infinity);
    const step = fc.oneof(
      fc.record({ add: fc.array(item, { maxLength: 4 }) }),
      fc.record({ limit }),
      fc.constant({ pop: true }),
      fc.constant({ clear: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, anew) => {
        const { session, clock } = makeSessions();
        const theirs = new MemorySession({ sessionId: 's' });
        let ours = session();
        for (const one of /** @type {any[]} */ (steps)) {
          clock.advance(3000);
          if (anew) ours = session();
          if (one.add) await Promise.all([ours.addItems(one.add), theirs.addItems(one.add)]);
          if (one.pop) expect(await ours.popItem()).toEqual(await theirs.popItem());
          if (one.clear) await Promise.all([ours.clearSession(), theirs.clearSession()]);
          if ('limit' in one)
            expect(await ours.getItems(one.limit)).toEqual(await theirs.getItems(one.limit));
          expect(await ours.getItems()).toEqual(await theirs.getItems());
        }
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('keeps both when two add at once, each as a whole', async () => {
    const { session, clock } = makeSessions();
    await session().addItems([asked('first')]);
    clock.advance(2000);
    const turn = (/** @type {string} */ name) => [asked(name), call(name), result(name), answered(name)];
    const mine = session();
    await Promise.all([mine.addItems(turn('x')), mine.addItems(turn('y')), session().addItems(turn('z'))]);
    clock.advance(2000);
    const items = (await session().getItems()).slice(1);
    expect(items.length).toBe(12);
    for (const name of ['x', 'y', 'z']) {
      const at = items.findIndex((/** @type {any} */ { content }) => content === name);
      expect(items.slice(at, at + 4)).toEqual(turn(name));
    }
  });

  it('is replaced in one step', async () => {
    const { session, clock, open, operations } = makeSessions();
    await session().addItems([asked('1'), answered('2'), asked('3'), answered('4')]);
    clock.advance(5000);
    const compaction = { type: 'compaction', encrypted_content: 'all' };
    const kept = /** @type {any[]} */ ([compaction, asked('3'), answered('4')]);
    operations.length = 0;
    await session().replaceHistoryWithCompaction(kept);
    const first = operations.indexOf('delete');
    // One record, its place in the journal and the head: with the record all is there at once.
    expect(operations.slice(0, first).filter((kind) => kind === 'put').length).toBe(3);
    expect(await session().getItems()).toEqual(kept);
    clock.advance(5000);
    await session().addItems([asked('5')]);
    expect(await session().getItems()).toEqual([...kept, asked('5')]);
    expect(await session().getItems(2)).toEqual([answered('4'), asked('5')]);
    const { messages } = await open().store.listMessages({ threadId: 's', perPage: false });
    expect(messages.length).toBe(2);
    for (const wanted of [asked('5'), ...kept.reverse(), undefined]) {
      clock.advance(2000);
      expect(await session().popItem()).toEqual(wanted);
    }
  });

  it('of any size is replaced', async () => {
    const { session, clock } = makeSessions();
    for (let i = 0; i < 3; i++) {
      await session().addItems(Array.from({ length: 400 }, (_, k) => asked(`${i} ${k}`)));
      clock.advance(3000);
    }
    await session().replaceHistoryWithCompaction([answered('all')]);
    expect(await session().getItems()).toEqual([answered('all')]);
  });

  it('that was replaced shows nothing older, though its deletion failed', async () => {
    const { open, clock } = makeSessions();
    const { store } = open();
    const session = new CloudflareSession({ store, sessionId: 's' });
    await session.addItems([asked('old')]);
    clock.advance(5000);
    vi.spyOn(store, 'deleteMessages').mockRejectedValueOnce(new Error('gone'));
    await expect(session.replaceHistoryWithCompaction([answered('new')])).rejects.toThrow('gone');
    expect(await session.getItems()).toEqual([answered('new')]);
    clock.advance(5000);
    expect(await session.popItem()).toEqual(answered('new'));
    expect(await session.getItems()).toEqual([]);
    expect(await session.popItem()).toBeUndefined();
  });

  it('changes calls that were approved with other arguments', async () => {
    const { session, clock } = makeSessions();
    await session().addItems([asked('q'), call('1'), call('2')]);
    clock.advance(5000);
    const replacement = call('2', 'look', { at: 'sea' });
    await session().applyHistoryMutations({
      mutations: [{ type: 'replace_function_call', callId: '2', replacement }],
    });
    expect(await session().getItems()).toEqual([asked('q'), call('1'), replacement]);
  });

  it('is a wall, and of one resource alone where one is named', async () => {
    const { session } = makeSessions();
    await session('a', 'ada').addItems([asked('mine')]);
    await session('a/b').addItems([asked('other')]);
    const eve = session('a', 'eve');
    expect(await eve.getItems()).toEqual([]);
    expect(await eve.popItem()).toBeUndefined();
    for (const work of [
      () => eve.addItems([asked('x')]),
      () => eve.clearSession(),
      () => eve.replaceHistoryWithCompaction([asked('x')]),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await session('a').getItems()).toEqual([asked('mine')]);
    expect(await session('a/b').getItems()).toEqual([asked('other')]);
  });

  it('says which items were stored, when not all were', async () => {
    const { spaces, open, clock } = makeSessions();
    const session = new CloudflareSession({ store: open().store, sessionId: 's' });
    await session.addItems([asked('0')]);
    clock.advance(5000);
    const [space] = spaces;
    const put = space.put.bind(space);
    vi.spyOn(space, 'put').mockImplementation(async (key, value, options) => {
      if (
        key.startsWith('messages:') &&
        Buffer.from(/** @type {any} */ (value))
          .toString()
          .includes('"two"')
      )
        throw new Error('KV PUT failed: 400 no');
      return put(key, value, options);
    });
    const error = await session
      .addItems([asked('one'), call('1'), result('1'), asked('two')])
      .catch((caught) => caught);
    expect(error).toMatchObject({ code: 'KV_FAILED', op: 'addItems', details: { storedItems: [0, 1, 2] } });
    vi.restoreAllMocks();
    expect((await session.getItems()).length).toBe(4);
  });

  it('refuses what it cannot store before anything is written', async () => {
    const { open, operations } = makeSessions();
    const { store } = open();
    const session = new CloudflareSession({ store, sessionId: 's' });
    for (const items of /** @type {any[]} */ ([
      undefined,
      'x',
      [null],
      ['x'],
      [{ role: 'user', content: 1n }],
    ]))
      await expect(session.addItems(items)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        op: 'addItems',
      });
    expect(operations).toEqual([]);
    const make = (/** @type {any} */ options) => () => new CloudflareSession(options);
    expect(make(undefined)).toThrow(/takes \{ store, sessionId/);
    expect(make({ store, sessionId: ' ' })).toThrow('sessionId must be a non-empty string');
    expect(make({ store, sessionId: 's', resource: 'x' })).toThrow(/did you mean "resourceId"/);
    expect(make({ store: {}, sessionId: 's' })).toThrow("store must be a CloudflareStore of 'threadkv'");
  });

  it('costs one write for each message and what follows it, whatever it holds', async () => {
    const { session, clock, operations } = makeSessions();
    await session().addItems([asked('0')]);
    clock.advance(120_000);
    operations.length = 0;
    const items = [
      asked('q'),
      ...Array.from({ length: 8 }, (_, i) => [call(`${i}`), result(`${i}`)]).flat(),
      answered('a'),
    ];
    await session().addItems(items);
    expect(operations.filter((kind) => kind === 'put').length).toBe(4);
    expect(operations.length).toBeLessThanOrEqual(9);
    operations.length = 0;
    await session().getItems(4);
    expect(operations.length).toBe(2);
  });
});
