/**
 * What goes into the API and comes out of it. A record may carry more fields than are named here: they are kept.
 *
 * @module
 */

import * as z from 'zod/mini';

/**
 * @template {z.ZodMiniType} Schema
 * @param {string} id  its name in the document
 * @param {Schema} schema
 * @param {string} [description]
 */
function named(id, schema, description) {
  z.globalRegistry.add(schema, { id, ...(description && { description }) });
  return schema;
}

/** @param {string} description */
const described = (description) => z.string().check(z.meta({ description }));

const id = z.string().check(z.minLength(1));

const DOTS = 'must not be "." or "..": URL parsers drop such a segment, so that no path would lead there';
/** What a path has to lead to. */
const reachable = z.regex(/^(?!\.\.?$)/, DOTS);
const newId = id.check(reachable);
const date = () => z.string().check(z.meta({ format: 'date-time' }));
const metadata = () => z.record(z.string(), z.any());
const count = () => z.int().check(z.gte(0));

/** What a page of anything says beside its items. */
const page = {
  total: count(),
  page: count(),
  perPage: z.union([count(), z.literal(false)]),
  hasMore: z.boolean(),
};

export const Failure = named(
  'Error',
  z.strictObject({
    error: z.strictObject({
      code: described('stable: decide by it'),
      message: described('for people; it holds ids and names, never content'),
      op: z.nullable(described('the operation that failed: a method of the store, or an operationId')),
      details: z.record(z.string(), z.any()),
    }),
  }),
);

export const Health = named('Health', z.strictObject({ status: z.literal('ok') }));

export const TokenRights = named(
  'Token',
  z.strictObject({
    name: z.string(),
    access: z.enum(['read', 'write']),
    keyPrefix: described('of the data that it opens'),
    choosesPrefix: z.boolean().check(z.meta({ description: 'or of a longer prefix, chosen by a header' })),
  }),
);

export const Prefixes = named('Prefixes', z.strictObject({ prefixes: z.array(z.string()) }));

export const Document = named('Document', z.looseObject({ openapi: z.string() }));

export const Thread = named(
  'Thread',
  z.looseObject({
    id,
    resourceId: described('whom it belongs to'),
    title: z.optional(z.nullable(z.string())),
    metadata: z.optional(z.nullable(metadata())),
    createdAt: date(),
    updatedAt: date(),
    archivedAt: z.optional(z.nullable(date())),
  }),
);

export const ThreadInput = named(
  'ThreadInput',
  z.looseObject({
    id: z.optional(newId),
    resourceId: described('whom it belongs to').check(reachable),
    title: z.optional(z.string()),
    metadata: z.optional(metadata()),
    createdAt: z.optional(date()),
    updatedAt: z.optional(date()),
    archivedAt: z.optional(z.nullable(date())),
  }),
);

export const ThreadUpdate = named(
  'ThreadUpdate',
  z.strictObject({
    title: z.optional(z.string()),
    metadata: z.optional(metadata().check(z.meta({ description: 'merged, field by field' }))),
    archivedAt: z.optional(z.nullable(date()).check(z.meta({ description: 'null brings it back' }))),
  }),
);

export const ThreadPage = named('ThreadPage', z.strictObject({ threads: z.array(Thread), ...page }));

export const ThreadCopyInput = named(
  'ThreadCopyInput',
  z.strictObject({
    newThreadId: z.optional(newId.check(z.meta({ description: 'one is made if none is given' }))),
    resourceId: z.optional(described("the source's if none is given").check(reachable)),
    title: z.optional(z.string()),
    metadata: z.optional(metadata()),
    options: z.optional(
      z.strictObject({
        messageLimit: z.optional(count().check(z.meta({ description: 'the most recent ones' }))),
        messageFilter: z.optional(
          z.strictObject({
            startDate: z.optional(date()),
            endDate: z.optional(date()),
            messageIds: z.optional(z.array(id)),
          }),
        ),
      }),
    ),
  }),
);

export const ThreadCopy = named(
  'ThreadCopy',
  z.strictObject({ thread: Thread, messageIdMap: z.record(z.string(), z.string()) }),
);

export const Message = named(
  'Message',
  z.looseObject({
    id,
    threadId: id,
    resourceId: z.string(),
    role: z.string(),
    content: z.any(),
    createdAt: date(),
    type: z.optional(z.nullable(z.string())),
  }),
);

const messageFields = {
  id: z.optional(newId),
  threadId: z.optional(id),
  resourceId: z.optional(z.string().check(reachable)),
  createdAt: z.optional(date()),
  type: z.optional(z.string()),
};

export const MessagesInput = named(
  'MessagesInput',
  z.strictObject({
    messages: z
      .array(
        named(
          'MessageInput',
          z.looseObject({
            ...messageFields,
            role: id,
            content: z
              .any()
              .check(z.meta({ description: 'text, a list of parts, an object with parts, or null' })),
          }),
        ),
      )
      .check(z.minLength(1)),
  }),
);

