import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/**
 * @param {string} id
 * @param {object} [fields]
 * @returns {any}
 */
export const installation = (id, fields = {}) => ({
  id,
  platform: 'slack',
  agentId: 'guide',
  status: 'active',
  webhookId: `hook-${id}`,
  data: { token: 'sealed', team: { id: 'T1' } },
  configHash: 'h',
  createdAt: at(1),
  updatedAt: at(2),
  ...fields,
});

/** @param {import('./support.js').Make} make */
export function channels(make) {
  /** @param {...any} list */
  async function holding(...list) {
    const { channels: domain } = await make();
    for (const one of list) await domain.saveInstallation(one);
    return domain;
  }
  const idsOf = (/** @type {any[]} */ rows) => rows.map(({ id }) => id).join('');

  describe('an installation', () => {
    it('is found as it was saved', async () => {
      const domain = await holding(installation('a'));
      expect(await domain.getInstallation('a')).toEqual(installation('a'));
      expect(await domain.getInstallation('b')).toBeNull();
    });

    it('is replaced as a whole', async () => {
      const domain = await holding(installation('a', { error: 'x' }));
      const next = installation('a', { status: 'error', configHash: undefined, data: {} });
      await domain.saveInstallation(next);
      expect(await domain.getInstallation('a')).toEqual(next);
    });

    it('is found by its agent, the best one', async () => {
      const domain = await holding(
        installation('e', { status: 'error', createdAt: at(1) }),
        installation('p', { status: 'pending', createdAt: at(2) }),
        installation('a', { createdAt: at(3) }),
        installation('b', { createdAt: at(4) }),
        installation('x', { agentId: 'other', createdAt: at(0) }),
        installation('d', { platform: 'discord', createdAt: at(0) }),
      );
      const best = async (/** @type {string[]} */ ...args) =>
        (await domain.getInstallationByAgent(...args))?.id;
      expect(await best('slack', 'guide')).toBe('a');
      for (const [gone, next] of [
        ['a', 'b'],
        ['b', 'p'],
        ['p', 'e'],
        ['e', undefined],
      ]) {
        await domain.deleteInstallation(gone);
        expect(await best('slack', 'guide')).toBe(next);
      }
      expect(await best('discord', 'guide')).toBe('d');
    });

    it('is found by its webhook', async () => {
      const domain = await holding(installation('a'), installation('b'));
      expect((await domain.getInstallationByWebhookId('hook-b')).id).toBe('b');
      expect(await domain.getInstallationByWebhookId('nobody')).toBeNull();
      await domain.deleteInstallation('b');
      expect(await domain.getInstallationByWebhookId('hook-b')).toBeNull();
    });

    it('is not found by a webhook that it had', async () => {
      const domain = await holding(installation('a'));
      await domain.saveInstallation(installation('a', { webhookId: 'new' }));
      expect(await domain.getInstallationByWebhookId('hook-a')).toBeNull();
      expect((await domain.getInstallationByWebhookId('new')).id).toBe('a');
      await domain.saveInstallation(installation('a', { webhookId: undefined }));
      expect(await domain.getInstallationByWebhookId('new')).toBeNull();
    });

    it('that was first has a webhook that another names, too', async () => {
      const domain = await holding(
        installation('a', { webhookId: 'w', createdAt: at(1) }),
        installation('b', { webhookId: 'w', createdAt: at(2) }),
      );
      expect((await domain.getInstallationByWebhookId('w')).id).toBe('a');
      await domain.saveInstallation(installation('b', { webhookId: 'w', createdAt: at(2) }));
      expect((await domain.getInstallationByWebhookId('w')).id).toBe('a');
      await domain.deleteInstallation('a');
      expect((await domain.getInstallationByWebhookId('w')).id).toBe('b');
    });

    it('is listed by platform, the oldest first', async () => {
      const domain = await holding(
        installation('a', { createdAt: at(1) }),
        installation('d', { platform: 'discord' }),
        installation('b', { createdAt: at(2) }),
      );
      expect(idsOf(await domain.listInstallations('slack'))).toBe('ab');
      expect(await domain.listInstallations('none')).toEqual([]);
    });

    it('that does not exist may be deleted', async () => {
      await (await holding()).deleteInstallation('nobody');
    });
  });

  describe('the configuration of a platform', () => {
    it('is replaced as a whole, and deleted', async () => {
      const domain = await holding();
      const config = { platform: 'slack', data: { token: 'sealed' }, updatedAt: at(1) };
      expect(await domain.getConfig('slack')).toBeNull();
      await domain.saveConfig(config);
      expect(await domain.getConfig('slack')).toEqual(config);
      await domain.saveConfig({ ...config, data: { b: 1 } });
      expect((await domain.getConfig('slack')).data).toEqual({ b: 1 });
      for (let i = 0; i < 2; i++) await domain.deleteConfig('slack');
      expect(await domain.getConfig('slack')).toBeNull();
    });
  });
}
