import { env } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { ask, createWorld, remembered, shownText } from './world.workerd.js';

vi.setConfig({ testTimeout: 60_000 });

/** Which operations fail. @typedef {(method: string, key: string) => boolean} Weather */

/**
 * The namespaces of the tests' environment, failing as they are told to.
 *
 * @param {{ fails: Weather }} weather
 */
function faulty(weather) {
  /** @param {any} namespace */
  const wrap = (namespace) =>
    new Proxy(namespace, {
      get(target, name) {
        const method = target[name];
        if (typeof method !== 'function') return method;
        return async (/** @type {any[]} */ ...args) => {
          if (weather.fails(String(name), String(args[0]))) {
            throw new Error(`KV ${String(name).toUpperCase()} failed: 500 Internal Server Error`);
          }
          return method.apply(target, args);
        };
      },
    });
  return { threads: wrap(env.THREADS_KV), messages: wrap(env.MESSAGES_KV) };
}

/** @type {[string, Weather][]} */
const OUTAGES = [
  ['does not answer at all', () => true],
  ['takes no writes', (method) => method === 'put'],
  ['has lost its messages', (_, key) => /messages:/.test(key)],
  ['has lost its threads', (_, key) => /threads:/.test(key)],
  ['takes no messages', (method, key) => method === 'put' && /messages:/.test(key)],
];

describe('an agent while KV fails', () => {
  it.each(OUTAGES)('that %s, goes on with all that it was told is kept', async (_, outage) => {
    /** @type {{ fails: Weather }} */
    const weather = { fails: () => false };
    const isolate = createWorld({
      script: Array.from({ length: 4 }, () => (/** @type {any} */ prompt) => {
        const asked = prompt.filter((/** @type {any} */ message) => message.role === 'user');
        return `I was asked ${shownText(asked)
          .match(/one|two|three/g)
          ?.join(', ')}.`;
      }),
      bindings: faulty(weather),
    });
    const at = { thread: 'outage', resource: 'ada' };
    const here = isolate();
    await ask(here, 'Question one', at);

    weather.fails = outage;
    const answered = await ask(here, 'Question two', at).catch(() => undefined);
    weather.fails = () => false;
    const after = await ask(here, 'Question three', at);

    const { thread, texts } = await remembered(isolate(), 'outage');
    const unknown = ['Question one', 'I was asked one.', 'Question three', 'I was asked one, three.'];
    const known = [...unknown.slice(0, 2), 'Question two', 'I was asked one, two.'];
    // What was asked in vain may be there or not: nobody was told that it is.
    if (answered === undefined && texts.length === 4) expect(texts).toEqual(unknown);
    else expect(texts).toEqual([...known, 'Question three', 'I was asked one, two, three.']);
    expect(texts.at(-1)).toBe(after.text);
    expect(thread).toMatchObject({ id: 'outage', resourceId: 'ada' });
  });
});

describe('an agent whose client goes away', () => {
  it('in the middle of a stream goes on in the next request', async () => {
    const long = 'It is a long way. '.repeat(50);
    const isolate = createWorld({
      script: [long, (prompt) => (shownText(prompt).includes('How far?') ? 'Far.' : 'What?')],
    });
    const memory = { thread: 'left', resource: 'ada' };
    const controller = new AbortController();
    const stream = await isolate().assistant.stream('How far?', {
      memory,
      abortSignal: controller.signal,
    });
    const reader = stream.textStream.getReader();
    expect((await reader.read()).value).toContain('It is');
    controller.abort();
    await reader.cancel();

    const here = isolate();
    await ask(here, 'How far was it?', memory);

    const { texts } = await remembered(isolate(), 'left');
    expect(texts.slice(-2)[0]).toBe('How far was it?');
    expect(texts[0]).toBe('How far?');
  });
});

describe('working memory of a user', () => {
  it('that several turns write at once is that of one of them, whole', async () => {
    const notes = ['# Name: Ada', '# Name: Grace', '# Name: Hedy'];
    const isolate = createWorld({
      script: Array.from({ length: 6 }, () => (/** @type {any} */ prompt) => {
        const text = shownText(prompt);
        const n = Number(/I am number (\d)/.exec(text)?.[1]);
        const told = prompt.at(-1)?.role === 'tool';
        return told ? 'Noted.' : [{ call: 'updateWorkingMemory', args: { memory: notes[n] } }];
      }),
    });
    const here = isolate();
    await Promise.all(
      notes.map((_, n) => ask(here, `I am number ${n}`, { thread: `twin-${n}`, resource: 'twins' })),
    );

    const domain = /** @type {any} */ (await isolate().storage.getStore('memory'));
    const { workingMemory, createdAt } = await domain.getResourceById({ resourceId: 'twins' });
    expect(notes).toContain(workingMemory);
    expect(createdAt).toBeInstanceOf(Date);
    for (const n of notes.keys()) {
      expect((await remembered(isolate(), `twin-${n}`)).texts.at(-1)).toBe('Noted.');
    }
  });
});
