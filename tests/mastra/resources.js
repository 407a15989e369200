import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/** @param {object} [fields] */
const resource = (fields = {}) => ({ id: 'alice', createdAt: at(0), updatedAt: at(0), ...fields });

/** @param {import('./support.js').Make} make */
export function resources(make) {
  /** @param {object} fields */
  async function saved(fields) {
    const subject = await make();
    await subject.memory.saveResource({ resource: resource(fields) });
    subject.clock.advance(10);
    return subject;
  }

  /** @param {any} memory */
  const read = (memory) => memory.getResourceById({ resourceId: 'alice' });

  describe('resources', () => {
    it('are read as they were saved', async () => {
      const { memory } = await make();
      const given = resource({ workingMemory: '# Alice', metadata: { plan: 'free' } });
      expect(await memory.saveResource({ resource: given })).toEqual(given);
      expect(await read(memory)).toEqual(given);
    });

    it('keep id and dates', async () => {
      const { memory } = await make();
      const given = {
        id: 'user:1/a',
        createdAt: at(-100),
        updatedAt: at(-50),
        workingMemory: 'x',
        metadata: {},
      };
      await memory.saveResource({ resource: given });
      const found = await memory.getResourceById({ resourceId: 'user:1/a' });
      expect(found).toMatchObject({ id: 'user:1/a', createdAt: at(-100), updatedAt: at(-50) });
    });

    it('that do not exist are null', async () => {
      const { memory } = await make();
      expect(await memory.getResourceById({ resourceId: 'nobody' })).toBeNull();
    });

    it('take new working memory and metadata', async () => {
      const { memory } = await saved({ workingMemory: 'old', metadata: { a: 1 } });
      const updated = await memory.updateResource({
        resourceId: 'alice',
        workingMemory: 'new',
        metadata: { b: 2 },
      });
      expect(updated).toMatchObject({ workingMemory: 'new', metadata: { a: 1, b: 2 } });
      expect(await read(memory)).toEqual(updated);
    });

    it('keep their metadata when the working memory changes', async () => {
      const { memory } = await saved({ workingMemory: 'old', metadata: { a: 1 } });
      await memory.updateResource({ resourceId: 'alice', workingMemory: 'new' });
      expect(await read(memory)).toMatchObject({ workingMemory: 'new', metadata: { a: 1 } });
    });

    it('keep their working memory when the metadata changes', async () => {
      const { memory } = await saved({ workingMemory: 'old', metadata: { a: 1 } });
      await memory.updateResource({ resourceId: 'alice', metadata: { a: 2 } });
      expect(await read(memory)).toMatchObject({ workingMemory: 'old', metadata: { a: 2 } });
    });

    it('are made by an update', async () => {
      const { memory } = await make();
      const made = await memory.updateResource({ resourceId: 'alice', workingMemory: 'new' });
      expect(made).toMatchObject({ id: 'alice', workingMemory: 'new', metadata: {} });
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(await read(memory)).toEqual(made);
    });

    it('may have empty working memory', async () => {
      const { memory } = await saved({ workingMemory: '', metadata: {} });
      expect((await read(memory)).workingMemory).toBe('');
    });

    it('may have no working memory', async () => {
      const { memory } = await saved({ workingMemory: undefined, metadata: {} });
      expect((await read(memory)).workingMemory).toBeUndefined();
    });

    it('may have empty metadata', async () => {
      const { memory } = await saved({ workingMemory: 'x', metadata: {} });
      expect((await read(memory)).metadata).toEqual({});
    });

    it('may have no metadata', async () => {
      const { memory } = await saved({ workingMemory: 'x', metadata: undefined });
      expect((await read(memory)).metadata).toBeUndefined();
    });

    it('keep nested metadata', async () => {
      const metadata = { deep: { list: [1, null, { x: 'ü🎉' }], none: null }, on: true, text: '"{}"' };
      const { memory } = await saved({ workingMemory: 'x', metadata });
      expect((await read(memory)).metadata).toEqual(metadata);
    });

    it('keep ten kilobytes of working memory', async () => {
      const workingMemory = 'Zeile für Zeile. '.repeat(700);
      const { memory } = await saved({ workingMemory, metadata: {} });
      expect((await read(memory)).workingMemory).toBe(workingMemory);
    });

    it('count as updated', async () => {
      const { memory } = await saved({ workingMemory: 'x', metadata: {} });
      const before = (await read(memory)).updatedAt.getTime();
      const updated = await memory.updateResource({ resourceId: 'alice', workingMemory: 'y' });
      expect(updated.updatedAt.getTime()).toBeGreaterThan(before);
      expect(updated.createdAt).toEqual(at(0));
    });

    it('take three updates at once, and keep them all', async () => {
      const { memory } = await saved({ workingMemory: 'x', metadata: {} });
      const keys = ['a', 'b', 'c'];
      await Promise.all(
        keys.map((key) =>
          memory.updateResource({ resourceId: 'alice', workingMemory: key, metadata: { [key]: 1 } }),
        ),
      );
      const found = await read(memory);
      expect(found.metadata).toEqual({ a: 1, b: 1, c: 1 });
      expect(keys).toContain(found.workingMemory);
    });
  });
}
