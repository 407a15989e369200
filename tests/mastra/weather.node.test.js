/** The suites over KV in memory, on days of all kinds. */

import { describe } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { hideMetadata, intercept, limitWrites } from '../support/faults.js';
import { mastraContract } from './all.js';
import { makeSubject } from './support.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */

/** Every request fails at first, and is done when it is made again. @param {Backend} backend */
function failing(backend) {
  const failed = new Set();
  return intercept(backend, (request, ask) => {
    const { kind, space } = request;
    const what = 'key' in request ? request.key : JSON.stringify(request);
    const id = `${kind} ${space} ${what}`;
    if (failed.delete(id)) return ask(request);
    failed.add(id);
    return { status: 500 };
  });
}

/** @type {[string, (backend: Backend, now: () => number) => Backend][]} */
const days = [
  ['a calm day', (backend) => backend],
  ['quick writes are refused', (backend, now) => limitWrites(backend, { now })],
  ['every request fails at first', failing],
  ['there is no KV metadata', hideMetadata],
];

describe.each(days)('%s', (_, weather) => {
  mastraContract(() =>
    makeSubject(({ now }) => ({ backend: weather(createMemoryBackend(), now), keyPrefix: 'dev_' })),
  );
});
