/**
 * What there is to look at: many threads, a long one, recorded conversations of real agents, and what an attacker writes.
 *
 * @module
 */

import { putCheckpoint } from '../worker/checkpoint.js';
import { readFixture } from '../fixtures/read.js';

/** Markup that must stay text, wherever a user can put it. */
export const MARKUP = '<img src=x onerror="document.title=\'taken\'"><script>alert(1)</script>';
export const ODD = 'a/b?c=1&d#e%2F "f" ü';
export const THREADS = 45;

const START = Date.parse('2026-03-01T09:00:00Z');
const at = (/** @type {number} */ minutes) => new Date(START + minutes * 60_000);

/** @param {import('../../bindings/index.js').CloudflareStore} store */
export async function seed(store) {
  await store.init();
  const recorded = ['approval-given', 'suspended-tool', 'files-from-the-model'];
  await Promise.all([
    seedThreads(store),
    seedSdk(store),
    seedBeside(store),
    seedOdd(store),
    seedCheckpoints(store),
    ...recorded.map((name) => seedRecorded(store, name)),
  ]);
}

/** Of a graph, and of a subgraph. @param {import('../../bindings/index.js').CloudflareStore} store */
async function seedCheckpoints(store) {
  await putCheckpoint(store, 'step-1', { count: 1, said: MARKUP });
  await putCheckpoint(
    store,
    'step-2',
    { count: 2, said: MARKUP, bytes: new Uint8Array(3) },
    { parent: 'step-1' },
  );
  await putCheckpoint(store, 'step-1', { inner: true }, { namespace: 'sub:1' });
}

/** @param {import('../../bindings/index.js').CloudflareStore} store */
async function seedThreads(store) {
  const threads = Array.from({ length: THREADS }, (_, i) => ({
    id: `thread-${i}`,
    resourceId: i % 3 === 0 ? 'ada' : 'bob',
    title: `Journey ${i}`,
    createdAt: at(i),
    updatedAt: at(i),
  }));
  await Promise.all(threads.map((thread) => store.saveThread({ thread })));
  const messages = Array.from({ length: 50 }, (_, i) => ({
    id: `m-${i}`,
    threadId: `thread-${THREADS - 1}`,
    resourceId: 'bob',
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: { format: 2, parts: [{ type: 'text', text: `Sentence ${i}.` }] },
    createdAt: at(THREADS + i),
  }));
  await store.saveMessages({ messages });
  const dates = { createdAt: at(0), updatedAt: at(1) };
  const workingMemory = '# Ada\n- **likes**: tea';
  await store.saveResource({ resource: { id: 'ada', workingMemory, metadata: { plan: 'free' }, ...dates } });
}

/** The least that is a picture: one red pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** What stands beside a thread, and beside a run. */
async function seedBeside(/** @type {import('../../bindings/index.js').CloudflareStore} */ store) {
  const task = { toolName: 'crawl', toolCallId: 'c-9', agentId: 'a', runId: 'run-9', args: { page: 1 } };
  const counts = { retryCount: 0, maxRetries: 0, timeoutMs: 1000 };
  const error = { message: MARKUP };
  const todo = [
    { id: '1', content: MARKUP, status: 'completed', activeForm: 'asking' },
    { id: '2', content: 'book the hotel', status: 'pending', activeForm: 'booking' },
  ];
  await store.setState({ threadId: 'thread-5', type: 'task', value: todo });
  await store.setState({
    threadId: 'thread-5',
    type: 'goal',
    value: { objective: 'a trip', status: 'active' },
  });
  await store.setState({ threadId: 'thread-5', type: 'draft', value: { words: MARKUP } });
  await store.createTask({
    ...task,
    ...counts,
    id: 'task-9',
    status: 'failed',
    threadId: 'thread-5',
    error,
    createdAt: at(5),
  });
  await store.persistWorkflowSnapshot({
    workflowName: 'scored',
    runId: 'run-9',
    snapshot: /** @type {any} */ ({ status: 'success', context: {} }),
  });
  const score = {
    scorerId: 'tone',
    scorer: { name: 'Tone' },
    entityId: 'a',
    entity: { id: 'a' },
    runId: 'run-9',
  };
  await store.saveScore({ ...score, score: 0.75, reason: MARKUP, source: 'LIVE', output: 'x' });
  const scope = /** @type {const} */ ('resource');
  const { id } = await store.initializeObservationalMemory({
    threadId: null,
    resourceId: 'ada',
    scope,
    config: {},
  });
  const observed = { observations: '- **Ada** likes trains', tokenCount: 5, lastObservedAt: at(6) };
  await store.updateActiveObservations({ id, ...observed });
}

/** A bit of everything that Markdown has, and what hides in it. */
const MARKDOWN = `# The plan

By **train**, *slowly*, ~~by air~~, with \`JR Pass\`.
See [the map](https://maps.example/kyoto), https://bare.example/x or [this](javascript:alert(1)).

- Kyoto
  1. temples
  2. ~~shops~~
- [x] booked
- [ ] paid

> It rains
> in June.

| city  | days |
| ----- | ---: |
| Kyoto |    3 |

![spy](https://spy.example/pixel.png) <b onclick="alert(1)">bold</b>

---

<script>alert(1)</script>
`;

