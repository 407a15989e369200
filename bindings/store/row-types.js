/**
 * The shapes of what stands alone: scores, background tasks, thread states, blobs; and of retention.
 *
 * @module
 */

/**
 * What a scorer found. Other fields than these are not stored.
 * @typedef {object} Score
 * @property {string} id
 * @property {string} scorerId
 * @property {string} entityId
 * @property {string} runId
 * @property {number} score
 * @property {Record<string, any>} scorer
 * @property {Record<string, any>} entity
 * @property {'LIVE' | 'TEST'} source
 * @property {any} output
 * @property {any} [input]
 * @property {string} [entityType]
 * @property {string} [reason]
 * @property {Record<string, any>} [metadata]
 * @property {Record<string, any>} [additionalContext]
 * @property {Record<string, any>} [requestContext]
 * @property {Record<string, any>} [preprocessStepResult]
 * @property {Record<string, any>} [extractStepResult]
 * @property {Record<string, any>} [analyzeStepResult]
 * @property {string} [preprocessPrompt]
 * @property {string} [extractPrompt]
 * @property {string} [generateScorePrompt]
 * @property {string} [generateReasonPrompt]
 * @property {string} [analyzePrompt]
 * @property {string} [reasonPrompt]
 * @property {string | null} [traceId]
 * @property {string | null} [spanId]
 * @property {string | null} [resourceId]
 * @property {string | null} [threadId]
 * @property {string | null} [organizationId]
 * @property {string | null} [projectId]
 * @property {string | null} [batchId]
 * @property {string | null} [datasetId]
 * @property {string | null} [datasetItemId]
 * @property {Date} createdAt
 * @property {Date} updatedAt
 */
/**
 * A score to be saved: without an id it gets one, with one it takes the place of the score that has it.
 * @typedef {Omit<Score, 'id' | 'createdAt' | 'updatedAt'> & { id?: string, createdAt?: Date | string }} ScoreInput
 */
/**
 * @template T
 * @typedef {Omit<T, 'id' | 'createdAt' | 'updatedAt'> & Pick<Score, 'id' | 'createdAt' | 'updatedAt'>} SavedScore
 */
/** @typedef {{ page?: number, perPage?: number | false }} Pagination  default: page 0, 100 per page; false: all */
/**
 * @typedef {object} ScorePage
 * @property {Score[]} scores  newest first
 * @property {{ total: number, page: number, perPage: number | false, hasMore: boolean }} pagination
 */
/**
 * @typedef {object} ScoreListOptions
 * @property {Pagination} [pagination]
 * @property {{ organizationId?: string, projectId?: string }} [filters]
 */

/** @typedef {'pending' | 'running' | 'suspended' | 'completed' | 'failed' | 'cancelled' | 'timed_out'} TaskStatus */
/**
 * A tool call that runs in the background. Further fields are stored and returned as well.
 * @typedef {object} Task
 * @property {string} id
 * @property {TaskStatus} status
 * @property {string} toolName
 * @property {string} toolCallId
 * @property {Record<string, any>} args
 * @property {string} agentId
 * @property {string} [threadId]
 * @property {string} [resourceId]
 * @property {string} runId
 * @property {any} [result]
 * @property {{ message: string, stack?: string }} [error]
 * @property {any} [suspendPayload]
 * @property {number} retryCount
 * @property {number} maxRetries
 * @property {number} timeoutMs
 * @property {Date} createdAt
 * @property {Date} [startedAt]
 * @property {Date} [suspendedAt]
 * @property {Date} [completedAt]
 * @property {string} [ownerId]
 * @property {Date} [leaseExpiresAt]
 */
/** @typedef {'createdAt' | 'startedAt' | 'suspendedAt' | 'completedAt'} TaskDate */
/** @typedef {'id' | 'createdAt' | 'threadId' | 'resourceId' | 'runId' | 'agentId' | 'toolCallId' | 'toolName' | 'args'} TaskFixed */
/**
 * How a task is to stand from now on. A field that is present and undefined is removed.
 * @typedef {{ [Field in Exclude<keyof Task, TaskFixed>]?: Task[Field] | undefined }} TaskUpdate
 */
/**
 * What a task must be like to be updated. Null: it has no owner, no lease.
 * @typedef {object} TaskGuards
 * @property {TaskStatus | TaskStatus[]} [expectedStatus]
 * @property {string | null} [expectedOwnerId]
 * @property {Date | string | null} [expectedLeaseExpiresAt]
 */
/**
 * @typedef {object} TaskFilter
 * @property {TaskStatus | TaskStatus[]} [status]
 * @property {string} [agentId]
 * @property {string} [threadId]
 * @property {string} [resourceId]
 * @property {string} [toolName]
 * @property {string} [toolCallId]
 * @property {string} [runId]
 * @property {Date | string} [fromDate]  inclusive
 * @property {Date | string} [toDate]  exclusive
 * @property {TaskDate} [dateFilterBy]  default createdAt
 * @property {TaskDate} [orderBy]  default createdAt
 * @property {import('./types.js').Direction} [orderDirection]  default asc
 * @property {number} [page]
 * @property {number} [perPage]  default: all
 */

/**
 * Which state of a thread: one value for each type, and, where given, each resource.
 * @typedef {{ threadId: string, type: string, resourceId?: string }} StateKey
 */

/**
 * Text under the hash of its content. Never changes once it is stored.
 * @typedef {object} Blob
 * @property {string} hash
 * @property {string} content
 * @property {number} size
 * @property {string} [mimeType]
 * @property {Date} createdAt
 */
/** @typedef {Omit<Blob, 'createdAt'> & { createdAt?: Date | string }} BlobInput */

/**
 * How long to keep what: milliseconds, or a number with a unit: ms, s, m, h, d, w.
 * @typedef {{ maxAge: number | string, batchSize?: number }} RetentionPolicy
 */
/**
 * What grows old, by Mastra's names; what is not named is kept. Threads, messages, resources and scores count from
 * `createdAt`, workflow runs and thread states from `updatedAt`, background tasks from `completedAt`.
 * @typedef {object} Retention
 * @property {{ threads?: RetentionPolicy, messages?: RetentionPolicy, resources?: RetentionPolicy }} [memory]
 * @property {{ workflowSnapshot?: RetentionPolicy }} [workflows]
 * @property {{ scorers?: RetentionPolicy }} [scores]
 * @property {{ backgroundTasks?: RetentionPolicy }} [backgroundTasks]
 * @property {{ threadState?: RetentionPolicy }} [threadState]
 * @property {{ triggers?: RetentionPolicy }} [schedules]
 * @property {{ notifications?: RetentionPolicy }} [notifications]
 * @property {{ sessions?: RetentionPolicy }} [harness]
 * @property {{ spans?: RetentionPolicy }} [observability]
 * @property {{ experiments?: RetentionPolicy }} [experiments]
 * @property {{ checkpoints?: RetentionPolicy }} [langgraph]  of threads as a whole, from their last checkpoint on
 */
/**
 * @typedef {object} PruneOptions
 * @property {Retention} [retention]  in place of the configured one
 * @property {number} [maxBatches]  for each table
 * @property {number} [maxRows]  for each table
 * @property {number} [pauseMs]  between batches
 * @property {AbortSignal} [signal]
 */
/**
 * What was pruned of a table. Not `done`: there is more; call again.
 * @typedef {{ domain: string, table: string, deleted: number, done: boolean }} PruneResult
 */

export {};
