/** The OpenAPI document: that it is one, and that every route answers as it says, in every way it can. */

import { describe, expect, it, vi } from 'vitest';
import { MAX_REQUEST, writeCall } from '../../bindings/remote/calls.js';
import { VERSION } from '../../worker/openapi.js';
// @ts-ignore A text, as Vite reads it.
import PACKAGE from '../../package.json?raw';
import { putCheckpoint } from './checkpoint.js';
import { createClient } from './client.js';
import { DOCUMENT, faultsOf, seen } from './document.js';

const ask = createClient();
const ID = 'a/b:c%';
const THREAD = `/v1/threads/${encodeURIComponent(ID)}`;
const MESSAGE = { id: 'm', role: 'user', content: { format: 2, parts: [{ type: 'text', text: 'Hello' }] } };

/** A request that goes well, for every operation, in an order in which they do. @type {Record<string, any[]>} */
const REQUESTS = {
  getHealth: ['GET', '/health'],
  getDocument: ['GET', '/openapi.json'],
  getToken: ['GET', '/v1/token'],
  listPrefixes: ['GET', '/v1/prefixes'],
  replaceThread: ['PUT', THREAD, { resourceId: 'u', title: 'One' }],
  createThread: ['POST', '/v1/threads', { resourceId: 'u', metadata: { a: [1] } }],
  updateThread: ['PATCH', THREAD, { title: 'Two', archivedAt: null }],
  getThread: ['GET', THREAD],
  listThreads: ['GET', '/v1/threads?perPage=1'],
  saveMessages: ['POST', `${THREAD}/messages`, { messages: [MESSAGE] }],
  updateMessage: ['PATCH', `${THREAD}/messages/m`, { content: { metadata: { a: 1 } } }],
  getMessage: ['GET', `${THREAD}/messages/m`],
  listMessages: ['GET', `${THREAD}/messages?perPage=all`],
  getMessages: ['GET', '/v1/messages?id=m&id=none'],
  updateMessages: ['PATCH', '/v1/messages', { messages: [{ id: 'm', threadId: ID }, { id: 'none' }] }],
  listMessagesOfResource: ['GET', '/v1/resources/u/messages?direction=DESC&includeTotal=false'],
  copyThread: ['POST', `${THREAD}/copy`, { newThreadId: 'copy', options: { messageLimit: 1 } }],
  deleteMessage: ['DELETE', `${THREAD}/messages/m`],
  deleteMessages: ['DELETE', '/v1/messages?id=m&id=none'],
  deleteThread: ['DELETE', THREAD],
  replaceResource: ['PUT', '/v1/resources/u', { workingMemory: '# Ada' }],
  updateResource: ['PATCH', '/v1/resources/u', { metadata: { a: 1 } }],
  getResource: ['GET', '/v1/resources/u'],
  listResources: ['GET', '/v1/resources?perPage=1'],
  listWorkflowRuns: ['GET', '/v1/workflow-runs'],
  getWorkflowRun: ['GET', '/v1/workflow-runs/w/r'],
  deleteWorkflowRun: ['DELETE', '/v1/workflow-runs/w/r'],
  listScores: ['GET', '/v1/scores?runId=r&perPage=1'],
  listTasks: ['GET', '/v1/tasks?status=Failed&direction=asc'],
  listStates: ['GET', `${THREAD}/states?type=goal`],
  listObservations: ['GET', '/v1/resources/u/observations'],
  listCheckpointThreads: ['GET', '/v1/checkpoints'],
  listCheckpoints: ['GET', '/v1/checkpoints/t'],
  getCheckpoint: ['GET', '/v1/checkpoints/t/1'],
  export: ['GET', '/v1/export'],
  call: ['POST', '/v1/calls', undefined, writeCall({ method: 'stats', op: 'store.init' })],
  deleteResource: ['DELETE', '/v1/resources/u?everything=true'],
};

/** What is sent: a document, or lines. @param {unknown} body @param {string} [lines] */
const sending = (body, lines) =>
  lines === undefined ? { body } : { raw: lines, headers: { 'Content-Type': 'application/x-ndjson' } };

const OPERATIONS = Object.values(DOCUMENT.paths).flatMap((methods) => Object.values(methods));

