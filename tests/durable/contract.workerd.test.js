/** Everything that a store must do, over a Durable Object. */

import { describe } from 'vitest';
import { storeContract } from '../contract/all.js';
import { skipBecause } from '../contract/skip.js';
import { makeSubject } from '../contract/subject.js';
import { makeClock } from '../support/clock.js';
import { newObject, OBJECTS, storageOf } from './support.workerd.js';

const ofKV = 'what only KV needs: object.workerd.test.js says what an object does instead';

describe('in a Durable Object', () => {
  skipBecause({
    'deleting a thread too large for one call > tells the new messages from the old ones where metadata is withheld':
      'store.verify() reads KV only',
    'erasing a resource > leaves the id nowhere, once a sweep': ofKV,
    'erasing a resource > takes what another place had written before it': ofKV,
    'thread states > are replaced as a whole, and the last one stays': ofKV,
    'progress of a workflow run > comes to KV once': ofKV,
    'progress of a workflow run > costs a run of ten steps one write': ofKV,
    'progress of a workflow run > costs a suspension': ofKV,
    "progress of a workflow run > is stored at once with snapshots: 'all'": ofKV,
    'concurrent updates of workflow runs > are promised only where one isolate writes': ofKV,
  });
  storeContract(async (options) => {
    const clock = makeClock();
    const prefix = newObject(clock);
    return makeSubject(storageOf(prefix, clock.now), { durable: OBJECTS }, prefix, options, clock);
  });
});
