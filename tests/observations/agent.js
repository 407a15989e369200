/**
 * Mastra's own observational memory on the store: an agent whose conversation is observed, buffered and reflected on
 * by models that need no network.
 *
 * @module
 */

import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { Memory } from '@mastra/memory';
import { expect } from 'vitest';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { scripted } from '../record/model.js';

/** A question long enough to be worth observing. @param {number} n */
const question = (n) => `Question ${n}: ${'what does the cherry tree do in spring, and why? '.repeat(8)}`;

/**
 * @param {string} name
 * @param {(n: number) => string} say
 */
const model = (name, say) =>
  scripted(
    name,
    Array.from({ length: 200 }, (_, n) => say(n + 1)),
  );

/** @param {number} n */
const observation = (n) =>
  `<observations>\n* 🔴 (09:00) Alice asked question ${n} about cherry trees\n</observations>`;

/**
 * An isolate with an application in it.
 *
 * @param {object} where  the data is
 * @param {{ scope?: 'thread' | 'resource', observation?: object, reflection?: object }} [how]
 */
export function start(where, { scope = 'thread', observation: observe = {}, reflection = {} } = {}) {
  const storage = new CloudflareStore(/** @type {any} */ ({ ...where, core: createCore() }));
  const observer = model('observer', observation);
  const reflector = model('reflector', (n) => `<observations>\n* 🔴 Reflection ${n}\n</observations>`);
  const options = {
    lastMessages: 10,
    observationalMemory: {
      scope,
      observation: {
        model: observer,
        messageTokens: 200,
        bufferTokens: /** @type {const} */ (false),
        ...observe,
      },
      reflection: { model: reflector, observationTokens: 100_000, ...reflection },
    },
  };
  const memory = new Memory({ storage, options });
  const agent = new Agent({
    id: 'guide',
    name: 'Guide',
    instructions: 'Be brief.',
    model: model('guide', (n) => `Answer ${n}. ${'It blooms. '.repeat(20)}`),
    memory,
  });
  const mastra = new Mastra({ storage, agents: { agent }, logger: false });
  /** @param {number} n @param {string} [thread] */
  const ask = (n, thread = 'trip') => agent.generate(question(n), { memory: { thread, resource: 'alice' } });
  /** @param {string | null} [thread] @returns {Promise<any[]>} */
  const generations = async (thread = scope === 'thread' ? 'trip' : null) => {
    const domain = /** @type {any} */ (await storage.getStore('memory'));
    return domain.getObservationalMemoryHistory(thread, 'alice');
  };
  return { storage, memory, agent, mastra, ask, generations };
}

/**
 * @param {() => object} make  says where the data of a new application is
 * @param {{ it: any, describe: any }} runner
 */
export function observedAgent(make, { it, describe }) {
  describe.each(['thread', 'resource'])('observations of a %s', (/** @type {any} */ scope) => {
    it('are made, and found by an isolate that knows nothing', async () => {
      const where = make();
      const app = start(where, { scope });
      for (const n of [1, 2, 3, 4]) await app.ask(n);
      await app.storage.close();
      const [record, ...older] = await start(where, { scope }).generations();
      expect(older).toEqual([]);
      expect(record).toMatchObject({ scope, originType: 'initial', isObserving: false });
      expect(record.activeObservations).toContain(
        scope === 'thread' ? 'Alice asked question' : '<thread id=',
      );
      expect(record.lastObservedAt).toBeInstanceOf(Date);
    });

    it('are reflected on once they are long', async () => {
      const where = make();
      const app = start(where, { scope, reflection: { observationTokens: 20, bufferActivation: 0.5 } });
      for (const n of [1, 2, 3, 4, 5, 6]) await app.ask(n);
      await expect.poll(async () => (await app.generations()).length, { timeout: 20_000 }).toBeGreaterThan(1);
      await app.storage.close();
      const generations = await start(where, { scope }).generations();
      expect(generations[0]).toMatchObject({ originType: 'reflection' });
      expect(generations[0].activeObservations).toContain('Reflection');
      const counts = generations.map(({ generationCount }) => generationCount);
      expect(counts).toEqual(counts.map((_, i) => counts.length - 1 - i));
    });
  });

  it('waits in chunks, and becomes active in another isolate', async () => {
    const where = make();
    const how = { observation: { bufferTokens: 100, messageTokens: 600, bufferActivation: 0.8 } };
    const first = start(where, how);
    for (const n of [1, 2, 3]) {
      await first.ask(n);
      const chunksOf = async () => (await first.generations())[0].bufferedObservationChunks?.length;
      await expect.poll(chunksOf, { timeout: 20_000 }).toBe(n);
    }
    await first.storage.close();
    const second = start(where, how);
    const [before] = await second.generations();
    expect(before.bufferedObservationChunks[0].lastObservedAt).toBeInstanceOf(Date);
    for (const n of [4, 5]) await second.ask(n);
    await second.storage.close();
    const [after] = await start(where, how).generations();
    expect(after.activeObservations).toContain('Alice asked question 1');
  });

  it('goes along when its thread is cloned, and goes with its thread', async () => {
    const where = make();
    const app = start(where);
    for (const n of [1, 2]) await app.ask(n);
    const { thread } = await app.memory.cloneThread({ sourceThreadId: 'trip' });
    await app.memory.deleteThread('trip');
    await app.storage.close();
    const later = start(where);
    expect(await later.generations('trip')).toEqual([]);
    const [copy] = await later.generations(thread.id);
    expect(copy).toMatchObject({ threadId: thread.id, generationCount: 0 });
    expect(copy.activeObservations).toContain('Alice asked question 1');
    for (const n of [3, 4]) await later.ask(n, thread.id);
    const [observed] = await later.generations(thread.id);
    expect(observed.id).toBe(copy.id);
    expect(observed.activeObservations.length).toBeGreaterThan(copy.activeObservations.length);
  });
}
