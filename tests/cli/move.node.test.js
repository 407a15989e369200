/** Out and in again: export, clear, import; whole, in parts, damaged, and many. */

import { createHash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TABLES } from '../../bindings/core/abi.js';
import { KINDS } from '../../bindings/upkeep/kinds.js';
import { ExportReader, ExportWriter } from '../../bindings/cli/ndjson.js';
import { Desk, fill, readAll } from './support.js';

/** THREADKV_MANY=<n> exports and imports more, or fewer. */
const MANY = Number(process.env.THREADKV_MANY ?? 20_000);

/** @type {Desk} */
let desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

/** The records of an export, in some order. @param {string} file */
async function records(file) {
  const text = await readFile(desk.file(file), 'utf8');
  return text
    .split('\n')
    .filter((line) => /^\{"type":"(thread|message|resource)"/.test(line))
    .sort();
}

test('no table is forgotten', () => {
  const moved = KINDS.map(({ table }) => table);
  expect([...moved, 'metadata'].sort()).toEqual(TABLES.map(([table]) => table).sort());
});

describe('export and import', () => {
  test('take rows of every table', async () => {
    const store = desk.store({ keyPrefix: 'rows_' });
    const createdAt = new Date('2026-01-02T03:04:05Z');
    await store.saveRows({ table: 'agent_versions', rows: [{ entityId: 'a', number: '1', createdAt }] });
    await desk.result(['export', '--prefix', 'rows_', '-o', 'rows.ndjson']);
    await desk.result(['import', 'rows.ndjson', '--prefix', 'again_']);
    const again = desk.store({ keyPrefix: 'again_' });
    expect(await again.getRows({ table: 'agent_versions', keys: [{ entityId: 'a', number: '1' }] })).toEqual([
      { entityId: 'a', number: '1', createdAt },
    ]);
  });

  test('what comes in again is what went out, under any prefix, with its dates', async () => {
    await fill(desk.store({ keyPrefix: 'a_' }));
    const exported = await desk.result(['export', '--prefix', 'a_', '-o', 'a.ndjson']);
    expect(exported).toMatchObject({ records: 23, counts: { thread: 4, message: 16, resource: 3 } });
    const imported = await desk.result(['import', 'a.ndjson', '--prefix', 'b_']);
    expect(imported).toMatchObject({ counts: exported.counts, skipped: [] });
    expect(await readAll(desk.store({ keyPrefix: 'b_' }))).toEqual(
      await readAll(desk.store({ keyPrefix: 'a_' })),
    );
  });

  test('messages of one moment keep the order in which they were saved', async () => {
    const store = desk.store({ keyPrefix: 'moment_' });
    const createdAt = new Date('2026-01-02T03:04:05Z');
    await store.saveThread({ thread: { id: 't', resourceId: 'u', createdAt, updatedAt: createdAt } });
    // More saves than a page of a list has keys, of ids as random as ids are.
    const names = Array.from({ length: 1050 }, (_, i) => `m${(i * 577) % 1050}`);
    const message = (/** @type {string} */ id) => ({
      ...{ id, threadId: 't', resourceId: 'u', role: 'user', content: 'x', createdAt },
    });
    await store.saveMessages({ messages: names.slice(0, 20).map(message) });
    for (const id of names.slice(20)) await store.saveMessages({ messages: [message(id)] });
    await store.saveMessages({ messages: names.slice(0, 3).map(message) });
    await desk.result(['export', '--prefix', 'moment_', '-o', 'moment.ndjson']);
    await desk.result(['import', 'moment.ndjson', '--prefix', 'again_']);
    const again = desk.store({ keyPrefix: 'again_' });
    const { messages } = await again.listMessages({ threadId: 't', perPage: false });
    expect(messages.map(({ id }) => id)).toEqual(names);
  });

  test('records keep every digit and escape', async () => {
    const store = desk.store({ keyPrefix: 'exact_' });
    await fill(store, { threads: 1, turns: 0 });
    const odd =
      '{"id":"odd","threadId":"thread-0","resourceId":"user-0","role":"user","n":[9007199254740993,1.0,1e400,-0],' +
      '"content":"\\u0041\\/ \\"}, {\\\\","createdAt":"2026-01-02T03:04:05.000Z","x":{}}';
    desk.storage('messages').put('exact_messages:odd', odd, null);
    const suffix = '0'.repeat(9) + '1' + '00000000';
    const entries = '{"v":1,"w":1,"owner":"user-0","entries":["odd",1767323045000,0]}';
    desk.storage('metadata').put(`exact_metadata:thread:thread-0:${suffix}`, entries, entries);
    await desk.result(['export', '--prefix', 'exact_', '-o', 'exact.ndjson']);
    await desk.result(['import', 'exact.ndjson', '--prefix', 'same_']);
    expect(/** @type {any} */ (desk.storage('messages').get('same_messages:odd')).text).toBe(odd);
  });

  test('runs, scores, tasks, states and blobs come along, with their dates', async () => {
    const store = desk.store({ keyPrefix: 'all_' });
    const createdAt = new Date('2026-01-02T03:04:05Z');
    const run = { workflowName: 'flow', runId: 'run:1', resourceId: 'user-1' };
    await store.persistWorkflowSnapshot({
      ...run,
      snapshot: { status: 'suspended', context: {} },
      createdAt,
    });
    const score = {
      scorerId: 's',
      entityId: 'e',
      runId: 'r',
      scorer: {},
      entity: {},
      score: 1,
      source: 'LIVE',
    };
    await store.saveScore(/** @type {any} */ ({ ...score, id: 'score-1', output: 'x' }));
    const task = {
      id: 'task-1',
      status: 'running',
      toolName: 't',
      toolCallId: 'c',
      agentId: 'a',
      runId: 'r',
      args: {},
    };
    const more = { createdAt, retryCount: 0, maxRetries: 0, timeoutMs: 1 };
    await store.createTask(/** @type {any} */ ({ ...task, ...more }));
    await store.setState({ threadId: 't:1', type: 'task', value: [1, { a: null }] });
    await store.putBlob({ hash: 'abc', content: 'text', size: 4, createdAt });
    await store.close();
    const { counts } = await desk.result(['export', '--prefix', 'all_', '-o', 'all.ndjson']);
    expect(counts).toEqual({ run: 1, score: 1, task: 1, state: 1, blob: 1 });
    await desk.result(['import', 'all.ndjson', '--prefix', 'copy_']);
    const copy = desk.store({ keyPrefix: 'copy_' });
    const read = async (/** @type {typeof store} */ from) => [
      await from.listWorkflowRuns({}),
      await from.listScoresByRunId({ runId: 'r' }),
      await from.getTask('task-1'),
      await from.getState({ threadId: 't:1', type: 'task' }),
      await from.getBlob('abc'),
    ];
    expect(await read(copy)).toEqual(await read(desk.store({ keyPrefix: 'all_' })));
  });

  test('stdout and stdin', async () => {
    const { stdout, code } = await desk.run(['export', '--prefix', 'a_']);
    expect(code).toBe(0);
    const { code: imported } = await desk.run(['import', '-', '--prefix', 'piped_'], { input: stdout });
    expect(imported).toBe(0);
    expect(await readAll(desk.store({ keyPrefix: 'piped_' }))).toEqual(
      await readAll(desk.store({ keyPrefix: 'a_' })),
    );
  });

  test('importing twice is importing once', async () => {
    await desk.result(['import', 'a.ndjson', '--prefix', 'twice_']);
    const keys = () =>
      desk
        .contents()
        .filter(({ key }) => key.startsWith('twice_'))
        .map(({ key }) => key);
    const once = keys();
    await desk.result(['import', 'a.ndjson', '--prefix', 'twice_']);
    expect(keys()).toEqual(once);
  });

  test('a deleted thread stays deleted, what another prefix has stays there', async () => {
    const store = desk.store({ keyPrefix: 'gone_' });
    await fill(store, { threads: 2 });
    await store.deleteThread({ threadId: 'thread-1' });
    await store.close();
    const { counts } = await desk.result(['export', '--prefix', 'gone_', '-o', 'gone.ndjson']);
    expect(counts).toEqual({ thread: 1, message: 4, resource: 2 });
  });

  test('messages without their thread are left out by name, with exit code 3', async () => {
    await fill(desk.store({ keyPrefix: 'orphan_' }), { threads: 1, turns: 1 });
    await desk.result(['export', '--prefix', 'orphan_', '-o', 'orphan.ndjson']);
    const text = await readFile(desk.file('orphan.ndjson'), 'utf8');
    await writeFile(desk.file('orphan.ndjson'), await withoutThreads(text));
    const { skipped } = await desk.result(['import', 'orphan.ndjson', '--prefix', 'orphaned_'], { code: 3 });
    expect(skipped.sort()).toEqual(['m-0-0-0', 'm-0-0-1']);
  });

  test('threads that messages name are looked up together', async () => {
    const writer = collect();
    await writer.begin({ keyPrefix: '', format: 1 });
    await fill(desk.store({ keyPrefix: 'some_' }), { threads: 1, turns: 0 });
    for (let i = 0; i < 301; i++) {
      const createdAt = '2026-01-02T03:04:05.000Z';
      const threadId = `thread-${i}`;
      const message = { id: `m${i}`, threadId, resourceId: 'user-0', role: 'user', content: 'x', createdAt };
      await writer.add('message', JSON.stringify(message));
    }
    await writer.end();
    await writeFile(desk.file('strangers.ndjson'), writer.text());
    desk.server.reset();
    const { skipped, counts } = await desk.result(['import', 'strangers.ndjson', '--prefix', 'some_'], {
      code: 3,
    });
    expect(skipped).toHaveLength(300);
    expect(counts).toEqual({ message: 1 });
    expect(desk.server.requests.length).toBeLessThan(25);
  });

  test('a file that exists is not written over', async () => {
    const { code, stderr } = await desk.run(['export', '--prefix', 'a_', '-o', 'a.ndjson']);
    expect(stderr).toContain('a.ndjson exists');
    expect(code).toBe(2);
    expect((await desk.run(['export', '--prefix', 'a_', '-o', 'a.ndjson', '--force'])).code).toBe(0);
  });
});

/** A writer of an export, and what it has written. */
function collect() {
  let written = '';
  const writer = new ExportWriter(async (part) => void (written += part));
  return Object.assign(writer, { text: () => written });
}

/** An export as if there had been no threads. @param {string} text */
async function withoutThreads(text) {
  const writer = collect();
  const reader = new ExportReader(Readable.from([Buffer.from(text)]));
  await writer.begin({ keyPrefix: '', format: 1 });
  for await (const { type, texts } of reader.chunks()) {
    if (type !== 'thread') for (const one of texts) await writer.add(type, one);
  }
  await writer.end();
  return writer.text();
}

/**
 * An export whose first record's line was changed, with the checksums that then hold.
 *
 * @param {string} text
 * @param {(line: string) => string} change
 */
function twice(text, change) {
  const sha256 = (/** @type {string} */ one) => createHash('sha256').update(one).digest('hex');
  const [first, ...rest] = text.split(/(?<=\n)/);
  const chunk = rest.findIndex((line) => line.startsWith('{"type":"chunk"'));
  const lines = [change(rest[0]), ...rest.slice(1, chunk)];
  const end = rest[chunk].replace(/"sha256":"\w+"/, `"sha256":"${sha256(lines.join(''))}"`);
  const all = [first, ...lines, end, ...rest.slice(chunk + 1, -1)].join('');
  return all + rest[rest.length - 1].replace(/"sha256":"\w+"/, `"sha256":"${sha256(all)}"`);
}

describe('a damaged export is refused before anything is written', () => {
  /** @type {[string, (text: string) => string, RegExp][]} */
  const cases = [
    ['a changed record', (text) => text.replace('Turn 1', 'Turn 9'), /chunk \d+ has another checksum/],
    [
      'a missing line',
      (text) => text.replace(/\{"type":"message".*\n/, ''),
      /chunk \d+ has another checksum/,
    ],
    [
      'a missing chunk',
      (text) => text.replace(/(\{"type":"resource".*\n)+\{"type":"chunk".*\n/, ''),
      /checksum is another/,
    ],
    ['a missing end', (text) => text.slice(0, -200), /not JSON|ends too early/],
    ['no end line', (text) => text.replace(/\{"type":"end".*\n/, ''), /ends too early/],
    ['something behind', (text) => `${text}{}\n`, /more after its end/],
    ['another format', () => '{"hello":1}\n', /does not begin as an export/],
    [
      'a line with two records',
      (text) => twice(text, (line) => line.replace(/\}\n$/, `,${line.slice(1)}`)),
      /line 2 is not one record/,
    ],
    [
      'two documents in a line',
      (text) => twice(text, (line) => line.trimEnd() + line),
      /line 2 is not one record/,
    ],
    [
      'a record that is none',
      (text) => twice(text, () => '{"type":"thread","record":[]}\n'),
      /line 2 is not one record/,
    ],
    [
      'a newer format of the data',
      (text) => text.replace('"format":1', '"format":2'),
      /format 2, this threadkv knows formats up to 1/,
    ],
    ['no format', (text) => text.replace('"format":1,', ''), /does not begin as an export/],
    ['a newer version', (text) => text.replace('"version":1', '"version":2'), /has version 2/],
    ['nothing', () => '', /is empty/],
  ];
  test.each(cases)('%s', async (_, spoil, words) => {
    await writeFile(desk.file('bad.ndjson'), spoil(await readFile(desk.file('a.ndjson'), 'utf8')));
    const before = desk.contents().length;
    const { code, stderr } = await desk.run(['import', 'bad.ndjson', '--prefix', 'bad_']);
    expect(stderr).toMatch(words);
    expect(code).toBe(1);
    expect(desk.contents()).toHaveLength(before);
  });
});

describe('Ctrl-C', () => {
  /** Counts requests. @param {number} nth @param {RegExp} path */
  const nth = (nth, path) => {
    let count = 0;
    return (/** @type {{ path: string }} */ seen) => path.test(seen.path) && ++count === nth;
  };

  test('an export that was stopped goes on, and nothing is missing or twice', async () => {
    await fill(desk.store({ keyPrefix: 'c_' }), { threads: 70, turns: 1, perTurn: 6 });
    await desk.result(['export', '--prefix', 'c_', '-o', 'whole.ndjson']);
    const stop = { code: 130, interruptAt: nth(1, /^\/threads\/bulk\/get/) };
    const first = await desk.result(['export', '--prefix', 'c_', '-o', 'parts.ndjson'], stop);
    expect(first).toMatchObject({ done: false });
    const second = await desk.result(['export', '--prefix', 'c_', '-o', 'parts.ndjson']);
    expect(second).toMatchObject({ done: true, resumed: true, counts: { thread: 70, message: 420 } });
    expect(await records('parts.ndjson')).toEqual(await records('whole.ndjson'));
    await desk.result(['import', 'parts.ndjson', '--prefix', 'checked_']);
  });

  test('one that was killed in its first chunk goes on, too', async () => {
    const kill = { signal: /** @type {const} */ ('SIGKILL'), interruptAt: nth(1, /^\/threads\/bulk\/get/) };
    const { code } = await desk.run(['export', '--prefix', 'c_', '-o', 'killed.ndjson'], kill);
    expect(code).toBeNull();
    expect((await stat(desk.file('killed.ndjson'))).size).toBeGreaterThan(0);
    const { counts } = await desk.result(['export', '--prefix', 'c_', '-o', 'killed.ndjson']);
    expect(counts).toMatchObject({ thread: 70, message: 420 });
    expect(await records('killed.ndjson')).toEqual(await records('whole.ndjson'));
    await desk.result(['import', 'killed.ndjson', '--prefix', 'killed_']);
  });

  test('an import that was stopped goes on where it was', async () => {
    const stop = { code: 130, interruptAt: nth(1, /^\/threads\/bulk$/) };
    const first = await desk.result(['import', 'parts.ndjson', '--prefix', 'd_'], stop);
    expect(first.done).toBe(false);
    expect(first.counts.message ?? 0).toBeLessThan(420);
    const second = await desk.result(['import', 'parts.ndjson', '--prefix', 'd_']);
    expect(second).toMatchObject({
      done: true,
      resumed: true,
      counts: { thread: 70, message: 420, resource: 3 },
    });
    expect(await readAll(desk.store({ keyPrefix: 'd_' }))).toEqual(
      await readAll(desk.store({ keyPrefix: 'c_' })),
    );
    await expect(readFile(desk.file('parts.ndjson.state'))).rejects.toThrow('ENOENT');
  });

  test('a state file is only for the job that it is of', async () => {
    const stop = { code: 130, interruptAt: nth(1, /^\/threads\/bulk$/) };
    await desk.result(['import', 'parts.ndjson', '--prefix', 'e_'], stop);
    const { code, stderr } = await desk.run(['import', 'parts.ndjson', '--prefix', 'f_']);
    expect(stderr).toContain('belongs to another job');
    expect(code).toBe(2);
    await rm(desk.file('parts.ndjson.state'));
  });

  test('a clear that was stopped goes on, and leaves other prefixes alone', async () => {
    const others = () => desk.contents().filter(({ key }) => !key.startsWith('d_'));
    const before = others();
    await fill(desk.store({ keyPrefix: 'd_' }), { threads: 120, turns: 60, perTurn: 1 });
    const stop = { code: 130, interruptAt: nth(1, /bulk\/delete$/) };
    const first = await desk.result(['clear', '--prefix', 'd_', '--yes'], stop);
    expect(first.done).toBe(false);
    expect(first.deleted).toBeGreaterThan(0);
    const second = await desk.result(['clear', '--prefix', 'd_', '--yes']);
    expect(second.done).toBe(true);
    expect(desk.contents().filter(({ key }) => key.startsWith('d_'))).toEqual([]);
    expect(others()).toEqual(before);
  });
});

test(`${MANY} messages are exported, cleared, imported and found equal`, async () => {
  const store = desk.store({ keyPrefix: 'many_' });
  await fill(store, { threads: 200, turns: 1, perTurn: MANY / 200 });
  const before = await readAll(desk.store({ keyPrefix: 'many_' }));
  expect(before.messages).toHaveLength(MANY);
  desk.server.reset();
  const exported = await desk.result(['export', '--prefix', 'many_', '-o', 'many.ndjson']);
  expect(exported.counts).toEqual({ thread: 200, message: MANY, resource: 3 });
  const { deleted } = await desk.result(['clear', '--prefix', 'many_', '--yes']);
  expect(deleted).toBeGreaterThan(MANY);
  await desk.result(['import', 'many.ndjson', '--prefix', 'many_']);
  // Far from a request for each message.
  expect(desk.server.requests.length).toBeLessThan(MANY / 15 + 300);
  expect(await readAll(desk.store({ keyPrefix: 'many_' }))).toEqual(before);
});
