import * as storage from '@mastra/core/storage';
import { describe, expect, it } from 'vitest';
import { TABLES } from '../../bindings/core/abi.js';
import { OTHER_TABLES, readConfig } from '../../bindings/store/config.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { CloudflareStore, StoreError } from '../../bindings/index.js';

const kv = createMemoryNamespace;

/** @param {any} config */
const tablesOf = (config) => {
  const { backend, tables } = /** @type {any} */ (readConfig(config));
  return { spaces: backend.spaces, tables };
};

/** @param {any} config */
const problemWith = (config) => {
  try {
    new CloudflareStore(config);
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'constructor' });
    return /** @type {Error} */ (error).message;
  }
  return 'nothing';
};

describe('bindings', () => {
  it('gives each table its namespace and shares that of threads', () => {
    const [threads, messages] = [kv(), kv()];
    const { spaces, tables } = tablesOf({ bindings: { threads, messages } });
    expect(spaces).toEqual([threads, messages]);
    expect(spaces[tables.threads]).toBe(threads);
    expect(spaces[tables.messages]).toBe(messages);
    for (const table of ['metadata', 'resources', 'scores', 'blobs', 'observational_memory'])
      expect(spaces[tables[table]]).toBe(threads);
  });

  it('shares that of metadata when it is bound', () => {
    const [threads, messages, metadata] = [kv(), kv(), kv()];
    const { spaces, tables } = tablesOf({ bindings: { threads, messages, metadata } });
    for (const table of ['metadata', 'resources', 'scores']) expect(spaces[tables[table]]).toBe(metadata);
  });

  it("understands Mastra's names and prefers them", () => {
    const [threads, other, messages, scores] = [kv(), kv(), kv(), kv()];
    const bindings = {
      mastra_threads: threads,
      threads: other,
      mastra_messages: messages,
      mastra_scorers: scores,
    };
    const { spaces, tables } = tablesOf({ bindings });
    expect(spaces[tables.threads]).toBe(threads);
    expect(spaces[tables.scores]).toBe(scores);
    expect(spaces).not.toContain(other);
  });

  it('counts a namespace that is bound twice once', () => {
    const namespace = kv();
    const { spaces, tables } = tablesOf({ bindings: { threads: namespace, messages: namespace } });
    expect(spaces).toEqual([namespace]);
    expect(tables.threads).toBe(tables.messages);
  });

  it('serves every table from default, except those with their own', () => {
    const [all, resources] = [kv(), kv()];
    const { spaces, tables } = tablesOf({ bindings: { default: all, resources } });
    expect(spaces[tables.threads]).toBe(all);
    expect(spaces[tables.metadata]).toBe(all);
    expect(spaces[tables.resources]).toBe(resources);
  });

  it.each([
    [{ bindings: {} }, 'threads'],
    [{ bindings: { threads: kv() } }, 'messages'],
    [{ bindings: { messages: kv(), metadata: kv() } }, 'threads'],
    [{ bindings: { threads: kv(), messages: null } }, 'messages'],
    [{ bindings: { threads: kv(), messages: undefined } }, 'messages'],
  ])('misses a required one (%#)', (config, table) => {
    expect(problemWith(config)).toBe(`Missing KV binding for table: ${table}`);
  });

  it('refuses what is no namespace', () => {
    expect(problemWith({ bindings: { threads: 'THREADS_KV', messages: kv() } })).toContain('"threads"');
    expect(problemWith({ bindings: { threads: kv(), messages: {} } })).toContain('"messages"');
    expect(problemWith({ bindings: undefined })).toContain('bindings are required');
  });
});

describe('a binding that no table has', () => {
  const env = () => ({ threads: kv(), messages: kv() });

  it.each([
    ['resource', 'resources'],
    ['Resources', 'resources'],
    ['workflow_snapshots', 'workflow_snapshot'],
    ['mastra_scorer', 'mastra_scorers'],
    ['mastra_thread_states', 'mastra_thread_state'],
    ['score', 'scores'],
    ['meta_data', 'metadata'],
    ['defualt', 'default'],
  ])('%s was meant to be %s', (name, suggestion) => {
    const problem = problemWith({ bindings: { ...env(), [name]: kv() } });
    expect(problem).toBe(`binding "${name}" is not known; did you mean "${suggestion}"?`);
  });

  it.each([
    ['a namespace of something else', { CACHE: kv(), sessions: kv(), THREADS_KV: kv(), RATE_LIMITS: kv() }],
    ['no namespace', { RESOURCES: 'on', BLOBS: { get() {}, put() {}, list() {} }, score: 7, resource: null }],
    ["a slip of the pen beside the table's own", { resources: kv(), resource: kv(), mesages: kv() }],
  ])('may be %s', (_, more) => {
    expect(problemWith({ bindings: { ...env(), ...more } })).toBe('nothing');
  });

  it("may be any that Mastra's core has", () => {
    const names = Object.entries(storage).filter(([name]) => name.startsWith('TABLE_'));
    const tables = names.map(([, table]) => table).filter((table) => typeof table === 'string');
    expect(tables.length).toBeGreaterThan(40);
    const known = [...OTHER_TABLES, ...TABLES.map(([, mastra]) => mastra)];
    expect(tables.filter((table) => !known.includes(table))).toEqual([]);
    const all = Object.fromEntries(tables.map((table) => [table, kv()]));
    expect(problemWith({ bindings: all })).toBe('nothing');
    for (const table of tables)
      expect(problemWith({ bindings: { ...env(), [table]: kv() } })).toBe('nothing');
  });
});

