/**
 * Values that a careless store changes: numbers, escapes, deep and odd objects, bytes.
 *
 * @module
 */

import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { PIXEL, base64, bytes, nested } from '../texts.js';

/** @typedef {import('../world.js').Conversation} Conversation */

/** @param {string} id @param {unknown} answer */
const answering = (id, answer) =>
  createTool({ id, description: 'Answers.', inputSchema: z.any(), execute: async () => answer });

const NUMBERS = {
  third: 0.1 + 0.2,
  big: 1e21,
  bigger: 1.7976931348623157e308,
  tiny: 5e-324,
  almost: 0.1 + 0.7,
  safe: Number.MAX_SAFE_INTEGER,
  beyond: 2 ** 53 + 2,
  negative: -1.5e-7,
  list: [1e-7, 123456789.12345679, 4.35, 1.005, 100, 1e2],
  inText: '{"id":9007199254740993,"sum":0.30000000000000004,"huge":1e400,"minus":-0}',
};

const ESCAPES = {
  nul: 'a\u0000b',
  controls: '\u0001\u0002\u0007\b\t\n\v\f\r\u001b\u007f\u0080\u009f',
  loneHigh: 'x\ud83dy',
  loneLow: 'x\ude00y',
  swapped: '\ude00\ud83d',
  separators: 'line\u2028paragraph\u2029end',
  bom: '\ufeffmarked',
  noncharacter: '\uffff\ufffe\u{10ffff}',
  quotes: '"\'`\\/\\"\\\\',
  escapedTwice: '\\u0000 \\n \\ud83d \\\\u0041',
  html: '</script><!-- --> &lt;&amp;',
  json: JSON.stringify({ nested: JSON.stringify({ text: '"\u0000\ud83d' }) }),
  percent: '%00%3A%25:%',
  '': 'the empty key',
  'key "with" \\ and \u0000 and \ud83d': true,
};

/** Keys that mean something to JavaScript, or to the fixtures themselves. */
const KEYS = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}},"toString":"no","hasOwnProperty":null,' +
    '"length":0,"$date":"2020-01-01","only":{"$date":1},"id":"not-a-message","42":"number-like","1":"first","key":null}',
);

