/** The command over a Worker: what is in KV and in Durable Objects goes out, and from one home to another. */

import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Desk, fill } from './support.js';
import { homes, READER, startWorker, WRITER } from './worker.js';

/** @type {Desk} */
let desk;
/** @type {Record<'kv' | 'objects' | 'mixed', Awaited<ReturnType<typeof startWorker>>>} */
let workers;
beforeAll(async () => {
  desk = await Desk.open();
  const runs = ['workflow_snapshot', 'background_tasks', 'observational_memory'];
  workers = {
    kv: await startWorker(homes(() => 'KV')),
    objects: await startWorker(homes(() => 'OBJECTS')),
    mixed: await startWorker(homes((table) => (runs.includes(table) ? 'OBJECTS' : 'KV'))),
  };
});
afterAll(async () => {
  await desk.close();
  for (const worker of Object.values(workers)) await worker.close();
});

/** Arguments for a Worker, and its token. @param {keyof typeof workers} home @param {string} prefix @param {string} [token] */
const at = (home, prefix, token = WRITER) => ({
  where: ['--worker', workers[home].url, '--prefix', prefix],
  env: { THREADKV_TOKEN: token, CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_ACCOUNT_ID: undefined },
});

/** @param {keyof typeof workers} home @param {string} prefix @param {string[]} args @param {{ code?: number, token?: string }} [options] */
function result(home, prefix, args, { code, token } = {}) {
  const { where, env } = at(home, prefix, token);
  return desk.result([...args, ...where], { env, code });
}

/** The lines of records of an export, in the order in which they stand. @param {string} file */
async function records(file) {
  const lines = (await readFile(desk.file(file), 'utf8')).split('\n');
  return lines.filter((line) => line.includes('"record":'));
}

