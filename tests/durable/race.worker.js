/**
 * A Worker of the race: several callers at once, in one of two isolates that share an object.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/index.js';

export { ThreadKVObject } from '../../bindings/durable/index.js';

const AT = new Date('2026-01-02T10:30:45.000Z');
const thread = { id: 't', resourceId: 'alice', title: 'A', createdAt: AT, updatedAt: AT };
const task = {
  status: 'pending',
  toolName: 'search',
  toolCallId: 'call',
  args: {},
  agentId: 'agent',
  runId: 'run',
  retryCount: 0,
  maxRetries: 0,
  timeoutMs: 1000,
  createdAt: AT,
};
const JOBS = Array.from({ length: 50 }, (_, i) => `job${i}`);
const run = { workflowName: 'order', runId: 'r' };

/** What each caller does, and whether it has won. @type {Record<string, (store: any, caller: string) => Promise<boolean>>} */
const RACES = {
  createThread: (store, caller) =>
    won(store.createThread({ thread: { ...thread, id: 'new', title: caller } })),
  copyThread: (store) => won(store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' })),
  resume: async (store, caller) => {
    const opts = { status: 'running', result: { caller }, expectedStatus: 'suspended' };
    return (await store.updateWorkflowState({ ...run, opts })) !== undefined;
  },
};

/** @param {Promise<unknown>} promise */
async function won(promise) {
  try {
    await promise;
    return true;
  } catch (error) {
    if (/** @type {any} */ (error).code === 'ALREADY_EXISTS') return false;
    throw error;
  }
}

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    const [, act, keyPrefix, count] = new URL(request.url).pathname.split('/');
    const open = () => /** @type {any} */ (new CloudflareStore({ durable: env.OBJECTS, keyPrefix }));
    try {
      if (act === 'prepare') {
        const store = open();
        await store.saveThread({ thread });
        const messages = Array.from({ length: 10 }, (_, i) => ({
          id: `m${i}`,
          threadId: 't',
          resourceId: 'alice',
          role: 'user',
          content: { format: 2, parts: [] },
          createdAt: AT,
        }));
        await store.saveMessages({ messages });
        await Promise.all(JOBS.map((id) => store.createTask({ ...task, id })));
        await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'suspended', context: {} } });
        return Response.json({});
      }
      if (act === 'look') {
        const store = open();
        const { messages } = await store.listMessages({ threadId: 'copy', perPage: false });
        const snapshot = await store.loadWorkflowSnapshot(run);
        return Response.json({
          threads: (await store.listThreads({})).total,
          copied: messages.length,
          owners: Object.fromEntries(
            (await store.listTasks({})).tasks.map((/** @type {any} */ one) => [one.id, one.ownerId]),
          ),
          resumedBy: snapshot.result?.caller,
          title: (await store.getThreadById({ threadId: 'new' }))?.title,
        });
      }
      const callers = Array.from({ length: Number(count) }, (_, i) => `${env.NAME}${i}`);
      if (act === 'claims') {
        const claims = callers.flatMap((caller) => JOBS.map((job) => ({ caller, job })));
        const taken = await Promise.all(
          claims.map(({ caller, job }) =>
            open().updateTask(job, { status: 'running', ownerId: caller }, { expectedStatus: 'pending' }),
          ),
        );
        return Response.json(claims.filter((_, i) => taken[i]));
      }
      const wins = await Promise.all(callers.map((caller) => RACES[act](open(), caller)));
      return Response.json(callers.filter((_, i) => wins[i]));
    } catch (error) {
      return Response.json({ error: String(/** @type {any} */ (error)?.stack ?? error) }, { status: 500 });
    }
  },
};
