/**
 * Requests about runs of workflows. Engines write them; here they are looked at, and deleted.
 *
 * @module
 */

import { notFound } from '../errors.js';
import { choice, date, pageOf, paging } from '../parameters.js';
import { route } from '../route.js';
import { Run, RunPage } from '../schemas.js';

const tag = 'Workflow runs';
const path = '/v1/workflow-runs/:workflowName/:runId';
const PER_PAGE = 40;

export const runs = [
  route({
    method: 'GET',
    path: '/v1/workflow-runs',
    operationId: 'listWorkflowRuns',
    tag,
    summary: 'Runs, newest first',
    query: {
      ...paging(PER_PAGE),
      workflowName: choice('only those of this workflow'),
      status: choice('only those in this state'),
      resourceId: choice('only those of this resource'),
      threadId: choice('only those that an agent made for this thread'),
      start: date('not made before this'),
      end: date('not made after this'),
    },
    answers: { 200: { description: 'a page of runs', schema: RunPage } },
    async handle({ json, var: { store } }, { query }) {
      const { workflowName, status, resourceId, threadId, start: fromDate, end: toDate } = query;
      const { page = 0, perPage = PER_PAGE } = pageOf(query);
      const filter = { workflowName, status, resourceId, threadId, fromDate, toDate };
      const { runs, total } = await store.listWorkflowRuns({ ...filter, page, perPage });
      const hasMore = perPage !== false && (page + 1) * perPage < total;
      return json({ runs, total, page, perPage, hasMore });
    },
  }),

  route({
    method: 'GET',
    path,
    operationId: 'getWorkflowRun',
    etag: true,
    tag,
    summary: 'A run, with its snapshot',
    answers: { 200: { description: 'the run', schema: Run } },
    errors: [404],
    async handle({ json, var: { store } }, { ids }) {
      const run = await store.getWorkflowRunById(ids);
      if (run === null) throw notFound('Run', ids.runId, { workflowName: ids.workflowName });
      return json(run);
    },
  }),

  route({
    method: 'DELETE',
    path,
    operationId: 'deleteWorkflowRun',
    tag,
    summary: 'Deletes a run; that there is none is no error',
    answers: { 204: { description: 'it is gone' } },
    async handle({ body, var: { store } }, { ids }) {
      await store.deleteWorkflowRunById(ids);
      return body(null, 204);
    },
  }),
];
