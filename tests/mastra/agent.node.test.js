/** Mastra's own Memory and Agent on the store, with a model that needs no network. */

import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Memory } from '@mastra/memory';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { limitWrites } from '../support/faults.js';
import { scripted, shown } from '../record/model.js';
import { message } from '../support/records.js';

/**
 * A process with an application in it.
 *
 * @param {import('../../bindings/backends/backend.js').Backend} backend
 * @param {Record<string, any>} [remembers]  options of the agent's Memory
 * @param {import('../record/model.js').Step[]} [script]
 * @param {Record<string, any>} [tools]
 */
function start(backend, remembers = { lastMessages: 10 }, script = [], tools = {}) {
  const onOperation = vi.fn();
  const storage = new CloudflareStore({ backend, core: createCore(), onOperation });
  const memory = new Memory({ storage, options: remembers });
  const model = scripted('guide', script);
  const agent = new Agent({ id: 'guide', name: 'Guide', instructions: 'Be brief.', model, memory, tools });
  const mastra = new Mastra({ storage, agents: { agent }, logger: false });
  return { storage, memory, agent, mastra, onOperation };
}

const thread = { id: 'trip', resourceId: 'alice' };
/** @param {any} agent @param {string} text @param {object} [more] */
const ask = async (agent, text, more = {}) =>
  (await agent.generate(text, { memory: { thread: thread.id, resource: thread.resourceId }, ...more })).text;

describe('Memory', () => {
  it('makes, finds, changes and deletes threads', async () => {
    const { memory } = start(createMemoryBackend());
    const made = await memory.createThread({ threadId: 'trip', resourceId: 'alice', metadata: { a: 1 } });
    expect(made.title ?? '').toBe('');
    await memory.updateThread({ id: 'trip', title: 'Kyoto', metadata: { b: 2 } });
    const { threads, total } = await memory.listThreads({ filter: { resourceId: 'alice' } });
    expect(threads).toMatchObject([{ id: 'trip', title: 'Kyoto', metadata: { a: 1, b: 2 } }]);
    expect(total).toBe(1);
    await memory.deleteThread('trip');
    await memory.deleteThread('nobody');
    expect(await memory.getThreadById({ threadId: 'trip' })).toBeNull();
  });

  it('recalls, clones and forgets messages', async () => {
    const { memory } = start(createMemoryBackend());
    await memory.createThread({ threadId: 'trip', resourceId: 'alice' });
    const messages = [1, 2, 3].map((n) => message(`m${n}`, n, { threadId: 'trip' }));
    await memory.saveMessages({ messages });
    const recalled = await memory.recall({ threadId: 'trip', resourceId: 'alice', perPage: 2 });
    expect(recalled.messages.map(({ id }) => id)).toEqual(['m2', 'm3']);
    const { thread: copy, clonedMessages } = await memory.cloneThread({ sourceThreadId: 'trip' });
    expect(clonedMessages).toHaveLength(3);
    await memory.deleteMessages(['m1', 'm3']);
    const left = await memory.recall({ threadId: 'trip', perPage: false });
    expect(left.messages.map(({ id }) => id)).toEqual(['m2']);
    expect((await memory.recall({ threadId: copy.id, perPage: false })).messages).toHaveLength(3);
  });

  it.each(['thread', 'resource'])('keeps the working memory of a %s', async (scope) => {
    const backend = createMemoryBackend();
    const remembers = { workingMemory: { enabled: true, scope } };
    const { memory } = start(backend, remembers);
    await memory.createThread({ threadId: 'trip', resourceId: 'alice' });
    const of = { threadId: 'trip', resourceId: 'alice' };
    await memory.updateWorkingMemory({ ...of, workingMemory: '# Alice\n- likes tea' });
    expect(await start(backend, remembers).memory.getWorkingMemory(of)).toContain('likes tea');
  });
});

