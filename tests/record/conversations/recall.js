/**
 * What an agent remembers beyond the last messages: working memory and semantic recall.
 *
 * @module
 */

import { z } from 'zod';
import { shown } from '../model.js';
import { LocalVectors, createEmbedder } from '../recall.js';
import { prose } from '../texts.js';

/** @typedef {import('../world.js').Conversation} Conversation */

/** @param {unknown} memory */
const remember = (memory) => ({ call: 'updateWorkingMemory', args: { memory } });

/** @param {import('../world.js').World} world @param {object} semanticRecall */
const recalling = (world, semanticRecall) =>
  world.memoryWith({
    vector: new LocalVectors(),
    embedder: createEmbedder(),
    options: { lastMessages: 2, semanticRecall: /** @type {any} */ (semanticRecall) },
  });

/** @type {Conversation[]} */
export const recalls = [
  {
    name: 'working-memory-of-user',
    description:
      'Working memory that follows a user through two threads, written by the agent and by the application.',
    shows: ['working memory of a resource', 'resources'],
    async run(world) {
      const memory = world.memoryWith({
        options: {
          lastMessages: 10,
          workingMemory: { enabled: true, template: '# User\n- **Name**:\n- **Tea**:\n' },
        },
      });
      const agent = world.agent({
        memory,
        script: [
          [remember('# User\n- **Name**: Zoë 🦊\n- **Tea**: —\n')],
          'Nice to meet you, Zoë.',
          [remember('# User\n- **Name**: Zoë 🦊\n- **Tea**: “Earl Grey”, 70 °C\n')],
          'Earl Grey it is.',
          'Your name is Zoë, and you like Earl Grey.',
        ],
      });
      const resource = 'zoë/42';
      await world.ask(agent, 'I am Zoë.', { thread: 'working-memory-of-user-1', resource });
      await world.ask(agent, 'I like Earl Grey.', {
        thread: 'working-memory-of-user-2',
        resource,
        via: 'stream',
      });
      await world.turn('memory.getWorkingMemory', () =>
        memory.getWorkingMemory({ threadId: 'working-memory-of-user-1', resourceId: resource }),
      );
      await world.turn('memory.updateWorkingMemory: 12 KB', () =>
        memory.updateWorkingMemory({
          threadId: 'working-memory-of-user-2',
          resourceId: resource,
          workingMemory: `# User\n- **Name**: Zoë\n\n${prose(12_000)}`,
        }),
      );
      await world.ask(agent, 'What do you know of me?', { thread: 'working-memory-of-user-1', resource });
    },
  },
  {
    name: 'working-memory-of-thread',
    description: 'Working memory kept in the thread itself, beside metadata of the application.',
    shows: ['working memory of a thread', 'updateThread'],
    async run(world) {
      const memory = world.memoryWith({
        options: {
          lastMessages: 10,
          workingMemory: { enabled: true, scope: 'thread', template: '# Trip\n- **To**:\n' },
        },
      });
      const threadId = 'working-memory-of-thread';
      await world.turn('memory.createThread', () =>
        memory.createThread({ threadId, resourceId: 'amelia', title: 'Trip', metadata: { app: { tab: 3 } } }),
      );
      const agent = world.agent({
        memory,
        script: [
          [remember('# Trip\n- **To**: Ísafjörður\n')],
          'To Ísafjörður.',
          [remember('# Trip\n- **To**: Akureyri\n')],
          'Changed.',
        ],
      });
      const at = { thread: threadId, resource: 'amelia' };
      await world.ask(agent, 'I go to Ísafjörður.', at);
      await world.ask(agent, 'No: to Akureyri.', { ...at, via: 'stream' });
      await world.turn('memory.getWorkingMemory', () =>
        memory.getWorkingMemory({ threadId, resourceId: 'amelia' }),
      );
    },
  },
  {
    name: 'working-memory-of-schema',
    description: 'Working memory of a fixed shape, kept as JSON text and merged by core.',
    shows: ['working memory of a resource', 'JSON in text'],
    async run(world) {
      const schema = z.object({
        name: z.string().optional(),
        pets: z.array(z.object({ name: z.string(), age: z.number() })).optional(),
        home: z.object({ lat: z.number(), lon: z.number() }).optional(),
      });
      const memory = world.memoryWith({
        options: { lastMessages: 5, workingMemory: { enabled: true, schema } },
      });
      const agent = world.agent({
        memory,
        script: [
          [remember({ name: 'Jane "JJ" O’Neil', pets: [{ name: 'Łatka', age: 0.1 + 0.2 }] })],
          'A very young cat.',
          [remember({ home: { lat: 52.2296756, lon: 21.0122287 } })],
          'Noted.',
        ],
      });
      const at = { thread: 'working-memory-of-schema', resource: 'jane' };
      await world.ask(agent, 'I am Jane; my cat is Łatka.', at);
      await world.ask(agent, 'I live in Warsaw.', at);
      await world.ask(world.agent({ id: 'other', memory, script: ['Jane.'] }), 'Who am I?', at);
    },
  },
  {
    name: 'recall-in-thread',
    description: 'Semantic recall within one thread: messages around each hit, beyond the last two.',
    shows: ['semantic recall', 'include windows'],
    async run(world) {
      const memory = recalling(world, { topK: 2, messageRange: { before: 2, after: 1 }, scope: 'thread' });
      const lines = [
        'The ferry leaves at nine.',
        'My sister keeps bees.',
        'The piano needs tuning.',
        'It rained on Sunday.',
      ];
      const agent = world.agent({
        memory,
        script: [
          ...lines.map((line) => `I keep: ${line}`),
          (prompt) => `At nine. (${shown(prompt)} shown)`,
          'Bees.',
        ],
      });
      const at = { thread: 'recall-in-thread', resource: 'beatrix' };
      for (const line of lines) await world.ask(agent, line, at);
      await world.ask(agent, 'When does the ferry leave?', at);
      await world.ask(agent, 'What does my sister keep? Bees?', { ...at, via: 'stream' });
    },
  },
  {
    name: 'recall-across-threads',
    description: 'Semantic recall over all threads of a user, and never over those of another.',
    shows: ['semantic recall', 'include windows', 'across threads'],
    async run(world) {
      const memory = recalling(world, { topK: 3, messageRange: 1, scope: 'resource' });
      const agent = world.agent({
        memory,
        script: [
          'The key is kept.',
          'Another key, kept.',
          'Soup, kept.',
          (prompt) => `Under the stone. (${shown(prompt)})`,
          'Leek.',
        ],
      });
      const resource = 'enid';
      await world.ask(agent, 'The garden key lies under the stone.', {
        thread: 'recall-across-threads/1',
        resource,
      });
      await world.ask(agent, 'My garden key lies under the mat.', {
        thread: 'recall-across-threads/x',
        resource: 'not-enid',
      });
      await world.ask(agent, 'The soup wants leek.', { thread: 'recall-across-threads/2', resource });
      await world.ask(agent, 'Where lies the garden key?', { thread: 'recall-across-threads/3', resource });
      await world.ask(agent, 'What does the soup want?', {
        thread: 'recall-across-threads/3',
        resource,
        via: 'stream',
      });
      await world.turn('memory.recall with a search', () =>
        memory.recall({
          threadId: 'recall-across-threads/2',
          resourceId: resource,
          vectorSearchString: 'garden stone',
          perPage: 2,
        }),
      );
      await world.turn('memory.deleteThread', () => memory.deleteThread('recall-across-threads/1'));
    },
  },
];
