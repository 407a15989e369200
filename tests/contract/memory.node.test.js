import { describe } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { storeContract } from './all.js';
import { makeSubject } from './subject.js';

describe('in memory', () => {
  storeContract(async (options) => {
    const backend = createMemoryBackend();
    return makeSubject(backend, { backend }, 'dev_', options);
  });
});