describe('an option that does not exist', () => {
  const bindings = { threads: kv(), messages: kv() };
  const rest = { accountId: 'a', apiToken: 'secret-token' };

  it.each([
    [{ bindings, prefix: 'x' }, 'prefix', 'keyPrefix'],
    [{ bindings, keyprefix: 'x' }, 'keyprefix', 'keyPrefix'],
    [{ bindings, waituntil: () => {} }, 'waituntil', 'waitUntil'],
    [{ binding: bindings }, 'binding', 'bindings'],
    [{ ...rest, timeOut: 5 }, 'timeOut', 'timeout'],
    [{ ...rest, baseUrl: 'https://x' }, 'baseUrl', 'baseURL'],
    [{ accountId: 'a', token: 'secret-token' }, 'token', 'apiToken'],
    [{ backend: createMemoryBackend(), maxOperation: 5 }, 'maxOperation', 'maxOperations'],
    [{ bindings, prefix: undefined }, 'prefix', 'keyPrefix'],
  ])('is refused, and the right one named (%#)', (config, name, suggestion) => {
    const message = problemWith(config);
    expect(message).toBe(`unknown option "${name}"; did you mean "${suggestion}"?`);
  });

  it('is refused with all that there are where none is near', () => {
    expect(problemWith({ bindings, colour: 'blue' })).toMatch(/^unknown option "colour"; known: bindings, /);
  });

  it('may exist elsewhere: the prefix of namespaces builds no wall around bindings', () => {
    const text = 'namespacePrefix is for the REST API; bindings and back ends take keyPrefix';
    expect(problemWith({ bindings, namespacePrefix: 'x' })).toBe(text);
    expect(problemWith({ backend: createMemoryBackend(), namespacePrefix: 'x' })).toBe(text);
  });

  it.each(['accountId', 'apiToken', 'baseURL', 'fetch', 'timeout'])(
    'may exist elsewhere: %s beside what says that the data is not there',
    (name) => {
      for (const [place, value] of Object.entries({ bindings, backend: createMemoryBackend() })) {
        const says = `${name} is for the REST API, and ${place} says that the data is elsewhere: give one of them`;
        expect(problemWith({ [place]: value, [name]: 'secret-token' })).toBe(says);
        expect(problemWith({ [place]: value, [name]: undefined })).toBe('nothing');
      }
    },
  );

  it.each([
    [{ memory: { thread: { maxAge: 1 } } }, 'retention.memory.thread', 'retention.memory.threads'],
    [{ memmory: { threads: { maxAge: 1 } } }, 'retention.memmory', 'retention.memory'],
    [{ workflow: {} }, 'retention.workflow', 'retention.workflows'],
  ])('is refused in retention too (%#)', (retention, name, suggestion) => {
    expect(problemWith({ bindings, retention })).toBe(
      `unknown option "${name}"; did you mean "${suggestion}"?`,
    );
  });

  it("leaves alone what other stores' retention says", () => {
    const policy = { maxAge: '7d' };
    const observability = { spans: policy, metrics: policy, logs: policy, scores: policy, feedback: policy };
    const others = { experiments: { experiments: policy }, schedules: { triggers: policy } };
    const retention = { observability, ...others, notifications: { notifications: policy } };
    expect(problemWith({ bindings, retention })).toBe('nothing');
  });
});

describe('a back end', () => {
  it('holds every table when it has one space', () => {
    const backend = createMemoryBackend();
    const { tables } = tablesOf({ backend });
    expect(new Set(Object.values(tables))).toEqual(new Set([0]));
  });

  it('gives its spaces to the tables in order', () => {
    const { tables } = tablesOf({ backend: () => createMemoryBackend({ spaces: 3 }) });
    expect(tables).toMatchObject({ threads: 0, messages: 1, metadata: 2, resources: 2 });
    expect(tablesOf({ backend: createMemoryBackend({ spaces: 2 }) }).tables).toMatchObject({
      threads: 0,
      messages: 1,
      metadata: 0,
    });
  });

  it('must be one', () => {
    expect(problemWith({ backend: {} })).toContain('back end');
    expect(problemWith({ backend: null })).toContain('back end');
  });
});

