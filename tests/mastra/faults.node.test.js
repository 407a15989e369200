/**
 * Every KV request of a domain's method fails, from the n-th on. The call succeeds or rejects; made again in better
 * weather, it has brought about what was asked, and what was there before is there.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { at } from '../support/records.js';
import { failNth } from '../support/faults.js';
import { installation } from './channels.js';
import { experiment, result } from './experiments.js';
import { news } from './notifications.js';
import { schedule } from './schedules.js';
import { makeSubject } from './support.js';
import { span } from './traces.js';

const child = span('t', 'a', { parentSpanId: 'root', error: { message: 'no' } });
const trigger = {
  scheduleId: 'a',
  id: 'x',
  runId: 'r',
  scheduledFireAt: 1,
  actualFireAt: 1,
  outcome: 'failed',
};
const connection = { authorId: 'ann', providerId: 'p', connectionId: 'c' };

/** What is there, what is called, and what is then read. @type {[string, (s: any) => Promise<any>, (s: any) => Promise<any>, (s: any) => Promise<any>][]} */
const cases = [
  [
    'batchCreateSpans',
    async (s) => s.observability.batchCreateSpans({ records: [span('u', 'root')] }),
    (s) => s.observability.batchCreateSpans({ records: [span('t', 'root'), child] }),
    async ({ observability }) => [
      (await observability.getTrace({ traceId: 't' }))?.spans.length,
      (await observability.listTraces({})).pagination.total,
      (await observability.listTraces({ filters: { hasChildError: true } })).pagination.total,
    ],
  ],
  [
    'batchDeleteTraces',
    (s) => s.observability.batchCreateSpans({ records: [span('t', 'root'), child, span('u', 'root')] }),
    (s) => s.observability.batchDeleteTraces({ traceIds: ['t'] }),
    async ({ observability }) => [
      await observability.getTrace({ traceId: 't' }),
      (await observability.listTraces({})).pagination.total,
    ],
  ],
  [
    'deleteSchedule',
    async ({ schedules }) => {
      for (const id of ['a', 'b']) await schedules.createSchedule(schedule(id));
      await schedules.recordTrigger(trigger);
    },
    (s) => s.schedules.deleteSchedule('a'),
    async ({ schedules }) => [(await schedules.listSchedules()).length, await schedules.listTriggers('a')],
  ],
  [
    'updateScheduleNextFire',
    (s) => s.schedules.createSchedule(schedule('a')),
    // Who does not learn whether it was claimed must not claim it again.
    (s) =>
      s.schedules.updateScheduleNextFire('a', at(60).getTime(), at(99).getTime(), 1, 'r').then(() => true),
    async ({ schedules }) => (await schedules.getSchedule('a')).nextFireAt,
  ],
  [
    'saveInstallation with another webhook',
    async ({ channels }) => {
      await channels.saveInstallation(installation('a'));
      await channels.saveInstallation(installation('b', { webhookId: 'hook-a' }));
    },
    (s) => s.channels.saveInstallation(installation('a', { webhookId: 'new' })),
    async ({ channels }) => [
      (await channels.getInstallationByWebhookId('new'))?.id,
      (await channels.getInstallation('a')).webhookId,
    ],
  ],
  [
    'deleteInstallation',
    (s) => s.channels.saveInstallation(installation('a')),
    (s) => s.channels.deleteInstallation('a'),
    ({ channels }) => channels.getInstallationByWebhookId('hook-a'),
  ],
  [
    'upsertConnection',
    async () => {},
    (s) =>
      s.toolProviderConnections
        .upsertConnection({ ...connection, toolkit: 't', label: 'x' })
        .then(() => true),
    async (s) => (await s.toolProviderConnections.getConnectionById(connection))?.label,
  ],
  [
    'updateNotification',
    (s) => s.notifications.createNotification(news({ id: 'n', deliverAt: at(1) })),
    (s) => s.notifications.updateNotification({ threadId: 't', id: 'n', deliverAt: at(5) }).then(() => true),
    async (s) =>
      (await s.notifications.listDueNotifications({ now: at(5) })).map((/** @type {any} */ n) => n.deliverAt),
  ],
];

