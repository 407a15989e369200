/** What README.md and docs/ say, held against the code: examples, figures, lists. */

import { globSync } from 'node:fs';
import { format } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createChats } from '../../bindings/ai-sdk/index.js';
import { ERRORS } from '../../bindings/core/abi.js';
import { CloudflareStore } from '../../bindings/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { costRows, createCostBench } from '../bench/cost.js';
import { ACCOUNT, startServer, TOKEN } from '../backends/rest/server.js';
import { listFixtures } from '../fixtures/read.js';
import { blocks, quoted, readText, section, tableRows } from './markdown.js';

/** README.md and the pages of docs/, one after the other: each heading of the second rank stands once. */
const README = ['README.md', ...globSync('docs/*.md').sort()].map(readText).join('\n');

describe('the example', () => {
  it('prints what its comments say', async () => {
    const [example] = blocks(section(README, 'Use'), 'js');
    expect(example).toMatch(/^import \{ CloudflareStore \} from 'threadkv';\n/);
    const wanted = Array.from(example.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm), ([, comment]) => comment);
    expect(wanted.length).toBe(example.split('console.log').length - 1);

    /** @type {string[]} */
    const printed = [];
    const log = (/** @type {unknown[]} */ ...args) => void printed.push(format(...args));
    const env = { THREADS_KV: createMemoryNamespace(), MESSAGES_KV: createMemoryNamespace() };
    const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
    const run = new AsyncFunction('CloudflareStore', 'env', 'console', example.replace(/^import .*\n/, ''));
    await run(CloudflareStore, env, { log });
    expect(printed).toEqual(wanted);
  });
});

describe('the example for use outside Workers', () => {
  it('stores over the REST API', async () => {
    const [example] = blocks(section(README, 'Outside Workers'), 'js');
    const server = await startServer();
    /** What the example makes, at the address of a server here. */
    class LocalStore extends CloudflareStore {
      /** @param {any} config */
      constructor(config) {
        super({ ...config, baseURL: server.url });
      }
    }
    const env = { CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_API_TOKEN: TOKEN };
    const store = new Function('CloudflareStore', 'process', `${example}; return store;`)(LocalStore, {
      env,
    });
    await store.init();
    const titles = server.account().namespaces.map(({ title }) => title);
    expect(titles).toEqual(['dev_metadata']);
    await server.close();
  });
});

/** The rows of the benchmark that stand behind a row of README's table. @type {Record<string, [string, ...string[]]>} */
const MEASURED = {
  'save 2 messages; 1 / 20 / 200 threads stored': [
    'saveMessages, 2',
    '1 threads',
    '20 threads',
    '200 threads',
  ],
  'save 10 messages; 200 threads': ['saveMessages, 10', '200 threads'],
  'save 100 messages; 200 threads': ['saveMessages, 100', '200 threads'],
  'last 40 of 50 / 500 / 2,000 messages': [
    'listMessages, last 40',
    '50 messages',
    '500 messages',
    '2000 messages',
  ],
  'a thread': ['getThreadById', '1000 threads'],
  'the threads of one user, 10 of 1,000': ['listThreads of a user, page of 10', '10 of 1000 threads'],
  'update 1 message by id; 200 threads': ['updateMessages, 1 by id', '200 threads x 10'],
  '10 messages by id': ['listMessagesById, 10', '200 threads x 10'],
  "save 2 messages of a guest into somebody's thread": ['saveMessages, 2 of a guest', '20 threads'],
  'likewise, later, in another isolate': ['saveMessages, 2 of a guest who has spoken there', '20 threads'],
  'the messages of one user, 10 of 1,000 threads': ['listMessagesByResourceId, 10 threads', '1000 threads'],
  'a whole agent turn; 20 / 200 other threads': [
    'a whole agent turn',
    '20 threads, in use',
    '200 threads, in use',
  ],
};

describe('the cost table', () => {
  const rows = tableRows(section(README, 'What calls cost'));
  const bench = createCostBench();

  it('has a measurement behind every row', () => {
    expect(rows.map(([call]) => call)).toEqual(Object.keys(MEASURED));
  });

  it.each(rows)('%s', async (label, _today, _rounds, operations, rounds, waits) => {
    const [call, ...overs] = MEASURED[label];
    for (const over of overs) {
      const row = costRows().find((candidate) => candidate.call === call && candidate.over === over);
      if (row === undefined) throw new Error(`the benchmark has no row "${call}" over "${over}"`);
      const { counts, right } = await bench.measure(row);
      expect(right).toBe(true);
      const writes = operations.includes('writes') ? `, ${counts.writes} of them writes` : '';
      expect(`${counts.total}${writes}`).toBe(operations);
      expect(String(counts.rounds)).toBe(rounds);
      expect(String(counts.waits)).toBe(waits);
    }
  });
});

