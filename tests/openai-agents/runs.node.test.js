/** Real runs over a session: what is stored is what the SDK's own session has; and what is kept of runs that fail. */

import { Agent, handoff, Runner, tool } from '@openai/agents';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { recordTools } from '../../bindings/openai-agents/index.js';
import { answered, asked, call, makeModel, makeSessions, PlainSession } from './support.js';

vi.setConfig({ testTimeout: 60_000 });

const parameters = z.object({ at: z.string() });
const look = tool({ name: 'look', description: 'Looks.', parameters, execute: async () => 'blue' });
const broken = tool({
  name: 'broken',
  description: 'Does not work.',
  parameters,
  execute: async () => Promise.reject(new Error('no')),
});
const picture = tool({
  name: 'picture',
  description: 'Takes a picture.',
  parameters,
  execute: async () => ({
    type: /** @type {const} */ ('image'),
    image: { data: new Uint8Array([1, 2]), mediaType: 'image/png' },
  }),
});
const cancel = tool({
  name: 'cancel',
  description: 'Cancels.',
  parameters,
  needsApproval: true,
  execute: async () => 'cancelled',
});

/**
 * @param {any} runner @param {any} agent @param {any} input @param {any} session @param {boolean} stream
 */
async function run(runner, agent, input, session, stream) {
  const result = await runner.run(agent, input, { session, stream });
  if (stream) {
    // Whoever does not read it does not end it.
    await result.toTextStream().pipeTo(new WritableStream());
    await result.completed;
  }
  return result;
}

/** @type {Record<string, (session: any, stream: boolean) => Promise<void>>} */
const RUNS = {
  async 'of two turns'(session, stream) {
    const model = makeModel([[answered('Good morning.')], [answered('Yes.')]]);
    const agent = new Agent({ name: 'A', model });
    await run(new Runner(), agent, 'Hello.', session, stream);
    await run(new Runner(), agent, 'April?', session, stream);
    expect(model.inputs[1].length).toBe(3);
  },
  async 'with tools'(session, stream) {
    const calls = [call('1'), call('2', 'broken'), call('3', 'picture')];
    const reasoning = { type: 'reasoning', id: 'rs', content: [{ type: 'input_text', text: 'Hm.' }] };
    const model = makeModel([[reasoning, ...calls], [call('4')], [answered('Blue.')]]);
    const agent = new Agent({ name: 'A', model, tools: [look, broken, picture] });
    await run(new Runner(), agent, 'What colour?', session, stream);
  },
  async 'with a handoff'(session, stream) {
    const other = new Agent({ name: 'B', model: makeModel([[answered('I am B.')], [answered('Still B.')]]) });
    const model = makeModel([[call('1', 'transfer_to_B', {})]]);
    const agent = new Agent({ name: 'A', model, handoffs: [handoff(other)] });
    const { lastAgent } = await run(new Runner(), agent, 'Who are you?', session, stream);
    await run(new Runner(), lastAgent, 'And now?', session, stream);
  },
  async 'with approval'(session, stream) {
    const model = makeModel([[call('1', 'cancel')], [answered('Done.')]]);
    const agent = new Agent({ name: 'A', model, tools: [cancel] });
    const first = await run(new Runner(), agent, 'Cancel it.', session, stream);
    expect(first.interruptions.length).toBe(1);
    first.state.approve(first.interruptions[0]);
    expect((await run(new Runner(), agent, first.state, session, stream)).finalOutput).toBe('Done.');
  },
  async 'whose approval is refused'(session, stream) {
    const model = makeModel([[call('1', 'cancel')], [answered('As you like.')]]);
    const agent = new Agent({ name: 'A', model, tools: [cancel] });
    const first = await run(new Runner(), agent, 'Cancel it.', session, stream);
    first.state.reject(first.interruptions[0]);
    await run(new Runner(), agent, first.state, session, stream);
  },
  async 'that fails at once'(session, stream) {
    const agent = new Agent({ name: 'A', model: makeModel(['fail']) });
    await expect(run(new Runner(), agent, 'Hello.', session, stream)).rejects.toThrow('the model has failed');
  },
  async 'that fails after a tool, and is tried again'(session, stream) {
    const model = makeModel([[call('1')], 'fail', [answered('Hello again.')]]);
    const agent = new Agent({ name: 'A', model, tools: [look] });
    await expect(run(new Runner(), agent, 'Look.', session, stream)).rejects.toThrow('the model has failed');
    await run(new Runner(), agent, 'Hello.', session, stream);
  },
};

