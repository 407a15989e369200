import { describe, expect, it } from 'vitest';
import { idsOf, talk, withThreads } from './support.js';
import { message } from '../support/records.js';

const AROUND = { withPreviousMessages: 2, withNextMessages: 2 };

/** @param {import('./support.js').Make} make */
export function includeScope(make) {
  /**
   * Threads t and u of Alice and v of Bob with three messages each, and a thread that both write in:
   * s1 (Alice), s2 (Bob), s3 (Alice), s4 (Bob), s5 (Alice).
   */
  async function prepared() {
    const { memory } = await withThreads(make, { t: 'alice', u: 'alice', v: 'bob', shared: 'alice' });
    await memory.saveMessages({
      messages: [
        ...talk(3),
        ...talk(3, { threadId: 'u' }, 'u'),
        ...talk(3, { threadId: 'v', resourceId: 'bob' }, 'v'),
        ...[1, 2, 3, 4, 5].map((n) =>
          message(`s${n}`, n, { threadId: 'shared', resourceId: n % 2 ? 'alice' : 'bob' }),
        ),
      ],
    });
    return memory;
  }

  /** @param {any} memory @param {object} args */
  const listed = async (memory, args) => idsOf(await memory.listMessages({ threadId: 't', ...args })).sort();

  describe('what is included for an owner', () => {
    it('is none of what others said', async () => {
      const args = { resourceId: 'alice', include: [{ id: 'v2', threadId: 'v', ...AROUND }] };
      expect(await listed(await prepared(), args)).toEqual(['m1', 'm2', 'm3']);
    });

    it('comes from other threads of the owner', async () => {
      const args = { resourceId: 'alice', perPage: 1, include: [{ id: 'u2', threadId: 'u', ...AROUND }] };
      expect(await listed(await prepared(), args)).toEqual(['m1', 'u1', 'u2', 'u3']);
    });

    it('is nothing where only a message of another is asked for', async () => {
      const args = { resourceId: 'alice', perPage: 0, include: [{ id: 'v2', threadId: 'v', ...AROUND }] };
      expect(await listed(await prepared(), args)).toEqual([]);
    });

    it('may be anything where no owner is named', async () => {
      const args = { perPage: 0, include: [{ id: 'v2', threadId: 'v', ...AROUND }] };
      expect(await listed(await prepared(), args)).toEqual(['v1', 'v2', 'v3']);
    });

    it('stands around the message where it really is, whatever thread was named', async () => {
      const args = { resourceId: 'alice', perPage: 0, include: [{ id: 'u2', threadId: 't', ...AROUND }] };
      expect(await listed(await prepared(), args)).toEqual(['u1', 'u2', 'u3']);
    });

    it('does not count the words of others in a shared thread', async () => {
      const one = { withPreviousMessages: 1, withNextMessages: 1 };
      const args = { resourceId: 'alice', perPage: 0, include: [{ id: 's3', threadId: 'shared', ...one }] };
      expect(await listed(await prepared(), args)).toEqual(['s1', 's3', 's5']);
    });

    it('does not count them beside a page either', async () => {
      const one = { withPreviousMessages: 1 };
      const args = { resourceId: 'alice', perPage: 1, include: [{ id: 's5', threadId: 'shared', ...one }] };
      expect(await listed(await prepared(), args)).toEqual(['m1', 's3', 's5']);
    });
  });

  describe('what is included among all messages of an owner', () => {
    /** @param {any} memory @param {object[]} include */
    const listedAll = async (memory, ...include) =>
      idsOf(await memory.listMessagesByResourceId({ resourceId: 'alice', perPage: 0, include })).sort();

    it('is none of what others said', async () => {
      expect(await listedAll(await prepared(), { id: 'v2', threadId: 'v', ...AROUND })).toEqual([]);
    });

    it('stands around the message where it really is', async () => {
      expect(await listedAll(await prepared(), { id: 'u2', threadId: 'v', ...AROUND })).toEqual([
        'u1',
        'u2',
        'u3',
      ]);
    });

    it('does not count the words of others in a shared thread', async () => {
      const one = { withPreviousMessages: 1, withNextMessages: 1 };
      expect(await listedAll(await prepared(), { id: 's3', ...one })).toEqual(['s1', 's3', 's5']);
    });
  });
}
