import { afterEach, describe, vi } from 'vitest';
import { storeContract } from './all.js';
import { differences } from './reference-differences.js';
import { makeReference } from './reference.js';
import { skipBecause } from './skip.js';

describe("Mastra's reference", () => {
  skipBecause(differences);
  afterEach(() => {
    vi.useRealTimers();
  });
  storeContract(makeReference);
});