describe.each([false, true])('a run, streamed: %s', (stream) => {
  it.each(Object.keys(RUNS))('%s stores what it does in the SDK’s own session', async (name) => {
    const { session } = makeSessions();
    const theirs = new PlainSession({ sessionId: 's' });
    await RUNS[name](theirs, stream);
    await RUNS[name](session(), stream);
    expect(await session().getItems()).toEqual(await theirs.getItems());
  });

  it.each(Object.keys(RUNS).filter((name) => !/fails after/.test(name)))(
    '%s stores the same when its tools are recorded',
    async (name) => {
      const { session, open } = makeSessions();
      const theirs = new PlainSession({ sessionId: 's' });
      await RUNS[name](theirs, stream);
      const ours = session();
      /** @type {any[]} */
      const recorders = [];
      const on = vi.spyOn(Runner.prototype, 'run').mockImplementation(
        /** @this {any} */ async function (agent, input, options) {
          on.mockRestore();
          const recorder = recordTools(ours, this);
          recorders.push(recorder);
          return this.run(agent, input, { ...options, session: recorder });
        },
      );
      await RUNS[name](ours, stream);
      for (const recorder of recorders) recorder.close();
      expect(recorders.length).toBe(1);
      expect(await session().getItems()).toEqual(await theirs.getItems());
      const { messages } = await open().store.listMessages({ threadId: 's', perPage: false });
      expect(messages.filter(({ content }) => content.recorded)).toEqual([]);
    },
  );

  it('that fails after a tool keeps the question, the call and its result where tools are recorded', async () => {
    const { session, clock } = makeSessions();
    const model = makeModel([[call('1'), call('2', 'broken')], 'fail', [answered('It was blue.')]]);
    const agent = new Agent({ name: 'A', model, tools: [look, broken] });
    const runner = new Runner();
    const recorded = recordTools(session(), runner);
    await expect(run(runner, agent, 'Look.', recorded, stream)).rejects.toThrow('the model has failed');
    await vi.waitFor(async () => expect((await session().getItems()).length).toBe(5));
    const [question, ...calls] = /** @type {any[]} */ (await session().getItems());
    expect(question).toEqual(asked('Look.'));
    expect(calls.map(({ type, callId, output }) => [type, callId, output?.text])).toEqual([
      ['function_call', '1', undefined],
      ['function_call', '2', undefined],
      ['function_call_result', '1', 'blue'],
      ['function_call_result', '2', 'An error occurred while running the tool. Please try again.'],
    ]);

    clock.advance(5000);
    await run(runner, agent, 'What was it?', recorded, stream);
    expect(model.inputs[2].length).toBe(6);
    expect((await session().getItems()).length).toBe(7);
    recorded.close();
  });

  it('that fails keeps its call though an earlier run had a call of the same id, as some models count them', async () => {
    const { session, clock } = makeSessions();
    const model = makeModel([[call('1')], [answered('It was blue.')], [call('1')], 'fail']);
    const agent = new Agent({ name: 'A', model, tools: [look] });
    const runner = new Runner();
    const recorded = recordTools(session(), runner);
    await run(runner, agent, 'Look.', recorded, stream);
    clock.advance(5000);
    await expect(run(runner, agent, 'Again.', recorded, stream)).rejects.toThrow('the model has failed');
    await vi.waitFor(async () => {
      const items = /** @type {any[]} */ (await session().getItems());
      expect(items.slice(4).map(({ type, callId = '' }) => `${type} ${callId}`)).toEqual([
        'message ',
        'function_call 1',
        'function_call_result 1',
      ]);
    });
    recorded.close();
  });

  it('that fails keeps its call though a later run has a call of the same id', async () => {
    const { session, clock } = makeSessions();
    const model = makeModel([[call('1')], 'fail', [call('1')], [answered('It was blue.')]]);
    const agent = new Agent({ name: 'A', model, tools: [look] });
    const runner = new Runner();
    const recorded = recordTools(session(), runner);
    await expect(run(runner, agent, 'Look.', recorded, stream)).rejects.toThrow('the model has failed');
    await vi.waitFor(async () => expect((await session().getItems()).length).toBe(3));
    clock.advance(5000);
    await run(runner, agent, 'Again.', recorded, stream);
    const items = /** @type {any[]} */ (await session().getItems());
    expect(items.map(({ type, callId = '' }) => `${type} ${callId}`)).toEqual([
      'message ',
      'function_call 1',
      'function_call_result 1',
      'message ',
      'function_call 1',
      'function_call_result 1',
      'message ',
    ]);
    recorded.close();
  });

  it('whose approved tool ran before the model failed keeps its result once', async () => {
    const { session, clock } = makeSessions();
    const model = makeModel([[call('1', 'cancel')], 'fail', [answered('Yes, it is cancelled.')]]);
    const agent = new Agent({ name: 'A', model, tools: [cancel] });
    const runner = new Runner();
    const recorded = recordTools(session(), runner);
    const first = await run(runner, agent, 'Cancel it.', recorded, stream);
    first.state.approve(first.interruptions[0]);
    clock.advance(5000);
    await run(runner, agent, first.state, recorded, stream).catch(() => undefined);
    await vi.waitFor(async () => expect((await session().getItems()).length).toBe(3));
    clock.advance(5000);
    await run(runner, agent, 'Is it?', recorded, stream);
    const items = /** @type {any[]} */ (await session().getItems());
    expect(items.map(({ type, callId = '' }) => `${type} ${callId}`)).toEqual([
      'message ',
      'function_call 1',
      'function_call_result 1',
      'message ',
      'message ',
    ]);
    recorded.close();
  });
});

