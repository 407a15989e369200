import { describe, expect, it } from 'vitest';

/** Domain, the argument of create, what versions call their entity, the key of a list. */
export const KINDS = /** @type {const} */ ([
  ['agents', 'agent', 'agentId'],
  ['promptBlocks', 'promptBlock', 'blockId'],
  ['scorerDefinitions', 'scorerDefinition', 'scorerDefinitionId'],
  ['mcpClients', 'mcpClient', 'mcpClientId'],
  ['mcpServers', 'mcpServer', 'mcpServerId'],
  ['workspaces', 'workspace', 'workspaceId'],
  ['skills', 'skill', 'skillId'],
]);
/** What a configuration has to have besides a name. @type {Record<string, Record<string, unknown>>} */
export const NEEDED = {
  agents: { instructions: 'Be kind.', model: { provider: 'openai', name: 'gpt-5' } },
  promptBlocks: { content: 'Be kind.' },
  scorerDefinitions: { type: 'llm-judge' },
  mcpClients: { servers: { one: { type: 'http', url: 'https://example.com/mcp' } } },
  mcpServers: { version: '1.0.0' },
  workspaces: {},
  skills: { instructions: 'Do this.' },
};
/** An update of their configuration makes a version. */
const LIVE = ['workspaces', 'skills'];
/** These have owners who may hide them. */
const OWNED = ['agents', 'skills'];

