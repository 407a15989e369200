/**
 * What an error tells of the arguments of its call: ids, never content. What is not listed tells nothing.
 *
 * @type {Record<string, (...args: any[]) => Record<string, unknown>>}
 */
export const DETAILS = {
  getThreadById: ({ threadId }) => ({ threadId }),
  saveThread: ({ thread }) => ({ threadId: thread.id }),
  updateThread: ({ id, title = null }) => ({ threadId: id, title }),
  deleteThread: ({ threadId }) => ({ threadId }),
  listThreads: ({ page, perPage }) => ({ page, perPage }),
  copyThread: ({ sourceThreadId, newThreadId }) => ({ sourceThreadId, newThreadId }),
  saveMessages: ({ messages }) => ({ threadId: threadOf(messages) }),
  listMessages: ({ threadId, resourceId = '', page }) => ({ threadId: joined(threadId), resourceId, page }),
  listMessagesById: ({ messageIds }) => ({ messageIds: JSON.stringify(messageIds) }),
  listMessagesByResourceId: ({ resourceId, page }) => ({ resourceId, page }),
  deleteMessages: (messageIds) => ({ messageIds: JSON.stringify(messageIds) }),
  getResourceById: ({ resourceId }) => ({ resourceId }),
  saveResource: ({ resource }) => ({ resourceId: resource.id }),
  updateResource: ({ resourceId }) => ({ resourceId }),

  getObservationalMemory: (threadId, resourceId) => ({ threadId, resourceId }),
  getObservationalMemoryHistory: (threadId, resourceId) => ({ threadId, resourceId }),
  clearObservationalMemory: (threadId, resourceId) => ({ threadId, resourceId }),
  initializeObservationalMemory: ({ threadId, resourceId }) => ({ threadId, resourceId }),
  insertObservationalMemoryRecord: ({ id, threadId, resourceId }) => ({ id, threadId, resourceId }),
  updateActiveObservations: ({ id }) => ({ id }),
  updateBufferedObservations: ({ id }) => ({ id }),
  swapBufferedToActive: ({ id }) => ({ id }),
  createReflectionGeneration: ({ currentRecord }) => ({ id: currentRecord.id }),
  updateBufferedReflection: ({ id }) => ({ id }),
  swapBufferedReflectionToActive: ({ currentRecord }) => ({ id: currentRecord.id }),
  updateObservationalMemoryConfig: ({ id }) => ({ id }),
  setReflectingFlag: (id) => ({ id }),
  setObservingFlag: (id) => ({ id }),
  setBufferingObservationFlag: (id) => ({ id }),
  setBufferingReflectionFlag: (id) => ({ id }),
  setPendingMessageTokens: (id) => ({ id }),

  persistWorkflowSnapshot: ({ workflowName, runId }) => ({ workflowName, runId }),
  loadWorkflowSnapshot: ({ workflowName, runId }) => ({ workflowName, runId }),
  getWorkflowRunById: ({ workflowName, runId }) => ({ workflowName, runId }),
  deleteWorkflowRunById: ({ workflowName, runId }) => ({ workflowName, runId }),
  updateWorkflowResults: ({ workflowName, runId, stepId }) => ({ workflowName, runId, stepId }),
  updateWorkflowState: ({ workflowName, runId }) => ({ workflowName, runId }),

  saveScore: ({ id }) => ({ id }),
  getScoreById: ({ id }) => ({ id }),

  createTask: ({ id }) => ({ taskId: id }),
  getTask: (taskId) => ({ taskId }),
  updateTask: (taskId) => ({ taskId }),
  deleteTask: (taskId) => ({ taskId }),
  getRunningCountByAgent: (agentId) => ({ agentId }),

  getState: ({ threadId, type }) => ({ threadId, type }),
  setState: ({ threadId, type }) => ({ threadId, type }),
  deleteState: ({ threadId, type }) => ({ threadId, type }),

  putBlob: ({ hash }) => ({ hash }),
  getBlob: (hash) => ({ hash }),
  hasBlob: (hash) => ({ hash }),
  deleteBlob: (hash) => ({ hash }),

  createSchedule: ({ id }) => ({ scheduleId: id }),
  getSchedule: (scheduleId) => ({ scheduleId }),
  updateSchedule: (scheduleId) => ({ scheduleId }),
  updateScheduleNextFire: (scheduleId) => ({ scheduleId }),
  deleteSchedule: (scheduleId) => ({ scheduleId }),
  recordTrigger: ({ scheduleId, id }) => ({ scheduleId, id }),
  listTriggers: (scheduleId) => ({ scheduleId }),

  createNotification: ({ threadId, id }) => ({ threadId, id }),
  listNotifications: ({ threadId }) => ({ threadId }),
  getNotification: ({ threadId, id }) => ({ threadId, id }),
  updateNotification: ({ threadId, id }) => ({ threadId, id }),
  updateNotificationsStatus: ({ threadId }) => ({ threadId }),

  saveInstallation: ({ id }) => ({ installationId: id }),
  getInstallation: (installationId) => ({ installationId }),
  getInstallationByAgent: (platform, agentId) => ({ platform, agentId }),
  listInstallations: (platform) => ({ platform }),
  deleteInstallation: (installationId) => ({ installationId }),
  saveConfig: ({ platform }) => ({ platform }),
  getConfig: (platform) => ({ platform }),
  deleteConfig: (platform) => ({ platform }),

  upsertWorkflowDefinition: ({ id }) => ({ id }),
  getWorkflowDefinition: (id) => ({ id }),
  deleteWorkflowDefinition: (id) => ({ id }),

  getConnectionById: ({ providerId, connectionId }) => ({ providerId, connectionId }),
  upsertConnection: ({ providerId, connectionId }) => ({ providerId, connectionId }),
  deleteConnection: ({ providerId, connectionId }) => ({ providerId, connectionId }),

  loadSession: (sessionId) => ({ sessionId }),
  saveSession: ({ id }) => ({ sessionId: id }),
  updateSession: (sessionId) => ({ sessionId }),
  appendPendingItem: (sessionId) => ({ sessionId }),
  updatePendingItem: (sessionId) => ({ sessionId }),
  removePendingItem: (sessionId) => ({ sessionId }),

  getSpan: ({ traceId, spanId }) => ({ traceId, spanId }),
  getSpans: ({ traceId }) => ({ traceId }),
  getRootSpan: ({ traceId }) => ({ traceId }),
  getTrace: ({ traceId }) => ({ traceId }),
  getTraceLight: ({ traceId }) => ({ traceId }),

  createExperiment: ({ id }) => ({ experimentId: id }),
  updateExperiment: ({ id }) => ({ experimentId: id }),
  getExperimentById: ({ id }) => ({ experimentId: id }),
  deleteExperiment: ({ id }) => ({ experimentId: id }),
  addExperimentResult: ({ experimentId, itemId, id }) => ({ experimentId, itemId, id }),
  upsertExperimentResult: ({ experimentId, itemId }) => ({ experimentId, itemId }),
  updateExperimentResult: ({ id, experimentId }) => ({ id, experimentId }),
  getExperimentResultById: ({ id }) => ({ id }),
  listExperimentResults: ({ experimentId }) => ({ experimentId }),
  deleteExperimentResults: ({ experimentId }) => ({ experimentId }),

  createDataset: ({ id }) => ({ datasetId: id }),
  getDatasetById: ({ id }) => ({ datasetId: id }),
  updateDataset: ({ id }) => ({ datasetId: id }),
  deleteDataset: ({ id }) => ({ datasetId: id }),
  addItem: ({ datasetId }) => ({ datasetId }),
  batchInsertItems: ({ datasetId }) => ({ datasetId }),
  updateItem: ({ datasetId, id }) => ({ datasetId, id }),
  deleteItem: ({ datasetId, id }) => ({ datasetId, id }),
  batchDeleteItems: ({ datasetId }) => ({ datasetId }),
  purgeItem: ({ datasetId, id }) => ({ datasetId, id }),
  getItemById: ({ id }) => ({ id }),
  getItemsByVersion: ({ datasetId }) => ({ datasetId }),
  getItemHistory: (id) => ({ id }),
  listItems: ({ datasetId }) => ({ datasetId }),
  createDatasetVersion: (datasetId) => ({ datasetId }),
  listDatasetVersions: ({ datasetId }) => ({ datasetId }),

  clearTable: (tableName) => ({ tableName }),
};

/** @param {unknown} ids */
const joined = (ids) => (Array.isArray(ids) ? ids.join(',') : ids);

/** @param {{ threadId?: string }[]} messages */
function threadOf(messages) {
  const ids = new Set(messages.map(({ threadId }) => threadId));
  return ids.size === 1 ? ids.values().next().value : undefined;
}
