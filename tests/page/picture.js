/**
 * `make picture`: how the page looks, for the README.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { launchChromium } from './browser.js';
import { startWorker } from './server.js';
import { visit } from './visitor.js';

const FILE = fileURLToPath(new URL('../../worker/page.png', import.meta.url));
const TOKEN = 'correct-horse-battery-staple';
const START = Date.parse('2026-03-02T09:00:00Z');

const text = (/** @type {string} */ words) => ({ type: 'text', text: words });
const tool = (/** @type {object} */ toolInvocation) => ({ type: 'tool-invocation', toolInvocation });

const booking = {
  toolCallId: 'call-2',
  toolName: 'bookTrain',
  args: { train: 'Hikari 505', seat: 'window' },
};
const pendingToolApprovals = { 'call-2': { ...booking, type: 'approval', runId: 'run-7' } };

/** @type {[string, any[], object?][]} */
const SAID = [
  ['user', [text('When do the cherries bloom in Kyoto?')]],
  [
    'assistant',
    [
      tool({
        state: 'result',
        toolCallId: 'call-1',
        toolName: 'forecast',
        args: { city: 'Kyoto' },
        result: { bloom: '2026-03-28' },
      }),
      text('From about 28 March, in full bloom a week later.'),
    ],
  ],
  ['user', [text('Book me a train from Tokyo on the 3rd of April.')]],
  ['assistant', [tool({ state: 'call', ...booking })], { pendingToolApprovals }],
];

/** @param {import('../../bindings/index.js').CloudflareStore} store */
async function seed(store) {
  const dates = { createdAt: new Date(START), updatedAt: new Date(START) };
  await store.saveThread({ thread: { id: 'kyoto', resourceId: 'ada', title: 'Kyoto in spring', ...dates } });
  const messages = SAID.map(([role, parts, metadata], i) => ({
    id: `m-${i + 1}`,
    threadId: 'kyoto',
    resourceId: 'ada',
    role,
    content: { format: 2, parts, ...(metadata && { metadata }) },
    createdAt: new Date(START + i * 60_000),
  }));
  await store.saveMessages({ messages });
}

const worker = await startWorker({ THREADKV_TOKEN: TOKEN }, seed);
const browser = await launchChromium();
try {
  const visitor = await visit(browser, worker.origin, { viewport: { width: 880, height: 880 } });
  await visitor.signIn(TOKEN);
  // Twice: the first time the Worker has just started.
  for (const place of ['#/threads/kyoto', '#/threads', '#/threads/kyoto']) await visitor.go(place);
  await visitor.page.screenshot({ path: FILE });
} finally {
  await browser.close();
  await worker.close();
}
