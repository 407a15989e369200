/**
 * What is asked of the server: a story for each part of it, as its Studio and its client would go through, and then every
 * route with ids that nobody has.
 *
 * @module
 */

import { ALL_ROUTES } from './app.js';

/**
 * @typedef {(method: string, path: string, body?: unknown) => Promise<any>} Ask  answers with the body
 * @typedef {{ ask: Ask, flush: () => Promise<void>, mastra: any }} Asking
 */

const AT = 'agentId=guide&resourceId=ada';
const MODEL = { provider: 'openai', name: 'gpt-5-mini' };

/** @param {Asking} app */
async function memory({ ask }) {
  await ask('POST', '/memory/threads?agentId=guide', { resourceId: 'ada', threadId: 'trip', title: 'Trip' });
  await ask('POST', '/memory/threads?agentId=guide', {
    resourceId: 'ada',
    threadId: 'shop',
    metadata: { a: 1 },
  });
  const said = (/** @type {string} */ id, /** @type {string} */ role, /** @type {number} */ second) => ({
    id,
    role,
    threadId: 'trip',
    resourceId: 'ada',
    type: 'v2',
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
    content: { format: 2, parts: [{ type: 'text', text: `This is ${id}` }] },
  });
  const messages = [said('m1', 'user', 1), said('m2', 'assistant', 2), said('m3', 'user', 3)];
  await ask('POST', '/memory/save-messages?agentId=guide', { messages });
  await ask('GET', `/memory/threads?${AT}`);
  await ask('GET', '/memory/threads?resourceId=ada&perPage=1&page=1');
  await ask('GET', '/memory/threads?metadata=%7B%22a%22%3A1%7D');
  await ask(
    'GET',
    '/memory/threads?orderBy=%7B%22field%22%3A%22createdAt%22%2C%22direction%22%3A%22ASC%22%7D',
  );
  await ask('GET', `/memory/threads/trip?${AT}`);
  await ask('GET', `/memory/threads/nowhere?${AT}`);
  await ask('GET', `/memory/threads/trip/messages?${AT}`);
  await ask('GET', `/memory/threads/trip/messages?${AT}&perPage=2&page=0`);
  await ask('GET', `/memory/threads/trip/messages?${AT}&filter=%7B%22roles%22%3A%5B%22user%22%5D%7D`);
  await ask('GET', `/memory/threads/trip/messages?agentId=guide&resourceId=bob`);
  await ask('PATCH', '/memory/threads/trip?agentId=guide', { title: 'Kyoto', metadata: { b: 2 } });
  await ask('PATCH', '/memory/threads/nowhere?agentId=guide', { title: 'Kyoto' });
  const working = { workingMemory: '# Ada', resourceId: 'ada' };
  await ask('POST', '/memory/threads/trip/working-memory?agentId=guide', working);
  await ask('GET', `/memory/threads/trip/working-memory?${AT}`);
  await ask('POST', '/memory/threads/trip/clone?agentId=guide', { newThreadId: 'copy', title: 'Copy' });
  await ask('GET', `/memory/threads/copy/messages?${AT}`);
  await ask('POST', '/memory/messages/delete?agentId=guide', { messageIds: ['m2'] });
  await ask('GET', `/memory/threads/trip/messages?${AT}`);
  await ask('GET', '/memory/status?agentId=guide');
  await ask('GET', `/memory/status?${AT}&threadId=trip`);
  await ask('GET', '/memory/config?agentId=guide');
  await ask('GET', `/memory/observational-memory?${AT}`);
  await ask('POST', '/memory/observational-memory/buffer-status', { agentId: 'guide', resourceId: 'ada' });
  await ask('GET', `/memory/search?${AT}&searchQuery=this&threadId=trip`);
  await ask('POST', '/memory/threads/copy/transfer?agentId=guide', { resourceId: 'bob' });
  await ask('GET', '/memory/threads?resourceId=bob');
  await ask('DELETE', '/memory/threads/copy?agentId=guide');
  await ask('DELETE', '/memory/threads/nowhere?agentId=guide');
  for (const route of ['status', 'threads', 'threads/trip', 'threads/trip/messages'])
    await ask('GET', `/memory/network/${route}?${AT}`);
  await ask('POST', '/memory/network/threads?agentId=guide', { resourceId: 'ada', threadId: 'net' });
  await ask('POST', '/memory/network/save-messages?agentId=guide', { messages: [said('m4', 'user', 4)] });
  await ask('PATCH', '/memory/network/threads/net?agentId=guide', { title: 'Net' });
  await ask('POST', '/memory/network/messages/delete?agentId=guide', { messageIds: ['m4'] });
  await ask('DELETE', '/memory/network/threads/net?agentId=guide');
}

