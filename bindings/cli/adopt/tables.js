/**
 * The tables of Mastra's LibSQL store, and how their rows become records of threadkv.
 *
 * @module
 */

import { ROWS } from '../../core/abi.js';
import { rawFields, rawItems } from '../../core/raw.js';
import { decode, dropNulls, needId, readMessage, readResource, readRun, readThread } from './layout.js';
import { Refusal, rename, SCORE_JSON, setDate, TASK_NAMES, write } from './layout.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./layout.js').Adopted} Adopted
 * @typedef {Map<string, string>} Fields  JSON text, by name
 */

/**
 * A table whose rows are those of one of ours.
 * @typedef {object} Plain
 * @property {readonly string[]} [json]  columns that hold JSON
 * @property {string[]} [flags]  columns that hold 0 or 1
 * @property {Record<string, string>} [names]  columns that have other names there
 * @property {(fields: Fields) => { kind: string, text: string }[] | void} [make]  adds what only we have
 */

/** As the store writes it who changes a record by what it is. */
const REVISION = '"adopted"';
/** So many spans of a trace stand in one row. */
const BATCH = 500;
/** Of a span that has not ended. */
const NEVER = '"9999-12-31T23:59:59.999Z"';
/** Digits of a version's number in its key. */
const DIGITS = 16;

/** What versions say in more than words; the columns of all but workspaces and skills. */
const VERSION_JSON =
  `model tools defaultOptions workflows agents integrationTools toolProviders inputProcessors
  outputProcessors memory scorers mcpClients requestContextSchema workspace skills browser changedFields rules scoreRange
  presetConfig defaultSampling servers repository`.split(/\s+/);
const SCHEDULE = {
  next_fire_at: 'nextFireAt',
  last_fire_at: 'lastFireAt',
  last_run_id: 'lastRunId',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  owner_type: 'ownerType',
  owner_id: 'ownerId',
};
const TRIGGER = {
  schedule_id: 'scheduleId',
  run_id: 'runId',
  scheduled_fire_at: 'scheduledFireAt',
  actual_fire_at: 'actualFireAt',
  trigger_kind: 'triggerKind',
  parent_trigger_id: 'parentTriggerId',
};
const TASK_JSON = ['args', 'result', 'error', 'suspend_payload'];
const EXPERIMENT_JSON = ['metadata', 'provenance', 'runnerAttestation', 'scorerIds'];
const RESULT_JSON = ['input', 'output', 'groundTruth', 'metadata', 'error', 'tags', 'toolMockReport'];
const DEFINITION_JSON =
  'metadata inputSchema outputSchema stateSchema requestContextSchema graph schedule'.split(' ');
const SPAN_JSON = 'scope metadata tags attributes links input output error requestContext'.split(' ');
const WORKSPACE = ['filesystem', 'sandbox', 'mounts', 'search', 'skills', 'tools', 'changedFields'];
const SKILL =
  'license compatibility source references scripts assets files metadata tree changedFields'.split(' ');
const OBSERVATION_JSON =
  `config metadata observedMessageIds bufferedMessageIds bufferedObservationChunks`.split(' ');
const OBSERVATION_FLAGS = ['isObserving', 'isReflecting', 'isBufferingObservation', 'isBufferingReflection'];

