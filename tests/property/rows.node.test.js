/** Lists of tasks against a plain array: random tasks, updates and deletions, asked by random filters. */

import { expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { hideMetadata } from '../support/faults.js';
import { createRandom } from '../support/random.js';

const STATUSES = /** @type {const} */ (['pending', 'running', 'completed', 'failed']);
const AGENTS = ['a', 'ä', 'b:c', '%'];
const DATES = /** @type {const} */ (['createdAt', 'startedAt']);
const START = Date.UTC(2026, 0, 1);

/** @typedef {import('../../bindings/index.js').Task} Task */
/** @typedef {import('../../bindings/index.js').TaskFilter} TaskFilter */
/** @typedef {ReturnType<typeof createRandom>} Random */

/** @template T @param {Random} random @param {readonly T[]} from @returns {T} */
const pick = (random, from) => from[random.below(from.length)];
/** @param {Random} random */
const moment = (random) => new Date(START + random.below(20) * 1000);

/** @param {Random} random @returns {any} */
function makeTask(random) {
  const task = { id: `t${random.below(12)}`, status: pick(random, STATUSES), agentId: pick(random, AGENTS) };
  const dates = { createdAt: moment(random), startedAt: random.below(2) === 0 ? undefined : moment(random) };
  return { ...task, ...dates, runId: 'r', args: {}, toolName: 'x'.repeat(random.below(8) === 0 ? 1100 : 3) };
}

/** @param {Random} random @returns {TaskFilter} */
function makeFilter(random) {
  const half = () => random.below(2) === 0;
  return {
    status: half()
      ? undefined
      : half()
        ? pick(random, STATUSES)
        : [pick(random, STATUSES), pick(random, STATUSES)],
    agentId: half() ? undefined : pick(random, AGENTS),
    fromDate: half() ? undefined : moment(random),
    toDate: half() ? undefined : moment(random),
    dateFilterBy: half() ? undefined : pick(random, DATES),
    orderBy: half() ? undefined : pick(random, DATES),
    orderDirection: half() ? undefined : pick(random, /** @type {const} */ (['asc', 'desc'])),
    page: random.below(3),
    perPage: half() ? undefined : random.below(5),
  };
}

/** What the list has to be, by definition. @param {Task[]} all @param {TaskFilter} filter */
function expected(all, { status, agentId, fromDate, toDate, dateFilterBy = 'createdAt', ...rest }) {
  const { orderBy = 'createdAt', orderDirection = 'asc', page = 0, perPage } = rest;
  const found = all.filter((task) => {
    const date = task[dateFilterBy];
    return (
      (status === undefined || [status].flat().includes(task.status)) &&
      (agentId === undefined || task.agentId === agentId) &&
      (fromDate === undefined || (date !== undefined && date >= fromDate)) &&
      (toDate === undefined || (date !== undefined && date < toDate))
    );
  });
  const time = (/** @type {Task} */ task) => task[orderBy]?.getTime() ?? 0;
  const sign = orderDirection === 'asc' ? 1 : -1;
  found.sort((a, b) => sign * (time(a) - time(b)) || (a.id < b.id ? -1 : 1));
  const shown = perPage === undefined ? found : found.slice(page * perPage, (page + 1) * perPage);
  return { ids: shown.map(({ id }) => id), total: found.length };
}

it.each([
  ['with metadata', false],
  ['without', true],
])('lists of tasks are what their definition says, %s', async (_, bare) => {
  const random = createRandom(bare ? 2 : 1);
  const memory = createMemoryBackend();
  const backend = bare ? hideMetadata(memory) : memory;
  let now = START;
  const open = () => new CloudflareStore({ backend, keyPrefix: 'p', core: createCore({ now: () => now }) });
  /** @type {Map<string, any>} */
  const model = new Map();
  let store = open();
  for (let step = 0; step < 400; step++) {
    now += random.below(5000);
    const task = makeTask(random);
    const kind = random.below(10);
    if (kind < 4) {
      await store.createTask(task);
      model.set(task.id, task);
    } else if (kind < 6) {
      const guards = { expectedStatus: pick(random, STATUSES) };
      const { status, startedAt } = task;
      const old = model.get(task.id);
      const updated = await store.updateTask(task.id, { status, startedAt }, guards);
      expect(updated).toBe(old?.status === guards.expectedStatus);
      if (updated) model.set(task.id, { ...old, status, startedAt });
    } else if (kind < 7) {
      await store.deleteTask(task.id);
      model.delete(task.id);
    } else if (kind < 8) store = open();
    const filter = makeFilter(random);
    const { tasks, total } = await store.listTasks(filter);
    const got = { ids: tasks.map(({ id }) => id), total };
    expect(got, JSON.stringify(filter)).toEqual(expected([...model.values()], filter));
  }
});
