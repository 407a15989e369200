import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/** What a workflow that is kept as data must have. */
const PLAN = {
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object', properties: { a: {} } },
  graph: [{ type: 'step', step: { id: 's' } }],
};

/** @param {import('./support.js').Make} make */
export function definitions(make) {
  const open = async () => (await make()).workflowDefinitions;

  describe('the definition of a workflow', () => {
    it('is active, and from storage', async () => {
      const domain = await open();
      const given = {
        id: 'a',
        ...PLAN,
        description: 'd',
        metadata: { x: 1 },
        authorId: 'ann',
        schedule: { cron: '* * * * *' },
      };
      const made = await domain.upsert({ ...given, status: 'archived' });
      expect(made).toMatchObject({ ...given, status: 'active', source: 'storage' });
      expect([made.createdAt, made.updatedAt].every((date) => date instanceof Date)).toBe(true);
      expect(await domain.get('a')).toEqual(made);
      expect(await domain.get('b')).toBeNull();
    });

    it.each(['inputSchema', 'outputSchema', 'graph'])('is not made without %s', async (name) => {
      const domain = await open();
      await expect(domain.upsert({ id: 'a', ...PLAN, [name]: undefined })).rejects.toThrow(name);
      expect(await domain.get('a')).toBeNull();
    });

    it('is changed where it is told to', async () => {
      const domain = await open();
      const made = await domain.upsert({
        id: 'a',
        ...PLAN,
        metadata: { x: 1 },
        description: 'd',
        schedule: { cron: 'x' },
      });
      await domain.upsert({ id: 'a', status: 'archived', metadata: { y: 1 } });
      const changed = await domain.upsert({ id: 'a', schedule: null, description: undefined });
      expect(changed).toMatchObject({
        status: 'archived',
        metadata: { y: 1 },
        description: 'd',
        createdAt: made.createdAt,
      });
      expect(changed.schedule ?? null).toBeNull();
      expect(changed.graph).toEqual(PLAN.graph);
    });

    it('is made once of three at once', async () => {
      const domain = await open();
      await Promise.all([1, 2, 3].map((n) => domain.upsert({ id: 'a', ...PLAN, description: `${n}` })));
      expect((await domain.list()).total).toBe(1);
    });

    it('is listed by status and author, and deleted', async () => {
      const domain = await open();
      for (const [id, authorId] of [
        ['a', 'ann'],
        ['b', 'bob'],
        ['c', 'ann'],
      ])
        await domain.upsert({ id, ...PLAN, authorId });
      await domain.upsert({ id: 'c', status: 'archived' });
      const found = async (/** @type {any} */ args) => {
        const { definitions: list, total } = await domain.list(args);
        expect(total).toBe(list.length);
        return list.map((/** @type {any} */ { id }) => id).join('');
      };
      expect(await found(undefined)).toBe('abc');
      expect(await found({ status: 'active' })).toBe('ab');
      expect(await found({ authorId: 'ann' })).toBe('ac');
      expect(await found({ authorId: 'ann', status: 'archived' })).toBe('c');
      for (let i = 0; i < 2; i++) await domain.delete('a');
      expect(await found({})).toBe('bc');
    });
  });
}

/** @param {import('./support.js').Make} make */
export function connections(make) {
  const open = async () => (await make()).toolProviderConnections;
  const key = { authorId: 'ann', providerId: 'composio', connectionId: 'c1' };

  describe('a connection to a tool provider', () => {
    it('is kept under author, provider and connection', async () => {
      const domain = await open();
      const made = await domain.upsertConnection({ ...key, toolkit: 'gmail', label: 'Work' });
      expect(made).toMatchObject({ ...key, toolkit: 'gmail', label: 'Work', scope: 'per-author' });
      expect(await domain.getConnectionById(key)).toEqual(made);
      expect(await domain.getConnectionById({ ...key, authorId: 'bob' })).toBeNull();
    });

    it('has another label, and keeps its scope and date', async () => {
      const domain = await open();
      const made = await domain.upsertConnection({
        ...key,
        toolkit: 'gmail',
        label: 'Work',
        scope: 'shared',
      });
      const next = await domain.upsertConnection({ ...key, toolkit: 'mail', label: 'Home' });
      expect(next).toMatchObject({
        toolkit: 'mail',
        label: 'Home',
        scope: 'shared',
        createdAt: made.createdAt,
      });
      expect(
        (await domain.upsertConnection({ ...key, toolkit: 'mail', label: null, scope: 'per-author' })).scope,
      ).toBe('per-author');
    });

    it('is another where the signs between its ids are', async () => {
      const domain = await open();
      await domain.upsertConnection({
        authorId: 'a:b',
        providerId: 'c',
        connectionId: 'd',
        toolkit: 't',
        label: '1',
      });
      await domain.upsertConnection({
        authorId: 'a',
        providerId: 'b:c',
        connectionId: 'd',
        toolkit: 't',
        label: '2',
      });
      expect(
        (await domain.getConnectionById({ authorId: 'a:b', providerId: 'c', connectionId: 'd' })).label,
      ).toBe('1');
    });

    it('is listed by author and more, and deleted', async () => {
      const domain = await open();
      const list = [
        { ...key, connectionId: '1', toolkit: 'gmail' },
        { ...key, connectionId: '2', toolkit: 'drive', providerId: 'arcade' },
        { ...key, connectionId: '3', toolkit: 'gmail', scope: 'shared' },
        { ...key, connectionId: '4', toolkit: 'gmail', authorId: 'bob' },
      ];
      for (const one of list) await domain.upsertConnection({ label: 'x', ...one });
      const found = async (/** @type {any} */ args) =>
        (await domain.listConnectionsByAuthor(args))
          .map((/** @type {any} */ { connectionId }) => connectionId)
          .sort()
          .join('');
      expect(await found({ authorId: 'ann' })).toBe('123');
      expect(await found({ authorId: 'ann', toolkit: 'gmail' })).toBe('13');
      expect(await found({ authorId: 'ann', providerId: 'arcade' })).toBe('2');
      expect(await found({ authorId: 'ann', scope: 'shared' })).toBe('3');
      expect(await found({ authorId: '' })).toBe('');
      expect(await found({ toolkit: 'gmail' })).toBe('134');
      for (let i = 0; i < 2; i++) await domain.deleteConnection({ ...key, connectionId: '1' });
      expect(await found({ authorId: 'ann' })).toBe('23');
    });
  });
}

