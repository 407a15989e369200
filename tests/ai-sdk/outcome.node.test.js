/** What is stored of answers that end well, and of those that do not, by the AI SDK itself in three versions. */

import * as ai7 from 'ai';
import * as ai5 from 'ai-5';
import * as ai6 from 'ai-6';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endingStream, STOPPED } from '../../bindings/ai-sdk/index.js';
import { call, makeModel, text } from './models.js';
import { makeWorld, said } from './support.js';

/** @typedef {import('./models.js').Version} Version */

/** @type {Record<Version, any>} */
const SDKS = { 5: ai5, 6: ai6, 7: ai7 };

/** A tool that never answers, but for versions that wait for it even when it is stopped. @param {Version} version */
const endless =
  (version) =>
  (/** @type {any} */ _input, /** @type {any} */ { abortSignal }) =>
    new Promise((_, reject) => {
      if (version < 7) abortSignal.addEventListener('abort', () => reject(abortSignal.reason));
    });
const question = said('q', 'What now?');

/** The chat in the store of a new isolate. @param {ReturnType<typeof makeWorld>} world */
const stored = (world) => /** @type {Promise<any[]>} */ (world.open().chats.load('c'));

/**
 * A turn as a server makes it.
 *
 * @param {Version} version
 * @param {ReturnType<typeof makeWorld>} world
 * @param {any[]} messages
 * @param {any} options  of streamText; `bare`: without endingStream
 * @param {(read: () => Promise<any>, cancel: () => Promise<void>) => Promise<void>} [client]  reads it all
 */
async function turn(version, world, messages, { bare = false, ...options }, client = readAll) {
  const { convertToModelMessages, streamText } = SDKS[version];
  const { chats } = world.open();
  const result = streamText({
    maxRetries: 0,
    onError: () => {},
    messages: await convertToModelMessages(messages, { tools: options.tools }),
    ...options,
  });
  const how = {
    originalMessages: messages,
    generateMessageId: chats.messageId,
    sendSources: true,
    [version === 7 ? 'onEnd' : 'onFinish']: chats.onEnd('c'),
  };
  const stream =
    version === 7
      ? SDKS[7].toUIMessageStream({ stream: bare ? result.stream : endingStream(result.stream), ...how })
      : result.toUIMessageStream(how);
  const reader = stream.getReader();
  await client(
    () => reader.read(),
    () => reader.cancel(),
  );
}

/** @param {() => Promise<any>} read */
async function readAll(read) {
  while (!(await read()).done);
}

/** Reads until a chunk of a type has come, and then does something. @param {string} type @param {() => void} act */
const until = (type, act) => async (/** @type {() => Promise<any>} */ read) => {
  for (let chunk = await read(); !chunk.done; chunk = await read()) if (chunk.value.type === type) act();
};