describe('the REST form', () => {
  const rest = { accountId: 'a', apiToken: 'secret-token' };

  it.each([
    [{}, 'bindings'],
    [{ accountId: '', apiToken: 'x' }, 'accountId is required'],
    [{ apiToken: 'x' }, 'accountId is required'],
    [{ accountId: 'a', apiToken: '  ' }, 'apiToken is required'],
    [{ accountId: 'a' }, 'apiToken is required'],
    [{ accountId: null, apiToken: 'secret-token' }, 'accountId is required'],
    [{ accountId: 'a/b', apiToken: 'secret-token' }, 'accountId may have'],
    [{ accountId: 'a', apiToken: 'secret-token\nX-Evil: 1' }, 'apiToken may have'],
    [{ ...rest, namespacePrefix: 7 }, 'namespacePrefix must be a string'],
    [{ ...rest, namespacePrefix: 'a\ud800' }, 'namespacePrefix must be well-formed'],
    [{ ...rest, namespacePrefix: 'x'.repeat(500) }, 'namespacePrefix may have'],
    [{ ...rest, baseURL: 'api.cloudflare.com' }, 'baseURL must be a URL'],
    [{ ...rest, baseURL: 'http://api.cloudflare.com/client/v4' }, 'baseURL must begin with https://'],
    [{ ...rest, baseURL: 'http://127.0.0.1.evil.example' }, 'baseURL must begin with https://'],
    [{ ...rest, baseURL: 'https://me:secret-token@api.cloudflare.com' }, 'baseURL must have no user'],
    [{ ...rest, baseURL: 'https://api.cloudflare.com/?x=1' }, 'baseURL must have no user'],
    [{ ...rest, fetch: 'fetch' }, 'fetch must be a function'],
    [{ ...rest, timeout: 0 }, 'timeout must be'],
    [{ ...rest, timeout: Infinity }, 'timeout must be'],
    [{ ...rest, timeout: '5' }, 'timeout must be'],
  ])('is refused (%#)', (config, text) => {
    const message = problemWith(config);
    expect(message).toContain(text);
    expect(message).not.toContain('secret-token');
  });

  it('gives every table a namespace of its own', () => {
    const { spaces, tables } = tablesOf({ ...rest, namespacePrefix: ' dev_ ' });
    expect(new Set(Object.values(tables)).size).toBe(Object.keys(tables).length);
    for (const [table, space] of Object.entries(tables)) {
      expect(spaces[space]).toBe(
        `https://api.cloudflare.com/client/v4/accounts/a/storage/kv/namespaces#dev_${table}`,
      );
    }
  });

  it.each([
    'http://localhost:1/v4',
    'http://127.0.0.1:8788',
    'http://[::1]:8788/',
    'https://proxy.example/cf/',
  ])('takes another address: %s', (baseURL) => {
    expect(problemWith({ ...rest, baseURL })).toBe('nothing');
  });

  it('asks nothing when it is made', () => {
    let asked = 0;
    const fetch = async () => {
      asked++;
      return new Response();
    };
    new CloudflareStore({ ...rest, fetch });
    expect(asked).toBe(0);
  });
});

describe('options', () => {
  const bindings = { default: kv() };

  it('trims the prefix and knows the defaults', () => {
    expect(readConfig({ bindings, keyPrefix: ' dev_ ' }).prefix).toBe('dev_');
    expect(readConfig({ bindings })).toMatchObject({
      prefix: '',
      options: { strict: false, maxOperations: 900, check: false },
    });
    expect(readConfig({ bindings, consistency: 'strict', maxOperations: 50 }).options).toEqual({
      strict: true,
      maxOperations: 50,
      check: false,
    });
  });

  it('leaves emoji in a prefix alone', () => {
    expect(readConfig({ bindings, keyPrefix: '😀' }).prefix).toBe('😀');
  });

  it('takes undefined for absent', () => {
    const config = { bindings, keyPrefix: undefined, consistency: undefined, maxOperations: undefined };
    expect(readConfig(config)).toMatchObject({ prefix: '', options: { strict: false, maxOperations: 900 } });
  });

  it.each([
    [undefined],
    [null],
    ['dev_'],
    [{ bindings, keyPrefix: 7 }],
    [{ bindings, keyPrefix: 'dev\ud800' }],
    [{ bindings, keyPrefix: null }],
    [{ bindings, consistency: 'eventual' }],
    [{ bindings, maxOperations: 0 }],
    [{ bindings, maxOperations: 1.5 }],
    [{ bindings, maxOperations: '900' }],
    [{ bindings, autoInit: 1 }],
    [{ bindings, waitUntil: true }],
    [{ bindings, onOperation: {} }],
    [{ bindings, core: {} }],
  ])('refuses nonsense (%#)', (config) => {
    expect(problemWith(config)).not.toBe('nothing');
  });
});
