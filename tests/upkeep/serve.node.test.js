/** Calls from outside: what a Worker takes of them, how far one request goes, and how what broke off is made good. */

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Caller } from '../../bindings/core/caller.js';
import { TABLES } from '../../bindings/core/abi.js';
import { createCore, CloudflareStore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { readAnswer, readCall, writeAnswer, writeCall } from '../../bindings/remote/calls.js';
import { HttpHome } from '../../bindings/remote/http-home.js';
import { serveCalls } from '../../bindings/upkeep/serve.js';
import { PLANS } from '../../bindings/store/plans.js';
import { ToolStore } from '../../bindings/upkeep/tool-store.js';
import { conversation, thread } from '../support/records.js';

/** @type {any} */
let store;
/** @type {import('../../bindings/backends/backend.js').Backend} */
let backend;
/** Answers of the Worker, one for each request; then it answers as it would. @type {((body: string) => any)[]} */
let faults;
/** @type {string[]} */
let bodies;
beforeEach(async () => {
  backend = createMemoryBackend();
  store = new CloudflareStore({ backend, core: createCore() });
  await store.saveThread({ thread: thread('t') });
  await store.saveMessages({ messages: conversation(10) });
  faults = [];
  bodies = [];
});

/** @param {string} body @param {{ mayWrite?: boolean, store?: any, onFault?: (error: unknown) => void }} [options] */
async function serve(body, { mayWrite = true, store: served = store, onFault } = {}) {
  const lines = [];
  for await (const line of serveCalls(served, body.trimEnd().split('\n'), { mayWrite, onFault }))
    lines.push(line);
  return lines.join('');
}

/** The tools of somebody outside. */
function tools() {
  const send = async (/** @type {string} */ body) => {
    bodies.push(body);
    const fault = faults.shift();
    return fault === undefined ? serve(body) : fault(body);
  };
  const core = createCore({ wait: async () => {} });
  const line = new Caller({
    tables: {},
    elsewhere: [
      {
        tables: TABLES.map(([table]) => table),
        open: (given) => new HttpHome(send, { ...given, core: () => core }),
      },
    ],
    prefix: '',
    options: { strict: false, maxOperations: 5000, check: false },
    most: Infinity,
    retention: {},
  });
  return new ToolStore(line, {});
}

/** @param {import('../../bindings/remote/calls.js').Call} call @param {{ mayWrite?: boolean }} [options] */
async function one(call, options) {
  return readAnswer((await serve(writeCall(call), options)).trimEnd(), call.method);
}

describe('lines', () => {
  test.each(['{"a":1.0}', '[1e400,-0,"\\u0041"]', '{"json":{"json":"},\\"json\\":"}}', '"x,\\"json\\":1}"'])(
    'carry %s to the byte',
    (json) => {
      const control = { table: 'messages', odd: ',"json":', deep: { json: 1 } };
      expect(readCall(writeCall({ method: 'm', op: 'o', control, json }))).toMatchObject({
        method: 'm',
        op: 'o',
        control,
        json,
      });
      expect(readAnswer(writeAnswer({ text: json, operations: [] }).trimEnd(), 'm').text).toBe(json);
    },
  );

  test('stay one line each, whatever stands between the values', () => {
    const line = writeCall({ method: 'm', op: 'o', json: '[1,\r\n 2]' });
    expect(line.trimEnd()).not.toMatch(/[\r\n]/);
    expect(JSON.parse(String(readCall(line).json))).toEqual([1, 2]);
  });

  test.each([
    '',
    'x',
    '[]',
    '{}',
    '{"method":"m"}',
    '{"method":"m","op":"o","plan":"p"}',
    '{"method":"m","op":"o","control":[]}',
  ])('that say nothing are refused: %s', (line) =>
    expect(() => readCall(line)).toThrow(expect.objectContaining({ name: 'StoreError' })),
  );

  test.each([
    '{"json":{"a":1},"protocol":1,"format":1,"method":"m","op":"o"}',
    '{"json":5,"protocol":1,"format":1,"method":"m","op":"o"}',
  ])('whose payload is not the last field are refused, for it would not be its text: %s', (line) =>
    expect(() => readCall(line)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' })),
  );

  test('are read once through, however often the name of the last field stands in them', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const line = `{"x":[1${',"json":'.repeat(10_000)}`;
    expect(() => readCall(line)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(parse).toHaveBeenCalledTimes(1); // begun anew at each of them, a line of 2 MB took half a minute
    parse.mockRestore();
  });

  test('of another version are refused by both', async () => {
    const call = writeCall({ method: 'm', op: 'store.init' }).replace('"protocol":1', '"protocol":2');
    expect((await serve(call)).trimEnd()).toContain('VERSION_MISMATCH');
    expect(() => readAnswer('{"protocol":2,"format":1}', 'm')).toThrow(
      expect.objectContaining({ code: 'VERSION_MISMATCH' }),
    );
  });
});

describe('what a Worker takes', () => {
  test('only what looks after a store', async () => {
    for (const op of ['workflow.persist', 'thread.create', 'nonsense']) {
      expect(await one({ method: 'm', op })).toMatchObject({ failure: { code: 'VERSION_MISMATCH' } });
    }
    const strange = { method: 'm', op: 'record.scan', control: { table: 'nonsense' }, json: '{}' };
    expect(await one(strange)).toMatchObject({ failure: { code: 'VERSION_MISMATCH' } });
    expect(await one({ method: 'm', plan: 'nonsense' })).toMatchObject({
      failure: { code: 'VERSION_MISMATCH' },
    });
  });

  test.each([[undefined], [['threads']], [null], ['__proto__'], ['constructor']])(
    'no call of a table that is none, wherever the tables are: %j',
    async (table) => {
      const objects = { idFromName: (/** @type {string} */ name) => name, get: () => ({}) };
      const homes = [store, new CloudflareStore({ durable: /** @type {any} */ (objects) })];
      for (const op of ['record.scan', 'record.get', 'row.list', 'row.save', 'row.prune']) {
        const line = writeCall({ method: 'm', op, control: { table }, json: '{}' });
        for (const home of homes) {
          const answer = await serve(line, { store: home });
          expect(readAnswer(answer.trimEnd(), 'm').failure?.code).toMatch(
            /^(INVALID_ARGUMENT|VERSION_MISMATCH)$/,
          );
        }
      }
    },
  );

  test('a plan whose arguments are none fails by itself, and what comes after it is done', async () => {
    const depth = 20_000;
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    for (const json of ['[]', '[null]', `[${deep},${deep},${deep}]`]) {
      for (const plan of PLANS.keys()) {
        const lines = [
          writeCall({ method: 'm', plan, json }),
          writeCall({
            method: 'n',
            op: 'record.scan',
            control: { table: 'threads' },
            json: '{"cursor":null}',
          }),
        ];
        /** @type {unknown[]} */
        const faults = [];
        const onFault = (/** @type {unknown} */ error) => void faults.push(error);
        const answers = (await serve(lines.join(''), { onFault })).split('\n');
        const { failure } = readAnswer(answers[0], 'm');
        if (faults.length > 0) expect(failure).toMatchObject({ code: 'INTERNAL', op: 'm' });
        expect(readAnswer(answers[1], 'n').text).toContain('records');
      }
    }
  });

  test('of a token that may read, no plan', async () => {
    for (const plan of [...PLANS.keys(), '__proto__', 'constructor']) {
      const answer = await one({ method: 'm', plan, json: '[]' }, { mayWrite: false });
      expect(answer.failure?.message).toMatch(/may read|knows no call/);
    }
  });

  test('of a token that may read, nothing that writes, not even a repair that is asked for twice', async () => {
    const list = async () => {
      const replies = await Promise.all(
        backend.spaces.map((_, space) =>
          backend.run([{ kind: 'list', space, table: 'x', prefix: '', cursor: null, limit: 1000 }]),
        ),
      );
      return replies.flatMap(([reply]) => (reply.keys ?? []).map(({ name }) => name));
    };
    const before = await list();
    const writes = [
      'thread.save',
      'message.delete',
      'store.clear',
      'store.sweep',
      'thread.purge',
      'row.prune',
    ];
    for (const op of writes) {
      expect(await one({ method: 'm', op, json: '{}' }, { mayWrite: false })).toMatchObject({
        failure: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('may read') },
      });
    }
    const head = before.find((name) => name === 'metadata:thread:t');
    expect(head).toBeDefined();
    for (const [space] of backend.spaces.entries()) {
      await backend.run([{ kind: 'delete', space, table: 'metadata', key: String(head) }]);
    }
    const json = '{"repair":false,"kind":"thread","id":"t","repair":true}';
    const looked = await one({ method: 'm', op: 'verify.collection', json }, { mayWrite: false });
    expect(JSON.parse(String(looked.text))).toMatchObject({ head: 'missing' });
    expect(await list()).not.toContain(head);
    await one({ method: 'm', op: 'verify.collection', json: '{"kind":"thread","id":"t","repair":true}' });
    expect(await list()).toContain(head);
  });
});

describe('a request that ends early', () => {
  test('what it had no room for is asked again, and done once', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `new${i}`);
    const records = ids.map((id) =>
      JSON.stringify({ ...thread(id), createdAt: new Date(0), updatedAt: new Date(0) }),
    );
    await tools().restore({ name: 'thread', table: 'threads', op: 'thread.save' }, records);
    expect((await store.listThreads({ perPage: false })).total).toBe(301);
    expect(bodies.length).toBeGreaterThan(300 / 25 - 1);
  });

  test('a Worker that does nothing at all is given up', async () => {
    faults = Array.from({ length: 9 }, () => () => writeAnswer({ undone: true }));
    await expect(tools().recordPage('threads', null)).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(bodies).toHaveLength(5);
  });

  test.each(
    /** @type {[string, (body: string) => any][]} */ ([
      ['an answer that was cut off', async (body) => (await serve(body)).slice(0, -20)],
      ['none', () => ({ retryAfter: 1, error: new Error('none') })],
    ]),
  )('%s is asked for again', async (_, fault) => {
    faults = [fault];
    expect((await tools().recordPage('threads', null)).records).toHaveLength(1);
    expect(bodies).toHaveLength(2);
  });

  test('what the Worker refuses is not asked again, and others beside it are done', async () => {
    const outside = tools();
    const [bad, good] = await Promise.allSettled([
      outside.line.call('recordPage', 'thread.create', { table: 'threads' }, {}),
      outside.recordPage('threads', null),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', op: 'recordPage' } });
    expect(good.status).toBe('fulfilled');
    expect(bodies).toHaveLength(1);
    expect(outside.stats().operations.list).toBeGreaterThan(0);
  });
});
