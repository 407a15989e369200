/** Parts of the AI SDK, stored in Mastra's form, come back as they were; and Mastra's own are read. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partsOf, storedParts } from '../../bindings/forms/parts.js';

const json = fc.jsonValue();
const maybe = (/** @type {any} */ value) => fc.option(value, { nil: undefined });
const STATES = [
  'input-streaming',
  'input-available',
  'approval-requested',
  'approval-responded',
  'output-available',
  'output-error',
  'output-denied',
];
const tool = fc
  .record({
    type: fc.constantFrom('tool-weather', 'tool-invocation', 'tool-', 'dynamic-tool'),
    toolName: maybe(fc.string()),
    toolCallId: fc.string(),
    state: fc.constantFrom(...STATES),
    input: maybe(json),
    output: maybe(json),
    errorText: maybe(fc.string()),
    rawInput: maybe(json),
    approval: maybe(fc.record({ id: fc.string(), approved: fc.boolean() })),
    providerExecuted: maybe(fc.boolean()),
    preliminary: maybe(fc.boolean()),
  })
  .map((part) => JSON.parse(JSON.stringify(part)));
const reasoning = fc
  .record({
    type: fc.constant('reasoning'),
    text: fc.string(),
    state: maybe(fc.constant('done')),
    id: maybe(fc.string()),
  })
  .map((part) => JSON.parse(JSON.stringify(part)));
const other = fc.constantFrom(
  { type: 'text', text: 'x', state: 'done' },
  { type: 'file', mediaType: 'image/png', url: 'data:,', ui: { type: 'mine' } },
  { type: 'source-url', sourceId: 's', url: 'https://x/' },
  { type: 'data-note', id: 'n', data: null },
  { type: 'step-start' },
);

it('come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(tool, reasoning, other)), (parts) => {
      const stored = JSON.parse(JSON.stringify({ format: 2, parts: storedParts(parts) }));
      expect(partsOf(stored)).toEqual(parts);
    }),
    { numRuns: 300, seed: 3 },
  );
});

it("are read of Mastra's messages, of every age", () => {
  const invocation = { toolCallId: '1', toolName: 'w', args: { a: 1 } };
  const call = { type: 'tool-w', toolCallId: '1', input: { a: 1 } };
  /** @type {[any, any][]} */
  const cases = [
    ['Hello', [{ type: 'text', text: 'Hello' }]],
    [{ content: 'Hello' }, [{ type: 'text', text: 'Hello' }]],
    [null, []],
    [[{ type: 'text', text: 'x' }, null, 7], [{ type: 'text', text: 'x' }]],
    [
      [{ type: 'tool-invocation', toolInvocation: { state: 'call', ...invocation } }],
      [{ ...call, state: 'input-available' }],
    ],
    [
      [{ type: 'tool-invocation', toolInvocation: { state: 'result', ...invocation, result: 2 } }],
      [{ ...call, state: 'output-available', output: 2 }],
    ],
    [
      [
        {
          type: 'tool-invocation',
          toolInvocation: { state: 'result', ...invocation, isError: true, result: { no: 1 } },
        },
      ],
      [{ ...call, state: 'output-error', errorText: '{"no":1}' }],
    ],
    [[{ type: 'reasoning', reasoning: 'Hm.', details: [] }], [{ type: 'reasoning', text: 'Hm.' }]],
    [
      [{ type: 'file', mimeType: 'image/png', data: 'AA==' }],
      [{ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==' }],
    ],
    [
      [{ type: 'file', mimeType: 'image/png', data: 'https://x/', filename: 'x' }],
      [{ type: 'file', mediaType: 'image/png', url: 'https://x/', filename: 'x' }],
    ],
    [
      [{ type: 'source', source: { sourceType: 'url', id: 's', url: 'https://x/', title: 'X' } }],
      [{ type: 'source-url', sourceId: 's', url: 'https://x/', title: 'X' }],
    ],
  ];
  for (const [content, parts] of cases) expect(partsOf(content)).toEqual(parts);
});
