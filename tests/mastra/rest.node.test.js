/** The suites over Cloudflare's REST API. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryStorageCloudflare } from '../../bindings/mastra/index.js';
import { startServer, TOKEN } from '../backends/rest/server.js';
import { mastraContract } from './all.js';
import { makeSubject } from './support.js';
import { thread } from '../support/records.js';

/** @type {import('../backends/rest/server.js').RestServer} */
let server;
beforeAll(async () => {
  server = await startServer({ accounts: [] });
});
afterAll(() => server.close());

let accounts = 0;

/** An account that has no namespace yet. */
function access() {
  const accountId = `account-${accounts++}`;
  server.addAccount(accountId);
  return { accountId, apiToken: TOKEN, baseURL: server.url };
}

describe('over the REST API', () => {
  mastraContract(() => makeSubject(() => ({ ...access(), namespacePrefix: 'dev_' })));
});

describe('a domain with a client of Cloudflare’s SDK', () => {
  it('uses its token and address, whatever else is given', async () => {
    const { accountId, apiToken, baseURL } = access();
    const client = { apiToken, baseURL };
    const memory = new MemoryStorageCloudflare({
      client,
      accountId,
      .../** @type {any} */ ({ bindings: {} }),
    });
    await memory.saveThread({ thread: thread('t') });
    const other = new MemoryStorageCloudflare({ accountId, apiToken, baseURL });
    expect(await other.getThreadById({ threadId: 't' })).toEqual(thread('t'));
  });

  it('needs one that has a token', () => {
    const client = { apiToken: null };
    expect(() => new MemoryStorageCloudflare({ client, accountId: 'account' })).toThrow(
      'apiToken is required',
    );
  });
});
