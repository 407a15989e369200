import { env } from 'cloudflare:test';
import { describe } from 'vitest';
import { createNamespaceBackend } from '../../bindings/namespace.js';
import { storeContract } from './all.js';
import { makeSubject } from './subject.js';

const { THREADS_KV: threads, MESSAGES_KV: messages, METADATA_KV: metadata } = env;
const namespaces = [threads, messages, metadata].filter((namespace) => namespace !== undefined);

let tests = 0;

describe.concurrent('in workerd', () => {
  // The namespaces live as long as this file does: every test gets a prefix of its own.
  storeContract(async (options) => {
    const backend = createNamespaceBackend({ namespaces });
    return makeSubject(backend, { bindings: { threads, messages, metadata } }, `test${tests++}_`, options);
  });
});
