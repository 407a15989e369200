import { afterAll, beforeAll, describe } from 'vitest';
import { readConfig } from '../../../bindings/store/config.js';
import { storeContract } from '../../contract/all.js';
import { makeSubject } from '../../contract/subject.js';
import { startServer, TOKEN } from './server.js';

/** @type {import('./server.js').RestServer} */
let server;
beforeAll(async () => {
  server = await startServer({ accounts: [] });
});
afterAll(() => server.close());

let tests = 0;

describe('over the REST API', () => {
  // Every test begins with an account that has no namespace.
  storeContract(async (options) => {
    const accountId = `account-${tests++}`;
    server.addAccount(accountId);
    const storage = { accountId, apiToken: TOKEN, namespacePrefix: 'dev_', baseURL: server.url };
    return makeSubject(/** @type {any} */ (readConfig(storage).backend), storage, 'dev_', options);
  });
});
