import { env } from 'cloudflare:test';
import { describe, vi } from 'vitest';
import { createNamespaceBackend } from '../../bindings/backends/kv.js';
import { storeContract } from './all.js';
import { skipBecause } from './skip.js';
import { makeSubject } from './subject.js';

const { THREADS_KV: threads, MESSAGES_KV: messages, METADATA_KV: metadata } = env;
const namespaces = [threads, messages, metadata].filter((namespace) => namespace !== undefined);

// The local KV takes some milliseconds for each request, and machines may be busy.
vi.setConfig({ testTimeout: 60_000 });
const slow = 'writes many keys; runs in memory, and other tests write more than a list page here';

let tests = 0;

describe('in workerd', () => {
  skipBecause({
    'listing messages > lists a thousand and one messages': slow,
    'listing messages in pages > answers the newest messages of a long thread': slow,
    'including messages with what stands around them > finds a window deep in a long thread': slow,
    'including messages with what stands around them > takes neighbours of one moment wherever': slow,
    'saving a message again > finds it again in a long thread': slow,
    'deleting a thread too large for one call > ': slow,
    'sweeping > deletes a thousand and one messages': slow,
  });
  // The namespaces live as long as this file does: every test gets a prefix of its own.
  storeContract(async (options) => {
    const backend = createNamespaceBackend({ namespaces });
    return makeSubject(backend, { bindings: { threads, messages, metadata } }, `test${tests++}_`, options);
  });
});
