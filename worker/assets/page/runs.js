/**
 * Runs of workflows, and one run with its snapshot.
 *
 * @module
 */

import { actionButton, ask } from './ask.js';
import { scoresPart, tasksPart } from './beside.js';
import { each, el, facts, jsonBlock, text, time } from './dom.js';
import { placeOf } from './place.js';
import { emptyState, filterForm, heading, pageAt, pager } from './widgets.js';

const PER_PAGE = 20;
const FILTERS = { workflowName: 'Workflow', status: 'State', resourceId: 'Resource' };

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
export async function runsView(api, place) {
  if (place.ids.length > 1) return runView(api, place);
  const { workflowName, status, resourceId } = place.query;
  const filter = { workflowName, status, resourceId };
  const page = await api.get(['workflow-runs'], { ...filter, page: pageAt(place.query), perPage: PER_PAGE });
  return [
    heading('Workflow runs'),
    filterForm(place, FILTERS),
    page.runs.length > 0
      ? el('ul.list', null, each(page.runs, runItem, 'li'))
      : emptyState(
          'No runs',
          Object.values(filter).some(Boolean)
            ? 'No run is like that.'
            : 'Runs of workflows, and of agents that wait for somebody, will be listed here.',
        ),
    pager(place, page),
  ];
}

/** @param {any} run */
function runItem({ workflowName, runId, resourceId, snapshot, updatedAt }) {
  return el(
    'li',
    null,
    el('a.title', { href: placeOf('runs', [workflowName, runId]) }, workflowName),
    statusBadge(snapshot),
    el(
      'p.about',
      null,
      time(updatedAt),
      ' · ',
      resourceId && [el('a', { href: placeOf('memory', [resourceId]) }, resourceId), ' · '],
      el('code', null, runId),
    ),
  );
}

/**
 * @param {import('./api.js').Api} api
 * @param {import('./place.js').Place} place
 */
async function runView(api, { ids: [name, id] }) {
  const path = ['workflow-runs', name, id];
  const [run, mayWrite] = await Promise.all([api.get(path), api.mayWrite()]);
  const { workflowName, runId, resourceId, snapshot, createdAt, updatedAt } = run;
  const { context } = snapshot ?? {};
  const steps = typeof context === 'object' && context !== null ? Object.entries(context) : [];
  return [
    el('p', null, el('a', { href: placeOf('runs') }, 'All runs')),
    heading(workflowName, ' ', statusBadge(snapshot)),
    facts({
      Run: el('code', null, runId),
      Resource: resourceId ? el('a', { href: placeOf('memory', [resourceId]) }, resourceId) : null,
      Created: time(createdAt),
      Updated: time(updatedAt),
    }),
    mayWrite &&
      el(
        'div.actions',
        null,
        actionButton('Delete the run', async () => {
          const isDone = await ask({
            title: 'Delete this run?',
            words: 'For good. What waits for an answer can then never go on.',
            verb: 'Delete',
            act: () => api.send('DELETE', path),
          });
          if (isDone) location.hash = placeOf('runs');
        }),
      ),
    scoresPart(api, { runId: id }),
    tasksPart(api, { runId: id }),
    steps.length > 0 && el('h2', null, 'Steps'),
    steps.length > 0 && el('ul.list', null, each(steps, stepItem, 'li')),
    el('h2', null, 'Snapshot'),
    jsonBlock(snapshot),
  ];
}

/** @param {[string, any]} step */
function stepItem([name, result]) {
  return el('li', null, el('code', null, name), typeof result?.status === 'string' && statusBadge(result));
}

/** @param {any} snapshot */
function statusBadge(snapshot) {
  const status = text(snapshot?.status ?? 'unknown');
  return el('span.badge', { 'data-status': status }, status);
}