/** @param {import('./support.js').Make} make */
export function editor(make) {
  describe.each(KINDS)('%s', (name, input, parent) => {
    /** Time goes on between two calls. */
    let tick = () => {};
    const open = async () => {
      const subject = /** @type {any} */ (await make());
      tick = () => subject.clock.advance(10);
      return subject[name];
    };
    /** @param {any} domain @param {string} id @param {object} [fields] */
    const create = async (domain, id, fields = {}) => {
      tick();
      const made = await domain.create({
        [input]: { id, name: `Name of ${id}`, description: 'first', ...NEEDED[name], ...fields },
      });
      tick();
      return made;
    };
    /** @param {any} domain @param {string} id @param {number} n @param {object} [fields] */
    const next = (domain, id, n, fields = {}) =>
      domain.createVersion({
        id: `${id}-v${n}`,
        [parent]: id,
        versionNumber: n,
        name: `Name ${n}`,
        description: 'first',
        ...NEEDED[name],
        ...fields,
      });
    /** @param {any} domain @param {any} [args] */
    const listed = async (domain, args) => {
      const page = await domain.list({ ...(name === 'mcpServers' ? { status: 'draft' } : {}), ...args });
      return page[name].map((/** @type {any} */ { id }) => id).join('');
    };

    it('begin as drafts with a first version', async () => {
      const domain = await open();
      const made = await create(domain, 'a', { authorId: 'ann' });
      expect(made).toMatchObject({ id: 'a', status: 'draft', authorId: 'ann' });
      expect([made.activeVersionId, made.name]).toEqual([undefined, undefined]);
      expect(made.createdAt).toBeInstanceOf(Date);
      if (OWNED.includes(name)) expect(made).toMatchObject({ visibility: 'private', favoriteCount: 0 });
      expect(await domain.getById('a')).toEqual(made);
      expect(await domain.getById('b')).toBeNull();
      const first = await domain.getLatestVersion('a');
      expect(first).toMatchObject({
        [parent]: 'a',
        versionNumber: 1,
        name: 'Name of a',
        changeMessage: 'Initial version',
      });
      expect(first.changedFields).toEqual(['name', 'description', ...Object.keys(NEEDED[name])]);
      expect(await domain.getVersion(first.id)).toEqual(first);
      expect(await domain.getVersionByNumber('a', 1)).toEqual(first);
      expect(await domain.getVersionByNumber('a', 2)).toBeNull();
      expect(await domain.getVersion('zz')).toBeNull();
    });

    it('are made once, and nothing is changed by another try', async () => {
      const domain = await open();
      await create(domain, 'a', { authorId: 'ann' });
      await expect(create(domain, 'a', { name: 'other' })).rejects.toThrow(/already exists/);
      expect(await domain.countVersions('a')).toBe(1);
      expect((await domain.getById('a')).authorId).toBe('ann');
      expect((await domain.getLatestVersion('a')).name).toBe('Name of a');
    });

    it('are changed where they are told to', async () => {
      const domain = await open();
      const made = await create(domain, 'a', name === 'skills' ? {} : { metadata: { a: 1, deep: { x: 1 } } });
      const more = name === 'skills' ? {} : { metadata: { b: 2, deep: { y: 1 } } };
      const changed = await domain.update({ id: 'a', authorId: 'bob', activeVersionId: 'v', ...more });
      expect(changed).toMatchObject({ authorId: 'bob', activeVersionId: 'v', createdAt: made.createdAt });
      expect(changed.status).toBe(LIVE.includes(name) ? 'published' : 'draft');
      if (name !== 'skills') expect(changed.metadata).toEqual({ a: 1, b: 2, deep: { y: 1 } });
      expect(changed.updatedAt.getTime()).toBeGreaterThan(made.updatedAt.getTime());
      const archived = await domain.update({
        id: 'a',
        status: 'archived',
        authorId: undefined,
        metadata: undefined,
      });
      expect(archived).toMatchObject({ status: 'archived', authorId: 'bob', activeVersionId: 'v' });
      expect(await domain.getById('a')).toEqual(archived);
      await expect(domain.update({ id: 'zz', status: 'draft' })).rejects.toThrow('zz');
    });

    it('have a version for each change of their configuration, or none', async () => {
      const domain = await open();
      await create(domain, 'a');
      await domain.update({ id: 'a', description: 'second', name: 'Name of a' });
      expect(await domain.countVersions('a')).toBe(LIVE.includes(name) ? 2 : 1);
      await domain.update({ id: 'a', description: LIVE.includes(name) ? 'second' : 'first' });
      const latest = await domain.getLatestVersion('a');
      expect(latest).toMatchObject(
        LIVE.includes(name)
          ? { versionNumber: 2, description: 'second', name: 'Name of a', changedFields: ['description'] }
          : { versionNumber: 1, description: 'first' },
      );
      if (LIVE.includes(name)) expect(latest.changeMessage).toBe('Updated description');
    });

    it('have versions, each number and each id once', async () => {
      const domain = await open();
      await create(domain, 'a');
      const second = await next(domain, 'a', 2, { changeMessage: 'more' });
      expect(second).toMatchObject({
        id: 'a-v2',
        [parent]: 'a',
        versionNumber: 2,
        name: 'Name 2',
        changeMessage: 'more',
      });
      expect(second.createdAt).toBeInstanceOf(Date);
      await expect(next(domain, 'a', 2, { id: 'other' })).rejects.toThrow(/already exists/);
      await expect(next(domain, 'a', 3, { id: 'a-v2' })).rejects.toThrow(/already exists/);
      await expect(next(domain, 'b', 3, { id: 'a-v2' })).rejects.toThrow(/already exists/);
      expect(await domain.getVersion('other')).toBeNull();
      expect(await domain.countVersions('a')).toBe(2);
      await next(domain, 'a', 10);
      await next(domain, 'a', 9);
      expect((await domain.getLatestVersion('a')).versionNumber).toBe(10);
      expect(
        (await domain.getVersions(['a-v9', 'zz', 'a-v2'])).map((/** @type {any} */ v) => v.id).sort(),
      ).toEqual(['a-v2', 'a-v9']);
      expect(await domain.getVersions([])).toEqual([]);
    });

    it('have one version of those that are made at once under one number', async () => {
      const domain = await open();
      await create(domain, 'a');
      const tries = ['x', 'y', 'z'].map((id) => next(domain, 'a', 2, { id }));
      const made = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
      expect(made).toHaveLength(1);
      expect(await domain.countVersions('a')).toBe(2);
    });

    it('list their versions, the highest number first', async () => {
      const domain = await open();
      for (const n of [1, 2, 12, 3]) await next(domain, 'a', n);
      await next(domain, 'ab', 1);
      const numbers = async (/** @type {object} */ args) => {
        const page = await domain.listVersions({ [parent]: 'a', ...args });
        return [page.versions.map((/** @type {any} */ v) => v.versionNumber), page.total, page.hasMore];
      };
      expect(await numbers({})).toEqual([[12, 3, 2, 1], 4, false]);
      expect(await numbers({ orderBy: { direction: 'ASC' } })).toEqual([[1, 2, 3, 12], 4, false]);
      expect(await numbers({ perPage: 2 })).toEqual([[12, 3], 4, true]);
      expect(await numbers({ perPage: 2, page: 1 })).toEqual([[2, 1], 4, false]);
      expect(await numbers({ perPage: false })).toEqual([[12, 3, 2, 1], 4, false]);
      expect(await domain.listVersions({ [parent]: 'none' })).toMatchObject({
        versions: [],
        total: 0,
        perPage: 20,
      });
      await expect(domain.listVersions({ [parent]: 'a', page: -1 })).rejects.toThrow('page must be >= 0');
    });

    it('are resolved by the active version, the latest, or any', async () => {
      const domain = await open();
      await create(domain, 'a');
      await next(domain, 'a', 2);
      await next(domain, 'a', 3);
      const resolved = async (/** @type {any} */ options) =>
        (await domain.getByIdResolved('a', options)).name;
      expect(await resolved(undefined)).toBe('Name 3');
      await domain.update({ id: 'a', activeVersionId: 'a-v2' });
      expect(await resolved(undefined)).toBe('Name 2');
      expect(await resolved({ status: 'draft' })).toBe('Name 3');
      expect(await resolved({ versionId: 'a-v3' })).toBe('Name 3');
      expect((await domain.getByIdResolved('a')).resolvedVersionId).toBe('a-v2');
      await domain.deleteVersion('a-v2');
      expect(await resolved(undefined)).toBe('Name 3');
      expect(await domain.getByIdResolved('zz')).toBeNull();
      const { [name]: all } = await domain.listResolved({
        status: LIVE.includes(name) ? 'published' : 'draft',
      });
      expect(all).toMatchObject([{ id: 'a', name: 'Name 3' }]);
    });

    it('are deleted with their versions, more than once', async () => {
      const domain = await open();
      for (const id of ['a', 'ab']) await create(domain, id);
      await next(domain, 'a', 2);
      for (let i = 0; i < 2; i++) await domain.delete('a');
      expect(await domain.getById('a')).toBeNull();
      expect(await domain.getVersion('a-v2')).toBeNull();
      expect([await domain.countVersions('a'), await domain.countVersions('ab')]).toEqual([0, 1]);
      await domain.deleteVersion('unknown');
      await create(domain, 'a');
      await next(domain, 'a', 2);
      await domain.deleteVersionsByParentId('a');
      expect(await domain.countVersions('a')).toBe(0);
    });

    it('are listed by what their records say', async () => {
      const domain = await open();
      const ids = ['a', 'b', 'c', 'd'];
      for (const id of ids) {
        const metadata =
          name === 'skills' ? {} : { metadata: { n: id === 'b' ? 1 : '1', deep: { x: [id] } } };
        await create(domain, id, { authorId: id === 'c' ? 'bob' : 'ann', ...metadata });
      }
      expect(await listed(domain)).toBe('dcba');
      expect(await listed(domain, { orderBy: { field: 'createdAt', direction: 'ASC' } })).toBe('abcd');
      expect(await listed(domain, { authorId: 'bob' })).toBe('c');
      expect(await listed(domain, { perPage: 2, page: 1 })).toBe('ba');
      expect(await listed(domain, { metadata: { n: 1 } })).toBe(name === 'skills' ? '' : 'b');
      expect(await listed(domain, { metadata: { deep: { x: ['d'] }, n: '1' } })).toBe(
        name === 'skills' ? '' : 'd',
      );
      const page = await domain.list({ ...(name === 'mcpServers' ? { status: 'draft' } : {}), perPage: 3 });
      expect(page).toMatchObject({ total: 4, page: 0, perPage: 3, hasMore: true });
      await domain.update({ id: 'b', status: 'published' });
      expect(await listed(domain, { status: 'published' })).toBe(name === 'workspaces' ? 'dcba' : 'b');
      const all = await domain.list();
      expect(all.total).toBe(name === 'mcpServers' ? 1 : 4);
      await expect(domain.list({ page: -1 })).rejects.toThrow('page must be >= 0');
    });
  });

  describe.each([
    ['agents', 'agent'],
    ['skills', 'skill'],
  ])('favorites of %s', (name, entityType) => {
    /** @param {...string} ids */
    async function holding(...ids) {
      const subject = /** @type {any} */ (await make());
      for (const id of ids) {
        subject.clock.advance(10);
        await subject[name].create({
          [entityType]: { id, name: id, description: 'first', ...NEEDED[name] },
        });
      }
      return subject;
    }
    const key = (/** @type {string} */ userId, entityId = 'a') => ({ userId, entityType, entityId });

    it('are counted, once for each user', async () => {
      const { favorites, [name]: domain } = await holding('a', 'b');
      expect(await favorites.favorite(key('ann'))).toEqual({ favorited: true, favoriteCount: 1 });
      expect(await favorites.favorite(key('ann'))).toEqual({ favorited: true, favoriteCount: 1 });
      expect(await favorites.favorite(key('bob'))).toEqual({ favorited: true, favoriteCount: 2 });
      expect((await domain.getById('a')).favoriteCount).toBe(2);
      expect(await favorites.unfavorite(key('ann'))).toEqual({ favorited: false, favoriteCount: 1 });
      expect(await favorites.unfavorite(key('ann'))).toEqual({ favorited: false, favoriteCount: 1 });
      expect([await favorites.isFavorited(key('ann')), await favorites.isFavorited(key('bob'))]).toEqual([
        false,
        true,
      ]);
      await expect(favorites.favorite(key('ann', 'zz'))).rejects.toThrow('zz');
      await expect(favorites.unfavorite(key('ann', 'zz'))).rejects.toThrow('zz');
    });

    it('are counted right when many come at once', async () => {
      const { favorites, [name]: domain } = await holding('a');
      await Promise.all(Array.from({ length: 8 }, (_, n) => favorites.favorite(key(`user${n % 6}`))));
      expect((await domain.getById('a')).favoriteCount).toBe(6);
    });

    it('are listed, and come first', async () => {
      const { favorites, [name]: domain } = await holding('a', 'b', 'c');
      for (const id of ['c', 'a']) await favorites.favorite(key('ann', id));
      await favorites.favorite(key('bob', 'b'));
      expect((await favorites.listFavoritedIds({ userId: 'ann', entityType })).sort()).toEqual(['a', 'c']);
      const batch = await favorites.isFavoritedBatch({
        userId: 'ann',
        entityType,
        entityIds: ['a', 'b', 'zz'],
      });
      expect([...batch]).toEqual(['a']);
      const ids = async (/** @type {object} */ args) =>
        (await domain.list(args))[name].map((/** @type {any} */ { id }) => id).join('');
      expect(await ids({ pinFavoritedFor: 'bob' })).toBe('bca');
      expect(await ids({ pinFavoritedFor: 'bob', perPage: 1, page: 1 })).toBe('c');
      expect(await ids({ pinFavoritedFor: 'ann', favoritedOnly: true })).toBe('ca');
      expect(await ids({ favoritedOnly: true })).toBe('');
      expect(await ids({ entityIds: ['a', 'b', 'zz'] })).toBe('ba');
      expect(await ids({ entityIds: [] })).toBe('');
      expect(await favorites.deleteFavoritesForEntity({ entityType, entityId: 'a' })).toBe(1);
      expect((await domain.getById('a')).favoriteCount).toBe(0);
      expect(await favorites.listFavoritedIds({ userId: 'ann', entityType })).toEqual(['c']);
    });
  });
}
