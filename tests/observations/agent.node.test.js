import { describe, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { observedAgent, start } from './agent.js';

vi.setConfig({ testTimeout: 60_000 });

observedAgent(() => ({ backend: createMemoryBackend() }), { describe, it });

describe('cost', () => {
  /**
   * What the second turn of a thread asks of KV for observational memory, in an isolate that knows nothing.
   *
   * @param {object} observation
   */
  async function secondTurn(observation) {
    /** @type {string[]} */
    const asked = [];
    const onOperation = (/** @type {{ kind: string, table: string }} */ { kind, table }) => {
      if (table === 'observational_memory') asked.push(kind);
    };
    const backend = createMemoryBackend();
    const first = start({ backend }, { observation });
    await first.ask(1);
    await first.storage.close();
    const app = start({ backend, onOperation }, { observation });
    await app.ask(2);
    const answered = asked.length;
    await app.storage.close();
    return { toAnswer: asked.slice(0, answered), afterwards: asked.slice(answered) };
  }

  it('is a get in a turn that is not observed, and a write once it is answered', async () => {
    const { toAnswer, afterwards } = await secondTurn({ messageTokens: 100_000 });
    expect(toAnswer).toEqual(['get']);
    expect(afterwards.filter((kind) => kind === 'put')).toHaveLength(1);
    expect(afterwards.length).toBeLessThanOrEqual(2);
  });

  it('is one write more in a turn that is observed', async () => {
    const { toAnswer, afterwards } = await secondTurn({ messageTokens: 200 });
    const all = [...toAnswer, ...afterwards];
    expect(all.filter((kind) => kind === 'put').length).toBeLessThanOrEqual(2);
    expect(all.filter((kind) => kind === 'get').length).toBeLessThanOrEqual(2);
    expect(all.filter((kind) => kind === 'list' || kind === 'delete')).toEqual([]);
  });
});