/** @param {import('./support.js').Make} make */
export function harness(make) {
  const session = (/** @type {string} */ id, /** @type {object} */ more = {}) => ({
    ...{
      id,
      ownerId: 'o',
      resourceId: 'alice',
      threadId: 't',
      origin: 'top-level',
      modeId: 'm',
      modelId: 'x',
    },
    ...{ createdAt: at(1), lastActivityAt: at(2) },
    ...more,
  });
  const item = (/** @type {string} */ id, /** @type {object} */ more = {}) => ({
    ...{ id, kind: 'question', status: 'pending', sessionId: 'a', createdAt: at(3), updatedAt: at(3) },
    ...more,
  });
  /** @param {...any} list */
  async function holding(...list) {
    const { harness: domain } = await make();
    for (const one of list) await domain.saveSession(one);
    return domain;
  }

  describe('a session of the harness', () => {
    it('is found as it was saved, and replaced as a whole', async () => {
      const given = session('a', {
        title: 'x',
        state: { n: 1 },
        pending: [item('p')],
        closedAt: at(9),
        deletedAt: null,
      });
      const domain = await holding(given);
      expect(await domain.loadSession('a')).toEqual(given);
      expect(await domain.loadSession('b')).toBeNull();
      await domain.saveSession(session('a'));
      expect((await domain.loadSession('a')).title).toBeUndefined();
      expect((await domain.listSessions()).map((/** @type {any} */ { id }) => id)).toEqual(['a']);
    });

    it('is changed where it is told to', async () => {
      const domain = await holding(session('a', { metadata: { a: 1 }, title: 'x' }));
      const changed = await domain.updateSession('a', { metadata: { b: 1 }, closedAt: at(9) });
      expect(changed).toMatchObject({ metadata: { b: 1 }, title: 'x', closedAt: at(9), createdAt: at(1) });
      expect(changed.lastActivityAt.getTime()).toBeGreaterThan(at(2).getTime());
      expect((await domain.updateSession('a', { lastActivityAt: at(5) })).lastActivityAt).toEqual(at(5));
      await expect(domain.updateSession('zz', {})).rejects.toThrow('zz');
    });

    it('waits for what it is told to', async () => {
      const domain = await holding(session('a'));
      await domain.appendPendingItem('a', item('p', { payload: { q: 1 } }));
      const two = await domain.appendPendingItem('a', item('q'));
      expect(two.pending).toEqual([item('p', { payload: { q: 1 } }), item('q')]);
      await expect(domain.appendPendingItem('a', item('p'))).rejects.toThrow(/already exists/);
      await expect(domain.appendPendingItem('zz', item('p'))).rejects.toThrow('zz');
      const { pending } = await domain.updatePendingItem('a', 'p', {
        status: 'responded',
        response: { r: 1 },
      });
      expect(pending[0]).toMatchObject({
        id: 'p',
        status: 'responded',
        response: { r: 1 },
        createdAt: at(3),
      });
      expect(pending[0].updatedAt.getTime()).toBeGreaterThan(at(3).getTime());
      await expect(domain.updatePendingItem('a', 'zz', {})).rejects.toThrow('zz');
      for (const id of ['p', 'zz']) await domain.removePendingItem('a', id);
      expect((await domain.loadSession('a')).pending).toEqual([item('q')]);
    });
  });
}
