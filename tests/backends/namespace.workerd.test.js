import { env } from 'cloudflare:test';
import { createNamespaceBackend } from '../../bindings/namespace.js';
import { describeBackend } from './contract.js';

describeBackend('KV in workerd', () =>
  createNamespaceBackend({ namespaces: [env.THREADS_KV, env.MESSAGES_KV] }),
);