/** @type {readonly Layout[]} in the order in which they are taken */
export const LIBSQL = [
  { kind: 'thread', table: 'threads', mastra: 'mastra_threads', read: readThread },
  { kind: 'message', table: 'messages', mastra: 'mastra_messages', read: readRowOfMessage },
  { kind: 'resource', table: 'resources', mastra: 'mastra_resources', read: readResource },
  { kind: 'run', table: 'workflow_snapshot', mastra: 'mastra_workflow_snapshot', read: readRun },
  plain('score', 'scores', 'mastra_scorers', { json: SCORE_JSON }),
  plain('task', 'background_tasks', 'mastra_background_tasks', { names: TASK_NAMES, json: TASK_JSON }),
  plain('state', 'thread_state', 'mastra_thread_state', { json: ['value'], make: makeState }),
  plain('blob', 'blobs', 'mastra_skill_blobs'),
  {
    ...{ kind: 'observation', table: 'observational_memory', mastra: 'mastra_observational_memory' },
    read: readObservations,
  },
  plain('schedule', 'schedules', 'mastra_schedules', {
    ...{ names: SCHEDULE, json: ['target', 'metadata'], make: makeSchedule },
  }),
  plain('schedule_trigger', 'schedule_triggers', 'mastra_schedule_triggers', {
    names: TRIGGER,
    json: ['metadata'],
  }),
  plain('notification', 'notifications', 'mastra_notifications', {
    ...{ json: ['payload', 'attributes', 'metadata'], make: makeNotification },
  }),
  plain('channel_installation', 'channel_installations', 'mastra_channel_installations', {
    ...{ json: ['data'], make: makeInstallation },
  }),
  plain('channel_config', 'channel_config', 'mastra_channel_config', { json: ['data'] }),
  plain('workflow_definition', 'workflow_definitions', 'mastra_workflow_definitions', {
    json: DEFINITION_JSON,
  }),
  plain('tool_provider_connection', 'tool_provider_connections', 'mastra_tool_provider_connections'),
  plain('harness_session', 'harness_sessions', 'mastra_harness_sessions', {
    ...{ json: ['source', 'origin', 'metadata', 'state', 'pending'], make: revise },
  }),
  {
    ...{ kind: 'trace_root', table: 'trace_roots', mastra: 'mastra_ai_spans', read: readTrace },
    settled: true,
  },
  ...entity('agent', 'agentId'),
  ...entity('prompt_block', 'blockId'),
  ...entity('scorer_definition', 'scorerDefinitionId'),
  ...entity('mcp_client', 'mcpClientId'),
  ...entity('mcp_server', 'mcpServerId', { flags: ['isLatest'] }),
  ...entity('workspace', 'workspaceId', { json: WORKSPACE, flags: ['autoSync'] }),
  ...entity('skill', 'skillId', { json: SKILL }),
  plain('favorite', 'favorites', 'mastra_favorites'),
  plain('experiment', 'experiments', 'mastra_experiments', { json: EXPERIMENT_JSON }),
  plain('experiment_result', 'experiment_results', 'mastra_experiment_results', {
    ...{ json: RESULT_JSON, make: makeResult },
  }),
];

/** How tables are asked: see libsql.js. @type {Map<string, import('./libsql.js').Shape>} */
export const SHAPES = new Map([
  ...LIBSQL.map(
    ({ mastra, json }) => /** @type {[string, import('./libsql.js').Shape]} */ ([mastra, { json }]),
  ),
  /** @type {[string, import('./libsql.js').Shape]} */ (['mastra_threads', { by: 'id', json: ['metadata'] }]),
  ['mastra_ai_spans', { by: 'traceId', whole: true, json: SPAN_JSON }],
  ['mastra_observational_memory', { by: 'lookupKey', whole: true, json: OBSERVATION_JSON }],
]);

/**
 * @param {string} kind
 * @param {string} table
 * @param {string} mastra
 * @param {Plain} [how]
 * @returns {Layout}
 */
function plain(kind, table, mastra, { json = [], flags = [], names = {}, make = () => {} } = {}) {
  /** @param {Fields} fields @returns {Adopted} */
  const read = (fields) => {
    rename(fields, names);
    dropNulls(fields);
    for (const name of flags) if (fields.has(name)) fields.set(name, String(fields.get(name) !== '0'));
    const also = make(fields) ?? [];
    return { ...asRow(table, fields), also };
  };
  return { kind, table, mastra, read, json };
}

/**
 * What the editor keeps: records, and their versions.
 *
 * @param {string} kind
 * @param {string} parent  the column of a version that names its record
 * @param {Plain} [how]  its versions are
 * @returns {Layout[]}
 */
function entity(kind, parent, how) {
  const versions = `${kind}_versions`;
  return [
    plain(`${kind}_version`, versions, `mastra_${versions}`, {
      json: VERSION_JSON,
      ...how,
      make: (fields) => makeVersion(fields, versions, parent),
    }),
    plain(kind, `${kind}s`, `mastra_${kind}s`, { json: ['metadata'], make: revise }),
  ];
}

/** @param {string} table @param {Fields} fields @returns {Adopted} with its dates as threadkv has them */
function asRow(table, fields) {
  const { keys, dates } =
    /** @type {Record<string, { keys: readonly string[], dates: readonly string[] }>} */ (ROWS)[table];
  for (const name of dates) if (fields.has(name)) setDate(fields, name);
  const parts = keys.filter((name) => fields.has(name)).map((name) => needId(fields, name));
  if (parts.length === 0) throw new Refusal('it has no key');
  return { id: parts.join('/'), parts, text: write(fields) };
}

