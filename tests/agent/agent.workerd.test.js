import { describe, expect, it, vi } from 'vitest';
import { createEmbedder, LocalVectors } from '../record/recall.js';
import { ask, count, createWorld, remembered, shownText } from './world.workerd.js';

vi.setConfig({ testTimeout: 60_000 });

describe('an agent whose memory is in KV', () => {
  it('knows in the next request what was said in the last', async () => {
    const isolate = createWorld({
      script: [
        'Good morning.',
        (prompt) => (shownText(prompt).includes('river') ? 'The river.' : 'No idea.'),
      ],
    });
    const at = { thread: 'walk', resource: 'ada' };
    await ask(isolate(), 'Let us go to the river.', at);

    const answer = await ask(isolate(), 'Where do we go?', at);

    expect(answer.text).toBe('The river.');
    expect((await remembered(isolate(), 'walk')).texts).toEqual([
      'Let us go to the river.',
      'Good morning.',
      'Where do we go?',
      'The river.',
    ]);
  });

  it('keeps a title that was made while messages were saved', async () => {
    const isolate = createWorld({
      script: [
        ...Array.from({ length: 6 }, () => (/** @type {any} */ prompt) => {
          const text = shownText(prompt);
          return /title/i.test(text) ? 'A walk by the river' : 'Let us walk.';
        }),
      ],
      memory: { options: { generateTitle: true } },
    });
    const at = { thread: 'titled', resource: 'ada' };
    await ask(isolate(), 'Hello', at);
    await vi.waitFor(async () =>
      expect((await remembered(isolate(), 'titled')).thread.title).toBe('A walk by the river'),
    );

    const here = isolate();
    await Promise.all([ask(here, 'And then?', at), ask(here, 'Where?', at)]);

    const { thread, messages } = await remembered(isolate(), 'titled');
    expect(thread.title).toBe('A walk by the river');
    expect(messages).toHaveLength(6);
    expect(thread.updatedAt.getTime()).toBeGreaterThan(thread.createdAt.getTime());
  });

  it('shows working memory of a user in another thread', async () => {
    const isolate = createWorld({
      script: [
        [{ call: 'updateWorkingMemory', args: { memory: '# Name: Grace' } }],
        'Noted.',
        (prompt) => (shownText(prompt).includes('Grace') ? 'You are Grace.' : 'Who are you?'),
      ],
    });
    await ask(isolate(), 'I am Grace.', { thread: 'first', resource: 'grace' });

    const answer = await ask(isolate(), 'Who am I?', { thread: 'second', resource: 'grace' });

    expect(answer.text).toBe('You are Grace.');
  });

  it('keeps working memory of a thread to that thread', async () => {
    const isolate = createWorld({
      script: [
        [{ call: 'updateWorkingMemory', args: { memory: '# Plan: a boat' } }],
        'Noted.',
        (prompt) => (shownText(prompt).includes('a boat') ? 'A boat.' : 'Nothing.'),
        (prompt) => (shownText(prompt).includes('Plan: a boat') ? 'A boat.' : 'Nothing.'),
      ],
      memory: { options: { workingMemory: { enabled: true, scope: 'thread' }, lastMessages: 1 } },
    });
    await ask(isolate(), 'We take a ship.', { thread: 'plan', resource: 'grace' });

    const same = await ask(isolate(), 'What do we take?', { thread: 'plan', resource: 'grace' });
    const other = await ask(isolate(), 'What do we take?', { thread: 'other', resource: 'grace' });

    expect([same.text, other.text]).toEqual(['A boat.', 'Nothing.']);
    expect((await remembered(isolate(), 'plan')).thread.metadata).toEqual({
      workingMemory: '# Plan: a boat',
    });
  });

  it('recalls by meaning what the last messages no longer show', async () => {
    const isolate = createWorld({
      script: [
        'It is under the harbour bridge.',
        'Sunny.',
        'Bread.',
        (prompt) => (shownText(prompt).includes('harbour bridge') ? 'Under the bridge.' : 'I forgot.'),
      ],
      memory: {
        vector: new LocalVectors(),
        embedder: createEmbedder(),
        options: { lastMessages: 1, semanticRecall: { topK: 1, messageRange: 1, scope: 'resource' } },
      },
    });
    const at = { thread: 'lost', resource: 'ada' };
    await ask(isolate(), 'I lost my bicycle lantern yesterday.', at);
    await ask(isolate(), 'What will the weather be?', at);
    await ask(isolate(), 'What do we eat?', at);

    const answer = await ask(isolate(), 'Where was that bicycle lantern?', { ...at, thread: 'later' });

    expect(answer.text).toBe('Under the bridge.');
  });

  it('waits for an approval that reaches another isolate', async () => {
    const isolate = createWorld({
      script: [[{ call: 'cancelOrder', args: { order: 'A7' } }], 'It is cancelled.', 'Nothing else.'],
    });
    const at = { thread: 'approval', resource: 'hedy' };
    const stopped = await ask(isolate(), 'Cancel order A7.', at);
    expect(stopped.finishReason).toBe('suspended');

    const approved = await isolate().assistant.approveToolCallGenerate({ runId: String(stopped.runId) });

    expect(approved.text).toContain('It is cancelled.');
    const { messages, texts } = await remembered(isolate(), 'approval');
    expect(texts).toEqual(['Cancel order A7.', '', 'It is cancelled.']);
    expect(messages[1].content.parts[0].toolInvocation).toMatchObject({
      state: 'result',
      approval: { approved: true },
      result: { order: 'A7', state: 'cancelled' },
    });
    const runs = /** @type {any} */ (await isolate().storage.getStore('workflows'));
    expect((await runs.listWorkflowRuns()).total).toBe(0);
  });

  it('resumes a workflow that another isolate suspended', async () => {
    const isolate = createWorld({ script: [] });
    const started = await isolate().mastra.getWorkflow('refund').createRun();
    const asked = await started.start({ inputData: { order: 'A7', paid: 20 } });
    expect(asked.status).toBe('suspended');

    const resumed = await isolate().mastra.getWorkflow('refund').createRun({ runId: started.runId });
    const done = await resumed.resume({ step: 'decide', resumeData: { approved: true } });

    expect(done).toMatchObject({ status: 'success', result: { order: 'A7', refunded: 18 } });
    const stored = await isolate().mastra.getWorkflow('refund').getWorkflowRunById(started.runId);
    expect(stored).toMatchObject({ status: 'success' });
  });

  it('loses nothing when two turns of one thread run at once, in one isolate or in two', async () => {
    const isolate = createWorld({ script: Array.from({ length: 5 }, (_, n) => `Answer ${n}.`) });
    const at = { thread: 'busy', resource: 'ada' };
    await ask(isolate(), 'Zero', at);
    const here = isolate();
    await Promise.all([ask(here, 'One', at), ask(here, 'Two', at)]);

    await Promise.all([ask(isolate(), 'Three', at), ask(isolate(), 'Four', at)]);

    const { texts } = await remembered(isolate(), 'busy');
    expect(texts.filter((/** @type {string} */ text) => !text.startsWith('Answer')).sort()).toEqual(
      ['Zero', 'One', 'Two', 'Three', 'Four'].sort(),
    );
    expect(texts).toHaveLength(10);
  });

  it('costs at most thirteen KV operations a turn, four of them writes', async () => {
    const isolate = createWorld({
      script: ['One.', 'Two.'],
      memory: { options: { lastMessages: 10, workingMemory: { enabled: false } } },
    });
    const at = { thread: 'cost', resource: 'ada' };
    await ask(isolate(), 'Hello', at);
    const here = isolate();
    await here.storage.init();
    here.operations.length = 0;

    await ask(here, 'And again', at);

    const cost = count(here.operations);
    console.log('one turn of a registered agent:', JSON.stringify(cost));
    expect(cost.total).toBeLessThanOrEqual(13);
    expect(cost.put).toBeLessThanOrEqual(4);
    expect([cost.list, cost.delete]).toEqual([0, 0]);
  });
});