/** Messages as the AI SDK has them, and what long ones and code look like. */
async function seedSdk(/** @type {import('../../bindings/index.js').CloudflareStore} */ store) {
  const dates = { createdAt: at(150), updatedAt: at(150) };
  await store.saveThread({ thread: { id: 'sdk', resourceId: 'cleo', title: 'With the AI SDK', ...dates } });
  const call = { toolCallId: 'c-1', input: { city: 'Kyoto' } };
  const contents = [
    [{ type: 'text', text: 'How is the weather?' }],
    [
      { type: 'step-start' },
      { type: 'reasoning', text: 'They mean Kyoto.' },
      { type: 'tool-weather', ...call, state: 'output-available', output: { sun: true } },
      { type: 'tool-book', ...call, state: 'approval-requested', approval: { id: 'a-1' } },
      { type: 'dynamic-tool', toolName: 'search', ...call, state: 'output-error', errorText: 'No network.' },
      { type: 'data-weather', id: 'd-1', data: { degrees: 21 } },
      {
        type: 'source-url',
        sourceId: 's-1',
        url: 'https://weather.example/kyoto',
        title: 'Weather of Kyoto',
      },
      { type: 'source-document', sourceId: 's-2', mediaType: 'application/pdf', title: 'Almanac' },
      { type: 'file', mediaType: 'image/png', filename: 'map.png', url: `data:image/png;base64,${PIXEL}` },
      {
        type: 'file',
        mediaType: 'application/pdf',
        filename: 'plan.pdf',
        url: 'https://elsewhere.example/plan.pdf',
      },
      {
        type: 'file',
        mediaType: 'image/svg+xml',
        filename: 'x.svg',
        url: `data:image/svg+xml;base64,${PIXEL}`,
      },
      { type: 'text', text: 'Sunny.\n\n```js\nconst sun = "<b>" + true;\n```\n\nAnd so on.' },
    ],
    '{"a":[1,2]}',
    Array.from({ length: 80 }, (_, i) => `Line ${i + 1}`).join('\n'),
    MARKDOWN,
  ];
  const messages = contents.map((content, i) => ({
    id: `s-${i}`,
    threadId: 'sdk',
    resourceId: 'cleo',
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: typeof content === 'string' ? content : { parts: content },
    createdAt: at(151 + i),
  }));
  await store.saveMessages({ messages });
}

/** @param {import('../../bindings/index.js').CloudflareStore} store */
async function seedOdd(store) {
  const dates = { createdAt: at(200), updatedAt: at(200) };
  const metadata = { workingMemory: MARKUP };
  await store.saveThread({ thread: { id: ODD, resourceId: MARKUP, title: MARKUP, metadata, ...dates } });
  const parts = [
    { type: 'text', text: MARKUP },
    { type: MARKUP, value: MARKUP },
    { type: 'reasoning', reasoning: '', details: [{ type: 'text', text: MARKUP }] },
    { type: 'tool-invocation', toolInvocation: { toolName: MARKUP, state: MARKUP, args: { a: MARKUP } } },
    { type: 'file', filename: MARKUP, mimeType: MARKUP, data: `https://elsewhere.example/${MARKUP}` },
    { type: 'source', source: { title: MARKUP, url: 'javascript:alert(1)' } },
    { type: 'error', error: { message: MARKUP } },
    null,
  ];
  const call = { toolName: MARKUP, type: 'approval', runId: MARKUP, args: MARKUP };
  const waiting = {
    pendingToolApprovals: { [MARKUP]: call },
    suspendedTools: { a: { ...call, type: 'suspension' } },
  };
  const message = { threadId: ODD, resourceId: MARKUP, createdAt: at(201) };
  await store.saveMessages({
    messages: [
      { ...message, id: 'odd-1', role: MARKUP, content: { format: 2, parts, metadata: waiting } },
      { ...message, id: 'odd-2', role: 'tool', content: MARKUP, type: MARKUP },
      { ...message, id: 'odd-3', role: 'user', content: { anything: [MARKUP] } },
    ],
  });
  await store.saveResource({ resource: { id: MARKUP, workingMemory: MARKUP, ...dates } });
  const snapshot = { status: MARKUP, context: { [MARKUP]: { status: MARKUP } } };
  await store.persistWorkflowSnapshot({ workflowName: ODD, runId: MARKUP, resourceId: MARKUP, snapshot });
}

/**
 * What a recorded conversation left behind.
 *
 * @param {import('../../bindings/index.js').CloudflareStore} store
 * @param {string} name
 */
async function seedRecorded(store, name) {
  const { end, workflows = [] } = readFixture(name);
  for (const { thread, messages } of end.threads) {
    await store.saveThread({ thread });
    if (messages.length > 0) await store.saveMessages({ messages });
  }
  for (const { method, args } of workflows) {
    const { snapshot } = args;
    if (method === 'persistWorkflowSnapshot' && snapshot?.status === 'suspended') {
      await store.persistWorkflowSnapshot(args);
    }
  }
}