describe('the document', () => {
  it('is served behind the token, like the rest', async () => {
    expect((await ask('GET', '/openapi.json', { token: null })).status).toBe(401);
    const { json, headers } = await ask('GET', '/openapi.json');
    expect(json).toEqual(DOCUMENT);
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('has the version of the package, and names every operation once', () => {
    expect(VERSION).toBe(JSON.parse(PACKAGE).version);
    const ids = OPERATIONS.map(({ operationId }) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.sort()).toEqual(Object.keys(REQUESTS).sort());
  });

  it('tells a right answer from a wrong one', () => {
    const thread = {
      id: 't',
      resourceId: 'u',
      createdAt: new Date(0).toJSON(),
      updatedAt: new Date(0).toJSON(),
    };
    const schema = { $ref: '#/components/schemas/ThreadPage' };
    const page = { threads: [thread], total: 1, page: 0, perPage: false, hasMore: false };
    expect(faultsOf(schema, page)).toEqual([]);
    for (const wrong of [
      { ...page, total: '1' },
      { ...page, more: 1 },
      { ...page, perPage: true },
      { ...page, threads: [{ ...thread, createdAt: 'yesterday' }] },
      { ...page, threads: [{ ...thread, id: undefined }] },
    ]) {
      expect(faultsOf(schema, JSON.parse(JSON.stringify(wrong)))).not.toEqual([]);
    }
  });
});

describe('every route', () => {
  it('answers as declared when all is well', async () => {
    const run = { workflowName: 'w', runId: 'r', snapshot: { status: 'suspended' } };
    await ask.store().persistWorkflowSnapshot(run);
    await putCheckpoint(ask.store(), '1', { n: 1 });
    for (const [name, [method, path, body, lines]] of Object.entries(REQUESTS)) {
      const { status, headers } = await ask(method, path, sending(body, lines));
      expect.soft(status, name).toBeLessThan(300);
      const tag = headers.get('etag');
      if (tag) await ask(method, path, { headers: { 'If-None-Match': tag } });
    }
    await ask('DELETE', '/v1/resources/u'); // by itself, not everything
    const declared = OPERATIONS.flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => Number(status) < 400)
        .map((status) => `${operationId} ${status}`),
    );
    expect(declared.filter((answer) => !seen.has(answer))).toEqual([]);
  });

  it('answers as declared when something is wrong', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await ask('PUT', '/v1/threads/taken', { body: { resourceId: 'u' } });
    const broken = createBrokenNamespace();
    for (const [method, path, body, lines] of Object.values(REQUESTS)) {
      const sent = sending(body, lines);
      await ask(method, path, { ...sent, token: null });
      await ask(method, path, { ...sent, vars: { THREADKV_TOKEN: undefined } });
      await ask(method, `${path}${path.includes('?') ? '&' : '?'}nonsense=1`, sent);
      await ask(method, path, { ...sent, vars: { MESSAGES_KV: undefined } });
      await ask(method, path, {
        ...sent,
        vars: { RATE_LIMITER: { limit: async () => ({ success: false }) } },
      });
      await ask(method, path, { ...sent, vars: { THREADS_KV: broken, MESSAGES_KV: broken } });
      await createClient()(method, path, sent); // in an empty store
      await createClient()(method, path, { ...sent, vars: { THREADS_KV: broken, MESSAGES_KV: broken } });
      if (body === undefined) continue;
      await ask(method, path, { raw: '{}', headers: { 'Content-Type': 'text/plain' } });
      await ask(method, path, { body, vars: { MAX_BODY_BYTES: '1' } });
    }
    await ask('POST', '/v1/calls', { raw: '{}', headers: { 'Content-Type': 'text/plain' } });
    await ask('POST', '/v1/calls', sending(undefined, ' '.repeat(MAX_REQUEST + 1)));
    await ask('POST', '/v1/threads', { body: { id: 'taken', resourceId: 'u' } });
    await ask('POST', '/v1/threads/taken/copy', { body: { newThreadId: 'taken' } });
    await ask('POST', '/v1/threads/taken/messages', { body: { messages: [MESSAGE] } });
    await ask('PATCH', '/v1/messages', { body: { messages: [{ id: 'm', threadId: 'nowhere' }] } });
    await ask('DELETE', '/v1/resources/u');
    await ask('PUT', THREAD, { body: { resourceId: 'u' } });
    await ask('POST', `${THREAD}/messages`, { body: { messages: [MESSAGE] } });
    for (const name of /** @type {const} */ (['listMessages', 'getMessages', 'listMessagesOfResource'])) {
      const [method, path] = REQUESTS[name];
      await ask(method, path.replace('id=none', 'id=m'), { vars: { MAX_PAGE_BYTES: '1' } });
    }
    log.mockRestore();
    // 422 takes more KV operations than a test should make; what was just written is not read again, messages aside.
    const isUntold = (/** @type {string} */ answer) => /^list(?!Messages)\w+ 413$/.test(answer);
    const declared = OPERATIONS.flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => status !== '422')
        .map((status) => `${operationId} ${status}`),
    );
    expect(declared.filter((answer) => !seen.has(answer) && !isUntold(answer))).toEqual([]);
  });
});

function createBrokenNamespace() {
  const fail = async () => {
    throw new Error('KV GET failed: 403');
  };
  return { get: fail, getWithMetadata: fail, put: fail, delete: fail, list: fail };
}
