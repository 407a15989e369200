/** Moving in from Mastra's own store: every layout it has written, in tests/cli/adoption; stopped, repeated, deleted. */

import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk } from './support.js';

/** @type {Desk} */
let desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

const LAYOUTS = ['0.11', '1.0-beta', 'newer'];

/** @param {string} name */
function fixture(name) {
  return JSON.parse(readFileSync(new URL(`adoption/${name}.json`, import.meta.url), 'utf8'));
}

/**
 * Stores what the layout says.
 *
 * @param {any} layout
 * @param {string} [before]  the titles of namespaces begin with it
 */
function settle(layout, before = '') {
  for (const [title, keys] of Object.entries(layout.namespaces)) {
    const storage = desk.storage(`${before}${title}`);
    for (const [key, value] of Object.entries(keys)) {
      storage.put(key, typeof value === 'string' ? value : JSON.stringify(value), '""');
    }
  }
}

/** What Mastra's own store has left, key by key. */
function source() {
  return desk.contents().filter(({ title }) => title.includes('mastra_'));
}

/** @param {any} layout */
function args(layout) {
  return ['adopt', '--from-prefix', layout.prefix, '--prefix', 'new_', '--raw-keys'];
}

/** JSON as it is stored, with texts for dates. @param {unknown} value */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

/** @param {import('../../bindings/index.js').CloudflareStore} store @param {any} layout */
async function compare(store, layout) {
  const { threads } = await store.listThreads({ perPage: false, filter: {} });
  const archived = await store.listThreads({ perPage: false, filter: { archived: true } });
  const all = [...threads, ...archived.threads.filter(({ id }) => !threads.some((one) => one.id === id))];
  expect(plain(all.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()))).toEqual(layout.threads);
  for (const [threadId, messages] of Object.entries(layout.messages)) {
    expect(plain((await store.listMessages({ threadId, perPage: false })).messages)).toEqual(messages);
  }
  for (const [resourceId, resource] of Object.entries(layout.resources ?? {})) {
    expect(plain(await store.getResourceById({ resourceId }))).toEqual(resource);
  }
  for (const [id, score] of Object.entries(layout.scores ?? {})) {
    expect(plain(await store.getScoreById({ id }))).toEqual(score);
  }
  for (const [name, snapshot] of Object.entries(layout.runs ?? {})) {
    const [workflowName, runId] = name.split(' ');
    expect(await store.loadWorkflowSnapshot({ workflowName, runId })).toEqual(snapshot);
  }
  if (layout.traces) expect(plain(await store.getTraces())).toEqual(layout.traces);
  if (layout.evals) expect(plain((await store.getEvals()).evals)).toEqual(layout.evals);
  for (const [id, task] of Object.entries(layout.tasks ?? {})) {
    expect(plain(await store.getTask(id))).toEqual(task);
  }
}

describe.each(LAYOUTS)('what %s wrote', (name) => {
  const layout = fixture(name);
  const code = layout.refused === undefined ? 0 : 3;

  test('is adopted, whole, and the source stays', async () => {
    settle(layout);
    const before = source();
    const result = await desk.result(args(layout), { code });
    const { counts, converted, skipped, refused = {} } = layout;
    expect(result).toMatchObject({ done: true, adopted: counts, converted, skipped, refused, kept: {} });
    await compare(desk.store({ keyPrefix: 'new_' }), layout);
    expect(source()).toEqual(before);
  });

  test('a dry run counts the same, names ids, and writes nothing', async () => {
    settle(layout);
    const before = desk.contents();
    const { adopted, converted, samples, dryRun } = await desk.result([...args(layout), '--dry-run'], {
      code,
    });
    expect({ adopted, converted, dryRun }).toEqual({
      adopted: layout.counts,
      converted: layout.converted,
      dryRun: true,
    });
    expect(samples.thread).toEqual(expect.arrayContaining([layout.threads[0].id]));
    expect(desk.contents()).toEqual(before);
  });

  test('twice is once', async () => {
    settle(layout);
    await desk.result(args(layout), { code });
    const keys = () =>
      desk.contents().map(({ title, key, text }) => [title, key, key.includes('metadata:') ? '' : text]);
    const once = keys();
    await desk.result(args(layout), { code });
    expect(keys()).toEqual(once);
  });

  test('with --delete-source only what could not be adopted stays', async () => {
    settle(layout);
    const { deleted } = await desk.result([...args(layout), '--delete-source'], { code });
    expect(deleted).toEqual(layout.counts);
    await compare(desk.store({ keyPrefix: 'new_' }), layout);
    const refused = Object.values(layout.refused ?? {}).flatMap(({ keys }) => keys);
    const left = source().map(({ key }) => key);
    const foreign = left.filter((key) => key.includes('schema:') || key.startsWith('other_'));
    const lists = left.filter((key) => key.endsWith(':messages') && refused.length > 0);
    expect(left.filter((key) => !foreign.includes(key) && !lists.includes(key)).sort()).toEqual(
      refused.sort(),
    );
  });
});

test('keys without a prefix are left alone unless asked for', async () => {
  const layout = fixture('0.11');
  settle(layout);
  const { adopted } = await desk.result(['adopt', '--from-prefix', 'dev_', '--prefix', 'new_']);
  expect(adopted).toEqual({ thread: 3, message: 5, run: 1, trace: 1, eval: 1 });
  const { stderr } = await desk.run(['adopt', '--from-prefix', 'dev_', '--prefix', 'new_']);
  expect(stderr).toContain('--raw-keys');
});

