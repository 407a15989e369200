/**
 * Where Mastra's own store in memory, LibSQL's and ours answer otherwise, and why. Each has to be met: what no longer
 * differs does not stay here.
 *
 * @module
 */

/** @typedef {import('./trio.js').Difference} Difference */

/** @type {Difference} */
const REPLACES = {
  store: 'libsql',
  method: 'create',
  when: (_, answer, reference) => reference?.failed,
  spared: true,
  reason: 'a second creation replaces the record, and leaves versions of the first',
};
/** @type {Difference} */
const REMOVES = {
  store: 'libsql',
  method: 'create',
  when: (_, answer, reference) => reference?.failed,
  spared: true,
  reason: 'a second creation fails, and takes the record of the first away',
};

/** @type {Record<string, readonly import('./trio.js').Difference[]>} */
export const DIFFERENCES = {
  scores: [
    {
      store: 'memory',
      method: 'listScoresByRunId listScoresByEntityId listScoresBySpan listScoresByScorerId',
      reason: 'it lists scores as they were saved, the others the newest first',
    },
  ],
  workflows: [
    {
      store: 'memory',
      method: 'listWorkflowRuns getWorkflowRunById',
      ignores: ['run_id', 'workflow_name'],
      reason: 'it tells names of columns beside fields',
    },
  ],
  notifications: [
    {
      store: 'libsql',
      method: 'listNotifications',
      when: ([{ limit }]) => limit === 0,
      reason: 'limit 0 is no limit there',
    },
    {
      store: 'libsql',
      method: 'listNotifications',
      when: ([{ search }]) => search === 'mail',
      reason: 'it does not search in `source`',
    },
  ],
  channels: [
    {
      store: 'libsql',
      method: 'getInstallation getInstallationByWebhookId getInstallationByAgent listInstallations getConfig',
      ignores: ['createdAt', 'updatedAt'],
      reason: 'dates are those of its own clock, and the first createdAt stays',
    },
    {
      store: 'libsql',
      method: 'listInstallations',
      unordered: true,
      reason: 'it lists the newest first, the reference as they were saved',
    },
    {
      store: 'libsql',
      method: 'getInstallationByAgent',
      reason: 'of two of one status it takes the last saved, the reference the first',
    },
  ],
  toolProviderConnections: [
    {
      store: 'libsql',
      method: 'listConnectionsByAuthor',
      unordered: true,
      reason: 'it lists the newest first, the reference as they were made',
    },
  ],
  workflowDefinitions: [
    {
      store: 'libsql',
      method: 'list',
      unordered: true,
      reason: 'it lists the last changed first, the reference as they were made',
    },
  ],
  agents: [REPLACES],
  promptBlocks: [REPLACES],
  scorerDefinitions: [REPLACES],
  mcpClients: [REPLACES],
  mcpServers: [REPLACES],
  workspaces: [
    REMOVES,
    {
      store: 'libsql',
      method: 'getLatestVersion getVersionByNumber createVersion listVersions listResolved getByIdResolved',
      ignores: ['autoSync'],
      reason: 'autoSync is false where nothing is said',
    },
  ],
  skills: [
    REMOVES,
    {
      store: 'libsql',
      method: 'create',
      ignores: ['favoriteCount', 'visibility'],
      reason: 'creating answers without them',
    },
  ],
  harness: [
    {
      store: 'libsql',
      method: 'listSessions',
      unordered: true,
      reason: 'it lists the last active first, the reference as they were saved',
    },
  ],
  observability: [
    {
      store: 'libsql',
      method: 'getTraceLight',
      ignores: ['threadId', 'resourceId', 'entityId', 'runId'],
      reason: 'its outlines say more',
    },
  ],
};
