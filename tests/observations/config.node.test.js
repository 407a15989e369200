import { expect, it } from 'vitest';
import { storable } from '../../bindings/observations/config.js';

it('keeps what says how an agent is configured, and no keys of its models', () => {
  const model = { id: 'openai/gpt', apiKey: 'sk-1', headers: { authorization: 'x' }, call: () => 1 };
  const config = { scope: 'thread', observation: { model, messageTokens: 200, bufferTokens: false } };
  expect(JSON.parse(JSON.stringify(storable(config)))).toEqual({
    scope: 'thread',
    observation: { model: { id: 'openai/gpt' }, messageTokens: 200, bufferTokens: false },
  });
});

it('keeps what can be written of a configuration that cannot be written whole', () => {
  /** @type {any} */
  const model = { id: 'local', size: 7n };
  model.self = { again: model };
  expect(storable({ model, list: [model, 1] })).toEqual({
    model: { id: 'local', size: undefined, self: { again: undefined } },
    list: [{ id: 'local', size: undefined, self: { again: undefined } }, 1],
  });
});
