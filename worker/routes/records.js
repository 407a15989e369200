/**
 * Requests about what agents leave beside their threads: scores, background tasks, observations. Engines write them;
 * here they are looked at.
 *
 * @module
 */

import { ApiError } from '../errors.js';
import * as z from 'zod/mini';
import { choice, oneOf, pageOf, paging, texts } from '../parameters.js';
import { route } from '../route.js';
import { Observations, ScorePage, States, TaskPage } from '../schemas.js';

const tag = 'Scores, tasks, observations';
const PER_PAGE = 40;
/** Types of states that agents have. */
const STATES = ['task', 'goal'];

export const records = [
  route({
    method: 'GET',
    path: '/v1/scores',
    operationId: 'listScores',
    tag,
    summary: 'Scores of a run, by a scorer, or of an entity, newest first',
    query: {
      ...paging(PER_PAGE),
      runId: choice('of this run; this, scorerId or entityId is needed'),
      scorerId: choice('by this scorer'),
      entityId: choice('of this agent or workflow'),
    },
    answers: { 200: { description: 'a page of scores', schema: ScorePage } },
    async handle({ json, var: { store } }, { query: { page = 0, perPage = PER_PAGE, ...of } }) {
      const pagination = pageOf({ page, perPage });
      const { runId, scorerId, entityId } = of;
      requireOne(of);
      const { scores, pagination: told } =
        runId !== undefined
          ? await store.listScoresByRunId({ runId, pagination })
          : scorerId !== undefined
            ? await store.listScoresByScorerId({ scorerId, pagination })
            : await store.listScoresByEntityId({ entityId: String(entityId), pagination });
      return json({ scores, ...told });
    },
  }),

  route({
    method: 'GET',
    path: '/v1/tasks',
    operationId: 'listTasks',
    tag,
    summary: 'Background tasks, newest first if nothing else is asked for',
    query: {
      ...paging(PER_PAGE),
      status: oneOf(
        ['pending', 'running', 'suspended', 'completed', 'failed', 'cancelled', 'timed_out'],
        'only those in this state',
      ),
      threadId: choice('only those of this thread'),
      resourceId: choice('only those of this resource'),
      runId: choice('only those of this run'),
      agentId: choice('only those of this agent'),
      direction: oneOf(['ASC', 'DESC'], 'by createdAt; DESC, newest first, if not given'),
    },
    answers: { 200: { description: 'a page of tasks', schema: TaskPage } },
    async handle({ json, var: { store } }, { query }) {
      const { status, threadId, resourceId, runId, agentId, direction } = query;
      const { page = 0, perPage = PER_PAGE } = pageOf(query);
      const filter = { status, threadId, resourceId, runId, agentId };
      const pages = perPage === false ? {} : { page, perPage };
      const orderDirection = direction === 'ASC' ? 'asc' : 'desc';
      const { tasks, total } = await store.listTasks({ ...given(filter), ...pages, orderDirection });
      const hasMore = perPage !== false && (page + 1) * perPage < total;
      return json({ tasks, total, page, perPage, hasMore });
    },
  }),

  route({
    method: 'GET',
    path: '/v1/threads/:threadId/states',
    operationId: 'listStates',
    tag,
    summary: 'States of a thread, those that there are',
    query: {
      type: z.optional(texts("their types; an agent's list of tasks, task, and its goal if not given")),
    },
    answers: { 200: { description: 'the states, in the order of the types', schema: States } },
    async handle({ json, var: { store } }, { ids: { threadId }, query: { type: types = STATES } }) {
      const values = await Promise.all(types.map((type) => store.getState({ threadId, type })));
      const states = types.map((type, at) => ({ type, value: values[at] }));
      return json({ states: states.filter(({ value }) => value !== undefined) });
    },
  }),

  route({
    method: 'GET',
    path: '/v1/resources/:resourceId/observations',
    operationId: 'listObservations',
    tag,
    summary: 'Observational memory of a resource, or of one of its threads: its generations, newest first',
    query: { threadId: choice('that of this thread') },
    answers: { 200: { description: 'the generations', schema: Observations } },
    async handle({ json, var: { store } }, { ids: { resourceId }, query: { threadId = null } }) {
      return json({ observations: await store.getObservationalMemoryHistory(threadId, resourceId) });
    },
  }),
];

/** @param {Record<string, unknown>} of */
function requireOne(of) {
  if (Object.values(of).filter((value) => value !== undefined).length === 1) return;
  const message = 'one of runId, scorerId and entityId is needed, and one alone';
  throw new ApiError(400, 'INVALID_ARGUMENT', message, { in: 'query', path: '' });
}

/**
 * @template {object} T
 * @param {T} filter
 * @returns {Partial<T>} without what was not given
 */
function given(filter) {
  return /** @type {Partial<T>} */ (
    Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
  );
}
