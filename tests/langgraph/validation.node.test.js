/** LangGraph's own suite for savers, whole: in memory, over KV namespaces and over the REST API. */

import { afterAll, beforeAll } from 'vitest';
import { CloudflareSaver } from '../../bindings/langgraph/index.js';
import { createMemoryBackend, createMemoryNamespace, MemoryStorage } from '../../bindings/memory.js';
import { startServer, TOKEN } from '../backends/rest/server.js';
import { makeClock } from '../support/clock.js';
import { makeCore } from '../support/isolate.js';
import { saverSuite } from './suite.js';

let count = 0;

saverSuite('in memory', () => {
  const core = makeCore(makeClock(), count++);
  return new CloudflareSaver({ backend: createMemoryBackend(), core });
});

saverSuite('over KV namespaces', () => {
  const clock = makeClock();
  const space = () => createMemoryNamespace({ storage: new MemoryStorage({ now: clock.now }) });
  return new CloudflareSaver({ bindings: { default: space() }, core: makeCore(clock, count++) });
});

/** @type {import('../backends/rest/server.js').RestServer} */
let server;
beforeAll(async () => {
  server = await startServer({ accounts: [] });
});
afterAll(() => server.close());

saverSuite('over the REST API', () => {
  const accountId = `account-${count++}`;
  server.addAccount(accountId);
  const core = makeCore(makeClock(), count);
  return new CloudflareSaver({ accountId, apiToken: TOKEN, baseURL: server.url, core });
});