/** @param {Asking} app */
async function agents({ ask }) {
  const turn = (/** @type {string} */ text) => ({
    messages: [{ role: 'user', content: text }],
    memory: { thread: 'talk', resource: 'ada' },
  });
  await ask('POST', '/agents/guide/generate', turn('Hello'));
  await ask('POST', '/agents/guide/stream', turn('Again'));
  await ask('GET', `/memory/threads/talk/messages?${AT}`);
  const approval = (/** @type {any} */ { runId, suspendPayload } = {}) => ({
    runId,
    toolCallId: suspendPayload?.toolCallId,
  });
  const asked = approval(await ask('POST', '/agents/guide/generate', turn('Cancel order A7')));
  await ask('GET', '/agents/guide/suspended-runs');
  await ask('POST', '/agents/guide/approve-tool-call-generate', asked);
  await ask('GET', '/agents/guide/suspended-runs');
  const other = approval(await ask('POST', '/agents/guide/generate', turn('Cancel order A8')));
  await ask('POST', '/agents/guide/decline-tool-call-generate', other);
  await ask('POST', '/agents/guide/approve-tool-call-generate', asked);
  await ask('GET', '/agents/guide');
  await ask('POST', '/agents/guide/send-message', { message: 'Hi', threadId: 'talk', resourceId: 'ada' });
  const made = await ask('POST', '/v1/conversations', { agent_id: 'guide', resource_id: 'ada' });
  await ask('GET', `/v1/conversations/${made?.id}`);
  const response = await ask('POST', '/v1/responses', {
    agent_id: 'guide',
    input: 'Hello',
    store: true,
    conversation_id: made?.id,
  });
  await ask('GET', `/v1/responses/${response?.id}`);
  await ask('GET', `/v1/conversations/${made?.id}/items`);
  await ask('DELETE', `/v1/responses/${response?.id}`);
  await ask('DELETE', `/v1/conversations/${made?.id}`);
  await ask('GET', `/v1/conversations/${made?.id}`);
  await ask('GET', '/background-tasks');
  await ask('GET', '/background-tasks/nobody');
}

/** @param {Asking} app */
async function workflows({ ask }) {
  await ask('POST', '/workflows/sum/create-run?runId=r1', { resourceId: 'ada' });
  await ask('POST', '/workflows/sum/start-async?runId=r1', { inputData: { n: 1 }, resourceId: 'ada' });
  await ask('POST', '/workflows/held/create-run?runId=r2', { resourceId: 'ada' });
  await ask('POST', '/workflows/held/start-async?runId=r2', { inputData: { n: 1 } });
  await ask('POST', '/workflows/held/start-async?runId=r3', { inputData: { n: 1 } });
  await ask('GET', '/workflows/run-counts');
  for (const query of ['', '?page=0&perPage=1', '?status=suspended', '?status=success', '?resourceId=ada'])
    await ask('GET', `/workflows/held/runs${query}`);
  await ask('GET', '/workflows/held/runs/r2');
  await ask('GET', '/workflows/held/runs/r2?fields=result,steps');
  await ask('POST', '/workflows/held/resume-async?runId=r2', { step: 'wait', resumeData: { go: true } });
  await ask('POST', '/workflows/held/resume-async?runId=r2', { step: 'wait', resumeData: { go: true } });
  await ask('GET', '/workflows/held/runs/r2');
  await ask('POST', '/workflows/held/runs/r3/cancel');
  await ask('GET', '/workflows/held/runs/r3');
  await ask('POST', '/workflows/sum/time-travel-async?runId=r1', { step: 'addOne', inputData: { n: 5 } });
  await ask('POST', '/workflows/sum/restart-async?runId=r1', {});
  await ask('POST', '/workflows/sum/stream?runId=r4', { inputData: { n: 1 } });
  await ask('GET', '/workflows/sum/runs/r4');
  await ask('GET', '/workflows/sum/runs');
  await ask('DELETE', '/workflows/held/runs/r3');
  await ask('GET', '/workflows/held/runs/r3');
  await ask('GET', '/workflows/held/runs');
}

