/** LangGraph's own suite for savers, whole, in Cloudflare's own runtime: over its KV, and in a Durable Object. */

import { env } from 'cloudflare:test';
import { CloudflareSaver } from '../../bindings/langgraph/index.js';
import { newObject, OBJECTS } from '../durable/support.workerd.js';
import { makeClock } from '../support/clock.js';
import { saverSuite } from './suite.js';

const bindings = { default: env.THREADS_KV };
let count = 0;

saverSuite('in workerd', () => new CloudflareSaver({ bindings, keyPrefix: `graphs${count++}_` }));

saverSuite('in a Durable Object', () => {
  const keyPrefix = newObject(makeClock(Date.now()));
  return new CloudflareSaver(/** @type {any} */ ({ durable: OBJECTS, keyPrefix }));
});
