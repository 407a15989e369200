/** The suites over real KV namespaces in Cloudflare's own runtime. */

import { env } from 'cloudflare:test';
import { describe, vi } from 'vitest';
import { mastraContract } from './all.js';
import { makeSubject } from './support.js';

const bindings = { threads: env.THREADS_KV, messages: env.MESSAGES_KV };

// The local KV takes some milliseconds for each request, and machines may be busy.
vi.setConfig({ testTimeout: 60_000 });

let tests = 0;

describe('in workerd', () => {
  // The namespaces live as long as this file does: every test gets a prefix of its own.
  mastraContract(() => makeSubject(() => ({ bindings, keyPrefix: `test${tests++}_` })));
});