/** @param {Asking} app */
async function scores({ ask }) {
  const score = (/** @type {string} */ id, /** @type {object} */ more) => ({
    score: {
      id,
      scorerId: 'length',
      entityId: 'guide',
      entityType: 'AGENT',
      runId: 'run-1',
      score: 0.5,
      source: 'TEST',
      scorer: { id: 'length', name: 'length' },
      entity: { id: 'guide' },
      input: [{ role: 'user' }],
      output: { text: 'x' },
      ...more,
    },
  });
  await ask('POST', '/scores', score('s1', {}));
  await ask('POST', '/scores', score('s2', { runId: 'run-2', score: 1 }));
  await ask('GET', '/scores/scorers');
  await ask('GET', '/scores/scorers/length');
  await ask('GET', '/scores/run/run-1?page=0&perPage=10');
  await ask('GET', '/scores/scorer/length?page=0&perPage=10');
  await ask('GET', '/scores/scorer/length?page=1&perPage=1&entityId=guide&entityType=AGENT');
  await ask('GET', '/scores/entity/AGENT/guide?page=0&perPage=10');
}

/** @param {Asking} app */
async function observability({ ask, flush }) {
  const turn = (/** @type {string} */ text, /** @type {string} */ thread) => ({
    messages: [{ role: 'user', content: text }],
    memory: { thread, resource: 'ada' },
    tracingOptions: { metadata: { shop: thread }, tags: ['shop', thread] },
  });
  await ask('POST', '/agents/guide/generate', turn('Hello', 'traced'));
  await ask('POST', '/agents/guide/generate', turn('Hello again', 'traced-2'));
  await ask('POST', '/workflows/sum/start-async?runId=traced', { inputData: { n: 1 } });
  await flush();
  const listed = await ask('GET', '/observability/traces');
  const traceId = listed?.spans?.at(-1)?.traceId;
  const root = listed?.spans?.at(-1)?.spanId;
  for (const query of [
    'perPage=1&page=1',
    'spanType=agent_run',
    'spanType=workflow_run',
    'entityName=Guide',
    'entityId=guide&status=success',
    'status=error',
    'threadId=traced-2',
    'resourceId=ada',
    'tags=%5B%22traced%22%5D',
    'metadata=%7B%22shop%22%3A%22traced%22%7D',
    'hasChildError=true',
    'serviceName=shop',
    'startedAt=%7B%22start%22%3A%222020-01-01%22%7D',
    'startedAt=%7B%22end%22%3A%222020-01-01%22%7D',
    'field=endedAt&direction=ASC',
  ])
    await ask('GET', `/observability/traces?${query}`);
  await ask('GET', '/observability/traces/light?perPage=2');
  await ask('GET', `/observability/traces/${traceId}`);
  await ask('GET', `/observability/traces/${traceId}/light`);
  await ask('GET', `/observability/traces/${traceId}/spans/${root}`);
  await ask('GET', `/observability/traces/${traceId}/spans/nobody`);
  await ask('GET', `/observability/traces/${traceId}/branches/${root}`);
  await ask('GET', `/observability/traces/${traceId}/trajectory`);
  await ask('GET', `/observability/traces/${traceId}/${root}/scores?page=0&perPage=10`);
  await ask('POST', '/observability/traces/score', { scorerName: 'length', targets: [{ traceId }] });
  const [from, to] = [-1, 1].map((day) => new Date(Date.now() + day * 86_400_000).toISOString());
  const timeRange = { from, to };
  await ask('POST', '/observability/traces/query', { timeRange });
  await ask('POST', '/observability/traces/delete', { traceIds: [traceId] });
  await ask('GET', `/observability/traces/${traceId}`);
  await ask('GET', '/observability/traces');
  const score = { scorerId: 'length', score: 1, traceId, spanId: root };
  await ask('POST', '/observability/scores', { score });
  const feedback = { feedbackType: 'thumbs', value: 1, traceId, spanId: root };
  await ask('POST', '/observability/feedback', { feedback });
  for (const what of ['metrics', 'logs', 'scores', 'feedback', 'branches'])
    await ask('GET', `/observability/${what}`);
  for (const what of [
    'entity-types',
    'entity-names',
    'service-names',
    'environments',
    'tags',
    'metric-names',
  ])
    await ask('GET', `/observability/discovery/${what}`);
  for (const [of, fields] of /** @type {const} */ ([
    ['scores', { scorerId: 'length' }],
    ['feedback', { feedbackType: 'thumbs' }],
  ])) {
    await ask('POST', `/observability/${of}/aggregate`, { ...fields, aggregation: 'avg' });
    await ask('POST', `/observability/${of}/breakdown`, {
      ...fields,
      aggregation: 'avg',
      groupBy: ['traceId'],
    });
    await ask('POST', `/observability/${of}/timeseries`, { ...fields, aggregation: 'avg', interval: '1h' });
    await ask('POST', `/observability/${of}/percentiles`, { ...fields, percentiles: [0.5], interval: '1h' });
  }
  await ask('POST', '/observability/metrics/aggregate', { name: ['tokens'], aggregation: 'sum' });
}

