/** The suites over KV in memory, on days of all kinds. */

import { describe } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { failFirst, hideMetadata, limitWrites } from '../support/faults.js';
import { mastraContract } from './all.js';
import { makeSubject } from './support.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */

/** @type {[string, (backend: Backend, now: () => number) => Backend][]} */
const days = [
  ['a calm day', (backend) => backend],
  ['quick writes are refused', (backend, now) => limitWrites(backend, { now })],
  ['every request fails at first', (backend) => failFirst(backend, { status: 500 })],
  ['there is no KV metadata', hideMetadata],
];

describe.each(days)('%s', (_, weather) => {
  mastraContract(() =>
    makeSubject(({ now }) => ({ backend: weather(createMemoryBackend(), now), keyPrefix: 'dev_' })),
  );
});
