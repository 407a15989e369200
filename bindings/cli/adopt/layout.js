/**
 * What Mastra's own KV store writes, of 0.11, 1.0-beta and newer, and how it becomes records of threadkv.
 *
 * Bodies say what a record is; keys do not, for ids may contain the colons that separate them. Values are taken over as
 * text where they need no change, so that numbers and escapes stay as they were written.
 *
 * @module
 */

import { toText } from '../../core/dates.js';
import { rawFields } from '../../core/raw.js';

/** A value that cannot be taken over; the message says why, without any of it. */
export class Refusal extends Error {}

/**
 * What becomes of a source value.
 * @typedef {object} Adopted
 * @property {string} id
 * @property {string[]} [parts]  of its key in threadkv, where that is more than the id
 * @property {string} text  of the record; for old messages the source's, to be converted
 * @property {string} [thread]  of messages
 * @property {boolean} [old]  a message of the first format
 * @property {string} [kind]  where it is not its layout's
 * @property {{ kind: string, text: string }[]} [also]  what goes with it, and is stored before it
 */

/**
 * One table of Mastra's store.
 * @typedef {object} Layout
 * @property {string} kind  of the records; see kinds.js
 * @property {string} table
 * @property {string} mastra  the table's name there
 * @property {boolean} [raw]  its keys are bare ids, without prefix
 * @property {readonly string[]} [json]  columns of a database that hold JSON
 * @property {boolean} [settled]  what is there never changes: it is written again without a look
 * @property {(fields: Map<string, string>) => Adopted} read
 */

/** @type {readonly Layout[]} */
export const LAYOUTS = [
  { kind: 'thread', table: 'threads', mastra: 'mastra_threads', read: readThread },
  { kind: 'message', table: 'messages', mastra: 'mastra_messages', read: readMessage },
  { kind: 'run', table: 'workflow_snapshot', mastra: 'mastra_workflow_snapshot', read: readRun },
  { kind: 'score', table: 'scores', mastra: 'mastra_scorers', read: readScore },
  { kind: 'trace', table: 'traces', mastra: 'mastra_traces', read: readTrace },
  { kind: 'eval', table: 'evals', mastra: 'mastra_evals', read: readEval },
  { kind: 'resource', table: 'resources', mastra: 'mastra_resources', raw: true, read: readResource },
  { kind: 'score', table: 'scores', mastra: 'mastra_scorers', raw: true, read: readScore },
  { kind: 'task', table: 'background_tasks', mastra: 'mastra_background_tasks', raw: true, read: readTask },
];

/** Score columns that hold JSON as text. */
export const SCORE_JSON =
  `scorer preprocessStepResult extractStepResult analyzeStepResult metadata input output additionalContext
  requestContext entity`.split(/\s+/);

export const TASK_NAMES = {
  tool_call_id: 'toolCallId',
  tool_name: 'toolName',
  agent_id: 'agentId',
  thread_id: 'threadId',
  resource_id: 'resourceId',
  run_id: 'runId',
  suspend_payload: 'suspendPayload',
  retry_count: 'retryCount',
  max_retries: 'maxRetries',
  timeout_ms: 'timeoutMs',
};

const EVAL_NAMES = {
  agent_name: 'agentName',
  metric_name: 'metricName',
  test_info: 'testInfo',
  global_run_id: 'globalRunId',
  run_id: 'runId',
  created_at: 'createdAt',
};

/**
 * The fields of a stored object, by name, as JSON text. A value that was encoded twice is decoded once more.
 *
 * @param {string} text
 * @returns {Map<string, string> | 'list'} 'list' for a list: the order of a thread's messages
 */
export function readValue(text) {
  let value = parse(text);
  if (typeof value === 'string') {
    text = value;
    value = parse(text);
  }
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object' || value === null) throw new Refusal('it is no object');
  return rawFields(text.trim());
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('it is not JSON');
  }
}

