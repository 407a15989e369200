/** The suites over Mastra's own in-memory storage: they say what Mastra means. */

import { InMemoryStore } from '@mastra/core/storage';
import { afterEach, describe, vi } from 'vitest';
import { skipBecause } from '../contract/skip.js';
import { mastraContract } from './all.js';
import { START } from '../support/clock.js';

/** It hands out its own objects, and its timestamps stand still within a millisecond. @param {any} domain */
function careful(domain) {
  return new Proxy(domain, {
    get: (_, name) =>
      typeof domain[name] === 'function' && name !== 'then'
        ? async (/** @type {unknown[]} */ ...args) => {
            vi.setSystemTime(Date.now() + 1);
            const given = name === 'updateThreadMetadata' ? args : structuredClone(args);
            return structuredClone(withoutType(await domain[name](...given)));
          }
        : domain[name],
  });
}

/** It gives every message the type 'text', of which ours knows nothing. @param {any} result */
function withoutType(result) {
  const list = Array.isArray(result) ? result : (result?.messages ?? []);
  for (const message of list) if (message.type === 'text') delete message.type;
  return result;
}

describe("Mastra's reference", () => {
  skipBecause({
    'the archive of threads > ': '@mastra/core 1.71.0 knows no archive; its later versions do',
    'messages in older forms > come back': 'the reference hands out what it was given',
    'messages that Mastra does not show > are those of the system': 'the reference shows them',
    'messages that Mastra does not show > are not fields':
      'the reference keeps only the fields that it knows',
    'who owns a background task > ': '@mastra/core 1.71.0 knows no owners; its later versions do',
    'pages of messages > of null are refused': 'the reference does not look at what it is given',
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  mastraContract(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const clock = {
      now: () => Date.now(),
      advance: (/** @type {number} */ ms) => void vi.setSystemTime(Date.now() + ms),
    };
    const storage = new InMemoryStore();
    const domains = Object.entries(storage.stores ?? {}).map(([name, domain]) => [name, careful(domain)]);
    return { storage, ...Object.fromEntries(domains), clock };
  });
});
