/**
 * A Worker whose object is killed: callers save batches, and what was stored of each is looked at afterwards.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/index.js';

export { ThreadKVObject } from '../../bindings/durable/index.js';

const SIZE = 20;
const AT = Date.UTC(2026, 0, 2);
const THREADS = ['t0', 't1', 't2', 't3'];

/** @param {string} batch @param {number} n */
const message = (batch, n) => ({
  id: `${batch}-${n}`,
  threadId: THREADS[Number(batch) % THREADS.length],
  resourceId: 'alice',
  role: 'user',
  content: { format: 2, parts: [{ type: 'text', text: 'x'.repeat(500) }] },
  createdAt: new Date(AT + Number(batch) * 1000 + n),
});

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    const [, act, batch] = new URL(request.url).pathname.split('/');
    const store = new CloudflareStore({ durable: env.OBJECTS, keyPrefix: 'kill_' });
    if (act === 'prepare') {
      for (const id of THREADS) {
        const date = new Date(AT);
        const thread = { id, resourceId: 'alice', title: id, createdAt: date, updatedAt: date };
        await store.createThread({ thread }).catch(() => undefined);
      }
      return new Response('ready');
    }
    const messages = Array.from({ length: SIZE }, (_, n) => message(batch, n));
    if (act === 'save') {
      await store.saveMessages({ messages });
      return new Response('saved');
    }
    // How many of the batch are there, and how many of them a list of their thread shows.
    const { messages: stored } = await store.listMessagesById({ messageIds: messages.map(({ id }) => id) });
    const dateRange = { start: messages[0].createdAt, end: messages[SIZE - 1].createdAt };
    const threadId = messages[0].threadId;
    const listed = await store.listMessages({ threadId, perPage: false, filter: { dateRange } });
    return Response.json({ size: SIZE, stored: stored.length, listed: listed.messages.length });
  },
};
