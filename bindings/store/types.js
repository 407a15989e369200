/**
 * The shapes that go into `CloudflareStore` and come out of it. Fields that are not named here are stored and
 * returned as well: a thread, message or resource may carry more than this.
 *
 * @module
 */

/**
 * A conversation.
 * @typedef {object} Thread
 * @property {string} id
 * @property {string} resourceId  whom it belongs to: a user, a tenant …
 * @property {string} [title]
 * @property {Date} createdAt
 * @property {Date} updatedAt
 * @property {Record<string, any>} [metadata]
 * @property {Date | null} [archivedAt]
 */
/**
 * A thread to be saved. Dates may be ISO 8601 text.
 * @typedef {Omit<Thread, 'createdAt' | 'updatedAt' | 'archivedAt'> & {
 *   createdAt: Date | string, updatedAt: Date | string, archivedAt?: Date | string | null }} ThreadInput
 */

/**
 * One message of a thread. `content` is kept as it is: text, a list of parts, Mastra's `{ format: 2, parts, … }`, or
 * null, of a message that only calls tools; metadata filters look into `content.metadata`.
 * @template [Content=any]
 * @typedef {object} Message
 * @property {string} id  unique in the whole store, not only in its thread
 * @property {string} threadId
 * @property {string} resourceId
 * @property {string} role  'user', 'assistant', 'system', 'tool', 'signal'
 * @property {Content} content
 * @property {Date} createdAt
 * @property {string} [type]
 */
/**
 * A message to be saved. The date may be ISO 8601 text.
 * @template [Content=any]
 * @typedef {object} MessageInput
 * @property {string} id
 * @property {string} threadId
 * @property {string} resourceId
 * @property {string} role
 * @property {Content} content
 * @property {Date | string} createdAt
 * @property {string} [type]
 */
/**
 * What changes of a message. `content` is merged into the old one key by key, `content.metadata` likewise.
 * @typedef {{ id: string } & Partial<Omit<MessageInput, 'id'>>} MessageUpdate
 */

/**
 * What is remembered of a user (or whatever the resource is) across threads.
 * @typedef {object} Resource
 * @property {string} id
 * @property {string} [workingMemory]
 * @property {Record<string, any>} [metadata]
 * @property {Date} createdAt
 * @property {Date} updatedAt
 */
/**
 * A resource to be saved. Dates may be ISO 8601 text.
 * @typedef {Omit<Resource, 'createdAt' | 'updatedAt'> & {
 *   createdAt: Date | string, updatedAt: Date | string }} ResourceInput
 */

/**
 * What a save returns: what was given, with Dates.
 * @template T
 * @typedef {Omit<T, 'createdAt' | 'updatedAt' | 'archivedAt'> & Pick<Thread, 'createdAt' | 'updatedAt' | 'archivedAt'>}
 *   SavedThread
 */
/**
 * @template T
 * @typedef {Omit<T, 'createdAt'> & Pick<Message, 'createdAt'>} SavedMessage
 */
/**
 * @template T
 * @typedef {Omit<T, 'createdAt' | 'updatedAt'> & Pick<Resource, 'createdAt' | 'updatedAt'>} SavedResource
 */

/**
 * 'ASC' or 'DESC', or either in small letters. Any other text is refused when it is used; the type takes it, for in a plain
 * object TypeScript makes of 'DESC' a string.
 * @typedef {'ASC' | 'DESC' | 'asc' | 'desc' | (string & {})} Direction
 */
/**
 * Where a page stands in the whole. `page` and `perPage` are those of the request.
 * @typedef {object} Page
 * @property {number} total
 * @property {number} page
 * @property {number | false} perPage
 * @property {boolean} hasMore
 */
/** @typedef {{ page?: number, perPage?: number | false }} ListResourcesArgs  default: page 0, 100 per page; false: all */
/** @typedef {Page & { resources: Resource[] }} ResourcePage */
/** @typedef {Page & { threads: Thread[] }} ThreadPage */
/**
 * @template [Content=any]
 * @typedef {Page & { messages: Message<Content>[] }} MessagePage
 */

/**
 * @typedef {object} ThreadListOptions
 * @property {number} [page]  from 0
 * @property {number | false} [perPage]  default 100; false: all
 * @property {{ field?: 'createdAt' | 'updatedAt', direction?: Direction }} [orderBy]  default createdAt DESC
 */
/**
 * @typedef {ThreadListOptions & {
 *   filter?: { resourceId?: string, metadata?: Record<string, any>, archived?: boolean } }} ListThreadsArgs
 */