/** Everything that a store can hold, in an account. @param {string} keyPrefix */
async function fillAll(keyPrefix) {
  const store = /** @type {any} */ (desk.store({ keyPrefix, now: () => Date.now() - 3_600_000 }));
  await fill(store, { threads: 6, turns: 3, perTurn: 4 });
  const createdAt = new Date('2026-01-02T03:04:05Z');
  await store.persistWorkflowSnapshot({
    ...{ workflowName: 'flow', runId: 'run:1', resourceId: 'user-1', createdAt },
    snapshot: { status: 'suspended', context: { n: 1.5 } },
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
  await store.saveScore({ ...score, id: 'score-1', output: 'x' });
  const task = { id: 'task-1', status: 'running', toolName: 't', toolCallId: 'c', agentId: 'a', runId: 'r' };
  await store.createTask({ ...task, args: {}, createdAt, retryCount: 0, maxRetries: 0, timeoutMs: 1 });
  await store.setState({ threadId: 't:1', type: 'task', value: [1, { a: null }] });
  await store.putBlob({ hash: 'abc', content: 'wörds 🙂'.repeat(300_000), size: 4, createdAt });
  const scope = { threadId: null, resourceId: 'user-0', scope: 'resource', config: {} };
  await store.initializeObservationalMemory(scope);
  await store.close();
}

describe('from one home to another', () => {
  test('all that was stored arrives: REST, object, KV, both, and back', { timeout: 180_000 }, async () => {
    await fillAll('a_');
    const { counts } = await desk.result(['export', '--prefix', 'a_', '-o', '0.ndjson']);
    expect(counts).toMatchObject({
      thread: 6,
      message: 72,
      resource: 3,
      run: 1,
      score: 1,
      task: 1,
      state: 1,
      blob: 1,
    });
    expect(counts).toHaveProperty('observation');
    const path = /** @type {const} */ (['objects', 'kv', 'mixed']);
    for (const [step, home] of path.entries()) {
      const prefix = `step${step}_`;
      const imported = await result(home, prefix, ['import', `${step}.ndjson`]);
      expect(imported).toMatchObject({ counts, skipped: [] });
      const exported = await result(home, prefix, ['export', '-o', `${step + 1}.ndjson`]);
      expect(exported).toMatchObject({ counts, damaged: {} });
      expect(await records(`${step + 1}.ndjson`)).toEqual(await records('0.ndjson'));
      const { findings, looked } = await result(home, prefix, ['verify']);
      expect(findings).toBeUndefined();
      expect(looked.messages).toBe(72);
    }
    await desk.result(['import', '3.ndjson', '--prefix', 'b_']);
    const read = async (/** @type {string} */ keyPrefix) => {
      const store = /** @type {any} */ (desk.store({ keyPrefix }));
      return [
        await store.listThreads({ perPage: false }),
        await store.listMessages({ threadId: 'thread-3', perPage: false }),
        await store.listWorkflowRuns({}),
        await store.getTask('task-1'),
        await store.getState({ threadId: 't:1', type: 'task' }),
        await store.getBlob('abc'),
        await store.getObservationalMemory(null, 'user-0'),
      ];
    };
    expect(await read('b_')).toEqual(await read('a_'));
  });

  test.each(/** @type {const} */ (['objects', 'kv', 'mixed']))(
    '%s: counted, erased, swept, cleared',
    async (home) => {
      await result(home, 'go_', ['import', '0.ndjson']);
      const stats = await result(home, 'go_', ['stats']);
      expect(stats.tables).toMatchObject({
        threads: { records: 6 },
        messages: { records: 72 },
        blobs: { records: 1 },
      });
      expect(stats.users.count).toBe(3);
      const { deleted } = await result(home, 'go_', ['erase', '--resource', 'user-1', '--yes']);
      expect(deleted).toBeGreaterThan(24);
      const after = await result(home, 'go_', ['stats']);
      expect(after.users.count).toBe(2);
      expect(after.tables.messages.records).toBe(48);
      await result(home, 'go_', ['sweep']);
      await result(home, 'go_', ['clear', '--yes']);
      expect((await result(home, 'go_', ['stats'])).total.records).toBe(0);
      // Another prefix is another store.
      const others = await result(home, home === 'objects' ? 'step0_' : home === 'kv' ? 'step1_' : 'step2_', [
        'stats',
      ]);
      expect(others.tables.messages.records).toBe(72);
    },
  );
});

test.each(/** @type {const} */ (['objects', 'kv', 'mixed']))(
  '%s: any program gets the same file',
  async (home) => {
    await result(home, 'file_', ['import', '0.ndjson']);
    const headers = { Authorization: `Bearer ${READER}`, 'Threadkv-Prefix': 'file_' };
    const answer = await fetch(`${workers[home].url}/v1/export`, { headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    await writeFile(desk.file(`${home}.ndjson`), await answer.text());
    expect(await records(`${home}.ndjson`)).toEqual(await records('0.ndjson'));
    // Its checksums are right, too.
    const imported = await desk.result(['import', `${home}.ndjson`, '--prefix', `${home}_`]);
    expect(imported).toMatchObject({ counts: { thread: 6, message: 72 }, skipped: [] });
  },
);

describe('who may', () => {
  test('a token that may read exports and verifies, and changes nothing', async () => {
    const read = { token: READER };
    const { counts } = await result('objects', 'step0_', ['export', '-o', 'read.ndjson'], read);
    expect(counts.message).toBe(72);
    expect((await result('objects', 'step0_', ['verify'], read)).looked.messages).toBe(72);
    const { where, env } = at('objects', 'step0_', READER);
    for (const args of [
      ['import', '0.ndjson'],
      ['clear', '--yes'],
      ['verify', '--repair'],
    ]) {
      const { code, stderr } = await desk.run([...args, ...where], { env });
      if (args[1] === '--repair') continue;
      expect([code, stderr]).toEqual([1, expect.stringContaining('may read, not write')]);
    }
    expect((await result('objects', 'step0_', ['stats'], read)).tables.messages.records).toBe(72);
  });

  test('a wrong token, none, and a place that is none are said so; the token stands nowhere', async () => {
    const { where, env } = at('kv', 'x_', 'a-token-that-nobody-knows');
    const wrong = await desk.run(['stats', ...where], { env });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('the token is wrong')]);
    expect(wrong.stderr + wrong.stdout).not.toContain('a-token-that-nobody-knows');
    const none = await desk.run(['stats', ...where], { env: { ...env, THREADKV_TOKEN: undefined } });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('set THREADKV_TOKEN')]);
    for (const [address, words] of [
      ['http://memory.example', /use https/],
      ['https://me:secret@memory.example', /takes no password/],
      ['nonsense', /wants an address/],
    ]) {
      const { code, stderr } = await desk.run(['stats', '--worker', String(address)], {
        env: at('kv', '').env,
      });
      expect(stderr).toMatch(words);
      expect(stderr).not.toContain('secret@');
      expect(code).toBe(2);
    }
    const both = await desk.run(['stats', ...at('kv', '').where, '--local'], { env: at('kv', '').env });
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('not both')]);
  });
});
