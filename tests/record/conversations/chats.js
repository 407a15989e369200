/**
 * Plain talk: no tools, no attachments.
 *
 * @module
 */

import { z } from 'zod';
import { shown } from '../model.js';
import { prose } from '../texts.js';

/** @typedef {import('../world.js').Conversation} Conversation */

const TOPICS = [
  'the tide',
  'rye bread',
  'a bicycle lamp',
  'the night train',
  'moss',
  'an old radio',
  'harbour cranes',
];

/** @param {number} n */
const topic = (n) => TOPICS[n % TOPICS.length];

/** @param {number} count */
const upTo = (count) => Array.from({ length: count }, (_, n) => n);

/** @type {Conversation[]} */
export const chats = [
  {
    name: 'plain-chat',
    description: 'Three turns of small talk, answered at once.',
    shows: ['plain chat', 'generate'],
    workflows: true,
    async run(world) {
      const agent = world.agent({
        script: [
          'Good morning. What shall we do?',
          'A walk along the river, then.',
          (prompt) => `You have told me ${shown(prompt)} things, counting this one.`,
        ],
      });
      const at = { thread: 'plain-chat', resource: 'ada' };
      await world.ask(agent, 'Good morning', at);
      await world.ask(agent, 'Something outdoors, please', at);
      await world.ask(agent, 'What do you know by now?', at);
    },
  },
  {
    name: 'long-chat',
    description:
      'Thirty turns in one thread, streamed and at once in turn; the agent asks for its last ten messages.',
    shows: ['many turns', 'stream', 'generate'],
    async run(world) {
      const agent = world.agent({
        script: upTo(30).map(
          (n) => (prompt) => `Note ${n + 1} on ${topic(n)}; I was shown ${shown(prompt)} messages.`,
        ),
      });
      for (const n of upTo(30)) {
        const via = n % 2 ? 'stream' : 'generate';
        await world.ask(agent, `Tell me about ${topic(n)}.`, { thread: 'long-chat', resource: 'grace', via });
      }
    },
  },
  {
    name: 'long-memory',
    description: 'Twenty-four turns with an agent that wants its last forty messages each time.',
    shows: ['many turns', 'last 40 messages'],
    async run(world) {
      const agent = world.agent({
        remembers: { lastMessages: 40 },
        script: upTo(24).map((n) => (prompt) => `${n + 1}: ${shown(prompt)} messages in mind.`),
      });
      for (const n of upTo(24)) {
        await world.ask(agent, `Line ${n + 1}: ${topic(n)}`, { thread: 'long-memory', resource: 'barbara' });
      }
    },
  },
  {
    name: 'history-by-tokens',
    description:
      'The history is bounded by tokens, so core pages through it and keeps a boundary in the thread.',
    shows: ['history by tokens', 'updateThread'],
    async run(world) {
      const agent = world.agent({
        remembers: { messageHistory: { maxTokens: 400 } },
        script: upTo(9).map((n) => (prompt) => `${prose(500)} (${n + 1}; ${shown(prompt)} shown)`),
      });
      for (const n of upTo(9)) {
        await world.ask(agent, `Chapter ${n + 1}, please.`, {
          thread: 'history-by-tokens',
          resource: 'edsger',
        });
      }
    },
  },
  {
    name: 'no-history',
    description: 'An agent that is told to remember nothing, then one that reads but never writes.',
    shows: ['history off', 'read only'],
    async run(world) {
      const at = { thread: 'no-history', resource: 'alan' };
      const silent = world.agent({
        id: 'silent',
        remembers: { lastMessages: false },
        script: ['Noted nowhere.'],
      });
      const writer = world.agent({ id: 'writer', script: ['This one stays.', 'And this.'] });
      const reader = world.agent({
        id: 'reader',
        script: [(prompt) => `I can see ${shown(prompt)} messages.`],
      });
      await world.ask(silent, 'Do not keep this.', at);
      await world.ask(writer, 'Keep this.', at);
      await world.ask(reader, 'What is there?', { ...at, remembers: { readOnly: true } });
      await world.ask(writer, 'Keep this too.', at);
    },
  },
  {
    name: 'long-question',
    description: 'A user pastes a text of 100 KB, asks about it, and goes on talking.',
    shows: ['long text'],
    async run(world) {
      const agent = world.agent({
        script: ['That is long. It has numbered paragraphs.', 'The first one, I think.'],
      });
      const at = { thread: 'long-question', resource: 'margaret' };
      await world.ask(agent, `Please read this:\n\n${prose(100_000)}`, at);
      await world.ask(agent, 'Which paragraph is the best?', at);
    },
  },
  {
    name: 'long-answers',
    description: 'The model streams answers of 12 to 40 KB.',
    shows: ['long text', 'stream'],
    async run(world) {
      const agent = world.agent({ script: [prose(40_000), prose(12_000), 'Enough.'] });
      const at = { thread: 'long-answers', resource: 'donald', via: /** @type {const} */ ('stream') };
      await world.ask(agent, 'Write me a long story.', at);
      await world.ask(agent, 'A shorter one.', at);
      await world.ask(agent, 'Thank you.', at);
    },
  },
  {
    name: 'reasoning',
    description: 'A model that thinks aloud before it answers, with a provider signature on the thought.',
    shows: ['reasoning', 'stream'],
    async run(world) {
      const agent = world.agent({
        script: [
          [
            { reasoning: 'They want 17 × 23. 17 × 20 = 340, 17 × 3 = 51.', signature: 'c2lnbmF0dXJlLTE=' },
            '391.',
          ],
          [
            { reasoning: 'Short again.' },
            { reasoning: 'Check: 391 / 17 = 23.', signature: 'c2ln/LTI+' },
            'Yes, 23.',
          ],
        ],
      });
      const at = { thread: 'reasoning', resource: 'sophie' };
      await world.ask(agent, 'What is 17 times 23?', at);
      await world.ask(agent, 'Divide that by 17.', { ...at, via: 'stream' });
    },
  },
  {
    name: 'structured-answer',
    description: 'An answer asked for as an object of a given shape.',
    shows: ['structured output'],
    async run(world) {
      const agent = world.agent({
        script: ['{"city":"Łódź","stops":[{"name":"A","minutes":0.5},{"name":"B","minutes":12}]}'],
      });
      const schema = z.object({
        city: z.string(),
        stops: z.array(z.object({ name: z.string(), minutes: z.number() })),
      });
      await world.ask(agent, 'A tram line, as data.', {
        thread: 'structured-answer',
        resource: 'niklaus',
        structuredOutput: { schema },
      });
    },
  },
  {
    name: 'failing-model',
    description: 'The model fails in the second turn; the third goes on with what was kept.',
    shows: ['failed turn'],
    async run(world) {
      const agent = world.agent({
        script: [
          'Hello.',
          [{ fail: 'the provider is down' }],
          (prompt) => `Back; ${shown(prompt)} messages shown.`,
        ],
      });
      const at = { thread: 'failing-model', resource: 'ken', maxRetries: 0 };
      await world.ask(agent, 'Hello', at);
      await world.ask(agent, 'Are you there?', at).catch(() => undefined);
      await world.ask(agent, 'And now?', at);
    },
  },
  {
    name: 'two-turns-at-once',
    description: 'A user with two windows: twice, two turns of one thread run at the same time.',
    shows: ['turns at once'],
    async run(world) {
      const at = { thread: 'two-turns-at-once', resource: 'dennis' };
      const first = world.agent({
        id: 'first',
        script: ['First.', 'Third, from the left window.', 'Fifth.'],
      });
      const second = world.agent({ id: 'second', script: ['Fourth, from the right window.', 'Sixth.'] });
      await world.ask(first, 'One', at);
      await world.together(
        ['generate: left window', () => world.answer(first, 'Two, left', at)],
        ['stream: right window', () => world.answer(second, 'Two, right', { ...at, via: 'stream' })],
      );
      await world.together(
        ['stream: left window', () => world.answer(first, 'Three, left', { ...at, via: 'stream' })],
        ['generate: right window', () => world.answer(second, 'Three, right', at)],
      );
    },
  },
  {
    name: 'generated-title',
    description: 'The thread gets its title from the model after the first turn, then from the user.',
    shows: ['generated title', 'updateThread'],
    async run(world) {
      const memory = world.memoryWith({ options: { lastMessages: 10, generateTitle: true } });
      const agent = world.agent({
        memory,
        script: [
          'Plant them in April, 🌷 after the frost.',
          'Tulips after the frost 🌷',
          'Water them weekly.',
          'Done.',
        ],
      });
      const at = { thread: 'generated-title', resource: 'agnes' };
      await world.ask(agent, 'When do I plant tulips?', at);
      await world.ask(agent, 'And water?', at);
      await world.turn('memory.updateThread: a title of the user’s own', () =>
        memory.updateThread({
          id: 'generated-title',
          title: 'Garden: "tulips" & <frost>',
          metadata: { pinned: true },
        }),
      );
      await world.ask(agent, 'Thanks.', at);
    },
  },
];
