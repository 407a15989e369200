/**
 * Tools: results of every shape, errors, approvals, and agents as tools of agents.
 *
 * @module
 */

import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { shown } from '../model.js';
import { nested } from '../texts.js';

/** @typedef {import('../world.js').Conversation} Conversation */

/**
 * A tool that takes anything and answers with `execute`.
 *
 * @param {string} id
 * @param {(input: any, context: any) => unknown} execute
 * @param {Record<string, unknown>} [more]
 */
const tool = (id, execute, more = {}) =>
  createTool({
    id,
    description: `The tool ${id}.`,
    inputSchema: z.any(),
    execute: async (...args) => execute(...args),
    ...more,
  });

/** @param {number} n */
const record = (n) => ({
  id: `rec-${String(n).padStart(4, '0')}`,
  score: n / 7,
  tags: ['alpha', 'βeta', n % 2 ? 'odd' : null],
  owner: { name: `Owner ${n}`, address: { street: `Quay ${n}`, geo: [n * 1.1, -n / 3] } },
  note: n % 5 ? '' : 'A longer note, "quoted", with a \t tab and a \\ backslash.',
});

/** @type {Conversation[]} */
export const tools = [
  {
    name: 'tool-calls',
    description: 'Two tools with nested JSON results, one after the other and then both in one step.',
    shows: ['tool calls', 'nested JSON'],
    async run(world) {
      const weather = tool('weather', ({ city }) => ({
        city,
        celsius: -3.5,
        hours: [
          { at: '06:00', sky: { cover: 'fog', oktas: 8 } },
          { at: '12:00', sky: { cover: 'clear', oktas: 0 } },
        ],
        station: { id: 12375, open: true, closedSince: null, sensors: { wind: { ms: [], gusts: {} } } },
      }));
      const tram = tool('tram', ({ line }) => ({
        line,
        next: [4, 19, 34],
        stops: nested(6, ['Plac Wilsona']),
      }));
      const agent = world.agent({
        tools: { weather, tram },
        script: [
          [{ call: 'weather', args: { city: 'Warszawa', units: { t: 'C' } } }],
          'Foggy, minus three and a half.',
          [
            'Let me look at both. ',
            { call: 'weather', args: { city: 'Gdańsk' } },
            { call: 'tram', args: { line: 15 } },
          ],
          (prompt) => `The tram in 4 minutes. (${shown(prompt)} messages)`,
        ],
      });
      const at = { thread: 'tool-calls', resource: 'maria' };
      await world.ask(agent, 'How is the weather?', at);
      await world.ask(agent, 'And in Gdańsk? And the 15?', { ...at, via: 'stream' });
    },
  },
  {
    name: 'tool-many-steps',
    description: 'Six tool steps in one turn, each calling a tool with what the last one gave.',
    shows: ['tool calls', 'many steps'],
    async run(world) {
      const next = tool('next', ({ n }) => ({ n: n + 1, square: (n + 1) ** 2 }));
      const agent = world.agent({
        tools: { next },
        script: [...[0, 1, 2, 3, 4, 5].map((n) => [{ call: 'next', args: { n } }]), 'Six squares.'],
      });
      await world.ask(agent, 'Count to six.', { thread: 'tool-many-steps', resource: 'carl', maxSteps: 10 });
    },
  },
  {
    name: 'save-per-step',
    description:
      'Three tool steps with savePerStep: the same assistant message is saved again, longer each time.',
    shows: ['savePerStep', 'tool calls'],
    async run(world) {
      const look = tool('look', ({ where }) => ({ where, found: where === 'drawer' ? 'the key' : null }));
      const agent = world.agent({
        tools: { look },
        script: [
          ['On the table? ', { call: 'look', args: { where: 'table' } }],
          ['Under the mat? ', { call: 'look', args: { where: 'mat' } }],
          [{ call: 'look', args: { where: 'drawer' } }],
          'In the drawer.',
          'You are welcome.',
        ],
      });
      const at = { thread: 'save-per-step', resource: 'emmy', savePerStep: true, maxSteps: 8 };
      await world.ask(agent, 'Where is my key?', { ...at, via: 'stream' });
      await world.ask(agent, 'Thanks', at);
    },
  },
  {
    name: 'tool-errors',
    description: 'A tool throws, another refuses its input, a third is unknown; the model goes on each time.',
    shows: ['tool errors'],
    async run(world) {
      const divide = tool('divide', ({ a, b }) => {
        if (b === 0) throw new Error('Division by zero: "0" is not allowed here\n  at line 1');
        return { quotient: a / b };
      });
      const strict = createTool({
        id: 'strict',
        description: 'Takes a number.',
        inputSchema: z.object({ n: z.number().min(1) }),
        execute: async ({ n }) => n,
      });
      const agent = world.agent({
        tools: { divide, strict },
        script: [
          [{ call: 'divide', args: { a: 1, b: 0 } }],
          [{ call: 'strict', args: { n: 'many' } }],
          [{ call: 'nowhere', args: {} }],
          'None of that worked.',
          [{ call: 'divide', args: { a: 1, b: 3 } }],
          'A third.',
        ],
      });
      const at = { thread: 'tool-errors', resource: 'kurt', maxSteps: 6 };
      await world.ask(agent, 'Divide by nothing.', at);
      await world.ask(agent, 'By three, then.', { ...at, via: 'stream' });
    },
  },
  {
    name: 'tool-big-result',
    description: 'A tool answers with 160 records, 40 KB of JSON, and a second time with a page of HTML.',
    shows: ['big tool result', 'nested JSON'],
    async run(world) {
      const search = tool('search', () => ({
        total: 160,
        records: Array.from({ length: 160 }, (_, n) => record(n)),
      }));
      const fetchPage = tool(
        'fetch-page',
        () =>
          `<!doctype html>\n<script>"</script>"</script>${'<p class=\'a\' title="b">&nbsp;&amp;</p>\r\n'.repeat(200)}`,
      );
      const agent = world.agent({
        tools: { search, 'fetch-page': fetchPage },
        script: [
          [{ call: 'search', args: { query: '*' } }],
          'There are 160.',
          [{ call: 'fetch-page', args: { url: 'https://example.org/?a=1&b=%20#c' } }],
          'Mostly empty paragraphs.',
        ],
      });
      const at = { thread: 'tool-big-result', resource: 'tim' };
      await world.ask(agent, 'List everything.', at);
      await world.ask(agent, 'Read that page.', at);
    },
  },
  {
    name: 'approval-given',
    description:
      'A tool that needs approval: the run stops, the user approves in a later request, the run goes on.',
    shows: ['approval given'],
    workflows: true,
    async run(world) {
      const remove = tool('remove', ({ id }) => ({ removed: id, left: 41 }), { requireApproval: true });
      const agent = world.agent({
        tools: { remove },
        script: [
          ['I would remove it. ', { call: 'remove', args: { id: 'abc-123' } }],
          'Removed; 41 are left.',
          'Nothing else.',
        ],
      });
      const at = { thread: 'approval-given', resource: 'hedy' };
      const stopped = await world.ask(agent, 'Remove abc-123.', { ...at, via: 'stream' });
      await world.turn('approveToolCall', async () => {
        const output = await agent.approveToolCall({ runId: String(stopped.runId) });
        await output.consumeStream();
      });
      await world.ask(agent, 'Anything else?', at);
    },
  },
  {
    name: 'approval-declined',
    description: 'The user declines a tool call and says why; asked again, approves.',
    shows: ['approval declined', 'approval given'],
    async run(world) {
      const pay = tool('pay', ({ amount }) => ({ paid: amount, currency: '€' }));
      const agent = world.agent({
        tools: { pay },
        script: [
          [{ call: 'pay', args: { amount: 1200.5, to: 'Łukasz' } }],
          'Then I will not.',
          [{ call: 'pay', args: { amount: 12.05, to: 'Łukasz' } }],
          'Paid.',
        ],
      });
      const at = { thread: 'approval-declined', resource: 'rosalind', requireToolApproval: true };
      const first = await world.ask(agent, 'Pay Łukasz.', at);
      await world.turn('declineToolCallGenerate', () =>
        agent.declineToolCallGenerate({
          runId: String(first.runId),
          reason: 'Too much: it was 12,05 € – not 1200,50 €.',
        }),
      );
      const second = await world.ask(agent, 'Then the right sum.', at);
      await world.turn('approveToolCallGenerate', () =>
        agent.approveToolCallGenerate({ runId: String(second.runId) }),
      );
    },
  },
  {
    name: 'suspended-tool',
    description: 'A tool stops by itself to ask the user for a seat, and goes on with the answer.',
    shows: ['suspended tool'],
    workflows: true,
    async run(world) {
      const book = createTool({
        id: 'book',
        description: 'Books a seat.',
        inputSchema: z.object({ train: z.string() }),
        suspendSchema: z.object({ ask: z.string(), seats: z.array(z.string()) }),
        resumeSchema: z.object({ seat: z.string() }),
        execute: async ({ train }, context) => {
          const seat = context.agent?.resumeData?.seat;
          if (!seat) return context.agent?.suspend?.({ ask: 'Which seat?', seats: ['12A', '12D'] });
          return { train, seat, price: 49.9 };
        },
      });
      const agent = world.agent({
        tools: { book },
        script: [[{ call: 'book', args: { train: 'IC 5312' } }], 'Seat 12D, booked.'],
      });
      const stopped = await world.ask(agent, 'A seat on IC 5312.', {
        thread: 'suspended-tool',
        resource: 'dorothy',
        via: 'stream',
      });
      await world.turn('resumeStream: 12D', async () => {
        const output = await agent.resumeStream({ seat: '12D' }, { runId: stopped.runId });
        await output.consumeStream();
      });
    },
  },
  {
    name: 'sub-agents',
    description: 'An agent hands parts of its work to two others, which keep threads of their own.',
    shows: ['sub-agents'],
    async run(world) {
      const geographer = world.agent({
        id: 'geographer',
        description: 'Knows rivers.',
        script: ['The Vistula is 1,022 km long.', 'It rises at Barania Góra.'],
      });
      const poet = world.agent({
        id: 'poet',
        description: 'Writes verse.',
        script: ['Grey river, long and slow —'],
      });
      const agent = world.agent({
        id: 'editor',
        agents: { geographer, poet },
        script: [
          [{ call: 'agent-geographer', args: { prompt: 'How long is the Vistula?' } }],
          [{ call: 'agent-poet', args: { prompt: 'A line on the Vistula.' } }],
          '1,022 km: "Grey river, long and slow —".',
          [{ call: 'agent-geographer', args: { prompt: 'Where does it rise?' } }],
          'At Barania Góra.',
        ],
      });
      const at = { thread: 'sub-agents', resource: 'wisława', maxSteps: 6 };
      await world.ask(agent, 'Something on the Vistula, with a verse.', at);
      await world.ask(agent, 'Where does it begin?', { ...at, via: 'stream' });
    },
  },
];
