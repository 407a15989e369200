/**
 * Something to look at, in development.
 *
 * @module
 */

const TOOL = { toolCallId: 'call-1', toolName: 'forecast', args: { city: 'Kyoto' } };

const SAID = [
  ['user', [{ type: 'text', text: 'When do the cherries bloom in Kyoto?' }]],
  [
    'assistant',
    [
      { type: 'reasoning', text: 'The forecast knows.' },
      {
        type: 'tool-invocation',
        toolInvocation: { ...TOOL, state: 'result', result: { bloom: '2026-03-28' } },
      },
      { type: 'text', text: 'From about 28 March:\n\n```json\n{ "bloom": "2026-03-28" }\n```' },
    ],
  ],
  ['user', [{ type: 'text', text: 'Then I shall come in April.' }]],
];

/** @returns {boolean} whether this page is served to this machine alone */
export const isDevelopment = () => ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** @param {import('./api.js').Api} api */
export async function makeSample(api) {
  const thread = { id: 'sample-kyoto', resourceId: 'sample-ada', title: 'Kyoto in spring' };
  await api.send('PUT', ['threads', thread.id], thread);
  const messages = SAID.map(([role, parts], i) => ({
    id: `sample-${i + 1}`,
    role,
    content: { format: 2, parts },
  }));
  await api.send('POST', ['threads', thread.id, 'messages'], { messages });
  await api.send('PUT', ['resources', thread.resourceId], { workingMemory: '# Ada\n- likes: trains' });
}