/** @param {Fields} fields @returns {Adopted} */
function readRowOfMessage(fields) {
  rename(fields, { thread_id: 'threadId' });
  decode(fields, 'content');
  dropNulls(fields);
  return readMessage(fields);
}

/** @param {Fields} fields */
function makeState(fields) {
  fields.delete('createdAt');
  if (!fields.has('value')) fields.set('value', 'null');
}

/** @param {Fields} fields */
function makeSchedule(fields) {
  const { type, workflowId, resourceId } = JSON.parse(fields.get('target') ?? '{}');
  if (type === 'workflow' && workflowId) fields.set('workflowId', JSON.stringify(workflowId));
  if (resourceId) fields.set('resourceId', JSON.stringify(resourceId));
}

/** When it is due follows from two dates. @param {Fields} fields */
function makeNotification(fields) {
  const dates = ['deliverAt', 'summaryAt'].filter((name) => fields.has(name));
  for (const name of dates) setDate(fields, name);
  const [due] = dates.map((name) => fields.get(name) ?? '').sort();
  if (due !== undefined) fields.set('dueAt', due);
}

/** @param {Fields} fields */
function makeInstallation(fields) {
  const [webhookId, installationId] = [fields.get('webhookId'), fields.get('id')];
  if (webhookId === undefined || webhookId === '""') return [];
  return [{ kind: 'channel_webhook', text: `{"webhookId":${webhookId},"installationId":${installationId}}` }];
}

/** @param {Fields} fields */
function revise(fields) {
  fields.set('revision', REVISION);
}

/** @param {Fields} fields @param {string} table @param {string} parent */
function makeVersion(fields, table, parent) {
  const number = Number(fields.get('versionNumber'));
  if (!Number.isSafeInteger(number) || number < 0) throw new Refusal('it has no versionNumber');
  const place = {
    entityId: JSON.stringify(needId(fields, parent)),
    number: JSON.stringify(String(number).padStart(DIGITS, '0')),
  };
  for (const [name, value] of Object.entries(place)) fields.set(name, value);
  fields.set('sortAt', JSON.stringify(new Date(number)));
  const pointer = { of: JSON.stringify(table), id: JSON.stringify(needId(fields, 'id')), ...place };
  return [{ kind: 'version_id', text: write(new Map(Object.entries(pointer))) }];
}

/** @param {Fields} fields */
function makeResult(fields) {
  const attempt = Number(fields.get('attempt') ?? 0);
  if (!Number.isSafeInteger(attempt)) throw new Refusal('its attempt is no number');
  const place = {
    experimentId: JSON.stringify(needId(fields, 'experimentId')),
    itemId: JSON.stringify(needId(fields, 'itemId')),
    trial: JSON.stringify(String(attempt)),
  };
  fields.set('trial', place.trial);
  const pointer = { of: '"experiment_results"', id: JSON.stringify(needId(fields, 'id')), ...place };
  return [{ kind: 'version_id', text: write(new Map(Object.entries(pointer))) }];
}

/**
 * A trace: its root is a row that lists find, the others stand together.
 *
 * @param {Fields} fields
 * @returns {Adopted}
 */
function readTrace(fields) {
  const spans = rowsOf(fields).map(readSpan);
  const traceId = needId(spans[0], 'traceId');
  const startedAt = spans.map((span) => span.get('startedAt') ?? '').sort()[0];
  const resourceId = spans.find((span) => span.has('resourceId'))?.get('resourceId');
  const common = { traceId: JSON.stringify(traceId), startedAt, ...(resourceId && { resourceId }) };
  const made = (/** @type {string} */ kind, /** @type {Record<string, string>} */ more) => ({
    kind,
    text: write(new Map(Object.entries({ ...common, ...more }))),
  });
  const isRoot = (/** @type {Fields} */ span) => !span.has('parentSpanId');
  const others = spans.filter((span) => !isRoot(span));
  /** @type {{ kind: string, text: string }[]} */
  const rows = [];
  for (let at = 0; at < others.length; at += BATCH) {
    const some = others.slice(at, at + BATCH);
    const texts = some.map((span) => write(without(span, 'createdAt', 'updatedAt')));
    const batch = JSON.stringify(`adopted-${String(at / BATCH).padStart(4, '0')}`);
    const createdAt = some[0].get('createdAt') ?? startedAt;
    rows.push(made('ai_span', { batch, createdAt, spans: `[${texts.join(',')}]` }));
  }
  if (spans.some((span) => span.has('error'))) rows.push(made('trace_error', {}));
  rows.push(...spans.filter(isRoot).map((root) => ({ kind: 'trace_root', text: write(toRoot(root)) })));
  // A trace that is listed has its spans: the root comes last.
  const { kind, text } = /** @type {{ kind: string, text: string }} */ (rows.pop());
  return { id: traceId, kind, text, also: rows };
}

