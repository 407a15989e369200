/** Moving in from a laptop: a file of Mastra's LibSQL store, all of its domains; stopped, repeated, refused. */

import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TABLES } from '../../bindings/core/abi.js';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { fill } from './adoption/laptop.js';
import { Desk } from './support.js';

/** @type {Desk} */
let desk;
/** @type {string} */
let file;
/** What the file's store answers. @type {Record<string, any>} */
let wanted;

beforeEach(async () => {
  desk = await Desk.open();
  file = desk.file('mastra.db');
  const storage = await fill(file);
  wanted = await answers(storage.stores);
  await storage.close();
});
afterEach(() => desk.close());

/** A Mastra's domains over what was adopted. @returns {any} */
function adopted() {
  const bindings = Object.fromEntries(
    TABLES.map(([name]) => [name, createMemoryNamespace({ storage: desk.storage(name) })]),
  );
  return new CloudflareStore({ bindings, keyPrefix: 'new_', core: createCore() }).stores;
}

const adopt = (/** @type {string[]} */ ...args) => ['adopt', '--from', file, '--prefix', 'new_', ...args];

/** Without what is absent in one of the ways of saying so. @param {any} value @returns {any} */
function plain(value) {
  return JSON.parse(JSON.stringify(value ?? null, (_, one) => (one === null ? undefined : one)) ?? 'null');
}

/** @param {string} name */
const without = (name) => (/** @type {any} */ one) => ({ ...one, [name]: undefined });

/** What there is of each domain, by its own methods. @param {any} d */
async function answers(d) {
  const versionsOf = async (/** @type {any} */ domain, /** @type {string} */ id) => {
    const { versions } = await domain.listVersions(Object.fromEntries(PARENTS.map((name) => [name, id])));
    return [await domain.getById(id), versions, await domain.getByIdResolved(id)];
  };
  const { id: version } = await d.agents.getLatestVersion('a');
  const { definitions } = await d.workflowDefinitions.list({});
  return plain({
    threads: (await d.memory.listThreads({ filter: {}, perPage: false })).threads,
    messages: (await d.memory.listMessages({ threadId: 't', perPage: false })).messages.map(without('type')),
    resource: await d.memory.getResourceById({ resourceId: 'ada' }),
    observations: await d.memory.getObservationalMemory(null, 'ada'),
    generations: await d.memory.getObservationalMemoryHistory(null, 'ada'),
    run: await d.workflows.getWorkflowRunById({ workflowName: 'wf', runId: 'r1' }),
    scores: (await d.scores.listScoresByScorerId({ scorerId: 'length', pagination: { page: 0, perPage: 9 } }))
      .scores,
    tasks: (await d.backgroundTasks.listTasks({})).tasks,
    state: await d.threadState.getState({ threadId: 't', type: 'goal' }),
    blob: await d.blobs.get('h1'),
    schedules: await d.schedules.listSchedules(),
    due: await d.schedules.listDueSchedules(1_700_000_000_000),
    triggers: await d.schedules.listTriggers('s'),
    notifications: await d.notifications.listNotifications({ threadId: 't' }),
    dueNotifications: await d.notifications.listDueNotifications({ now: new Date() }),
    installation: await d.channels.getInstallationByWebhookId('w'),
    channel: await d.channels.getConfig('slack'),
    // LibSQL's store tells a schedule as bytes.
    definitions: definitions.map(without('schedule')),
    connections: await d.toolProviderConnections.listConnectionsByAuthor({}),
    sessions: await d.harness.listSessions(),
    roots: (await d.observability.listTraces({ filters: { tags: ['x'] } })).spans,
    failed: (await d.observability.listTraces({ filters: { hasChildError: true } })).pagination.total,
    trace: await d.observability.getTrace({ traceId: 'tr' }),
    agent: await versionsOf(d.agents, 'a'),
    version: await d.agents.getVersion(version),
    promptBlock: await versionsOf(d.promptBlocks, 'b'),
    scorer: await versionsOf(d.scorerDefinitions, 'sd'),
    mcpClient: await versionsOf(d.mcpClients, 'mc'),
    mcpServer: await versionsOf(d.mcpServers, 'ms'),
    workspace: await versionsOf(d.workspaces, 'w'),
    skill: await versionsOf(d.skills, 'k'),
    experiment: await d.experiments.getExperimentById({ id: 'e' }),
    results: (
      await d.experiments.listExperimentResults({ experimentId: 'e', pagination: { page: 0, perPage: 9 } })
    ).results,
    result: await d.experiments.getExperimentResultById({ id: 'er' }),
    favorites: await d.favorites.listFavoritedIds({ userId: 'u', entityType: 'agent' }),
  });
}
const PARENTS = [
  ...['agentId', 'blockId', 'scorerDefinitionId', 'mcpClientId', 'mcpServerId', 'workspaceId', 'skillId'],
];