export const MessageUpdate = named(
  'MessageUpdate',
  z.looseObject({ ...messageFields, role: z.optional(id), content: z.optional(z.any()) }),
  'content, and metadata in it, are merged field by field; another threadId moves the message',
);

export const MessageUpdates = named(
  'MessageUpdates',
  z.strictObject({
    messages: z
      .array(
        named(
          'MessageUpdateById',
          z.looseObject({ ...messageFields, id, role: z.optional(id), content: z.optional(z.any()) }),
        ),
      )
      .check(z.minLength(1)),
  }),
);

export const Messages = named('Messages', z.strictObject({ messages: z.array(Message) }));
export const MessagePage = named('MessagePage', z.strictObject({ messages: z.array(Message), ...page }));

export const Resource = named(
  'Resource',
  z.looseObject({
    id,
    workingMemory: z.optional(z.nullable(z.string())),
    metadata: z.optional(z.nullable(metadata())),
    createdAt: date(),
    updatedAt: date(),
  }),
);

export const ResourcePage = named('ResourcePage', z.strictObject({ resources: z.array(Resource), ...page }));

export const Erased = named('Erased', z.strictObject({ deleted: count(), pending: z.boolean() }));

export const ResourceInput = named(
  'ResourceInput',
  z.looseObject({
    id: z.optional(id),
    workingMemory: z.optional(z.string()),
    metadata: z.optional(metadata()),
    createdAt: z.optional(date()),
    updatedAt: z.optional(date()),
  }),
);

export const ResourceUpdate = named(
  'ResourceUpdate',
  z.strictObject({
    workingMemory: z.optional(z.string()),
    metadata: z.optional(metadata().check(z.meta({ description: 'merged, field by field' }))),
  }),
);

export const Run = named(
  'WorkflowRun',
  z.looseObject({
    workflowName: z.string(),
    runId: z.string(),
    resourceId: z.optional(z.nullable(z.string())),
    snapshot: z.any().check(z.meta({ description: "the engine's; its status, among others" })),
    createdAt: date(),
    updatedAt: date(),
  }),
);

export const RunPage = named('WorkflowRunPage', z.strictObject({ runs: z.array(Run), ...page }));

const Score = named(
  'Score',
  z.looseObject({ id, scorerId: id, entityId: id, runId: id, score: z.number(), createdAt: date() }),
);

export const ScorePage = named('ScorePage', z.strictObject({ scores: z.array(Score), ...page }));

const Task = named(
  'Task',
  z.looseObject({ id, status: z.string(), toolName: z.string(), runId: z.string(), createdAt: date() }),
  'a call of a tool that goes on after its turn',
);

export const TaskPage = named('TaskPage', z.strictObject({ tasks: z.array(Task), ...page }));

const Observation = named(
  'Observation',
  z.looseObject({ id, resourceId: z.string(), createdAt: date() }),
  "a generation of an agent's observational memory",
);

export const Observations = named('Observations', z.strictObject({ observations: z.array(Observation) }));

export const States = named(
  'States',
  z.strictObject({ states: z.array(z.strictObject({ type: z.string(), value: z.any() })) }),
);

const told = {
  type: described('`json`, or what else a serializer called it'),
  bytes: count(),
  value: z.optional(z.any().check(z.meta({ description: 'where it is JSON, and not large' }))),
};

export const CheckpointThreads = named(
  'CheckpointThreads',
  z.strictObject({
    threads: z.array(
      z.strictObject({
        threadId: z.string(),
        namespaces: z.array(
          z.strictObject({
            namespace: z.string(),
            checkpointId: z.optional(described('of the newest')),
            updatedAt: z.optional(date()),
          }),
        ),
      }),
    ),
    cursor: z.nullable(described('for the next page')),
  }),
);

const checkpointFields = {
  checkpointId: z.string(),
  parentId: z.optional(z.string()),
  createdAt: z.optional(date()),
};

export const CheckpointPage = named(
  'CheckpointPage',
  z.strictObject({
    checkpoints: z.array(
      z.strictObject({
        ...checkpointFields,
        metadata: z.optional(z.strictObject(told)),
      }),
    ),
    cursor: z.nullable(described('for the next page')),
  }),
);

export const Checkpoint = named(
  'Checkpoint',
  z.strictObject({
    threadId: z.string(),
    namespace: z.string(),
    ...checkpointFields,
    metadata: z.strictObject(told),
    checkpoint: z.strictObject(told),
    values: z.array(z.strictObject({ channel: z.string(), ...told })),
    writes: z.optional(
      z.array(z.strictObject({ task: z.string(), index: z.int(), channel: z.string(), ...told })),
    ),
  }),
);
