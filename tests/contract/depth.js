import { describe, expect, it } from 'vitest';
import { allIds, at, ids, message, refused, storeWith, thread } from './support.js';

/** @param {number} levels @returns {any} */
function nested(levels) {
  /** @type {any[]} */
  let value = [0];
  for (let i = 1; i < levels; i++) value = [value];
  return value;
}

const DATES = { createdAt: at(1), updatedAt: at(1) };
const MOST = 500;

/** What stores a value, by method: `around` is how many levels it puts around it. */
/** @type {[string, number, (store: any, value: any) => Promise<unknown>][]} */
const WRITES = [
  ['saveThread', 2, (store, a) => store.saveThread({ thread: thread('deep', { metadata: { a } }) })],
  ['updateThread', 2, (store, a) => store.updateThread({ id: 't', metadata: { a } })],
  ['copyThread', 2, (store, a) => store.copyThread({ sourceThreadId: 't', metadata: { a } })],
  ['saveMessages', 1, (store, content) => store.saveMessages({ messages: [message('m', 1, { content })] })],
  ['updateMessages', 2, (store, a) => store.updateMessages({ messages: [{ id: 'm1', content: { a } }] })],
  [
    'saveResource',
    2,
    (store, a) => store.saveResource({ resource: { id: 'deep', metadata: { a }, ...DATES } }),
  ],
  ['updateResource', 2, (store, a) => store.updateResource({ resourceId: 'alice', metadata: { a } })],
  [
    'persistWorkflowSnapshot',
    2,
    (store, a) =>
      store.persistWorkflowSnapshot({ workflowName: 'w', runId: 'r', snapshot: { status: 'success', a } }),
  ],
  ['setState', 1, (store, value) => store.setState({ threadId: 't', type: 'x', value })],
];

/** @param {import('./support.js').MakeStore} makeStore */
export function depth(makeStore) {
  describe('what is nested deeply', () => {
    async function filled() {
      const subject = await storeWith(makeStore, 't');
      await subject.store.saveMessages({
        messages: [message('m1', 1, { content: { format: 2, parts: [] } })],
      });
      return subject;
    }

    it.each(WRITES)('is taken by %s up to 500 levels, and can be read', async (_, around, write) => {
      const { store, reopen } = await filled();
      await write(store, nested(MOST - around));
      const reader = reopen();
      expect(await allIds(reader, 't')).toContain('m1');
      expect((await reader.listThreads({})).threads.length).toBeGreaterThan(0);
    });

    it.each(
      WRITES.flatMap(([op, around, write]) =>
        [MOST + 1, 5000, 60_000].map((levels) => ({ op, around, write, levels })),
      ),
    )('is refused by $op at $levels levels, and nothing is stored', async ({ op, around, write, levels }) => {
      const { store, raw } = await filled();
      const before = await raw.keys();
      await refused(write(store, nested(levels - around)), { code: 'INVALID_ARGUMENT', op, text: /nested/ });
      expect(await raw.keys()).toEqual(before);
    });

    it('is listed, read and deleted where it was stored before there was a bound', async () => {
      const { store, reopen, raw } = await filled();
      await store.saveMessages({ messages: [message('m2', 2)] });
      const record = JSON.stringify({ ...message('m2', 2), content: 'x' });
      const text = `${'['.repeat(8000)}-0.10${']'.repeat(8000)}`;
      await raw.put('messages:m2', record.replace('"x"', text));
      const reader = reopen();
      const page = await reader.listMessages({ threadId: 't' });
      expect(ids(page.messages)).toEqual(['m1', 'm2']);
      await reader.deleteMessages(['m2']);
      expect(await allIds(reader, 't')).toEqual(['m1']);
    });
  });
}