const agent = { agent: { id: 'a', name: 'first' } };
const second = { id: 'v2', agentId: 'a', versionNumber: 2, name: 'second' };
/** @param {any} domain */
const versionsOf = async (domain) =>
  (await domain.listVersions({ agentId: 'a' })).versions.map((/** @type {any} */ { name }) => name);
/** What was made by a call that failed may be there. @param {any} error */
const thereAlready = (error) => {
  if (error.cause?.code !== 'ALREADY_EXISTS') throw error;
};

cases.push(
  [
    'agents.create',
    async () => {},
    (s) => s.agents.create(agent).then(() => undefined, thereAlready),
    async ({ agents }) => [(await agents.getById('a'))?.status, await versionsOf(agents)],
  ],
  [
    'agents.createVersion',
    (s) => s.agents.create(agent),
    (s) => s.agents.createVersion(second).then(() => undefined, thereAlready),
    async ({ agents }) => [await versionsOf(agents), (await agents.getVersion('v2'))?.name],
  ],
  [
    'agents.delete',
    async ({ agents }) => {
      await agents.create(agent);
      await agents.createVersion(second);
    },
    (s) => s.agents.delete('a'),
    async ({ agents }) => [
      await agents.getById('a'),
      await versionsOf(agents),
      await agents.getVersion('v2'),
    ],
  ],
  [
    'skills.update',
    (s) => s.skills.create({ skill: { id: 'a', name: 'first' } }),
    (s) => s.skills.update({ id: 'a', name: 'second', status: 'published' }).then(() => true),
    async ({ skills }) => [(await skills.getById('a')).status, (await skills.getLatestVersion('a')).name],
  ],
);

/** @param {any} s */
const ofItem = async ({ experiments }) => {
  const page = { page: 0, perPage: false };
  const { results } = await experiments.listExperimentResults({ experimentId: 'x', pagination: page });
  const one = results[0] ?? null;
  const found = one && (await experiments.getExperimentResultById({ id: one.id }));
  return [results.length, found?.output, found?.comment, (await experiments.getReviewSummary()).length];
};
/** @param {any} s */
const withResult = async ({ experiments }) => {
  await experiments.createExperiment(experiment({ id: 'x' }));
  await experiments.addExperimentResult(result('i', { id: 'r', tags: ['a'] }));
};

cases.push(
  [
    'createExperiment',
    async () => {},
    (s) => s.experiments.createExperiment(experiment({ id: 'x' })).then(() => true),
    async ({ experiments }) => (await experiments.getExperimentById({ id: 'x' }))?.status,
  ],
  [
    'updateExperiment',
    withResult,
    (s) => s.experiments.updateExperiment({ id: 'x', status: 'failed' }).then(() => true),
    async ({ experiments }) => (await experiments.getExperimentById({ id: 'x' })).status,
  ],
  [
    'addExperimentResult',
    (s) => s.experiments.createExperiment(experiment({ id: 'x' })),
    (s) => s.experiments.addExperimentResult(result('i', { id: 'r' })).then(() => undefined, thereAlready),
    ofItem,
  ],
  [
    'upsertExperimentResult',
    withResult,
    (s) => s.experiments.upsertExperimentResult(result('i', { output: 'new' })).then(() => true),
    ofItem,
  ],
  [
    'updateExperimentResult',
    withResult,
    (s) => s.experiments.updateExperimentResult({ id: 'r', comment: 'hm' }).then(() => true),
    ofItem,
  ],
  [
    'deleteExperimentResults',
    withResult,
    (s) => s.experiments.deleteExperimentResults({ experimentId: 'x' }),
    ofItem,
  ],
  [
    'deleteExperiment',
    withResult,
    (s) => s.experiments.deleteExperiment({ id: 'x' }),
    async (s) => [await s.experiments.getExperimentById({ id: 'x' }), ...(await ofItem(s))],
  ],
);