describe.each(/** @type {Version[]} */ ([5, 6, 7]))('an answer by version %i of the AI SDK', (version) => {
  it('that is complete is stored, under an id that the server made', async () => {
    const world = makeWorld();
    await turn(version, world, [question], { model: makeModel(version, [text('Go on.')]).model });
    const [first, answer, ...rest] = await stored(world);
    expect([first, rest]).toEqual([question, []]);
    expect(answer.id).toMatch(/^msg-[0-9a-f]{16}$/);
    expect(answer.parts.at(-1)).toMatchObject({ type: 'text', text: 'Go on.', state: 'done' });
    expect(answer.metadata).toBeUndefined();
  });

  it('that was stopped is marked, and streams no more', async () => {
    const world = makeWorld();
    const stop = new AbortController();
    const model = makeModel(version, [[...text('Go on.').slice(0, 2), 'hang']]).model;
    const client = until('text-delta', () => stop.abort());
    await turn(version, world, [question], { model, abortSignal: stop.signal }, client);
    const [, answer] = await stored(world);
    expect(answer.metadata).toEqual({ interrupted: 'aborted' });
    expect(answer.parts.at(-1)).toMatchObject({ text: 'Go ', state: 'done' });
  });

  it('in whose midst the model fails is marked', async () => {
    const world = makeWorld();
    const model = makeModel(version, [[...text('Go on.').slice(0, 2), 'fail']]).model;
    await turn(version, world, [question], { model });
    const [first, answer] = await stored(world);
    expect(first).toEqual(question);
    expect(answer.metadata).toEqual({ interrupted: 'failed' });
    expect(answer.parts.at(-1)).toMatchObject({ text: 'Go ', state: 'done' });
  });

  it('that says nothing is not stored, the question is', async () => {
    const world = makeWorld();
    await turn(version, world, [question], { model: makeModel(version, [['fail']]).model });
    expect(await stored(world)).toEqual([question]);
  });

  it('whose tool was stopped has a result, and the chat goes on', async () => {
    const world = makeWorld();
    const stop = new AbortController();
    const { model } = makeModel(version, [[...text('I look.'), ...call('look', { at: 'sky' })]]);
    const tools = {
      look: SDKS[version].tool({ inputSchema: z.object({ at: z.string() }), execute: endless(version) }),
    };
    const client = until('tool-input-available', () => stop.abort());
    await turn(version, world, [question], { model, tools, abortSignal: stop.signal }, client);
    const messages = await stored(world);
    const part = messages[1].parts.at(-1);
    expect(part).toMatchObject({
      type: 'tool-look',
      state: 'output-error',
      input: { at: 'sky' },
      errorText: STOPPED,
    });

    world.clock.advance(5000);
    const next = makeModel(version, [text('Never mind.')]);
    await turn(version, world, [...messages, said('q2')], { model: next.model, tools });
    const results = next.prompts[0].flatMap((/** @type {any} */ { role, content }) =>
      role === 'tool' ? content : [],
    );
    expect(results.map((/** @type {any} */ { toolCallId }) => toolCallId)).toEqual(['call-look']);
    expect((await stored(world)).length).toBe(4);
  });

  it('with a call that was not told to its end goes on, too', async () => {
    const world = makeWorld();
    const stop = new AbortController();
    const { model } = makeModel(version, [[...call('look', { at: 'sky' }).slice(0, 2), 'hang']]);
    const tools = {
      look: SDKS[version].tool({ inputSchema: z.object({ at: z.string() }), execute: endless(version) }),
    };
    const client = until('tool-input-delta', () => stop.abort());
    await turn(version, world, [question], { model, tools, abortSignal: stop.signal }, client);
    const messages = await stored(world);
    expect(messages[1].parts.at(-1)).toMatchObject({ state: 'output-error', errorText: STOPPED });
    world.clock.advance(5000);
    await turn(version, world, [...messages, said('q2')], {
      model: makeModel(version, [text('So.')]).model,
      tools,
    });
    expect((await stored(world)).length).toBe(4);
  });

  it('with a tool of the browser waits for it', async () => {
    const world = makeWorld();
    const { model } = makeModel(version, [call('locate', {})]);
    const tools = { locate: SDKS[version].tool({ inputSchema: z.object({}) }) };
    await turn(version, world, [question], { model, tools });
    const [, answer] = await stored(world);
    expect(answer.parts.at(-1)).toMatchObject({ state: 'input-available' });
    expect(answer.metadata).toBeUndefined();
  });
});

// Versions 5 and 6 do not tell of either: docs/ai-sdk.md.
describe('an answer by version 7 alone', () => {
  const version = 7;

  it('whose reader went away is marked', async () => {
    const world = makeWorld();
    const model = makeModel(version, [[...text('Go on.').slice(0, 2), 'hang']]).model;
    await turn(version, world, [question], { model }, async (read, cancel) => {
      for (let chunk = await read(); chunk.value.type !== 'text-delta'; chunk = await read());
      await cancel();
    });
    const [, answer] = await stored(world);
    expect(answer.metadata).toEqual({ interrupted: 'cancelled' });
  });

  it('in whose midst the line goes dead is marked, though the reader sees the line go dead', async () => {
    const world = makeWorld();
    const model = makeModel(version, [[...text('Go on.').slice(0, 2), 'break']]).model;
    const work = turn(version, world, [question], { model, bare: true });
    await expect(work).rejects.toThrow('the line is dead');
    const [, answer] = await stored(world);
    expect(answer.metadata).toEqual({ interrupted: 'failed' });
  });

  it('in whose midst the line goes dead is marked, or not there', async () => {
    const world = makeWorld();
    await turn(version, world, [question], {
      model: makeModel(version, [[...text('Go on.').slice(0, 2), 'break']]).model,
    });
    const [, answer] = await stored(world);
    expect(answer.metadata).toEqual({ interrupted: 'failed' });
    const other = makeWorld();
    await turn(version, other, [question], { model: makeModel(version, [['break']]).model });
    expect(await stored(other)).toEqual([question]);
  });
});

