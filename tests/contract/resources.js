import { describe, expect, it } from 'vitest';
import { at, refused, thread } from './support.js';

/**
 * @param {string} id
 * @param {Record<string, unknown>} [fields]
 */
const resource = (id, fields = {}) => ({
  id,
  workingMemory: '# Alice\n- likes tea',
  metadata: { plan: 'free' },
  createdAt: at(1),
  updatedAt: at(2),
  ...fields,
});

/** @param {import('./support.js').MakeStore} makeStore */
export function resources(makeStore) {
  describe('saving and getting a resource', () => {
    it('gives back what was saved, with dates as Date', async () => {
      const { store, reopen } = await makeStore();
      const saved = resource('alice');
      expect(await store.saveResource({ resource: saved })).toEqual(saved);
      expect(await store.getResourceById({ resourceId: 'alice' })).toEqual(saved);
      expect(await reopen().getResourceById({ resourceId: 'alice' })).toEqual(saved);
    });

    it('answers null for a resource that does not exist', async () => {
      const { store } = await makeStore();
      expect(await store.getResourceById({ resourceId: 'nobody' })).toBeNull();
    });

    it('replaces the whole resource when it is saved again', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice') });
      const again = resource('alice', { workingMemory: 'new', metadata: { other: 1 }, updatedAt: at(9) });
      await store.saveResource({ resource: again });
      expect(await store.getResourceById({ resourceId: 'alice' })).toEqual(again);
    });

    it('keeps empty things empty and missing things missing', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('empty', { workingMemory: '', metadata: {} }) });
      await store.saveResource({
        resource: resource('missing', { workingMemory: undefined, metadata: undefined }),
      });
      const empty = await store.getResourceById({ resourceId: 'empty' });
      expect(empty).toMatchObject({ workingMemory: '', metadata: {} });
      const missing = await store.getResourceById({ resourceId: 'missing' });
      expect(missing.workingMemory).toBeUndefined();
      expect(missing.metadata).toBeUndefined();
    });

    it('keeps long working memory, deep metadata and unknown fields', async () => {
      const { store, reopen } = await makeStore();
      const saved = resource('alice', {
        workingMemory: 'ä€🎉 "x" \\ \n'.repeat(2000),
        metadata: { a: { b: { c: [null, { d: 0.1 }] } }, nothing: null },
        tier: 'gold',
      });
      await store.saveResource({ resource: saved });
      expect(await reopen().getResourceById({ resourceId: 'alice' })).toEqual(saved);
    });

    it('keeps working memory that is JSON as the text it was', async () => {
      const { store } = await makeStore();
      const workingMemory = '{"name":"Alice","n":9007199254740993}';
      await store.saveResource({ resource: resource('alice', { workingMemory }) });
      expect((await store.getResourceById({ resourceId: 'alice' })).workingMemory).toBe(workingMemory);
    });

    it('hands out copies', async () => {
      const { store } = await makeStore();
      const given = resource('alice', { metadata: { list: [1] } });
      await store.saveResource({ resource: given });
      /** @type {any} */ (given.metadata).list.push(2);
      const found = await store.getResourceById({ resourceId: 'alice' });
      found.metadata.list.push(3);
      expect((await store.getResourceById({ resourceId: 'alice' })).metadata).toEqual({ list: [1] });
    });

    it('has nothing to do with threads of the same id', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice') });
      expect(await store.getThreadById({ threadId: 'alice' })).toBeNull();
      await store.deleteThread({ threadId: 'alice' });
      expect(await store.getResourceById({ resourceId: 'alice' })).not.toBeNull();
    });
  });

  describe('updating a resource', () => {
    it('replaces the working memory and keeps the metadata', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice') });
      await store.updateResource({ resourceId: 'alice', workingMemory: 'new' });
      const found = await store.getResourceById({ resourceId: 'alice' });
      expect(found).toMatchObject({ workingMemory: 'new', metadata: { plan: 'free' }, createdAt: at(1) });
    });

    it('merges metadata key by key and keeps the working memory', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice', { metadata: { keep: 1, deep: { old: 1 } } }) });
      await store.updateResource({ resourceId: 'alice', metadata: { deep: { new: 2 }, nothing: null } });
      const found = await store.getResourceById({ resourceId: 'alice' });
      expect(found.workingMemory).toBe('# Alice\n- likes tea');
      expect(found.metadata).toEqual({ keep: 1, deep: { new: 2 }, nothing: null });
    });

    it('changes both, and can empty the working memory', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice') });
      await store.updateResource({ resourceId: 'alice', workingMemory: '', metadata: { plan: 'paid' } });
      expect(await store.getResourceById({ resourceId: 'alice' })).toMatchObject({
        workingMemory: '',
        metadata: { plan: 'paid' },
      });
    });

    it('creates a resource that does not exist', async () => {
      const { store, clock } = await makeStore();
      const made = await store.updateResource({ resourceId: 'alice', workingMemory: 'first' });
      expect(made).toMatchObject({ id: 'alice', workingMemory: 'first', metadata: {} });
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(Math.abs(made.createdAt.getTime() - clock.now())).toBeLessThan(1000);
      expect(await store.getResourceById({ resourceId: 'alice' })).toEqual(made);
      const bob = await store.updateResource({ resourceId: 'bob', metadata: { a: 1 } });
      expect(bob.metadata).toEqual({ a: 1 });
      expect(bob.workingMemory).toBeUndefined();
    });

    it('answers the resource as a following get shows it', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice', { tier: 'gold' }) });
      const result = await store.updateResource({ resourceId: 'alice', metadata: { a: 1 } });
      expect(result).toEqual(await store.getResourceById({ resourceId: 'alice' }));
    });

    it('moves updatedAt forward, even within one millisecond', async () => {
      const { store } = await makeStore();
      let before = (
        await store.updateResource({ resourceId: 'alice', workingMemory: '0' })
      ).updatedAt.getTime();
      for (let i = 1; i <= 3; i++) {
        const { updatedAt } = await store.updateResource({ resourceId: 'alice', workingMemory: `${i}` });
        expect(updatedAt.getTime()).toBeGreaterThan(before);
        before = updatedAt.getTime();
      }
    });

    it('keeps every merge of five updates at once', async () => {
      const { store } = await makeStore();
      await store.saveResource({ resource: resource('alice') });
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const results = await Promise.all(
        keys.map((key) =>
          store.updateResource({ resourceId: 'alice', workingMemory: key, metadata: { [key]: key } }),
        ),
      );
      expect(results).toHaveLength(5);
      const found = await store.getResourceById({ resourceId: 'alice' });
      expect(found.workingMemory).toBe('e');
      expect(found.metadata).toEqual({ plan: 'free', a: 'a', b: 'b', c: 'c', d: 'd', e: 'e' });
    });
  });

  describe('listing resources', () => {
    const names = (/** @type {any} */ { resources: found }) => found.map((/** @type {any} */ { id }) => id);

    it('gives them in the order of their ids, by pages', async () => {
      const { store, reopen } = await makeStore();
      for (const id of ['c', 'a', 'b:1', 'b']) await store.saveResource({ resource: resource(id) });
      for (const reader of [store, reopen()]) {
        const all = await reader.listResources();
        expect(names(all)).toEqual(['a', 'b', 'b:1', 'c']);
        expect(all).toMatchObject({ total: 4, page: 0, perPage: 100, hasMore: false });
        expect(all.resources[0]).toEqual(resource('a'));
        const second = await reader.listResources({ page: 1, perPage: 3 });
        expect(names(second)).toEqual(['c']);
        expect(second).toMatchObject({ total: 4, page: 1, perPage: 3, hasMore: false });
        expect(await reader.listResources({ perPage: 3 })).toMatchObject({ total: 4, hasMore: true });
        expect(names(await reader.listResources({ perPage: false }))).toHaveLength(4);
        expect(await reader.listResources({ perPage: 0 })).toMatchObject({ resources: [], total: 4 });
      }
    });

    it('is empty where there are none, whoever has threads', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t') });
      expect(await store.listResources()).toEqual({
        resources: [],
        total: 0,
        page: 0,
        perPage: 100,
        hasMore: false,
      });
    });

    it.each([
      [{ page: -1 }, 'page must be >= 0'],
      [{ perPage: -1 }, 'perPage must be >= 0'],
      [{ limit: 1 }, 'unknown argument "limit"'],
    ])('refuses %j', async (args, text) => {
      const { store } = await makeStore();
      await refused(store.listResources(args), { code: 'INVALID_ARGUMENT', op: 'listResources', text });
    });
  });

  describe('deleting a resource', () => {
    it('takes its memory, and leaves its threads and other resources', async () => {
      const { store, reopen } = await makeStore();
      await store.saveThread({ thread: thread('t') });
      for (const id of ['alice', 'alice:2']) await store.saveResource({ resource: resource(id) });
      await store.deleteResource({ resourceId: 'alice' });
      await store.deleteResource({ resourceId: 'nobody' });
      for (const reader of [store, reopen()]) {
        expect(await reader.getResourceById({ resourceId: 'alice' })).toBeNull();
        expect((await reader.listResources()).resources).toEqual([resource('alice:2')]);
        expect((await reader.listThreadsByResourceId({ resourceId: 'alice' })).total).toBe(1);
      }
      await store.updateResource({ resourceId: 'alice', workingMemory: 'new' });
      expect(await store.getResourceById({ resourceId: 'alice' })).toMatchObject({ workingMemory: 'new' });
    });

    it.each([{}, { resourceId: '' }, { resourceId: 7 }, { id: 'alice' }])('refuses %j', async (args) => {
      const { store } = await makeStore();
      await refused(store.deleteResource(args), { code: 'INVALID_ARGUMENT', op: 'deleteResource' });
    });
  });
}
