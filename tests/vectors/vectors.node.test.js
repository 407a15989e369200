/** The vectors of this folder, run by the Wasm build; tests/native/vectors.c runs them natively. */

import { describe, expect, it } from 'vitest';
import { readVectors, writeVectors } from './read.js';
import { World } from './world.js';

const writing = process.env.THREADKV_VECTORS === 'write';

/** @param {string} text  '' is written as no block */
const orNothing = (text) => (text === '' ? undefined : text);

/**
 * What a vector says will happen.
 *
 * @param {import('./read.js').Vector['blocks']} blocks
 */
function told(blocks) {
  return {
    log: blocks.log,
    'kv after': blocks['kv after'],
    'json result': blocks['json result'],
    'json error': blocks['json error'],
  };
}

for (const file of readVectors()) {
  describe(`vectors: ${file.name}`, () => {
    let world = new World();

    for (const { title, blocks } of file.vectors) {
      it(title, async () => {
        const before = blocks['kv before'];
        if (before !== undefined) world = new World(before);
        const stored = world.snapshot();
        const { result, error, log } = await world.run(
          JSON.parse(blocks['json request'] ?? ''),
          blocks['json payload'],
        );
        const happened = {
          log: orNothing(log),
          'kv after': orNothing(world.changesSince(stored)),
          'json result': orNothing(result ?? ''),
          'json error': error,
        };
        if (writing) Object.assign(blocks, happened);
        else expect(happened).toEqual(told(blocks));
      });
    }

    if (writing) it('is written', () => writeVectors(file));
  });
}

it('finds the vectors', () => {
  expect(readVectors().length).toBeGreaterThan(10);
});