it.each(/** @type {Version[]} */ ([6, 7]))(
  'a call that needs approval waits, and goes on in its message: %i',
  async (version) => {
    const world = makeWorld();
    const { model } = makeModel(version, [call('cancel', { order: 'A7' }), text('Done.')]);
    const execute = async () => ({ done: true });
    const cancel = SDKS[version].tool({
      inputSchema: z.object({ order: z.string() }),
      execute,
      needsApproval: true,
    });
    await turn(version, world, [question], { model, tools: { cancel } });
    const [, asked] = await stored(world);
    const part = asked.parts.at(-1);
    expect(part).toMatchObject({ state: 'approval-requested', input: { order: 'A7' } });

    world.clock.advance(5000);
    const approval = { ...part.approval, approved: true };
    const answered = {
      ...asked,
      parts: [...asked.parts.slice(0, -1), { ...part, state: 'approval-responded', approval }],
    };
    const { stepCountIs, isStepCount = stepCountIs } = SDKS[version];
    await turn(version, world, [question, answered], { model, tools: { cancel }, stopWhen: isStepCount(3) });
    const all = await stored(world);
    expect(all.map(({ id }) => id)).toEqual(['q', asked.id]);
    const parts = all[1].parts;
    expect(parts.find((/** @type {any} */ { type }) => type === 'tool-cancel')).toMatchObject({
      state: 'output-available',
      output: { done: true },
    });
    expect(parts.at(-1)).toMatchObject({ text: 'Done.' });
  },
);

describe('what the AI SDK tells at the end', () => {
  /** @param {any} answer @param {object} [event] */
  async function storedOf(answer, event) {
    const world = makeWorld();
    const messages = [question, answer];
    await world.open().chats.onEnd('c')({ messages, responseMessage: answer, ...event });
    return (await stored(world)).slice(1);
  }
  const half = { ...said('a'), metadata: { interrupted: 'aborted', mine: 1 } };
  const failed = { outcome: { status: 'failed' } };

  it('takes the mark from an answer that was gone on with', async () => {
    const [answer] = await storedOf(half, { outcome: { status: 'completed' } });
    expect(answer.metadata).toEqual({ mine: 1 });
    const [bare] = await storedOf({ ...half, metadata: { interrupted: 'failed' } }, { finishReason: 'stop' });
    expect(bare.metadata).toBeUndefined();
  });

  it('leaves metadata alone that is no object', async () => {
    expect((await storedOf({ ...half, metadata: 'x' }, failed))[0].metadata).toBe('x');
  });

  it('keeps approvals that are asked for, and what was said of those that are answered', async () => {
    const tool = { type: 'tool-x', toolCallId: '1', input: {} };
    const parts = [
      { ...tool, state: 'approval-requested', approval: { id: 'i' } },
      { ...tool, state: 'approval-responded', approval: { id: 'i', approved: false } },
      { ...tool, state: 'approval-responded', approval: { id: 'i', approved: true } },
      { ...tool, state: 'output-available', output: 1, preliminary: true },
      {
        ...tool,
        type: 'dynamic-tool',
        toolName: 'x',
        state: 'input-streaming',
        input: undefined,
        rawInput: '{',
      },
    ];
    const [answer] = await storedOf({ id: 'a', role: 'assistant', parts }, failed);
    expect(answer.parts).toEqual([
      parts[0],
      { ...parts[1], state: 'output-denied' },
      { ...parts[2], state: 'output-error', errorText: STOPPED },
      { ...tool, state: 'output-available', output: 1 },
      { ...tool, type: 'dynamic-tool', toolName: 'x', state: 'output-error', input: {}, errorText: STOPPED },
    ]);
  });

  it('gives an answer an id that has none', async () => {
    expect((await storedOf({ ...said('a'), id: '' }))[0].id).toMatch(/^msg-/);
  });

  it('fails where the chat could not be stored', async () => {
    const world = makeWorld();
    /** @type {any} */
    const answer = { ...said('a'), role: 'tool' };
    const work = world.open().chats.onEnd('c')({
      messages: [answer],
      responseMessage: /** @type {any} */ (answer),
    });
    await expect(work).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', op: 'onEnd' });
  });
});
