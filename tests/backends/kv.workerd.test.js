import { env } from 'cloudflare:test';
import { createNamespaceBackend } from '../../bindings/backends/kv.js';
import { describeBackend } from './contract.js';

describeBackend('KV in workerd', () =>
  createNamespaceBackend({ namespaces: [env.THREADS_KV, env.MESSAGES_KV] }),
);
