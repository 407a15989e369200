import { describe } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { storeContract } from './all.js';
import { throughMastra } from './mastra.js';
import { skipBecause } from './skip.js';
import { makeSubject } from './subject.js';

describe("through Mastra's memory domain", () => {
  skipBecause({
    'saving messages > keeps every role and type': 'Mastra leaves system messages out of what it lists',
    'saving messages > keeps empty content': "Mastra's message list makes parts of it",
    'saving messages > keeps content that is text as text': "Mastra's message list makes parts of text",
  });
  storeContract(async (options) => {
    const backend = createMemoryBackend();
    return throughMastra(makeSubject(backend, { backend }, 'dev_', options));
  });
});