/** Where in a line of the picture the explanation begins. */
const NAMES_END = 46;

describe('README.md', () => {
  const FIRST = readText('README.md');

  it('is short', () => {
    expect(FIRST.split('\n').length).toBeLessThanOrEqual(150);
  });

  it('begins with the Worker of docs/start.md', () => {
    const worker = (/** @type {string} */ text) =>
      ['jsonc', 'ts'].map((language) => blocks(text, language)[0]);
    expect(worker(FIRST)).toEqual(worker(readText('docs/start.md')));
  });

  it('has figures of cost that stand in docs/cost.md', () => {
    const all = tableRows(section(readText('docs/cost.md'), 'What calls cost')).map((row) =>
      row.slice(-3, -1).join(),
    );
    const rows = tableRows(section(FIRST, 'What it costs'));
    expect(rows.length).toBe(3);
    for (const row of rows) expect(all).toContain(row.slice(-2).join());
  });

  it("keeps and gives back the AI SDK's messages", async () => {
    const [example] = blocks(section(FIRST, 'With Mastra, and with the AI SDK'), 'js');
    const store = new CloudflareStore({ bindings: { default: createMemoryNamespace() } });
    const messages = [
      { id: 'q', role: 'user', parts: [{ type: 'text', text: 'April?' }], metadata: { from: 'web' } },
      { id: 'a', role: 'assistant', parts: [{ type: 'text', text: 'Yes.', state: 'done' }] },
    ];
    const Run = Object.getPrototypeOf(async () => {}).constructor;
    const code = `${example.replace(/^import .*\n/, '')}\nreturn { again, mine };`;
    const { again, mine } = await new Run('createChats', 'store', 'messages', code)(
      createChats,
      store,
      messages,
    );
    expect(again).toEqual(messages);
    expect(mine).toMatchObject([{ id: 'chat-1', resourceId: 'user-1' }]);
  });
});

describe('the picture', () => {
  const [picture] = blocks(readText('docs/ARCHITECTURE.md'), 'text');

  /** What it names: files, and folders with their slash, as `place/name`. */
  function places() {
    let place = '';
    return picture.split('\n').flatMap((line) => {
      place = /^ (\w+\/)/.exec(line)?.[1] ?? place;
      const names = line.slice(0, NAMES_END).match(/[\w*/-]+(\.[chj]s?\b|\/(?=\s))/g) ?? [];
      return names.filter((name) => name !== place).map((name) => place + name);
    });
  }

  it('names what exists', () => {
    for (const path of places()) expect.soft(globSync(path).length, path).toBeGreaterThan(0);
  });

  it('names every folder of the core', () => {
    const folders = globSync('src/*/').map((folder) => folder.replace(/\/?$/, '/'));
    expect(places()).toEqual(expect.arrayContaining(folders));
  });
});

describe('lists', () => {
  it('the methods', () => {
    const named = quoted(section(README, 'Use')).filter((word) => word in CloudflareStore.prototype);
    const methods = new Set();
    for (let link = CloudflareStore.prototype; link !== Object.prototype; link = Object.getPrototypeOf(link))
      for (const name of Object.getOwnPropertyNames(link)) if (name !== 'constructor') methods.add(name);
    expect(named.sort()).toEqual([...methods].sort());
  });

  it('the options', () => {
    const named = section(README, 'Configuration').match(/(?<=^- `)\w+/gm);
    const common = readText('bindings/store/config.js').matchAll(/@property \{.*\} \[(\w+)\]/g);
    const options = [
      'accountId',
      'backend',
      'bindings',
      'durable',
      ...Array.from(common, ([, name]) => name),
    ];
    expect(named?.sort()).toEqual(options.sort());
    const all = quoted(section(README, 'Configuration'));
    for (const name of ['accountId', 'apiToken', 'namespacePrefix', 'baseURL', 'timeout', 'fetch']) {
      expect(all).toContain(name);
    }
  });

  it('the codes of errors', () => {
    const named = quoted(section(README, 'Errors')).filter((word) => /^[A-Z_]+$/.test(word));
    expect([...new Set(named)].sort()).toEqual(Object.values(ERRORS).sort());
  });

  it('the make targets', () => {
    const targets = readText('Makefile').matchAll(/^## .*\n([\w-]+):/gm);
    const named = blocks(section(readText('CONTRIBUTING.md'), 'Make targets'), 'text')[0]
      .split(/\s+/)
      .filter(Boolean);
    expect(named.sort()).toEqual(
      Array.from(targets, ([, name]) => name)
        .filter((name) => name !== 'help')
        .sort(),
    );
  });

  it('the recorded conversations', () => {
    expect(README).toContain(`replays ${listFixtures().length} conversations`);
  });
});