test('namespaces of the REST mode: the prefix stands before titles and keys', async () => {
  settle(fixture('0.11'), 'dev__');
  const { adopted } = await desk.result(['adopt', '--from-namespace-prefix', 'dev_', '--prefix', 'new_']);
  expect(adopted).toEqual({ thread: 3, message: 5, run: 1, trace: 1, eval: 1 });
});

test('one namespace for everything, named by hand, with the new data beside the old', async () => {
  const layout = fixture('0.11');
  for (const keys of Object.values(layout.namespaces)) {
    for (const [key, value] of Object.entries(keys))
      desk.storage('all').put(key, JSON.stringify(value), '""');
  }
  const tables = [
    'threads',
    'messages',
    'resources',
    'metadata',
    'workflow_snapshot',
    'scores',
    'background_tasks',
    'traces',
    'evals',
  ];
  const from = tables.flatMap((table) => ['--from-namespace', `${table}=all`]);
  const named = [...from, '--namespace', 'default=all'];
  const { adopted } = await desk.result([...args(layout), '--prefix', 'dev_', ...named]);
  expect(adopted).toEqual(layout.counts);
  await desk.result([...args(layout), '--prefix', 'dev_', ...named]);
});

test('nothing there: zero, and said so', async () => {
  const { stdout, code } = await desk.run(['adopt', '--from-prefix', 'dev_', '--prefix', 'new_']);
  expect(stdout).toContain('Nothing of Mastra’s store was found');
  expect(code).toBe(0);
});

test('what threadkv has changed since is kept, what the old program has changed since is taken', async () => {
  const layout = fixture('0.11');
  settle(layout);
  await desk.result(args(layout));
  const store = desk.store({ keyPrefix: 'new_' });
  await store.updateThread({ id: 't1', title: 'Changed here' });
  await store.close();
  const t2 = { ...layout.namespaces.mastra_threads['dev_:mastra_threads:t2'], title: 'Changed there' };
  t2.updatedAt = '2024-02-01T00:00:00.000Z';
  desk.storage('mastra_threads').put('dev_:mastra_threads:t2', JSON.stringify(t2), '""');
  const { kept } = await desk.result(args(layout));
  expect(kept).toEqual({ thread: 1 });
  const titles = async () => {
    const after = desk.store({ keyPrefix: 'new_' });
    return (await after.listThreads({})).threads.map(({ title }) => title);
  };
  expect(await titles()).toEqual(['Bumped', 'Changed there', 'Changed here']);
  await desk.result([...args(layout), '--overwrite']);
  expect(await titles()).toEqual(['Bumped', 'Changed there', 'Weather']);
});

/** A store of Mastra's with `count` messages in the second format. @param {number} count */
function many(count) {
  /** @type {Record<string, unknown>} */
  const threads = {};
  /** @type {Record<string, unknown>} */
  const messages = {};
  const at = (/** @type {number} */ n) => new Date(Date.UTC(2025, 0, 1) + n * 1000).toISOString();
  for (let t = 0; t < 30; t++) {
    const [id, resourceId] = [`t${t}`, `u${t % 4}`];
    threads[`mastra_threads:${id}`] = { id, resourceId, title: '', createdAt: at(t), updatedAt: at(t) };
    for (let m = 0; m < count / 30; m++) {
      const content = { format: 2, parts: [{ type: 'text', text: `${m}` }] };
      const message = { id: `${id}-${m}`, threadId: id, resourceId, role: 'user', content, createdAt: at(m) };
      messages[`mastra_messages:${id}:${message.id}`] = { ...message, type: 'v2' };
    }
  }
  return { namespaces: { mastra_threads: threads, mastra_messages: messages } };
}

test('interrupted again and again, it loses nothing and doubles nothing', async () => {
  settle(many(1800));
  const adopt = ['adopt', '--prefix', 'new_', '--delete-source'];
  let runs = 0;
  let puts = 0;
  for (let done = false; !done; runs++) {
    desk.server.reset();
    const interruptAt = (/** @type {{ path: string }} */ { path }) =>
      /^\/(threads|messages)\/bulk$/.test(path) ||
      (runs > 6 && /bulk\/delete/.test(path) && ++puts % 2 === 0);
    const outcome = await desk.run([...adopt, '--json'], { interruptAt });
    done = JSON.parse(outcome.stdout).done;
    expect(outcome.code).toBe(done ? 0 : 130);
    expect(runs).toBeLessThan(20);
  }
  expect(runs).toBeGreaterThan(3);
  expect(source()).toEqual([]);
  const store = desk.store({ keyPrefix: 'new_' });
  for (let t = 0; t < 30; t++) {
    const { messages, total } = await store.listMessages({ threadId: `t${t}`, perPage: false });
    expect(total).toBe(60);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(60);
  }
  await expect(rm(desk.file('threadkv-adopt.state'))).rejects.toThrow('ENOENT');
});

test('a run that was cut off leaves nothing half done once it was repeated', async () => {
  settle(many(600));
  let cut = true;
  const fault = {
    match: (/** @type {{ path: string }} */ { path }) => cut && path === '/metadata/bulk',
    status: 400,
    times: 20,
  };
  desk.server.fail(fault);
  expect((await desk.run(['adopt', '--prefix', 'new_'])).code).toBe(1);
  cut = false;
  await desk.result(['adopt', '--prefix', 'new_']);
  const store = desk.store({ keyPrefix: 'new_' });
  const { total } = await store.listMessages({ threadId: 't7', perPage: false });
  expect(total).toBe(20);
  expect((await store.listThreadsByResourceId({ resourceId: 'u1' })).total).toBe(8);
});