describe('recorded tools', () => {
  it('that never ended have a result, without which no model takes their calls', async () => {
    const { session } = makeSessions();
    const endless = tool({
      name: 'look',
      description: 'Looks.',
      parameters,
      execute: () => new Promise(() => {}),
    });
    const agent = new Agent({ name: 'A', model: makeModel([[call('1')]]), tools: [endless] });
    const runner = new Runner();
    const recorded = recordTools(session(), runner);
    void runner.run(agent, 'Look.', { session: recorded });
    await vi.waitFor(async () => expect((await session().getItems()).length).toBe(3));
    expect((await session().getItems()).at(-1)).toMatchObject({
      type: 'function_call_result',
      callId: '1',
      output: { text: expect.stringMatching(/stopped/) },
    });
  });

  it('that never ended after they were approved have one, too', async () => {
    const { session } = makeSessions();
    const endless = tool({
      name: 'cancel',
      description: 'Cancels.',
      parameters,
      needsApproval: true,
      execute: () => new Promise(() => {}),
    });
    const agent = new Agent({ name: 'A', model: makeModel([[call('1', 'cancel')]]), tools: [endless] });
    const runner = new Runner();
    const recorded = recordTools(session(), runner);
    const { state, interruptions } = await runner.run(agent, 'Cancel it.', { session: recorded });
    state.approve(interruptions[0]);
    void runner.run(agent, state, { session: recorded });
    await vi.waitFor(async () => expect((await session().getItems()).length).toBe(3));
    const items = /** @type {any[]} */ (await session().getItems());
    expect(items.slice(1).map(({ type, callId }) => [type, callId])).toEqual([
      ['function_call', '1'],
      ['function_call_result', '1'],
    ]);
  });

  it('of an agent, and of runs at once, are told apart', async () => {
    const { session } = makeSessions();
    const script = () => makeModel([[call('1')], [answered('Blue.')]]);
    const agents = [1, 2].map(() => new Agent({ name: 'A', model: script(), tools: [look] }));
    const runner = new Runner();
    const recorded = recordTools(session('s'), runner);
    const other = recordTools(session('t'), agents[1]);
    await Promise.all([
      runner.run(agents[0], 'One', { session: recorded }),
      runner.run(agents[1], 'Two', { session: other }),
      runner.run(new Agent({ name: 'C', model: script(), tools: [look] }), 'Three', { session: recorded }),
    ]);
    expect((await session('t').getItems()).length).toBe(4);
    const items = /** @type {any[]} */ (await session('s').getItems());
    expect(items.length).toBe(8);
    expect(
      items
        .filter(({ role }) => role === 'user')
        .map(({ content }) => content)
        .sort(),
    ).toEqual(['One', 'Three']);
  });

  it('are refused of what is no session', () => {
    expect(() => recordTools(/** @type {any} */ ({}), new Runner())).toThrow(
      /takes a CloudflareSession and a Runner/,
    );
    expect(() => recordTools(makeSessions().session(), /** @type {any} */ (undefined))).toThrow(
      /Runner or Agent/,
    );
  });
});
