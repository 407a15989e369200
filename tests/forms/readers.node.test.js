/**
 * docs/readers.md: what one library has written is read by another, as the table says. What a reader sees is what its own
 * library makes of it: the messages of `useChat`, the items of a run, and what Mastra's MessageList gives a page.
 */

import { MessageList } from '@mastra/core/agent';
import { beforeEach, describe, expect, it } from 'vitest';
import { createChats } from '../../bindings/ai-sdk/index.js';
import { CloudflareStore } from '../../bindings/index.js';
import { CloudflareStore as MastraStore, MemoryStorageCloudflare } from '../../bindings/mastra/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { CloudflareSession } from '../../bindings/openai-agents/index.js';
import { blocks, readText, section, tableRows } from '../docs/markdown.js';
import { answered, asked, call } from '../openai-agents/support.js';

const PAGE = readText('docs/readers.md');
const PICTURE = 'data:image/png;base64,AA==';
const input = { at: 'sky' };
const tool = { type: 'tool-look', toolCallId: '1', input };
const mastraTool = { toolCallId: '1', toolName: 'look', args: input };
const result = { type: 'function_call_result', callId: '1', name: 'look', status: 'completed' };
const said = (/** @type {any[]} */ ...parts) => ({ role: 'assistant', parts });

/** Each thing as each library has it. @type {Record<string, { chat?: any, session?: any[], Mastra?: any }>} */
const THINGS = {
  "a user's text": {
    chat: { role: 'user', parts: [{ type: 'text', text: 'Hello.' }] },
    session: [asked('Hello.')],
    Mastra: { role: 'user', parts: [{ type: 'text', text: 'Hello.' }] },
  },
  "a user's picture": {
    chat: { role: 'user', parts: [{ type: 'file', mediaType: 'image/png', url: PICTURE }] },
    session: [{ type: 'message', role: 'user', content: [{ type: 'input_image', image: PICTURE }] }],
    Mastra: { role: 'user', parts: [{ type: 'file', mimeType: 'image/png', data: PICTURE }] },
  },
  "an agent's text": {
    chat: said({ type: 'text', text: 'Blue.', state: 'done' }),
    session: [answered('Blue.')],
    Mastra: said({ type: 'text', text: 'Blue.' }),
  },
  reasoning: {
    chat: said({ type: 'reasoning', text: 'Hm.', state: 'done' }),
    session: [{ type: 'reasoning', content: [{ type: 'input_text', text: 'Hm.' }] }],
    Mastra: said({ type: 'reasoning', reasoning: 'Hm.', details: [{ type: 'text', text: 'Hm.' }] }),
  },
  "a tool's call and result": {
    chat: said({ ...tool, state: 'output-available', output: 'blue' }),
    session: [call('1'), { ...result, output: { type: 'text', text: 'blue' } }],
    Mastra: said({
      type: 'tool-invocation',
      toolInvocation: { state: 'result', ...mastraTool, result: 'blue' },
    }),
  },
  "a tool's failure": {
    chat: said({ ...tool, state: 'output-error', errorText: 'fog' }),
    session: [call('1'), { ...result, output: { type: 'text', text: 'fog' } }],
    Mastra: said({
      type: 'tool-invocation',
      toolInvocation: { state: 'output-error', ...mastraTool, errorText: 'fog' },
    }),
  },
  'a call without a result': {
    chat: said({ ...tool, state: 'input-available' }),
    session: [call('1')],
    Mastra: said({ type: 'tool-invocation', toolInvocation: { state: 'call', ...mastraTool } }),
  },
  'a data part': {
    chat: said({ type: 'data-note', data: 'Hello.' }),
    Mastra: said({ type: 'data-note', data: 'Hello.' }),
  },
  'a system message': {
    chat: { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
    session: [{ type: 'message', role: 'system', content: 'Be brief.' }],
  },
};

/** What makes a thing out, in whatever form: its words, and the picture. @type {Record<string, RegExp[]>} */
const SIGNS = {
  "a user's text": [/"user"/, /Hello\./],
  "a user's picture": [/"user"/, /image\/png;base64,AA==/],
  "an agent's text": [/"assistant"/, /Blue\./],
  reasoning: [/reasoning/, /Hm\./],
  "a tool's call and result": [/look/, /\\?"at\\?":\\?"sky/, /blue/],
  "a tool's failure": [/look/, /\\?"at\\?":\\?"sky/, /fog/],
  'a call without a result': [/look/, /\\?"at\\?":\\?"sky/],
  'a data part': [/data-note/, /Hello\./],
  'a system message': [/"system"/, /Be brief\./],
};

/** @type {any} */
let namespace;
const open = () => new CloudflareStore({ bindings: { default: namespace } });
const at = () => ({ threadId: 't', resourceId: 'u', createdAt: new Date() });
beforeEach(() => {
  namespace = createMemoryNamespace();
});

/** @type {Record<string, (thing: any) => Promise<unknown>>} */
const WRITERS = {
  chat: (thing) => createChats(open()).save('t', [{ id: 'm', ...thing }], { resourceId: 'u' }),
  session: (thing) =>
    new CloudflareSession({ store: open(), sessionId: 't', resourceId: 'u' }).addItems(thing),
  async Mastra({ role, parts }) {
    const memory = new MemoryStorageCloudflare({ store: open() });
    const now = new Date();
    await memory.saveThread({ thread: { id: 't', resourceId: 'u', createdAt: now, updatedAt: now } });
    await memory.saveMessages({ messages: [{ id: 'm', ...at(), role, content: { format: 2, parts } }] });
  },
};

/** @type {Record<string, () => Promise<unknown>>} */
const READERS = {
  chat: () => createChats(open(), { resourceId: 'u' }).load('t'),
  session: () => new CloudflareSession({ store: open(), sessionId: 't', resourceId: 'u' }).getItems(),
  async Mastra() {
    const memory = new MemoryStorageCloudflare({ store: open() });
    const { messages } = await memory.listMessages({ threadId: 't', perPage: false });
    const list = new MessageList({ threadId: 't', resourceId: 'u' }).add(messages, 'memory');
    return list.get.all.aiV5.ui();
  },
};

/** @param {string} what @param {string} from @param {string} to */
async function survives(what, from, to) {
  const thing = THINGS[what][/** @type {'chat'} */ (from)];
  if (thing === undefined) return 'no';
  await WRITERS[from](thing);
  const text = JSON.stringify(await READERS[to]());
  if (!SIGNS[what].every((sign) => sign.test(text))) return 'no';
  return /was stopped before it had a result/.test(text) ? 'as stopped' : 'yes';
}

const WAYS = /** @type {const} */ ([
  ['chat', 'Mastra'],
  ['chat', 'session'],
  ['session', 'Mastra'],
  ['session', 'chat'],
  ['Mastra', 'chat'],
  ['Mastra', 'session'],
]);

describe('the table', () => {
  const rows = tableRows(section(PAGE, 'One data, several readers'));

  it('has a row for each thing', () => {
    expect(rows.map(([what]) => what)).toEqual(Object.keys(THINGS));
  });

  it.each(rows)('%s', async (what, ...cells) => {
    const seen = [];
    for (const [from, to] of WAYS) {
      namespace = createMemoryNamespace();
      seen.push(await survives(what, from, to));
    }
    expect(seen).toEqual(cells);
  });
});

it('the example', async () => {
  const [example] = blocks(PAGE, 'js');
  const Run = Object.getPrototypeOf(async () => {}).constructor;
  const run = new Run('createChats', 'CloudflareSession', 'store', 'messages', `${example}\nreturn items;`);
  const messages = [{ id: 'q', role: 'user', parts: [{ type: 'text', text: 'April?' }] }];
  const items = await run(createChats, CloudflareSession, open(), messages);
  expect(items).toMatchObject([{ role: 'user', content: [{ type: 'input_text', text: 'April?' }] }]);
});

it('Mastra lists chats and sessions among its threads', async () => {
  await createChats(open()).save('c', [], { resourceId: 'u' });
  await new CloudflareSession({ store: open(), sessionId: 's', resourceId: 'u' }).addItems([asked('x')]);
  const memory = await new MastraStore({ id: 'm', bindings: { default: namespace } }).getStore('memory');
  const { threads } = await /** @type {any} */ (memory).listThreads({ filter: { resourceId: 'u' } });
  const kinds = threads.map((/** @type {any} */ { id, metadata }) => [id, metadata.kind]).sort();
  expect(kinds).toEqual([
    ['c', 'chat'],
    ['s', 'session'],
  ]);
});

it('a chat that is saved after it was read from elsewhere leaves what it has not changed', async () => {
  await WRITERS.Mastra(THINGS["a tool's call and result"].Mastra);
  const before = await open().listMessages({ threadId: 't', perPage: false });
  const chats = createChats(open());
  const messages = await chats.load('t');
  await chats.save('t', [
    ...messages,
    { id: 'q', role: 'user', parts: [{ type: 'text', text: 'And now?' }] },
  ]);
  const after = await open().listMessages({ threadId: 't', perPage: false });
  expect(after.messages.slice(0, 1)).toEqual(before.messages);
  expect((await createChats(open()).load('t')).map(({ id }) => id)).toEqual(['m', 'q']);
});

it('an item of a chat is taken from it without the others of its message', async () => {
  const parts = [...THINGS["a tool's call and result"].chat.parts, { type: 'text', text: 'Blue.' }];
  await WRITERS.chat(said(...parts));
  const session = new CloudflareSession({ store: open(), sessionId: 't' });
  expect(await session.popItem()).toEqual(answered('Blue.'));
  expect((await session.getItems()).map(({ type }) => type)).toEqual([
    'function_call',
    'function_call_result',
  ]);
});