/** @param {Asking} app */
async function schedules({ ask }) {
  const daily = {
    agentId: 'guide',
    cron: '0 9 1 1 *',
    prompt: 'Good morning',
    threadId: 'talk',
    resourceId: 'ada',
  };
  await ask('POST', '/schedules', { id: 'daily', name: 'Daily', ...daily });
  await ask('POST', '/schedules', { id: 'daily', ...daily });
  await ask('POST', '/schedules', { id: 'other', agentId: 'guide', cron: '0 9 1 1 *', prompt: 'x' });
  await ask('POST', '/schedules', { id: 'broken', agentId: 'guide', cron: 'when it rains', prompt: 'x' });
  for (const query of [
    '',
    '?agentId=guide',
    '?status=paused',
    '?name=Daily',
    '?threadId=talk',
    '?workflowId=sum',
  ])
    await ask('GET', `/schedules${query}`);
  await ask('GET', '/schedules/agent_daily');
  await ask('PATCH', '/schedules/agent_daily', {
    cron: '0 10 1 1 *',
    prompt: 'Good day',
    metadata: { a: 1 },
  });
  await ask('POST', '/schedules/agent_daily/pause');
  await ask('POST', '/schedules/agent_daily/pause');
  await ask('GET', '/schedules?status=paused');
  await ask('POST', '/schedules/agent_daily/resume');
  await ask('POST', '/schedules/agent_other/run');
  await ask('GET', '/schedules/agent_other/triggers');
  await ask('GET', '/schedules/agent_other/triggers?limit=1&fromActualFireAt=0');
  await ask('GET', '/schedules/agent_other');
  await ask('DELETE', '/schedules/agent_other');
  await ask('DELETE', '/schedules/agent_other');
  await ask('GET', '/schedules/agent_other/triggers');
  await ask('GET', '/schedules');
}

/** What there is to keep in the editor: how each is made, and how it changes. */
const STORED = {
  agents: [{ name: 'A', instructions: 'Be kind.', model: MODEL }, { instructions: 'Be quick.' }],
  'prompt-blocks': [{ name: 'B', content: 'Say {{name}}' }, { content: 'Say hello' }],
  scorers: [
    { name: 'S', type: 'llm-judge', model: MODEL, instructions: 'Judge.' },
    { instructions: 'Judge well.' },
  ],
  'mcp-clients': [
    { name: 'M', servers: { a: { type: 'stdio', command: 'x' } } },
    { servers: { b: { type: 'stdio', command: 'y' } } },
  ],
  workspaces: [
    { name: 'W', filesystem: { provider: 'local', config: { basePath: '/nowhere' } } },
    { name: 'W2' },
  ],
  skills: [{ name: 'K', description: 'knits', instructions: 'Knit.' }, { instructions: 'Knit on.' }],
};
const WITHOUT_VERSIONS = ['workspaces', 'skills'];

/** @param {Asking} app */
async function stored({ ask }) {
  for (const [kind, [fields, change]] of Object.entries(STORED)) {
    const path = `/stored/${kind}`;
    await ask('POST', path, { id: 'one', ...fields, metadata: { team: 'a', size: 1 } });
    await ask('POST', path, { id: 'one', ...fields });
    await ask('POST', path, { id: 'two', ...fields, authorId: 'bob', metadata: { team: 'b' } });
    await ask('GET', `${path}/one`);
    await ask('GET', `${path}/one?status=draft`);
    for (const query of ['', '?status=draft', '?status=published', '?perPage=1&page=1', '?authorId=bob'])
      await ask('GET', path + query);
    await ask('GET', `${path}?metadata=%7B%22size%22%3A1%7D`);
    await ask('GET', `${path}?orderBy=%7B%22field%22%3A%22createdAt%22%2C%22direction%22%3A%22ASC%22%7D`);
    await ask('PATCH', `${path}/one`, { ...change, metadata: { more: true } });
    await ask('GET', `${path}/one`);
    await ask('PATCH', `${path}/nobody`, change);
    if (!WITHOUT_VERSIONS.includes(kind)) await versions(ask, path);
    await ask('DELETE', `${path}/two`);
    await ask('GET', `${path}/two`);
    await ask('DELETE', `${path}/two`);
    await ask('GET', path);
  }
  await ask('GET', '/stored/agents/one/dependents');
  await ask('POST', '/stored/agents/one/export', {});
  await ask('POST', '/stored/agents/preview-instructions', { blocks: [{ type: 'text', content: 'Hi' }] });
  await ask('POST', '/agents/guide/clone', { newId: 'cloned', newName: 'Cloned' });
  await ask('GET', '/stored/agents/cloned');
  await ask('GET', '/agents');
  const schema = { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] };
  const graph = [{ type: 'tool', id: 'cancel', toolId: 'cancelOrder' }];
  const definition = { id: 'flow', inputSchema: schema, outputSchema: { type: 'object' }, graph };
  await ask('POST', '/stored/workflows', definition);
  await ask('GET', '/stored/workflows');
  await ask('GET', '/stored/workflows/flow');
  await ask('DELETE', '/stored/workflows/flow');
  await ask('GET', '/stored/workflows/flow');
}

