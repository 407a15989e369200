import { afterAll, beforeAll } from 'vitest';
import { createRestBackend } from '../../../bindings/backends/rest/rest.js';
import { describeBackend } from '../contract.js';
import { ACCOUNT, startServer, TOKEN } from './server.js';

/** @type {import('./server.js').RestServer} */
let server;
/** @type {import('../../../bindings/backends/backend.js').Backend} */
let backend;

beforeAll(async () => {
  server = await startServer();
  server.account().create('one');
  server.account().create('two');
  const titles = ['one', 'two'];
  backend = createRestBackend({ titles, accountId: ACCOUNT, apiToken: TOKEN, baseURL: server.url });
  await backend.run([{ kind: 'get', space: 0, table: 'threads', key: 'k' }]);
});
afterAll(() => server.close());

describeBackend('REST API', () => backend);