describe('an agent', () => {
  it('is shown in one process what was said in another', async () => {
    const backend = createMemoryBackend();
    /** @type {import('../record/model.js').Step[]} */
    const script = [(prompt) => `I was shown ${shown(prompt)}.`];
    expect(await ask(start(backend, undefined, script).agent, 'Hello!')).toBe('I was shown 1.');
    expect(await ask(start(backend, undefined, script).agent, 'And now?')).toBe('I was shown 3.');
    const { messages, total } = await start(backend).memory.recall({ threadId: 'trip', perPage: false });
    expect(total).toBe(4);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  it('gives a thread its title, and keeps it', async () => {
    const backend = createMemoryBackend();
    const remembers = { lastMessages: 10, generateTitle: true };
    const { agent, memory } = start(backend, remembers, ['In April.', 'Kyoto in spring', 'Yes.']);
    await ask(agent, 'When does the cherry bloom?');
    await expect
      .poll(async () => (await memory.getThreadById({ threadId: 'trip' }))?.title)
      .toBe('Kyoto in spring');
    await ask(agent, 'Surely?');
    const found = await start(backend).memory.getThreadById({ threadId: 'trip' });
    expect(found?.title).toBe('Kyoto in spring');
  });

  it('titles, bumps and saves a thread within a second, though KV takes one write a second of a key', async () => {
    const backend = createMemoryBackend();
    const limited = () => limitWrites(backend, { now: Date.now });
    const titled = { lastMessages: 10, generateTitle: true };
    /** @param {any} prompt */
    const answer = (prompt) => (/title/i.test(JSON.stringify(prompt)) ? 'A trip to Kyoto' : 'Kyoto.');
    const here = start(limited(), titled, Array(8).fill(answer));

    await Promise.all([ask(here.agent, 'Where to?'), ask(here.agent, 'And then?')]);
    await here.memory.updateThread({ id: 'trip', metadata: { seen: true } });
    await ask(here.agent, 'And after that?');
    await vi.waitFor(async () => {
      expect((await here.memory.getThreadById({ threadId: 'trip' }))?.title).toBe('A trip to Kyoto');
    });
    await here.storage.close();

    const there = start(backend);
    expect(await there.memory.getThreadById({ threadId: 'trip' })).toMatchObject({
      title: 'A trip to Kyoto',
      metadata: { seen: true },
    });
    expect((await there.memory.recall({ threadId: 'trip', perPage: false })).messages).toHaveLength(6);
    expect(here.onOperation.mock.calls.some(([{ status }]) => status === 429)).toBe(true);
  });

  it('fails when its history cannot be read, and writes over nothing', async () => {
    const backend = createMemoryBackend();
    await ask(start(backend, undefined, ['Hello.']).agent, 'Hello!');
    const broken = { ...backend, run: async (/** @type {any[]} */ all) => all.map(() => ({ status: 403 })) };
    await expect(ask(start(broken, undefined, ['Who are you?']).agent, 'Hello again!')).rejects.toThrow();
    expect((await start(backend).memory.recall({ threadId: 'trip', perPage: false })).total).toBe(2);
  });

  it.each([0, 50])('takes a turn for 13 operations at most, with %i other threads', async (others) => {
    const backend = createMemoryBackend();
    const founder = start(backend, undefined, ['Hello.']);
    for (let i = 0; i < others; i++) await founder.memory.createThread({ resourceId: `user${i}` });
    await ask(founder.agent, 'Hello!');
    const { agent, onOperation } = start(backend, undefined, ['In April.']);
    await ask(agent, 'When?');
    const kinds = onOperation.mock.calls.map(([{ kind }]) => kind);
    expect(kinds.length).toBeLessThanOrEqual(13);
    expect(kinds.filter((kind) => kind === 'put').length).toBeLessThanOrEqual(4);
    expect(kinds).not.toContain('list');
    expect(kinds).not.toContain('delete');
  });

  it('waits for an approval in one process and goes on in another', async () => {
    const backend = createMemoryBackend();
    const execute = vi.fn(async (/** @type {any} */ { city }) => ({ booked: city }));
    const tool = () =>
      createTool({
        id: 'book',
        description: 'Books a room.',
        inputSchema: z.object({ city: z.string() }),
        requireApproval: true,
        execute,
      });
    /** @param {import('../record/model.js').Step[]} script */
    const guide = (script) => start(backend, undefined, script, { book: tool() });
    const asking = guide([[{ call: 'book', args: { city: 'Kyoto' } }]]).mastra.getAgent('agent');
    const output = await asking.stream('Book a room!', { memory: { thread: 'trip', resource: 'alice' } });
    await output.consumeStream();
    expect(execute).not.toHaveBeenCalled();
    const going = guide(['Booked.']).mastra.getAgent('agent');
    const rest = await going.approveToolCall({ runId: output.runId });
    await rest.consumeStream();
    expect(execute).toHaveBeenCalledOnce();
    expect(await rest.text).toBe('Booked.');
  });
});