/** @param {Ask} ask @param {string} path */
async function versions(ask, path) {
  const made = await ask('POST', `${path}/one/versions`, { changeMessage: 'Mine' });
  const listed = await ask('GET', `${path}/one/versions`);
  await ask('GET', `${path}/one/versions?perPage=1&page=1`);
  await ask(
    'GET',
    `${path}/one/versions?orderBy=%7B%22field%22%3A%22versionNumber%22%2C%22direction%22%3A%22ASC%22%7D`,
  );
  const first = listed?.versions?.at(-1)?.id;
  await ask('GET', `${path}/one/versions/${made?.id}`);
  await ask('GET', `${path}/two/versions/${made?.id}`);
  await ask('GET', `${path}/one/versions/compare?from=${first}&to=${made?.id}`);
  await ask('POST', `${path}/one/versions/${first}/activate`);
  await ask('GET', `${path}/one`);
  await ask('DELETE', `${path}/one/versions/${first}`);
  await ask('POST', `${path}/one/versions/${first}/restore`);
  await ask('DELETE', `${path}/one/versions/${made?.id}`);
  await ask('GET', `${path}/one/versions`);
}

/** @param {Asking} app */
async function datasets({ ask }) {
  const made = await ask('POST', '/datasets', { name: 'Questions', metadata: { a: 1 } });
  const path = `/datasets/${made?.id}`;
  await ask('GET', '/datasets');
  await ask('GET', path);
  await ask('PATCH', path, { description: 'What they ask' });
  const item = await ask('POST', `${path}/items`, { input: { q: 1 }, groundTruth: { a: 1 } });
  await ask('POST', `${path}/items/batch`, { items: [{ input: { q: 2 } }, { input: { q: 3 } }] });
  await ask('GET', `${path}/items?page=0&perPage=10&version=1`);
  await ask('GET', `${path}/items/${item?.id}`);
  await ask('PATCH', `${path}/items/${item?.id}`, { input: { q: 4 } });
  await ask('GET', `${path}/items/${item?.id}/history`);
  await ask('GET', `${path}/items/${item?.id}/versions/1`);
  await ask('GET', `${path}/versions`);
  const experiment = await ask('POST', `${path}/experiments`, { name: 'First', start: false });
  const of = `${path}/experiments/${experiment?.id ?? experiment?.experimentId}`;
  await ask('GET', `${path}/experiments`);
  await ask('GET', of);
  await ask('PATCH', of, { name: 'Second' });
  await ask('POST', `${of}/results`, { itemId: item?.id, input: { q: 1 }, output: 'x' });
  await ask('GET', `${of}/results`);
  await ask('POST', `${of}/finalize`);
  await ask('GET', '/experiments');
  await ask('GET', '/experiments/review-summary');
  await ask('DELETE', of);
  await ask('DELETE', `${path}/items/${item?.id}/purge`);
  await ask('DELETE', `${path}/items/${item?.id}`);
  await ask('DELETE', path);
  await ask('GET', path);
}

/** Routes that ask others in the Internet, whatever the store. */
export const OUTSIDE =
  /skills-sh|\/editor\/builder\/(registries\/|models)|\/agent-builder|instructions\/enhance/;

/** Every route, with ids that nobody has. @param {Asking} app */
async function nobody({ ask }) {
  for (const name of ALL_ROUTES.filter((one) => !OUTSIDE.test(one))) {
    const [method, path] = name.split(' ');
    const asked = path.replaceAll(/:\w+/g, 'nobody');
    const body = ['POST', 'PATCH', 'PUT'].includes(method) ? {} : undefined;
    await ask(method === 'ALL' ? 'GET' : method, `${asked}?${AT}&threadId=nowhere&runId=nobody`, body);
  }
}

/** Each over a store of its own. @type {Record<string, (app: Asking) => Promise<void>>} */
export const STORIES = {
  memory,
  agents,
  workflows,
  scores,
  observability,
  schedules,
  stored,
  datasets,
  nobody,
};