/** @type {Conversation[]} */
export const values = [
  {
    name: 'numbers',
    description: 'Tool results with numbers at the edge of what a double holds, and beyond it as text.',
    shows: ['odd numbers'],
    async run(world) {
      const agent = world.agent({
        tools: {
          numbers: answering('numbers', NUMBERS),
          list: answering('list', [0, -1, 0.5, 1e21, [1e-9], 3.0]),
        },
        script: [
          [{ call: 'numbers', args: { precision: 1e-16, seed: 4294967296.5 } }],
          '0.1 + 0.2 is 0.30000000000000004, and 9007199254740993 is not a double.',
          [{ call: 'list', args: [1, 2.5, 1e300] }],
          '1e21 it is.',
        ],
      });
      const at = { thread: 'numbers', resource: 'katherine' };
      await world.ask(agent, 'Numbers, please: 9007199254740993, 1e21, -0, .1+.2', at);
      await world.ask(agent, 'More.', { ...at, via: 'stream' });
    },
  },
  {
    name: 'escapes',
    description:
      'Tool results and texts with NUL, control characters, lone surrogates and text that looks escaped.',
    shows: ['odd escapes', 'lone surrogates'],
    async run(world) {
      const agent = world.agent({
        tools: { escapes: answering('escapes', ESCAPES), text: answering('text', 'plain\u0000text \udc00') },
        script: [
          [{ call: 'escapes', args: { pattern: '\\d+\\u0000', raw: '\u0000' } }],
          'A NUL "\u0000", a tab "\t", a backslash "\\", and \\u0041 is not A.',
          [{ call: 'text', args: {} }],
          'Done \\o/',
        ],
      });
      const at = { thread: 'escapes', resource: 'grete' };
      await world.ask(agent, 'Say "hello"\\nin one line\u2028or two\r\n.', at);
      await world.ask(agent, 'C:\\new\\table', { ...at, via: 'stream' });
    },
  },
  {
    name: 'odd-keys',
    description:
      'Objects with keys such as __proto__, constructor, 42 and the empty string, in results and metadata.',
    shows: ['odd keys'],
    async run(world) {
      const memory = world.memoryWith({ options: { lastMessages: 5 } });
      await world.turn('memory.createThread', () =>
        memory.createThread({
          threadId: 'odd-keys',
          resourceId: 'haskell',
          title: '__proto__',
          metadata: KEYS,
        }),
      );
      const agent = world.agent({
        memory,
        tools: { keys: answering('keys', KEYS) },
        script: [[{ call: 'keys', args: KEYS }], 'Odd keys.'],
      });
      await world.ask(agent, 'Keys?', { thread: 'odd-keys', resource: 'haskell' });
    },
  },
  {
    name: 'deep-metadata',
    description:
      'Thread metadata forty levels deep and wide, merged by several updates; messages with metadata too.',
    shows: ['deep metadata', 'updateThread', 'updateMessages'],
    async run(world) {
      const memory = world.memoryWith({ options: { lastMessages: 10 } });
      const threadId = 'deep-metadata';
      const wide = Object.fromEntries(
        Array.from({ length: 60 }, (_, n) => [`field_${n}`, { n, odd: n % 2 === 1, list: [n] }]),
      );
      await world.turn('memory.createThread', () =>
        memory.createThread({
          threadId,
          resourceId: 'ludwig',
          title: 'Deep',
          metadata: {
            deep: nested(40, [null, true, { x: [] }]),
            wide,
            when: new Date(1e12),
            gone: undefined,
            nan: NaN,
          },
        }),
      );
      const agent = world.agent({ memory, script: ['Noted.', 'Also noted.'] });
      const at = { thread: threadId, resource: 'ludwig' };
      const question = {
        id: 'deep-metadata-question',
        role: 'user',
        parts: [{ type: 'text', text: 'With metadata' }],
        metadata: {
          source: 'app',
          client: { os: 'Plan 9', build: 9.1 },
          tags: ['a', 'b'],
          rating: 4.5,
          draft: false,
        },
      };
      await world.ask(agent, [question], at);
      await world.turn('memory.updateThread: merge', () =>
        memory.updateThread({
          id: threadId,
          title: 'Deep',
          metadata: { wide: { replaced: true }, added: nested(12, 1) },
        }),
      );
      await world.turn('memory.updateThread: title alone', () =>
        memory.updateThread({ id: threadId, title: '', metadata: {} }),
      );
      const changes = { rating: 5, client: { os: 'Inferno' }, added: nested(8, '深い') };
      await world.turn('memory.updateMessages: metadata alone', () =>
        memory.updateMessages({
          messages: [{ id: question.id, content: /** @type {any} */ ({ metadata: changes }) }],
        }),
      );
      await world.ask(agent, 'More', at);
      await world.turn('memory.recall by metadata', () =>
        memory.recall({
          threadId,
          resourceId: 'ludwig',
          perPage: 10,
          filter: { metadata: { source: 'app', draft: false } },
        }),
      );
    },
  },
  {
    name: 'attachments',
    description:
      'Images as bytes, as base64 and by URL, a PDF and a text file with names in several scripts.',
    shows: ['images', 'files'],
    async run(world) {
      const agent = world.agent({
        script: ['A grey pixel and some noise.', 'A report and a note.', 'Thank you.'],
      });
      const at = { thread: 'attachments', resource: 'dorothea' };
      await world.ask(
        agent,
        [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is in these pictures?' },
              { type: 'image', image: PIXEL, mimeType: 'image/png' },
              { type: 'image', image: bytes(6000), mimeType: 'image/webp' },
              { type: 'image', image: new URL('https://example.org/a%20b.png?size=1&q=ü#top') },
            ],
          },
        ],
        at,
      );
      await world.ask(
        agent,
        [
          {
            role: 'user',
            content: [
              {
                type: 'file',
                data: base64(bytes(9000)),
                mimeType: 'application/pdf',
                filename: 'Jahresbericht – 年報.pdf',
              },
              {
                type: 'file',
                data: base64(new TextEncoder().encode('zażółć gęślą jaźń\n')),
                mimeType: 'text/plain',
                filename: 'a:b/c.txt',
              },
              { type: 'text', text: 'Summarise both.' },
            ],
          },
        ],
        { ...at, via: 'stream' },
      );
      await world.ask(agent, 'Good.', at);
    },
  },
  {
    name: 'files-from-the-model',
    description: 'The model itself sends an image and names its sources.',
    shows: ['files', 'sources', 'reasoning'],
    async run(world) {
      const agent = world.agent({
        script: [
          [
            { reasoning: 'A picture will do.' },
            'Here you are: ',
            { file: PIXEL, type: 'image/png' },
            { source: 'https://example.org/grey?a=1&b=2', title: 'On grey “pixels”' },
            { source: 'https://example.org/źródło', title: 'Źródło' },
          ],
          [{ file: base64(bytes(3000)), type: 'audio/mpeg' }, 'And a sound.'],
        ],
      });
      const at = { thread: 'files-from-the-model', resource: 'delia' };
      await world.ask(agent, 'Draw me a pixel.', { ...at, via: 'stream' });
      await world.ask(agent, 'Play it.', at);
    },
  },
];
