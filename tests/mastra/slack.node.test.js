/** Mastra's provider for Slack over the store: an app is made, installed, written to; a stand-in for Slack answers. */

import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { MastraServer } from '@mastra/hono';
import { Memory } from '@mastra/memory';
import { SlackProvider } from '@mastra/slack';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { scripted } from '../record/model.js';
import { BOT_TOKEN, directMessage, SIGNING_SECRET, startSlack } from '../support/slack.js';

/** @type {Awaited<ReturnType<typeof startSlack>>} */
let slack;

beforeAll(async () => {
  slack = await startSlack();
  vi.stubEnv('SLACK_API_URL', slack.url);
  for (const method of /** @type {const} */ (['log', 'info', 'warn']))
    vi.spyOn(console, method).mockReturnValue();
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (/** @type {any} */ url, /** @type {any} */ init) =>
    fetch(String(url).replace('https://slack.com/api/', slack.url), init),
  );
});
afterAll(async () => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  await slack.close();
});
beforeEach(() => void slack.calls.splice(0));

/** An isolate with the application in it. @param {import('../../bindings/backends/backend.js').Backend} backend */
async function start(backend) {
  const onOperation = vi.fn();
  const storage = new CloudflareStore({ backend, core: createCore(), onOperation });
  const provider = new SlackProvider({
    refreshToken: 'xoxe-given',
    baseUrl: 'https://shop.example',
    encryptionKey: 'a key that is long enough for it',
  });
  const model = scripted('guide', Array(20).fill('Gladly.'));
  const memory = new Memory({ storage, options: { lastMessages: 10 } });
  const guide = new Agent({ id: 'guide', name: 'Guide', instructions: 'Be brief.', model, memory });
  const mastra = new Mastra({ storage, agents: { guide }, channels: { slack: provider }, logger: false });
  const app = new Hono();
  await new MastraServer({ app: /** @type {any} */ (app), mastra }).init();
  /** @type {Promise<unknown>[]} */
  const later = [];
  const context = {
    waitUntil: (/** @type {Promise<unknown>} */ one) => void later.push(one),
    passThroughOnException() {},
  };
  /** What a request costs in the domain's tables. @param {string} path @param {any} [init] */
  const request = async (path, init) => {
    onOperation.mockClear();
    const response = await app.request(path, init, {}, /** @type {any} */ (context));
    for (let waited = 0; waited < later.length;) waited = (await Promise.all(later)).length;
    const operations = onOperation.mock.calls
      .map(([operation]) => operation)
      .filter(({ table }) => table.startsWith('channel_'))
      .map(({ kind }) => kind);
    return { response, operations };
  };
  return { storage, provider, request };
}

/** @param {Awaited<ReturnType<typeof start>>} app */
async function install({ provider, storage, request }) {
  const { installationId } = /** @type {any} */ (await provider.connect('guide'));
  const { response } = await request(`/slack/oauth/callback?code=1&state=${installationId}`);
  expect(response.headers.get('Location')).toContain('channel_connected=true');
  const installation = await (await storage.getStore('channels'))?.getInstallation(installationId);
  return `/slack/events/${installation?.webhookId}`;
}

it('an app that was installed in one isolate is written to in another', async () => {
  const backend = createMemoryBackend();
  const webhook = await install(await start(backend));
  const other = await start(backend);
  const { response } = await other.request(webhook, directMessage('Hello', 1));
  expect(response.status).toBe(200);
  expect(slack.said().join()).toContain('Gladly.');
});

it('a webhook costs the domain two gets and no list, and nothing while the isolate remembers them', async () => {
  const backend = createMemoryBackend();
  const webhook = await install(await start(backend));
  const app = await start(backend);
  await app.request(webhook, directMessage('Hello', 1));
  expect((await app.request(webhook, directMessage('And again', 2))).operations).toEqual([]);
  app.storage.forget();
  // The first call of an isolate reads the format, too.
  await (await app.storage.getStore('channels'))?.getConfig('teams');
  expect((await app.request(webhook, directMessage('And now', 3))).operations).toEqual(['get', 'get']);
  expect((await app.request('/slack/events/nobody', directMessage('Who?', 4))).operations).toEqual(['get']);
});

it('nothing of what Slack signs with, or is asked with, is stored as it is', async () => {
  const backend = createMemoryBackend();
  const { storage } = await start(backend);
  await install(await start(backend));
  const installed = await (await storage.getStore('channels'))?.listInstallations('slack');
  expect(installed).toMatchObject([{ agentId: 'guide', status: 'active' }]);
  expect(JSON.stringify(installed)).not.toContain(SIGNING_SECRET);
  expect(JSON.stringify(installed)).not.toContain(BOT_TOKEN);
});

it('a message that is signed with another secret is refused', async () => {
  const app = await start(createMemoryBackend());
  const webhook = await install(app);
  const { response } = await app.request(webhook, directMessage('Hello', 1, 'another secret'));
  expect(response.status).toBe(401);
  expect(slack.said()).toEqual([]);
});

it('an app that is given back is gone, its webhook too', async () => {
  const app = await start(createMemoryBackend());
  const webhook = await install(app);
  await app.provider.disconnect('guide');
  expect(slack.calls.map(({ method }) => method)).toContain('apps.manifest.delete');
  expect((await app.request(webhook, directMessage('Hello', 1))).response.status).toBe(404);
  await expect(app.provider.disconnect('guide')).rejects.toThrow(/No Slack installation/);
});
