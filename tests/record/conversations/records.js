/**
 * Threads, messages and resources that an application makes by itself: with ids of its own, older formats, details.
 *
 * @module
 */

import { create, plainMemory } from '../application.js';

/** @typedef {import('../world.js').Conversation} Conversation */

/** Ids as they come in real life, and worse. */
const ODD_IDS = [
  'a',
  'a:b',
  'a:b:c',
  'odd/ids with spaces',
  'odd%3Aids%',
  'messages',
  '__proto__',
  '42',
  'odd-ids 🧵 นี่',
  `odd-ids-${'long'.repeat(48)}`,
  'odd-ids?x=1&y=2#z',
  ' odd ids ',
];

/** Counts the ids of `odd-ids`. */
let oddIds = 0;

/** @type {Conversation[]} */
export const records = [
  {
    name: 'odd-ids',
    description:
      'Threads and users whose ids hold colons, slashes, spaces, percent signs, emoji, or are __proto__ and 42.',
    shows: ['odd ids'],
    idGenerator: (context) =>
      /** @type {any} */ (`${context?.idType}:${context?.threadId ?? ''}/${++oddIds} 🆔`),
    async run(world) {
      oddIds = 0;
      const memory = plainMemory(world);
      const agent = world.agent({ memory, script: ODD_IDS.map((id) => `You are in “${id}”.`) });
      for (const [n, thread] of ODD_IDS.entries()) {
        await world.ask(agent, 'Where am I?', {
          thread,
          resource: `user:${thread}`,
          via: n % 2 ? 'stream' : 'generate',
        });
      }
      await world.turn('memory.deleteThread: a, beside a:b', () => memory.deleteThread('a'));
      for (const threadId of ['a:b', 'odd%3Aids%', '42']) {
        await world.turn(`memory.recall of ${threadId}`, () => memory.recall({ threadId, perPage: 5 }));
      }
      await world.turn('memory.listThreads of a user', () =>
        memory.listThreads({ filter: { resourceId: 'user:__proto__' } }),
      );
    },
  },
  {
    name: 'imported-history',
    description:
      'Messages of an older format, and with equal times, are saved by the application; then the agent goes on.',
    shows: ['imported messages', 'equal times'],
    async run(world) {
      const memory = plainMemory(world);
      const threadId = 'imported-history';
      const base = { threadId, resourceId: 'elena', createdAt: new Date('2023-12-24T18:00:00.000Z') };
      await create(world, memory, { threadId, resourceId: 'elena', title: 'From the old system' });
      const old = [
        { ...base, id: 'old-2', role: 'user', type: 'text', content: 'A plain string' },
        {
          ...base,
          id: 'old-10',
          role: 'assistant',
          type: 'text',
          content: [{ type: 'text', text: 'Parts' }],
        },
        { ...base, id: 'old-1', role: 'user', type: 'text', content: 'Same moment as the others' },
        {
          ...base,
          id: 'old-3',
          createdAt: new Date('2023-12-24T18:00:01.000Z'),
          role: 'assistant',
          type: 'tool-call',
          content: [{ type: 'tool-call', toolCallId: 'old-call', toolName: 'clock', args: { zone: 'UTC' } }],
        },
      ];
      await world.turn('memory.saveMessages: older formats', () =>
        memory.saveMessages({ messages: /** @type {any} */ (old) }),
      );
      const agent = world.agent({ memory, script: ['I have read it all.'] });
      await world.ask(agent, 'Do you remember?', { thread: threadId, resource: 'elena' });
      const domain = await world.store.getStore('memory');
      await world.turn('listMessagesById', async () =>
        domain?.listMessagesById({ messageIds: ['old-10', 'old-unknown', 'old-1', 'old-1'] }),
      );
      await world.turn('listMessagesByResourceId', async () =>
        domain?.listMessagesByResourceId({
          resourceId: 'elena',
          perPage: 3,
          orderBy: { field: 'createdAt', direction: 'DESC' },
        }),
      );
    },
  },
  {
    name: 'thread-details',
    description: 'A turn that brings title and metadata of its thread along, and changes them in the next.',
    shows: ['thread given with a turn', 'resources'],
    async run(world) {
      const agent = world.agent({ script: ['First.', 'Second.'] });
      const resource = 'greta';
      await world.ask(agent, 'One', {
        thread: { id: 'thread-details', title: 'Given title', metadata: { plan: 'free', seats: 1 } },
        resource,
      });
      await world.ask(agent, 'Two', {
        thread: { id: 'thread-details', metadata: { seats: 2 } },
        resource,
        via: 'stream',
      });
      const domain = /** @type {any} */ (await world.store.getStore('memory'));
      const now = new Date('2024-02-10T00:00:00.000Z');
      await world.turn('saveResource', () =>
        domain.saveResource({
          resource: {
            id: resource,
            workingMemory: '',
            metadata: { a: { b: null }, list: [] },
            createdAt: now,
            updatedAt: now,
          },
        }),
      );
      await world.turn('updateResource: metadata', () =>
        domain.updateResource({ resourceId: resource, metadata: { c: '☂' } }),
      );
      await world.turn('updateResource: working memory', () =>
        domain.updateResource({ resourceId: resource, workingMemory: 'Umbrella' }),
      );
      await world.turn('updateResource of a new user', () =>
        domain.updateResource({ resourceId: 'greta-2', workingMemory: 'New' }),
      );
      await world.turn('getResourceById', () => domain.getResourceById({ resourceId: 'greta-3' }));
    },
  },
];
