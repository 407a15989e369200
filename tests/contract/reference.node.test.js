import { afterAll, afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { storeContract } from './all.js';
import { differences } from './reference-differences.js';
import { makeReference } from './reference.js';

const unused = new Set(Object.keys(differences));

describe("Mastra's reference", () => {
  beforeEach(({ skip, task }) => {
    const name = `${task.suite?.name} > ${task.name}`;
    const known = Object.keys(differences).find((beginning) => name.startsWith(beginning));
    if (known === undefined) return;
    unused.delete(known);
    skip(differences[known]);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(() => {
    expect([...unused], 'differences that match no test').toEqual([]);
  });

  storeContract(makeReference);
});
