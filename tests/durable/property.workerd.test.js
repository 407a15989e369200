/** Random calls over Durable Objects: see tests/property/agree.js. */

import { runInDurableObject } from 'cloudflare:test';
import { it, vi } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { agreeOnLongThreads, agreeOnRandomCalls } from '../property/agree.js';
import { makeClock } from '../support/clock.js';
import { newObject, OBJECTS } from './support.workerd.js';

vi.setConfig({ testTimeout: 120_000 });

/** Its types know of no object that is not declared. @type {any} */
const inObject = runInDurableObject;

/** An object; whoever opens a store finds it as one that was evicted. */
function makeWorld() {
  const clock = makeClock();
  const keyPrefix = newObject(clock);
  const open = async () => {
    await inObject(OBJECTS.get(OBJECTS.idFromName(keyPrefix)), (/** @type {any} */ object) => object.renew());
    return new CloudflareStore(/** @type {any} */ ({ durable: OBJECTS, keyPrefix, core: createCore() }));
  };
  return { open, clock };
}

it('an object and its model agree on every answer', () => agreeOnRandomCalls(makeWorld, 40));

agreeOnLongThreads(makeWorld, 6);
