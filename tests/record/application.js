/**
 * What an application does with its threads outside a turn.
 *
 * @module
 */

/** @typedef {import('./world.js').World} World */

/**
 * Saves `count` lines into a thread as an application does that moves its data in.
 *
 * @param {World} world
 * @param {import('@mastra/memory').Memory} memory
 * @param {{ threadId: string, resourceId: string, count: number, start: string, step?: number }} options
 */
export async function importLines(world, memory, { threadId, resourceId, count, start, step = 60_000 }) {
  const first = Date.parse(start);
  const messages = Array.from({ length: count }, (_, n) => ({
    id: `${threadId}/${String(n + 1).padStart(2, '0')}`,
    role: /** @type {'user' | 'assistant'} */ (n % 2 ? 'assistant' : 'user'),
    createdAt: new Date(first + n * step),
    threadId,
    resourceId,
    content: {
      format: /** @type {const} */ (2),
      parts: [{ type: /** @type {const} */ ('text'), text: `Line ${n + 1}` }],
      content: `Line ${n + 1}`,
      metadata: { line: n + 1, third: n % 3 === 0 },
    },
  }));
  await world.turn(`memory.saveMessages: ${count} lines`, () => memory.saveMessages({ messages }));
}

/** @param {World} world */
export const plainMemory = (world) => world.memoryWith({ options: { lastMessages: 10 } });

/** @param {World} world @param {import('@mastra/memory').Memory} memory @param {object} thread */
export const create = (world, memory, thread) =>
  world.turn('memory.createThread', () => memory.createThread(/** @type {any} */ (thread)));
