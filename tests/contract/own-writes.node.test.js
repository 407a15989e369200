/**
 * A place whose cache goes on answering what it has seen within a minute, absence too, whatever is written there: one
 * isolate still sees all that it has written itself, and updates find it.
 */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createPlaces } from '../support/faults.js';
import { createRandom } from '../support/random.js';
import { allIds, at, ids, makeClock, message, thread } from './support.js';

const MIB = 1024 * 1024;

/** A store in such a place, which has a thread already. @returns {Promise<{ store: any, clock: import('./support.js').Clock }>} */
async function blindPlace() {
  const clock = makeClock();
  const random = createRandom(1).fill;
  const backend = createPlaces(createMemoryBackend(), { now: clock.now, blind: true })();
  const store = new CloudflareStore({
    backend,
    core: createCore({ now: clock.now, wait: clock.wait, random }),
  });
  await store.saveThread({ thread: thread('t') });
  return { store, clock };
}

/** @param {string} id @param {number} size */
const large = (id, size) => message(id, 5, { content: 'x'.repeat(size) });

describe('in a place that does not show its own writes', () => {
  it('messages are listed, found by id, updated and deleted', async () => {
    const { store, clock } = await blindPlace();
    // Saving looks for the records first, so the place knows from then on that there are none.
    await store.saveMessages({ messages: [message('m1', 1), message('m2', 2)] });
    for (let seconds = 0; seconds < 58; seconds += 7) {
      clock.advance(7000);
      expect(await allIds(store)).toEqual(['m1', 'm2']);
      const { messages } = await store.listMessagesById({ messageIds: ['m2', 'm1', 'none'] });
      expect(ids(messages)).toEqual(['m1', 'm2']);
      const [updated] = await store.updateMessages({
        messages: [{ id: 'm1', content: { metadata: { seconds } } }],
      });
      expect(updated.content.metadata).toEqual({ seconds });
      const page = await store.listMessages({
        threadId: 't',
        perPage: 1,
        orderBy: { field: 'createdAt', direction: 'ASC' },
      });
      expect(page.messages[0].content.metadata).toEqual({ seconds });
    }
    await store.deleteMessages(['m1']);
    expect(await allIds(store)).toEqual(['m2']);
    expect((await store.listMessagesById({ messageIds: ['m1'] })).messages).toEqual([]);
    expect(await store.updateMessages({ messages: [{ id: 'm1', role: 'assistant' }] })).toEqual([]);
  });

  it('messages that move are where they are', async () => {
    const { store } = await blindPlace();
    await store.saveThread({ thread: thread('u') });
    await store.saveMessages({ messages: [message('m1', 1), message('m2', 2)] });
    await store.updateMessages({ messages: [{ id: 'm1', threadId: 'u' }] });
    await store.saveMessages({ messages: [message('m2', 2, { threadId: 'u' })] });
    expect(await allIds(store)).toEqual([]);
    expect(await allIds(store, 'u')).toEqual(['m1', 'm2']);
  });

  it('copies are listed', async () => {
    const { store } = await blindPlace();
    await store.saveMessages({ messages: [message('m1', 1), message('m2', 2)] });
    const { messageIdMap } = await store.copyThread({ sourceThreadId: 't', newThreadId: 'copy' });
    expect(await allIds(store, 'copy')).toEqual(Object.values(messageIdMap));
  });

  it('records of other kinds are read and merged', async () => {
    const { store, clock } = await blindPlace();
    expect(await store.getResourceById({ resourceId: 'alice' })).toBeNull();
    expect(await store.getTask('a')).toBeNull();
    await store.saveResource({
      resource: { id: 'alice', workingMemory: 'W', createdAt: at(0), updatedAt: at(0) },
    });
    await store.createTask({ id: 'a', status: 'pending', toolName: 'search', agentId: 'guide', args: {} });
    clock.advance(30_000);
    await store.updateResource({ resourceId: 'alice', metadata: { plan: 1 } });
    await store.updateTask('a', { retryCount: 2 });
    expect(await store.getResourceById({ resourceId: 'alice' })).toMatchObject({
      workingMemory: 'W',
      metadata: { plan: 1 },
    });
    expect(await store.getTask('a')).toMatchObject({ toolName: 'search', retryCount: 2 });
  });

  it('an update of a message that was forgotten for want of room waits, then says to try again', async () => {
    const { store, clock } = await blindPlace();
    await store.saveMessages({ messages: [message('m1', 1)] });
    await store.saveMessages({ messages: ['a', 'b', 'c'].map((id) => large(id, 3.5 * MIB)) });
    clock.advance(1500);
    const started = clock.now();
    const update = { messages: [{ id: 'm1', content: { metadata: { read: true } } }] };
    await expect(store.updateMessages(update)).rejects.toMatchObject({
      code: 'TRY_AGAIN',
      op: 'updateMessages',
      details: { key: 'messages:m1' },
    });
    expect(clock.now() - started).toBeLessThan(5000);
    expect((await store.listMessages({ threadId: 't' })).total).toBe(4);
    clock.advance(60_000);
    expect(await store.updateMessages(update)).toMatchObject([
      { id: 'm1', content: { metadata: { read: true } } },
    ]);
    expect(await allIds(store)).toEqual(['m1', 'a', 'b', 'c']);
  });
});