describe('threadkv adopt --from', () => {
  it('takes every domain, each as its own methods tell it', async () => {
    const { adopted: counts, refused } = await desk.result(adopt());
    expect(counts).toMatchObject({ thread: 1, message: 3, trace_root: 1, agent: 1, agent_version: 2 });
    expect(refused).toEqual({});
    const found = await answers(adopted());
    expect(found).toEqual(wanted);
  });

  it('takes the schedule of a workflow as what it is', async () => {
    await desk.result(adopt());
    const { schedule } = await adopted().workflowDefinitions.get('flow');
    expect(schedule).toEqual({ cron: '* * * * *' });
  });

  it('counts and writes nothing with --dry-run', async () => {
    const before = desk.contents();
    const { adopted: counts, samples } = await desk.result(adopt('--dry-run'));
    expect(counts).toMatchObject({ thread: 1, message: 3, notification: 1, skill_version: 1 });
    expect(samples.thread).toEqual(['t']);
    expect(desk.contents()).toEqual(before);
  });

  it('done twice is done once', async () => {
    await desk.result(adopt());
    const once = desk.contents();
    const { adopted: counts, kept } = await desk.result(adopt());
    expect(counts).toMatchObject({ thread: 1, message: 3, agent: 1, observation: 1 });
    expect(kept).toEqual({});
    const keys = (/** @type {any[]} */ all) => all.map(({ title, key }) => [title, key]);
    expect(keys(desk.contents())).toEqual(keys(once));
    expect(await answers(adopted())).toEqual(wanted);
  });

  it('keeps what has changed since, unless it is told not to', async () => {
    await desk.result(adopt());
    await adopted().agents.update({ id: 'a', metadata: { team: 'y' } });
    expect((await desk.result(adopt())).kept).toEqual({ agent: 1 });
    expect((await adopted().agents.getById('a')).metadata).toEqual({ team: 'y' });
    await desk.result(adopt('--overwrite'));
    expect((await adopted().agents.getById('a')).metadata).toEqual({ team: 'x' });
  });

  it('that was stopped goes on where it stopped', async () => {
    let writes = 0;
    const interruptAt = (/** @type {{ method: string }} */ { method }) => method === 'PUT' && ++writes === 12;
    const { code, stderr } = await desk.run(adopt(), { interruptAt });
    expect([code, stderr]).toEqual([130, expect.stringContaining('goes on from here')]);
    const { resumed, adopted: counts } = await desk.result(adopt());
    expect(resumed).toBe(true);
    expect(counts).toMatchObject({ thread: 1, message: 3, favorite: 1 });
    expect(await answers(adopted())).toEqual(wanted);
  });

  it('that was killed is taken up, too', async () => {
    let writes = 0;
    const interruptAt = (/** @type {{ method: string }} */ { method }) => method === 'PUT' && ++writes === 12;
    const killed = await desk.run(adopt(), { interruptAt, signal: 'SIGKILL' });
    expect(killed.code).toBeNull();
    expect((await desk.result(adopt())).resumed).toBe(true);
    expect(await answers(adopted())).toEqual(wanted);
  });

  it('says which tables and rows are left out, and why, without a word of them', async () => {
    const database = new DatabaseSync(file);
    database.exec(`CREATE TABLE mastra_tomorrow (id TEXT); INSERT INTO mastra_tomorrow VALUES ('x'), ('y')`);
    database.exec(`UPDATE mastra_favorites SET createdAt = 'secret'`);
    database.close();
    const { refused } = await desk.result(adopt(), { code: 3 });
    expect(refused).toEqual({
      'favorite: its createdAt is no date': {
        count: 1,
        keys: [expect.stringMatching(/^mastra_favorites:\d+$/)],
      },
      'mastra_tomorrow: threadkv adopt does not know it': { count: 2, keys: [] },
    });
  });

  it('refuses files that are none, and options that mean namespaces', async () => {
    const refusal = async (/** @type {string[]} */ ...args) => {
      const { code, stderr } = await desk.run(args);
      return [code, stderr.trim()];
    };
    expect(await refusal('adopt', '--from', desk.file('none.db'))).toEqual([
      2,
      expect.stringContaining('there is no'),
    ]);
    writeFileSync(
      desk.file('text.db'),
      'this is no database, and long enough to be looked at as one'.repeat(20),
    );
    expect(await refusal('adopt', '--from', desk.file('text.db'))).toEqual([
      2,
      expect.stringContaining('is no database of Mastra’s LibSQL store'),
    ]);
    for (const args of [['--from-prefix', 'dev_'], ['--raw-keys'], ['--delete-source']]) {
      expect(await refusal(...adopt(...args))).toEqual([2, expect.stringContaining(args[0])]);
    }
  });
});