/** @typedef {ThreadListOptions & { resourceId: string }} ListThreadsByResourceIdArgs */

/**
 * Bounds are inclusive unless the flag says otherwise.
 * @typedef {object} DateRange
 * @property {Date | string} [start]
 * @property {Date | string} [end]
 * @property {boolean} [startExclusive]
 * @property {boolean} [endExclusive]
 */
/**
 * A message to return beside the page, with its neighbours in its own thread.
 * @typedef {object} Include
 * @property {string} id
 * @property {string} [threadId]
 * @property {number} [withPreviousMessages]
 * @property {number} [withNextMessages]
 */
/**
 * @typedef {object} MessageListOptions
 * @property {number} [page]  from 0
 * @property {number | false} [perPage]  default 40; false: all; 0: only what `include` names
 * @property {{ field?: 'createdAt' | 'updatedAt', direction?: Direction }} [orderBy]  default createdAt ASC; only the
 *   direction counts
 * @property {Include[]} [include]
 * @property {{ dateRange?: DateRange, metadata?: Record<string, string | number | boolean | null> }} [filter]
 * @property {boolean} [includeTotal]  false: `total` need not be exact, which can be cheaper
 */
/** @typedef {MessageListOptions & { threadId: string | string[], resourceId?: string }} ListMessagesArgs */
/** @typedef {MessageListOptions & { resourceId: string }} ListMessagesByResourceIdArgs */

/**
 * @typedef {object} CopyThreadArgs
 * @property {string} sourceThreadId
 * @property {string} [newThreadId]  default: a new UUID
 * @property {string} [resourceId]  default: the source's
 * @property {string} [title]  default: 'Clone of …'
 * @property {Record<string, any>} [metadata]
 * @property {{ messageLimit?: number, messageFilter?: {
 *   startDate?: Date | string, endDate?: Date | string, messageIds?: string[] } }} [options]
 *   which messages to copy; the limit keeps the most recent ones
 */

/**
 * One run of a workflow.
 * @typedef {object} WorkflowRun
 * @property {string} workflowName
 * @property {string} runId
 * @property {string} [resourceId]
 * @property {any} snapshot  what the engine keeps of it: an object; text if it was stored as text that is no JSON
 * @property {Date} createdAt
 * @property {Date} updatedAt
 */
/** @typedef {{ workflowName: string, runId: string }} WorkflowName */
/**
 * @typedef {object} ListWorkflowRunsArgs
 * @property {string} [workflowName]
 * @property {string} [status]
 * @property {string} [resourceId]
 * @property {string} [threadId]  of runs that an agent made
 * @property {Date | string} [fromDate]  of `createdAt`, inclusive
 * @property {Date | string} [toDate]  inclusive
 * @property {number} [page]  from 0
 * @property {number | false} [perPage]
 */
/**
 * @typedef {WorkflowName & { resourceId?: string, snapshot: any, createdAt?: Date | string, updatedAt?: Date | string }}
 *   PersistWorkflowSnapshotArgs
 */
/**
 * @typedef {WorkflowName & { opts: { status?: string, expectedStatus?: string | string[], [field: string]: any } }}
 *   UpdateWorkflowStateArgs
 */
/**
 * @typedef {WorkflowName & { stepId: string, result: any, requestContext?: Record<string, any> }}
 *   UpdateWorkflowResultsArgs
 */

/**
 * What a clear did. `pending`: the budget of operations ran out first; call again to go on.
 * @typedef {{ deleted: number, pending: boolean }} ClearResult
 */
/**
 * What a sweep did: keys deleted, and deletions of threads that still wait for a further sweep.
 * @typedef {{ deleted: number, pending: number }} SweepResult
 */
/**
 * What a part of an erasure did: records deleted. The cursor is null once all was gone through.
 * @typedef {{ deleted: number, cursor: string | null }} EraseResult
 */
/**
 * @typedef {object} VerifyArgs
 * @property {boolean} [repair]  mends what can be mended; what is deleted is only what is left of deleted threads, and
 *   index entries that say what is not so
 * @property {string | null} [cursor]  of the call before
 * @property {WebAssembly.Module} [module]  threadkv.tools.wasm; Node finds it by itself
 */
/**
 * What a part of a verification has looked at, and what it found by kind: how often, how much of it was mended, and
 * ids or keys of some. The cursor is null after the last part.
 * @typedef {object} VerifyResult
 * @property {Record<string, number>} looked
 * @property {Record<string, { count: number, mended: number, samples: string[] }>} found
 * @property {string | null} cursor
 */

export {};
