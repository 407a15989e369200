/**
 * What an application does with threads and messages outside a turn, through Mastra's Memory.
 *
 * @module
 */

import { create, importLines, plainMemory } from '../application.js';

/** @typedef {import('../world.js').Conversation} Conversation */

/** @type {Conversation[]} */
export const threads = [
  {
    name: 'recall-windows',
    description:
      'An application reads a thread of thirty lines: pages, orders, ranges of time, windows around messages.',
    shows: ['paging', 'include windows', 'date ranges', 'metadata filters'],
    async run(world) {
      const memory = plainMemory(world);
      const threadId = 'recall-windows';
      const at = { threadId, resourceId: 'vera' };
      await create(world, memory, { ...at, title: 'Thirty lines' });
      await importLines(world, memory, { ...at, count: 30, start: '2024-02-01T10:00:00.000Z' });
      const direction = /** @type {const} */ ('ASC');
      const asc = { field: /** @type {const} */ ('createdAt'), direction };
      /** @param {string} what @param {object} args */
      const recall = (what, args) =>
        world.turn(`memory.recall: ${what}`, () => memory.recall({ ...at, ...args }));
      await recall('the last lines', {});
      await recall('a page', { perPage: 7, page: 1 });
      await recall('the last page, oldest first', { perPage: 7, page: 4, orderBy: asc });
      await recall('all', { perPage: false, orderBy: asc });
      await recall('nothing', { perPage: 0 });
      const noon = { start: new Date('2024-02-01T10:05:00.000Z'), end: new Date('2024-02-01T10:15:00.000Z') };
      await recall('a range', { perPage: 20, filter: { dateRange: noon } });
      await recall('a range without its ends', {
        perPage: 4,
        filter: { dateRange: { ...noon, startExclusive: true, endExclusive: true } },
        orderBy: asc,
      });
      await recall('by metadata', { perPage: 5, filter: { metadata: { third: true } } });
      const list = async (/** @type {string} */ what, /** @type {any} */ args) => {
        const domain = await world.store.getStore('memory');
        await world.turn(`listMessages: ${what}`, async () => domain?.listMessages(args));
      };
      const include = [
        { id: `${threadId}/01`, withPreviousMessages: 5, withNextMessages: 2 },
        { id: `${threadId}/15`, threadId, withPreviousMessages: 1, withNextMessages: 1 },
        { id: `${threadId}/16`, withPreviousMessages: 2 },
        { id: 'recall-windows/none', withNextMessages: 9 },
      ];
      await list('windows alone', { ...at, perPage: 0, include });
      await list('windows and a page', { ...at, perPage: 3, include: include.slice(0, 2) });
      await list('windows of another user', { threadId, resourceId: 'not-vera', perPage: 0, include });
      await list('without a count', {
        ...at,
        perPage: 10,
        page: 1,
        includeTotal: false,
        orderBy: { ...asc, direction: 'DESC' },
      });
    },
  },
  {
    name: 'threads-of-users',
    description: 'Fourteen threads of three users: listed by user, by metadata, in both orders, by page.',
    shows: ['listThreads', 'paging', 'metadata filters'],
    async run(world) {
      const memory = plainMemory(world);
      for (let n = 1; n <= 14; n++) {
        await create(world, memory, {
          threadId: `threads-of-users-${String(n).padStart(2, '0')}`,
          resourceId: `reader-${n % 3}`,
          title: n % 4 ? `Thread ${n}` : '',
          metadata: n % 2 ? { shelf: { row: n % 4 }, threads_of_users: n % 5 === 0 } : undefined,
        });
      }
      /** @param {string} what @param {any} args */
      const list = (what, args) => world.turn(`memory.listThreads: ${what}`, () => memory.listThreads(args));
      const filter = { resourceId: 'reader-1' };
      await list('of one user', { filter });
      await list('a page', { filter, perPage: 2, page: 1 });
      await list('all, oldest first', {
        filter,
        perPage: false,
        orderBy: { field: 'createdAt', direction: 'ASC' },
      });
      await list('by metadata', { filter: { ...filter, metadata: { shelf: { row: 1 } } } });
      await list('by metadata of all users', { filter: { metadata: { threads_of_users: true } } });
      await list('by a key that is refused', { filter: { metadata: { 'threads-of-users': 1 } } }).catch(
        () => undefined,
      );
      await list('of nobody', { filter: { resourceId: 'reader-nobody' } });
      const agent = world.agent({ memory, script: ['Read.'] });
      await world.ask(agent, 'Touch this thread.', { thread: 'threads-of-users-04', resource: 'reader-1' });
      await list('lately used first', {
        filter,
        orderBy: { field: 'updatedAt', direction: 'DESC' },
        perPage: 3,
      });
      await world.turn('memory.deleteThread', () => memory.deleteThread('threads-of-users-01'));
      await list('after a delete', { filter });
    },
  },
  {
    name: 'updates',
    description:
      'Messages are edited, moved to another thread and given to another user; threads are renamed.',
    shows: ['updateMessages', 'updateThread', 'moved messages'],
    async run(world) {
      const memory = plainMemory(world);
      const at = { threadId: 'updates', resourceId: 'iris' };
      await create(world, memory, { ...at, title: 'Before' });
      await create(world, memory, { threadId: 'updates-target', resourceId: 'iris', title: 'Target' });
      await importLines(world, memory, { ...at, count: 6, start: '2024-02-03T09:00:00.000Z' });
      /** @param {string} what @param {any[]} messages */
      const update = (what, messages) =>
        world.turn(`memory.updateMessages: ${what}`, () => memory.updateMessages({ messages }));
      await update('new text', [
        { id: 'updates/01', content: { content: 'Edited', parts: [{ type: 'text', text: 'Edited ✏️' }] } },
        { id: 'updates/nobody', content: { content: 'No such message' } },
      ]);
      await update('metadata', [{ id: 'updates/02', content: { metadata: { starred: true, line: null } } }]);
      await update('role', [{ id: 'updates/03', role: 'assistant' }]);
      await update('two moves', [
        { id: 'updates/04', threadId: 'updates-target' },
        { id: 'updates/05', threadId: 'updates-target', content: { metadata: { moved: true } } },
      ]);
      await world.turn('memory.recall', () => memory.recall({ ...at, perPage: 10 }));
      await world.turn('memory.recall of the target', () =>
        memory.recall({ ...at, threadId: 'updates-target', perPage: 10 }),
      );
      await world.turn('memory.updateThread', () =>
        memory.updateThread({ id: 'updates', title: 'After → renamed', metadata: { by: 'iris' } }),
      );
      await world.turn('memory.updateThread of nothing', () =>
        memory.updateThread({ id: 'updates-nobody', title: 'x', metadata: {} }).catch(() => undefined),
      );
      const domain = await world.store.getStore('memory');
      await world.turn('updateThreadResourceId', async () =>
        domain?.updateThreadResourceId({ threadId: 'updates-target', resourceId: 'iris-2' }),
      );
    },
  },
  {
    name: 'deletes',
    description:
      'Messages are deleted one, several and unknown at a time, then a whole thread, then it is used again.',
    shows: ['deleteMessages', 'deleteThread'],
    async run(world) {
      const memory = plainMemory(world);
      const at = { threadId: 'deletes', resourceId: 'nora' };
      await create(world, memory, { ...at, title: 'To be emptied' });
      await create(world, memory, {
        threadId: 'deletes:remind',
        resourceId: 'nora',
        title: 'A neighbour by name',
      });
      await importLines(world, memory, { ...at, count: 60, start: '2024-02-05T09:00:00.000Z', step: 1000 });
      await importLines(world, memory, {
        ...at,
        threadId: 'deletes:remind',
        count: 4,
        start: '2024-02-05T12:00:00.000Z',
      });
      /** @param {any[]} ids */
      const remove = (ids) =>
        world.turn(`memory.deleteMessages: ${ids.length}`, () =>
          memory.deleteMessages(/** @type {any} */ (ids)),
        );
      const id = (/** @type {number} */ n) => `deletes/${String(n).padStart(2, '0')}`;
      await remove([id(3)]);
      await remove([{ id: id(5) }, { id: 'deletes/unknown' }, { id: 'deletes:remind/02' }]);
      await remove(Array.from({ length: 50 }, (_, n) => id(n + 8)));
      await world.turn('memory.recall', () => memory.recall({ ...at, perPage: 20 }));
      const agent = world.agent({ memory, script: ['Still here.', 'Here again.'] });
      await world.ask(agent, 'Anything left?', { thread: 'deletes', resource: 'nora' });
      await world.turn('memory.deleteThread', () => memory.deleteThread('deletes'));
      await world.turn('memory.deleteThread again', () => memory.deleteThread('deletes'));
      await world.turn('memory.recall of nothing', () => memory.recall({ threadId: 'deletes', perPage: 20 }));
      await world.ask(agent, 'Hello?', { thread: 'deletes', resource: 'nora' });
    },
  },
  {
    name: 'clones',
    description: 'A thread is cloned whole, in part and for another user, and the clone goes on by itself.',
    shows: ['cloned threads'],
    async run(world) {
      const memory = plainMemory(world);
      const at = { threadId: 'clones', resourceId: 'ruth' };
      await create(world, memory, { ...at, title: 'Original', metadata: { own: true } });
      await importLines(world, memory, { ...at, count: 12, start: '2024-02-07T09:00:00.000Z' });
      const agent = world.agent({ memory, script: ['In the clone.', 'In the original.'] });
      const whole = await world.turn('memory.cloneThread', () =>
        memory.cloneThread({
          sourceThreadId: 'clones',
          newThreadId: 'clones-whole',
          title: 'Copy',
          metadata: { copied: 1 },
        }),
      );
      await world.turn('memory.cloneThread: last four, for another', () =>
        memory.cloneThread({
          sourceThreadId: 'clones',
          resourceId: 'ruth-2',
          options: { messageLimit: 4 },
        }),
      );
      await world.turn('memory.copyThread: a range of time', () =>
        memory.copyThread({
          sourceThreadId: 'clones',
          newThreadId: 'clones-range',
          options: {
            messageFilter: {
              startDate: new Date('2024-02-07T09:03:00.000Z'),
              endDate: new Date('2024-02-07T09:06:00.000Z'),
            },
          },
        }),
      );
      await world.turn('memory.cloneThread: some messages, of a clone', () =>
        memory.cloneThread({
          sourceThreadId: 'clones-whole',
          options: { messageFilter: { messageIds: whole.clonedMessages.slice(2, 5).map(({ id }) => id) } },
        }),
      );
      await world.turn('memory.cloneThread of nothing', () =>
        memory.cloneThread({ sourceThreadId: 'clones-nobody' }).catch(() => undefined),
      );
      await world.turn('memory.cloneThread onto a thread', () =>
        memory.cloneThread({ sourceThreadId: 'clones', newThreadId: 'clones-whole' }).catch(() => undefined),
      );
      await world.ask(agent, 'Go on.', { thread: 'clones-whole', resource: 'ruth' });
      await world.ask(agent, 'Go on.', { thread: 'clones', resource: 'ruth' });
      await world.turn('memory.deleteThread', () => memory.deleteThread('clones-range'));
    },
  },
];
