/**
 * A file of Mastra's LibSQL store with something in each domain that threadkv has.
 *
 * @module
 */

import { LibSQLStore } from '@mastra/libsql';

const at = (/** @type {number} */ n) => new Date(Date.UTC(2026, 0, 1, 0, 0, n));

/** @param {number} n */
const message = (n) => ({
  id: `m${n}`,
  threadId: 't',
  resourceId: 'ada',
  role: n % 2 ? 'user' : 'assistant',
  createdAt: at(n),
  content: { format: 2, parts: [{ type: 'text', text: `says ${n}` }] },
});

/** @param {string} spanId @param {object} more */
const span = (spanId, more) => ({
  ...{ traceId: 'tr', spanId, name: spanId, spanType: 'agent_run', isEvent: false },
  ...{ startedAt: at(1), endedAt: at(2), ...more },
});

/** @param {string} file @returns {Promise<any>} its domains; they are open until `close` of the store */
export async function fill(file) {
  const storage = new LibSQLStore({ id: 'laptop', url: `file:${file}` });
  await storage.init();
  const d = /** @type {any} */ (storage.stores);
  await d.memory.saveThread({
    thread: {
      id: 't',
      resourceId: 'ada',
      title: 'Trip',
      metadata: { a: 1, big: 1e21 },
      createdAt: at(1),
      updatedAt: at(2),
    },
  });
  await d.memory.saveMessages({ messages: [1, 2, 3].map(message) });
  await d.memory.saveResource({
    resource: { id: 'ada', workingMemory: '# Ada', metadata: { x: [1] }, createdAt: at(1), updatedAt: at(3) },
  });
  const om = await d.memory.initializeObservationalMemory({
    threadId: null,
    resourceId: 'ada',
    scope: 'resource',
    config: { a: 1 },
  });
  await d.memory.updateActiveObservations({
    id: om.id,
    observations: 'likes tea',
    tokenCount: 3,
    lastObservedAt: at(4),
  });
  await d.memory.createReflectionGeneration({
    currentRecord: await d.memory.getObservationalMemory(null, 'ada'),
    reflection: 'tea',
    tokenCount: 1,
  });
  await d.workflows.persistWorkflowSnapshot({
    workflowName: 'wf',
    runId: 'r1',
    resourceId: 'ada',
    snapshot: {
      runId: 'r1',
      status: 'suspended',
      context: { input: { n: 1 } },
      value: {},
      activePaths: [],
      suspendedPaths: {},
      timestamp: 5,
      serializedStepGraph: [],
    },
  });
  await d.scores.saveScore({
    scorerId: 'length',
    entityId: 'guide',
    entityType: 'AGENT',
    runId: 'r',
    score: 0.5,
    source: 'TEST',
    scorer: { id: 'length' },
    entity: { id: 'guide' },
    input: [{ role: 'user' }],
    output: '{"looks":"like JSON"}',
  });
  await d.backgroundTasks.createTask({
    id: 'task',
    status: 'pending',
    toolName: 'x',
    toolCallId: 'c',
    args: { a: 1 },
    agentId: 'g',
    runId: 'r',
    retryCount: 0,
    maxRetries: 1,
    timeoutMs: 5,
    createdAt: at(5),
  });
  await d.threadState.setState({ threadId: 't', type: 'goal', value: { g: 1 } });
  await d.blobs.put({ hash: 'h1', content: 'blob', size: 4, mimeType: 'text/plain', createdAt: at(1) });
  await d.schedules.createSchedule({
    id: 's',
    target: { type: 'workflow', workflowId: 'wf', inputData: { a: 1 } },
    cron: '* * * * *',
    status: 'active',
    nextFireAt: 1700000000000,
    createdAt: 1690000000000,
    updatedAt: 1690000000000,
    metadata: { m: 1 },
    ownerType: 'agent',
    ownerId: 'g',
  });
  await d.schedules.recordTrigger({
    scheduleId: 's',
    runId: 'sched_s_1',
    scheduledFireAt: 1690000000000,
    actualFireAt: 1690000000001,
    outcome: 'published',
    triggerKind: 'schedule-fire',
  });
  await d.notifications.createNotification({
    threadId: 't',
    source: 'mail',
    kind: 'new',
    summary: 'A mail',
    payload: '{"looks":"like JSON"}',
    attributes: { n: 1 },
    resourceId: 'ada',
    deliverAt: at(9),
    dedupeKey: 'k',
  });
  await d.channels.saveInstallation({
    id: 'i',
    platform: 'slack',
    agentId: 'guide',
    status: 'active',
    webhookId: 'w',
    data: { token: 'enc' },
    configHash: 'h',
    createdAt: at(1),
    updatedAt: at(1),
  });
  await d.channels.saveConfig({ platform: 'slack', data: { refreshToken: 'enc' }, updatedAt: at(1) });
  await d.workflowDefinitions.upsert({
    id: 'flow',
    inputSchema: { type: 'object' },
    outputSchema: {},
    graph: [{ type: 'tool', id: 'x', toolId: 'y' }],
    metadata: { a: 1 },
    schedule: { cron: '* * * * *' },
    authorId: 'bob',
  });
  await d.toolProviderConnections.upsertConnection({
    authorId: 'bob',
    providerId: 'p',
    connectionId: 'c',
    toolkit: 'gmail',
    label: 'Mine',
  });
  await d.harness.saveSession({
    id: 'hs',
    ownerId: 'o',
    resourceId: 'ada',
    threadId: 't',
    subagentDepth: 0,
    source: { type: 'x' },
    origin: 'user',
    modeId: 'm',
    modelId: 'gpt',
    state: { a: 1 },
    pending: [
      {
        id: 'p',
        sessionId: 'hs',
        kind: 'question',
        status: 'pending',
        createdAt: at(1),
        updatedAt: at(1),
        payload: {},
      },
    ],
    createdAt: at(1),
    lastActivityAt: at(2),
  });
  await d.observability.batchCreateSpans({
    records: [
      span('root', {
        metadata: { a: 1 },
        tags: ['x'],
        entityType: 'agent',
        entityId: 'guide',
        resourceId: 'ada',
        threadId: 't',
      }),
      span('c1', { parentSpanId: 'root', error: { message: 'no' }, input: { q: 1 } }),
      span('c2', { parentSpanId: 'root', output: 'text', startedAt: at(3) }),
    ],
  });
  await d.agents.create({
    agent: {
      id: 'a',
      name: 'A',
      instructions: 'Be kind.',
      model: { provider: 'o', name: 'm' },
      metadata: { team: 'x' },
      authorId: 'bob',
    },
  });
  const v = await d.agents.getLatestVersion('a');
  await d.agents.createVersion({
    ...v,
    id: 'v2',
    versionNumber: 2,
    instructions: 'Be quick.',
    changeMessage: 'quick',
    changedFields: ['instructions'],
  });
  await d.agents.update({ id: 'a', status: 'published', activeVersionId: 'v2' });
  await d.promptBlocks.create({ promptBlock: { id: 'b', name: 'B', content: 'Hi' } });
  await d.scorerDefinitions.create({
    scorerDefinition: { id: 'sd', name: 'S', type: 'llm-judge', scoreRange: { min: 0, max: 1 } },
  });
  await d.mcpClients.create({
    mcpClient: { id: 'mc', name: 'M', servers: { a: { type: 'stdio', command: 'x' } } },
  });
  await d.mcpServers.create({
    mcpServer: { id: 'ms', name: 'M', version: '1', isLatest: true, tools: { a: {} } },
  });
  await d.workspaces.create({
    workspace: { id: 'w', name: 'W', autoSync: true, filesystem: { provider: 'local', config: {} } },
  });
  await d.skills.create({
    skill: {
      id: 'k',
      name: 'K',
      description: 'knits',
      instructions: 'Knit.',
      metadata: { a: 1 },
      authorId: 'bob',
    },
  });
  await d.favorites.favorite({ userId: 'u', entityType: 'agent', entityId: 'a' });
  await d.experiments.createExperiment({
    ...{ id: 'e', name: 'First', datasetId: null, datasetVersion: null, targetType: 'agent', targetId: 'a' },
    ...{ totalItems: 1, metadata: { a: 1 }, scorerIds: ['length'] },
  });
  await d.experiments.addExperimentResult({
    ...{
      id: 'er',
      experimentId: 'e',
      itemId: 'item',
      itemDatasetVersion: null,
      input: { q: 1 },
      output: 'x',
    },
    ...{
      groundTruth: null,
      error: null,
      startedAt: at(1),
      completedAt: at(2),
      retryCount: 0,
      tags: ['good'],
    },
  });
  return storage;
}