/** @param {Fields} span */
function readSpan(span) {
  dropNulls(span);
  for (const name of ['metadata', 'tags', 'attributes', 'links', 'scope', 'requestContext'])
    decode(span, name);
  for (const name of ['startedAt', 'endedAt', 'createdAt', 'updatedAt'])
    if (span.has(name)) setDate(span, name);
  span.set('isEvent', String(span.get('isEvent') === '1'));
  return span;
}

/** @param {Fields} span */
function toRoot(span) {
  const status = span.has('error') ? 'error' : span.has('endedAt') ? 'success' : 'running';
  return new Map([...span, ['status', `"${status}"`], ['sortAt', span.get('endedAt') ?? NEVER]]);
}

/**
 * The generations of a scope: the newest is found by the scope, the others by their ids, and each by a pointer.
 *
 * @param {Fields} fields
 * @returns {Adopted}
 */
function readObservations(fields) {
  const records = rowsOf(fields).map(readObservation);
  const count = (/** @type {Fields} */ one) => Number(one.get('generationCount') ?? 0);
  records.sort(
    (a, b) => count(b) - count(a) || (a.get('createdAt') ?? '').localeCompare(b.get('createdAt') ?? ''),
  );
  const [newest, ...older] = records;
  const kind = newest.get('scope') === '"thread"' ? 'thread' : 'resource';
  const scopeId = needId(newest, kind === 'thread' ? 'threadId' : 'resourceId');
  const scope = { scopeKind: `"${kind}"`, scopeId: JSON.stringify(scopeId) };
  const pointers = records.map((one) => {
    const id = one.get('id') ?? '""';
    const target = write(new Map(Object.entries(scope)));
    const row = { scopeKind: '"id"', scopeId: id, revision: REVISION, target };
    return { kind: 'observation', text: write(new Map(Object.entries(row))) };
  });
  const rows = older.map((one) => {
    const row = new Map([...one, ...Object.entries({ ...scope, generation: generationOf(one) })]);
    return { kind: 'observation', text: write(row) };
  });
  const known = older.map((one) =>
    write(
      new Map([
        ['generation', generationOf(one)],
        ['createdAt', one.get('createdAt') ?? '""'],
        ['generationCount', String(count(one))],
      ]),
    ),
  );
  const row = new Map([...newest, ...Object.entries(scope)]);
  if (known.length > 0) row.set('older', `[${known.join(',')}]`);
  return { ...asRow('observational_memory', row), also: [...pointers, ...rows] };
}

/** @param {Fields} one */
const generationOf = (one) => JSON.stringify(`=${needId(one, 'id')}`);

/** @param {Fields} record */
function readObservation(record) {
  // The one is for that store's lists, the other is never told.
  record.delete('lookupKey');
  record.delete('lastReflectionAt');
  const threadId = record.get('threadId');
  dropNulls(record);
  // That of a resource says so by a thread that is null.
  if (threadId === 'null') record.set('threadId', 'null');
  for (const name of OBSERVATION_FLAGS) record.set(name, String(record.get(name) === '1'));
  for (const name of ['createdAt', 'updatedAt', 'lastObservedAt', 'lastBufferedAtTime'])
    if (record.has(name)) setDate(record, name);
  record.set('revision', REVISION);
  return record;
}

/** @param {Fields} fields @returns {Fields[]} of a record of several rows */
function rowsOf(fields) {
  return [...rawItems(fields.get('rows') ?? '[]')].map(rawFields);
}

/** @param {Fields} fields @param {...string} names @returns {Fields} */
function without(fields, ...names) {
  return new Map([...fields].filter(([name]) => !names.includes(name)));
}
