/** What Mastra asks of a storage, over a Durable Object. */

import { describe } from 'vitest';
import { mastraContract } from '../mastra/all.js';
import { makeSubject } from '../mastra/support.js';
import { newObject, OBJECTS } from './support.workerd.js';

describe('in a Durable Object', () => {
  mastraContract(() => makeSubject((clock) => ({ durable: OBJECTS, keyPrefix: newObject(clock) })));
});
