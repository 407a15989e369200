/** docs/cost.md: what checkpoints cost at step 10 and at step 10,000, cell by cell. */

import { expect, it } from 'vitest';
import { readText } from '../docs/markdown.js';
import { at, loop, makeCheckpoint, makeSavers } from './support.js';

const chat = Array.from({ length: 40 }, (_, n) => ({ id: `m${n}`, content: `${n} `.repeat(200) }));

/** Runs to a step, then measures in isolates that remember nothing. @param {number} steps */
async function measured(steps) {
  const { open, cost, clock } = makeSavers();
  const saver = open();
  /** @type {string | undefined} */
  let id;
  for (let step = 1; step <= steps; step++) {
    const checkpoint = makeCheckpoint({ messages: chat, step });
    await saver.put(at(id), checkpoint, loop(step), checkpoint.channel_versions);
    id = checkpoint.id;
    await saver.putWrites(at(id), [['step', step + 1]], 'task', 'path');
    clock.advance(1100);
  }
  await saver.settle();
  const one = async (/** @type {(saver: any) => Promise<unknown>} */ run) => {
    clock.advance(3_600_000);
    const fresh = open();
    const { total, writes, rounds } = await cost(async () => {
      await run(fresh);
      await fresh.settle();
    });
    return `${total}${writes > 0 ? `, ${writes} of them ${writes === 1 ? 'a write' : 'writes'}` : ''} / ${rounds}`;
  };
  const next = makeCheckpoint({ messages: [...chat, { id: 'new', content: 'new' }], step: steps + 1 });
  return {
    'the newest checkpoint': await one((fresh) => fresh.getTuple(at())),
    'a checkpoint by its id': await one((fresh) => fresh.getTuple(at(id))),
    'the newest 5 of a list': await one(async (fresh) => {
      const found = [];
      for await (const { config } of fresh.list(at(), { limit: 5 })) found.push(config);
      expect(found).toHaveLength(5);
    }),
    'writes of a task': await one((fresh) => fresh.putWrites(at(id), [['step', 1]], 'other', 'path')),
    'put, after the newest was read': await one(async (fresh) => {
      await fresh.getTuple(at());
      await fresh.put(at(id), next, loop(steps + 1), {});
    }),
  };
}

it('is the same at both', async () => {
  const [early, late] = [await measured(10), await measured(10_000)];
  const text = readText('docs/cost.md');
  const rows = text
    .slice(text.indexOf('## Checkpoints of LangGraph'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, 4),
    );
  const said = Object.fromEntries(rows.map(([name, a, b]) => [name, [a, b]]));
  for (const [name, cost] of Object.entries(early)) {
    expect.soft(said[name], name).toEqual([cost, /** @type {any} */ (late)[name]]);
  }
}, 300_000);
