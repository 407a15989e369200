import { env } from 'cloudflare:test';
import { describe, it, vi } from 'vitest';
import { observedAgent } from './agent.js';

vi.setConfig({ testTimeout: 60_000 });

let tests = 0;

// The namespaces live as long as this file does: every test gets a prefix of its own.
observedAgent(
  () => ({
    bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV },
    keyPrefix: `observed${tests++}_`,
  }),
  { describe, it },
);
