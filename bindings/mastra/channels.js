/**
 * Channels for Mastra: where an agent is installed, such as a Slack workspace, and how its platform is configured.
 *
 * A webhook finds its installation by two gets. What is stored under `data` holds tokens; the domain never looks into it.
 *
 * @module
 */

import { ChannelsStorage } from '@mastra/core/storage';
import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').ChannelInstallation} ChannelInstallation
 * @typedef {import('@mastra/core/storage').ChannelConfig} ChannelConfig
 */

/** From the best. */
const STATUSES = ['active', 'pending', 'error'];

/** Mastra's `channels` domain. Works in a store of its own, too. */
export class ChannelsStorageCloudflare extends ChannelsStorage {
  #store;
  #installations;
  #webhooks;
  #configs;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#installations = new Table(this.#store, 'channel_installations');
    this.#webhooks = new Table(this.#store, 'channel_webhooks');
    this.#configs = new Table(this.#store, 'channel_config');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * In place of another of its id. A webhook that another installation has stays that one's.
   *
   * @override
   * @param {ChannelInstallation} installation
   * @returns {Promise<void>}
   */
  saveInstallation(installation) {
    return attempt('saveInstallation', [installation], async () => {
      const { id, webhookId } = installation;
      const before = await this.#installations.get({ id });
      // The pointer is there before what it points at: no webhook is lost in between.
      if (webhookId && (await this.#holder(webhookId)) === null) {
        await this.#webhooks.save({ webhookId, installationId: id });
      }
      await this.#installations.save(installation, { asDated: true });
      if (before?.webhookId && before.webhookId !== webhookId) await this.#release(before.webhookId, id);
    });
  }

  /**
   * @override
   * @param {string} id
   * @returns {Promise<ChannelInstallation | null>}
   */
  getInstallation(id) {
    return attempt('getInstallation', [id], () => this.#installations.get({ id }));
  }

  /**
   * The best one: active, else pending, else failed; of several the oldest.
   *
   * @override
   * @param {string} platform
   * @param {string} agentId
   * @returns {Promise<ChannelInstallation | null>}
   */
  getInstallationByAgent(platform, agentId) {
    return attempt('getInstallationByAgent', [platform, agentId], async () => {
      const all = await this.#installations.list({ where: { platform, agentId } });
      const ranked = STATUSES.map((status) => all.find((one) => one.status === status));
      return ranked.find((one) => one !== undefined) ?? all[0] ?? null;
    });
  }

  /**
   * @override
   * @param {string} webhookId
   * @returns {Promise<ChannelInstallation | null>}
   */
  getInstallationByWebhookId(webhookId) {
    return attempt('getInstallationByWebhookId', [], () => (webhookId ? this.#holder(webhookId) : null));
  }

  /**
   * Oldest first.
   *
   * @override
   * @param {string} platform
   * @returns {Promise<ChannelInstallation[]>}
   */
  listInstallations(platform) {
    return attempt('listInstallations', [platform], () => this.#installations.list({ where: { platform } }));
  }

  /**
   * An unknown one is no error.
   *
   * @override
   * @param {string} id
   * @returns {Promise<void>}
   */
  deleteInstallation(id) {
    return attempt('deleteInstallation', [id], async () => {
      const before = await this.#installations.get({ id });
      await this.#installations.delete({ id });
      if (before?.webhookId) await this.#release(before.webhookId, id);
    });
  }

  /**
   * @override
   * @param {ChannelConfig} config
   * @returns {Promise<void>}
   */
  saveConfig(config) {
    return attempt('saveConfig', [config], async () => {
      await this.#configs.save(config, { asDated: true });
    });
  }

  /**
   * @override
   * @param {string} platform
   * @returns {Promise<ChannelConfig | null>}
   */
  getConfig(platform) {
    return attempt('getConfig', [platform], () => this.#configs.get({ platform }));
  }

  /**
   * @override
   * @param {string} platform
   * @returns {Promise<void>}
   */
  deleteConfig(platform) {
    return attempt('deleteConfig', [platform], () => this.#configs.delete({ platform }));
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['channel_installations', 'channel_webhooks', 'channel_config']);
  }

  /**
   * The installation that has a webhook: the pointer counts only where the installation says the same.
   *
   * @param {string} webhookId
   * @returns {Promise<ChannelInstallation | null>}
   */
  async #holder(webhookId) {
    const pointer = await this.#webhooks.get({ webhookId });
    if (pointer === null) return null;
    const installation = await this.#installations.get({ id: pointer.installationId });
    return installation?.webhookId === webhookId ? installation : null;
  }

  /** A webhook that was `id`'s goes to the oldest of the others that name it. @param {string} webhookId @param {string} id */
  async #release(webhookId, id) {
    const others = await this.#installations.list({ where: { webhookId } });
    const next = others.find((one) => one.id !== id);
    const pointer = await this.#webhooks.get({ webhookId });
    if (pointer !== null && pointer.installationId !== id && next !== undefined) return;
    if (next === undefined) await this.#webhooks.delete({ webhookId });
    else await this.#webhooks.save({ webhookId, installationId: next.id });
  }
}