const toQuestions = { datasetId: 'd' };
/** Two items: `n` by that name, another. @param {any} s */
const withItems = async ({ datasets }) => {
  await datasets.createDataset({ id: 'd', name: 'Questions' });
  const items = [{ input: 'a', externalId: 'n' }, { input: 'b' }];
  await datasets.batchInsertItems({ ...toQuestions, items });
};
/** @param {any} s */
const itemIds = async ({ datasets }) => {
  const { items } = await datasets.listItems({ ...toQuestions, pagination: { page: 0, perPage: false } });
  return items.map((/** @type {any} */ { id }) => id);
};
/** What there is; and that no version that is counted is half there. @param {any} s */
const questions = async ({ datasets }) => {
  const page = { page: 0, perPage: false };
  const { items } = await datasets.listItems({ ...toQuestions, pagination: page });
  for (const { id, input } of items) {
    const [newest] = await datasets.getItemHistory(id);
    expect(newest.input).toEqual(input);
  }
  return items.map((/** @type {any} */ one) => JSON.stringify(one.input)).sort();
};

cases.push(
  [
    'createDataset',
    async () => {},
    (s) => s.datasets.createDataset({ id: 'd', name: 'Questions' }).then(() => true),
    async ({ datasets }) => (await datasets.getDatasetById({ id: 'd' }))?.version,
  ],
  [
    'updateDataset',
    withItems,
    (s) => s.datasets.updateDataset({ id: 'd', name: 'new' }).then(() => true),
    async (s) => [(await s.datasets.getDatasetById({ id: 'd' })).name, await questions(s)],
  ],
  [
    'batchInsertItems',
    withItems,
    (s) => {
      const items = ['c', 'd', 'e'].map((name) => ({ input: name, externalId: name }));
      return s.datasets.batchInsertItems({ ...toQuestions, items }).then(() => true);
    },
    questions,
  ],
  [
    'updateItem',
    withItems,
    async (s) => {
      for (const id of await itemIds(s)) await s.datasets.updateItem({ ...toQuestions, id, input: 'new' });
    },
    questions,
  ],
  [
    'batchDeleteItems',
    withItems,
    async (s) => s.datasets.batchDeleteItems({ ...toQuestions, itemIds: await itemIds(s) }),
    questions,
  ],
  [
    'purgeItem',
    withItems,
    async (s) => {
      for (const id of await itemIds(s)) await s.datasets.purgeItem({ ...toQuestions, id });
    },
    questions,
  ],
  [
    'deleteDataset',
    withItems,
    (s) => s.datasets.deleteDataset({ id: 'd' }),
    async (s) => [await s.datasets.getDatasetById({ id: 'd' }), await questions(s)],
  ],
);

describe.each(cases)('%s', (_name, prepare, act, look) => {
  async function begun() {
    const memory = createMemoryBackend();
    let faulty = failNth(memory, { at: Infinity });
    const backend = { ...memory, run: (/** @type {any} */ round) => faulty.run(round) };
    const subject = await makeSubject(() => ({ backend, assumeSingleWriter: true }));
    await prepare(subject);
    await subject.storage.close();
    // What the isolate wrote lately needs no KV.
    subject.clock.advance(3_600_000);
    return {
      subject,
      seen: () => faulty.seen(),
      failFrom: (/** @type {number} */ nth) => {
        faulty = failNth(memory, { at: nth, times: Infinity });
      },
    };
  }

  it('does what it is asked to, whichever request fails', async () => {
    const calm = await begun();
    calm.failFrom(Infinity);
    const result = await act(calm.subject);
    const requests = calm.seen();
    await calm.subject.storage.close();
    const wanted = await look(await calm.subject.reopen());
    expect(requests).toBeGreaterThan(0);
    for (let nth = 1; nth <= requests; nth++) {
      const { subject, failFrom } = await begun();
      failFrom(nth);
      const outcome = await act(subject).catch((/** @type {any} */ error) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ cause: { code: 'KV_FAILED' } });
      else expect(outcome, `request ${nth} of ${requests}`).toEqual(result);
      await subject.storage.close();
      failFrom(Infinity);
      if (outcome instanceof Error) await act(nth % 2 === 0 ? subject : await subject.reopen());
      await subject.storage.close();
      expect(await look(await subject.reopen()), `request ${nth} of ${requests}`).toEqual(wanted);
    }
  });
});
