import { describe, expect, it } from 'vitest';
import { at, refused } from './support.js';

/**
 * @param {string} hash
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
const blob = (hash, fields = {}) => ({
  hash,
  content: `# ${hash}\n"x" é 日本 😀`,
  size: 20,
  mimeType: 'text/markdown',
  createdAt: at(1),
  ...fields,
});

/** @param {import('./support.js').MakeStore} makeStore */
export function blobs(makeStore) {
  describe('blobs', () => {
    it('come back as they were put', async () => {
      const { store, reopen } = await makeStore();
      await store.putBlob(blob('a'));
      expect(await store.getBlob('a')).toEqual(blob('a'));
      expect(await reopen().getBlob('a')).toEqual(blob('a'));
      expect(await store.getBlob('b')).toBeNull();
    });

    it('never change', async () => {
      const { store, reopen } = await makeStore();
      await store.putBlob(blob('a'));
      await store.putBlob(blob('a', { content: 'other' }));
      await reopen().putManyBlobs([blob('a', { content: 'other' }), blob('b')]);
      expect((await reopen().getBlob('a')).content).toBe(blob('a').content);
      expect(await reopen().hasBlob('b')).toBe(true);
    });

    it('of one hash in one call are the first of them, however many lie between', async () => {
      const { store, reopen } = await makeStore();
      const many = Array.from({ length: 120 }, (_, i) => blob(`h${i}`));
      const again = [blob('h0', { content: 'near' }), blob('h119', { content: 'far' })];
      await store.putManyBlobs([many[0], again[0], ...many.slice(1), ...again]);
      const found = await reopen().getManyBlobs(['h0', 'h119']);
      expect([found.get('h0'), found.get('h119')]).toEqual([many[0], many[119]]);
    });

    it('tell whether they are there', async () => {
      const { store } = await makeStore();
      await store.putBlob(blob('a', { content: '' }));
      expect(await store.hasBlob('a')).toBe(true);
      expect(await store.hasBlob('b')).toBe(false);
      expect(await store.deleteBlob('a')).toBe(true);
      expect(await store.deleteBlob('a')).toBe(false);
      expect(await store.hasBlob('a')).toBe(false);
    });

    it('are put and got by the hundred', async () => {
      const { store, reopen } = await makeStore();
      const many = Array.from({ length: 120 }, (_, i) => blob(`h${i}`));
      await store.putManyBlobs(many);
      const found = await reopen().getManyBlobs([
        'h3',
        'none',
        'h119',
        'h3',
        ...many.map(({ hash }) => hash),
      ]);
      expect(found.size).toBe(120);
      expect(found.get('h119')).toEqual(blob('h119'));
      expect(found.has('none')).toBe(false);
      expect(await store.getManyBlobs([])).toEqual(new Map());
      await store.putManyBlobs([]);
    });
  });

  describe('blobs that are refused', () => {
    it.each([
      ['without a hash', { hash: undefined }],
      ['with an empty hash', { hash: '' }],
      ['with content that is no text', { content: 7 }],
    ])('are those %s', async (_, fields) => {
      const { store } = await makeStore();
      const op = 'putManyBlobs';
      await refused(store.putManyBlobs([blob('a'), blob('b', fields)]), { code: 'INVALID_ARGUMENT', op });
      expect(await store.hasBlob('a')).toBe(false);
    });
  });
}