/** @param {Map<string, string>} fields @returns {Adopted} */
export function readThread(fields) {
  const id = needId(fields, 'id');
  decode(fields, 'metadata');
  if (fields.get('metadata') === '""' || fields.get('metadata') === 'null') fields.delete('metadata');
  orDefault(fields, 'resourceId', '""');
  setDate(fields, 'createdAt');
  setDate(fields, 'updatedAt', fields.get('createdAt'));
  if (fields.has('archivedAt') && fields.get('archivedAt') !== 'null') setDate(fields, 'archivedAt');
  return { id, text: write(fields) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
export function readMessage(fields) {
  const id = needId(fields, 'id');
  const thread = needId(fields, 'threadId');
  needId(fields, 'role');
  const content = fields.get('content');
  if (content === undefined || !'"[{'.includes(content[0]) || content === '""')
    throw new Refusal('it has no content');
  if (fields.get('type') === '"v2"') fields.delete('type');
  setDate(fields, 'createdAt');
  return { id, thread, old: content[0] !== '{', text: write(fields) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
export function readResource(fields) {
  const id = needId(fields, 'id');
  // In a namespace that several tables share, scores and tasks have bare ids for keys, too.
  if (fields.has('scorerId') || fields.has('tool_call_id')) throw new Refusal('it is no resource');
  decode(fields, 'metadata');
  for (const name of ['metadata', 'workingMemory']) {
    if (fields.get(name) === '""' || fields.get(name) === 'null') fields.delete(name);
  }
  setDate(fields, 'createdAt');
  setDate(fields, 'updatedAt', fields.get('createdAt'));
  return { id, text: write(fields) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
export function readRun(fields) {
  const runId = needId(fields, 'run_id');
  const workflowName = needId(fields, 'workflow_name');
  decode(fields, 'snapshot');
  if (fields.get('snapshot')?.[0] !== '{') throw new Refusal('it has no snapshot');
  setDate(fields, 'createdAt');
  setDate(fields, 'updatedAt', fields.get('createdAt'));
  if (fields.get('resourceId') === 'null') fields.delete('resourceId');
  const run = new Map([
    ['workflowName', JSON.stringify(workflowName)],
    ['runId', JSON.stringify(runId)],
    ...[...fields].filter(([name]) => name !== 'workflow_name' && name !== 'run_id'),
  ]);
  return { id: `${workflowName}/${runId}`, parts: [runId, workflowName], text: write(run) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
export function readScore(fields) {
  const id = needId(fields, 'id');
  needId(fields, 'scorerId');
  for (const name of SCORE_JSON) decode(fields, name);
  dropNulls(fields);
  setDate(fields, 'createdAt');
  setDate(fields, 'updatedAt', fields.get('createdAt'));
  return { id, text: write(fields) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
export function readTask(fields) {
  const id = needId(fields, 'id');
  needId(fields, 'status');
  rename(fields, TASK_NAMES);
  dropNulls(fields);
  setDate(fields, 'createdAt');
  for (const name of ['startedAt', 'suspendedAt', 'completedAt', 'leaseExpiresAt']) {
    if (fields.has(name)) setDate(fields, name);
  }
  return { id, text: write(fields) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
function readTrace(fields) {
  const id = needId(fields, 'id');
  decode(fields, 'metadata');
  setDate(fields, 'createdAt');
  return { id, text: write(fields) };
}

/** @param {Map<string, string>} fields @returns {Adopted} */
function readEval(fields) {
  rename(fields, EVAL_NAMES);
  dropNulls(fields);
  const id = needId(fields, fields.has('id') ? 'id' : 'runId');
  fields.set('id', JSON.stringify(id));
  for (const name of ['result', 'testInfo']) decode(fields, name);
  setDate(fields, 'createdAt');
  return { id, text: write(fields) };
}

/** @param {Map<string, string>} fields @param {Record<string, string>} names  old → new */
export function rename(fields, names) {
  for (const [old, name] of Object.entries(names)) {
    const value = fields.get(old);
    if (value === undefined) continue;
    fields.delete(old);
    if (value !== 'null' || !fields.has(name)) fields.set(name, value);
  }
}

/** @param {Map<string, string>} fields */
export function write(fields) {
  return `{${Array.from(fields, ([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** @param {Map<string, string>} fields @param {string} name @returns {string} */
export function needId(fields, name) {
  const value = parse(fields.get(name) ?? 'null');
  if (typeof value !== 'string' || value === '') throw new Refusal(`it has no ${name}`);
  return value;
}

/** @param {Map<string, string>} fields @param {string} name @param {string} value */
function orDefault(fields, name, value) {
  if (!fields.has(name) || fields.get(name) === 'null') fields.set(name, value);
}

/** @param {Map<string, string>} fields */
export function dropNulls(fields) {
  for (const [name, value] of fields) if (value === 'null') fields.delete(name);
}

/**
 * Dates as threadkv has them; in whatever form they were.
 *
 * @param {Map<string, string>} fields
 * @param {string} name
 * @param {string} [missing]  what stands for a missing one
 */
export function setDate(fields, name, missing) {
  const given = fields.get(name);
  if ((given === undefined || given === 'null') && missing !== undefined) {
    fields.set(name, missing);
    return;
  }
  const value = parse(given ?? 'null');
  const text = typeof value === 'number' ? toText(new Date(value)) : toText(value);
  if (typeof text !== 'string' || Number.isNaN(Date.parse(text))) throw new Refusal(`its ${name} is no date`);
  fields.set(name, JSON.stringify(text));
}

/**
 * Puts a list or object in place of the text that holds it.
 *
 * @param {Map<string, string>} fields
 * @param {string} name
 */
export function decode(fields, name) {
  const given = fields.get(name);
  if (given?.[0] !== '"') return;
  const text = JSON.parse(given).trim();
  if (!/^[{[]/.test(text)) return;
  try {
    JSON.parse(text);
  } catch {
    return;
  }
  fields.set(name, text);
}
