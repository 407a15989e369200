/**
 * Messages as no program should write them, and as some do.
 *
 * @module
 */

const ODD_VALUES = [null, 7, true, '', 'x', [], [null], [7], {}, { type: null }];
const PART_TYPES = [
  'text',
  'reasoning',
  'tool-invocation',
  'tool-call',
  'tool-result',
  'file',
  'image',
  'source',
  'error',
  'step-start',
  'tool-weather',
  'dynamic-tool',
  'data-note',
  'source-url',
  'source-document',
];
const FIELDS = [
  'text',
  'reasoning',
  'details',
  'toolInvocation',
  'toolName',
  'state',
  'args',
  'input',
  'output',
  'errorText',
  'approval',
  'filename',
  'mediaType',
  'data',
  'url',
  'source',
  'error',
  'title',
];

const partsWith = (/** @type {unknown} */ value) => [
  value,
  ...PART_TYPES.map((type) => ({ type })),
  ...PART_TYPES.map((type) => ({ type, ...Object.fromEntries(FIELDS.map((name) => [name, value])) })),
  { type: value },
];

/** Contents of messages, each odd in its own way. */
export const ODD_CONTENTS = [
  { format: 2, parts: [], metadata: { pendingToolApprovals: [null], suspendedTools: [7, 'x', null] } },
  ...ODD_VALUES.flatMap((value) => [
    { format: 2, parts: partsWith(value) },
    { format: 2, parts: [{ type: 'text', text: 'x' }], metadata: value },
    {
      format: 2,
      parts: [{ type: 'text', text: 'x' }],
      metadata: { pendingToolApprovals: value, suspendedTools: { a: value } },
    },
    { format: 2, parts: value },
    { content: value },
    partsWith(value),
  ]),
];

/** Values in the places of a record's own fields, as a damaged or foreign store may answer. */
export const ODD_FIELDS = ODD_VALUES.map((value) => ({
  id: value,
  threadId: value,
  resourceId: value,
  role: value,
  createdAt: value,
  updatedAt: value,
  archivedAt: value,
  title: value,
  type: value,
  content: value,
  metadata: value,
  workflowName: value,
  runId: value,
  snapshot: value,
  workingMemory: value,
}));
