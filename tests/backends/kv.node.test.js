import { describe, expect, it } from 'vitest';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { createNamespaceBackend, namespaceProblem } from '../../bindings/backends/kv.js';
import { describeBackend } from './contract.js';
import { get, getMany, list, put, remove } from './requests.js';

/** @typedef {import('../../bindings/backends/kv.js').KVNamespaceLike} KVNamespaceLike */

describeBackend('a KVNamespace', () =>
  createNamespaceBackend({ namespaces: [createMemoryNamespace(), createMemoryNamespace()] }),
);

/** A namespace that could do bulk gets only since a version later than this one. */
function createOldNamespace() {
  const kv = createMemoryNamespace();
  // The old runtime turned the array into one key.
  return { ...kv, getWithMetadata: (/** @type {any} */ key) => kv.getWithMetadata(String(key), 'text') };
}

describeBackend('a KVNamespace without bulk get', () =>
  withBulkLimits(createNamespaceBackend({ namespaces: [createOldNamespace(), createOldNamespace()] })),
);

/**
 * How many keys a bulk get takes is for a namespace with bulk gets to say.
 * @param {import('../../bindings/backends/backend.js').Backend} backend
 * @returns {import('../../bindings/backends/backend.js').Backend}
 */
function withBulkLimits(backend) {
  return {
    ...backend,
    run: (requests) =>
      requests.some((r) => r.kind === 'get_many' && (r.keys.length < 1 || r.keys.length > 100))
        ? Promise.resolve(requests.map(() => ({ status: 400 })))
        : backend.run(requests),
  };
}

/**
 * One request to a namespace in which one method is another.
 * @param {Partial<KVNamespaceLike>} methods
 * @param {import('../../bindings/backends/backend.js').KVRequest} request
 */
async function ask(methods, request) {
  const backend = createNamespaceBackend({ namespaces: [{ ...createMemoryNamespace(), ...methods }] });
  return (await backend.run([request]))[0];
}

const REQUESTS = [get('k'), getMany(['k', 'l']), put('k', 'x'), remove('k'), list('k')];

/** @param {unknown} error @returns {KVNamespaceLike} */
function failing(error) {
  const fail = () => Promise.reject(error);
  return { get: fail, getWithMetadata: fail, put: fail, delete: fail, list: fail };
}

describe('failures of a KVNamespace', () => {
  it.each([401, 429, 500, 503])('are told by the status in the text: %d', async (status) => {
    for (const request of REQUESTS) {
      const error = new Error(`KV ${request.kind.toUpperCase()} failed: ${status} Some Reason`);
      expect(await ask(failing(error), request)).toEqual({ status });
    }
  });

  it('are status 0 without a status, whatever was thrown', async () => {
    for (const error of [new Error('Network connection lost.'), 'text', null, undefined, { a: 1 }]) {
      for (const request of REQUESTS) {
        expect(await ask(failing(error), request)).toEqual({ status: 0 });
      }
    }
  });

  it('may be thrown at once instead of rejecting', async () => {
    const thrower = () => {
      throw new Error('KV GET failed: 500 Internal Server Error');
    };
    for (const request of REQUESTS) {
      const methods = { getWithMetadata: thrower, put: thrower, delete: thrower, list: thrower };
      expect(await ask(methods, request)).toEqual({ status: 500 });
    }
  });

  it('mean a missing key for 404 and 410 of a get, and of a delete that there is nothing left to do', async () => {
    for (const status of [404, 410]) {
      const methods = failing(new Error(`KV GET failed: ${status} Not Found`));
      expect(await ask(methods, get('k'))).toEqual({ status: 404 });
      expect(await ask(methods, remove('k'))).toEqual({ status: 200 });
      expect(await ask(methods, list('k'))).toEqual({ status });
      expect(await ask(methods, getMany(['k']))).toEqual({ status });
    }
  });

  it('fail a bulk get when a key that had to be read singly fails', async () => {
    const kv = createMemoryNamespace();
    /** @type {KVNamespaceLike['getWithMetadata']} */
    const getWithMetadata = (key, options) =>
      Array.isArray(key)
        ? kv.getWithMetadata(key, options)
        : Promise.reject(new Error('KV GET failed: 503 Service Unavailable'));
    expect(await ask({ getWithMetadata }, getMany(['a', '42']))).toEqual({ status: 503, operations: 2 });
  });

  it('fail a list whose rest cannot be reached', async () => {
    for (const cursor of [undefined, '', null]) {
      const page = { keys: [{ name: 'k1' }], list_complete: false, cursor };
      expect(await ask({ list: async () => page }, list('k'))).toEqual({ status: 0 });
    }
  });
});

describe('what a location keeps of reads', () => {
  /** A namespace that takes no less than `least` seconds, and what it was asked for. @param {number} least */
  function choosy(least) {
    const kv = createMemoryNamespace();
    /** @type {unknown[]} */
    const asked = [];
    return {
      ...kv,
      asked,
      getWithMetadata: async (/** @type {any} */ keys, /** @type {any} */ options) => {
        asked.push(options.cacheTtl);
        if (options.cacheTtl < least)
          throw new Error(
            `KV GET failed: 400 Invalid cache_ttl of ${options.cacheTtl}. Cache TTL must be at least ${least}.`,
          );
        return kv.getWithMetadata(keys, 'text');
      },
    };
  }

  it('is asked for half a minute', async () => {
    const kv = choosy(30);
    const backend = createNamespaceBackend({ namespaces: [kv] });
    await kv.put('k', 'v');
    const replies = await backend.run([get('k'), getMany(['k', 'none'])]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(kv.asked).toEqual([30, 30]);
  });

  it('is left to runtimes that refuse that, which are not asked again', async () => {
    const kv = choosy(60);
    const backend = createNamespaceBackend({ namespaces: [kv] });
    await kv.put('k', 'v');
    for (const request of [get('k'), getMany(['k', 'none']), get('none')]) {
      const [reply] = await backend.run([request]);
      expect(reply.status).toBe(request.kind === 'get' && request.key === 'none' ? 404 : 200);
    }
    expect(kv.asked).toEqual([30, undefined, undefined, undefined]);
  });

  it('is not what is wrong with a key that KV refuses', async () => {
    const asked = /** @type {unknown[]} */ ([]);
    const getWithMetadata = async (/** @type {any} */ _, /** @type {any} */ options) => {
      asked.push(options.cacheTtl);
      throw new Error('KV GET failed: 400 Invalid key');
    };
    const backend = createNamespaceBackend({ namespaces: [{ ...createMemoryNamespace(), getWithMetadata }] });
    for (let i = 0; i < 2; i++) expect(await backend.run([get('k')])).toEqual([{ status: 400 }]);
    expect(asked).toEqual([30, undefined, 30, undefined]);
  });
});

describe('answers of a KVNamespace', () => {
  it('may be an empty page before the last one', async () => {
    const page = { keys: [], list_complete: false, cursor: 'on' };
    expect(await ask({ list: async () => page }, list('k'))).toEqual({ status: 200, keys: [], cursor: 'on' });
  });

  it.each([null, undefined, { value: null }, { value: null, metadata: null }])(
    'of %o mean a missing key',
    async (entry) => {
      const getWithMetadata = async (/** @type {any} */ key) =>
        Array.isArray(key) ? new Map([['k', entry]]) : entry;
      expect(await ask({ getWithMetadata }, getMany(['k']))).toEqual({ status: 200, entries: [null] });
      expect(await ask({ getWithMetadata }, get('k'))).toEqual({ status: 404 });
    },
  );

  it('may hold bare values, as in older simulators', async () => {
    const getWithMetadata = async () =>
      new Map([
        ['k', 'bare'],
        ['e', ''],
      ]);
    const reply = await ask({ getWithMetadata }, getMany(['k', 'e']));
    expect(reply.entries).toEqual([
      { value: 'bare', metadata: null },
      { value: '', metadata: null },
    ]);
  });

  it('may come without metadata, as from KV Instant', async () => {
    const getWithMetadata = async (/** @type {any} */ key) => {
      const entry = { value: 'x', metadata: null };
      return Array.isArray(key) ? new Map(key.map((k) => [k, entry])) : entry;
    };
    const expected = { value: 'x', metadata: null };
    expect(await ask({ getWithMetadata }, get('k'))).toEqual({ status: 200, entry: expected });
    expect(await ask({ getWithMetadata }, getMany(['k']))).toEqual({ status: 200, entries: [expected] });
  });

  it('to a bulk get may be refused by a TypeError or for their length', async () => {
    for (const error of [new TypeError('key must be a string'), new Error('KV GET failed: 414 too long')]) {
      const kv = createMemoryNamespace();
      await kv.put('k', 'x');
      /** @type {KVNamespaceLike['getWithMetadata']} */
      const getWithMetadata = (key, options) =>
        Array.isArray(key) ? Promise.reject(error) : kv.getWithMetadata(key, options);
      const reply = await ask({ getWithMetadata }, getMany(['k', 'none']));
      expect(reply.entries).toEqual([{ value: 'x', metadata: null }, null]);
    }
  });

  it('to a bulk get that is too large are asked for in halves, and at last singly', async () => {
    const kv = createMemoryNamespace();
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await kv.put(key, key.toUpperCase());
    /** @type {number[]} */
    const asked = [];
    /** @type {KVNamespaceLike['getWithMetadata']} */
    const getWithMetadata = async (key, options) => {
      asked.push(Array.isArray(key) ? key.length : 0);
      if (Array.isArray(key) && key.includes('d'))
        throw new Error('KV GET_BULK failed: 413 Payload Too Large');
      return kv.getWithMetadata(key, options);
    };
    const reply = await ask({ getWithMetadata }, getMany(keys));
    expect(reply.entries?.map((entry) => entry?.value)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(asked.sort()).toEqual([0, 1, 1, 1, 2, 2, 3, 5]);
    expect(reply.operations).toBe(8);
  });

  it('tell how many operations they took, when it was not one', async () => {
    const kv = createMemoryNamespace();
    const old = createOldNamespace();
    expect((await ask(kv, getMany(['a', 'b']))).operations).toBeUndefined();
    expect((await ask(kv, getMany(['a', '1', '2']))).operations).toBe(3);
    expect((await ask(old, getMany(['a', 'b', 'c']))).operations).toBe(4);
    const busy = failing(new Error('KV GET_BULK failed: 429 Too Many Requests'));
    expect(await ask(busy, getMany(['a', 'b']))).toEqual({ status: 429 });
  });
});

describe('the requests of a round', () => {
  /** A namespace that holds every single-key call until told, and counts. */
  function createCounting() {
    let running = 0;
    let most = 0;
    let bulk = 0;
    const kv = createMemoryNamespace();
    /** @type {(name: keyof KVNamespaceLike) => (...args: any[]) => Promise<any>} */
    const counted =
      (name) =>
      async (...args) => {
        if (Array.isArray(args[0])) bulk++;
        else most = Math.max(most, ++running);
        await new Promise((resolve) => {
          setTimeout(resolve, 1);
        });
        if (!Array.isArray(args[0])) running--;
        // @ts-expect-error: any method with any arguments
        return kv[name](...args);
      };
    const namespace = {
      get: counted('get'),
      getWithMetadata: counted('getWithMetadata'),
      put: counted('put'),
      delete: counted('delete'),
      list: counted('list'),
    };
    return { namespace, most: () => most, bulk: () => bulk };
  }

  it('are at most six at once, bulk gets aside', async () => {
    const { namespace, most, bulk } = createCounting();
    const other = createCounting();
    const backend = createNamespaceBackend({ namespaces: [namespace, other.namespace] });
    const numbers = Array.from({ length: 20 }, (_, i) => String(i));
    const replies = await backend.run([
      ...numbers.map((key) => put(key, key)),
      ...numbers.map((key) => get(key)),
      // Keys that bulk gets leave out join the queue late.
      getMany(numbers),
      getMany(['a']),
      ...numbers.map((key) => remove(`x${key}`)),
      list(''),
    ]);
    expect(replies.every((reply) => [200, 404].includes(reply.status))).toBe(true);
    expect(most()).toBe(6);
    expect(bulk()).toBe(2);
  });

  it('go on after failures', async () => {
    const error = new Error('KV PUT failed: 500 Internal Server Error');
    const backend = createNamespaceBackend({ namespaces: [failing(error)] });
    const replies = await backend.run(Array.from({ length: 30 }, (_, i) => put(`k${i}`, 'x')));
    expect(replies).toEqual(Array.from({ length: 30 }, () => ({ status: 500 })));
  });
});

describe('a binding that is no KV namespace', () => {
  it('is named, and what is wrong with it', () => {
    const kv = createMemoryNamespace();
    expect(namespaceProblem(kv, 'threads')).toBeNull();
    expect(namespaceProblem('0f2ac74b498b48028cb68387c421e279', 'threads')).toMatch(
      /"threads" is a string.*env\./,
    );
    expect(namespaceProblem(null, 'threads')).toBe('binding "threads" is null, not a KV namespace');
    expect(namespaceProblem(undefined, 'threads')).toMatch('"threads" is of type undefined');
    expect(namespaceProblem(7, 'threads')).toMatch('"threads" is of type number');
    expect(namespaceProblem({}, 'messages')).toBe(
      'binding "messages" is not a KV namespace: it has no get(), getWithMetadata(), put(), delete(), list()',
    );
    expect(namespaceProblem({ ...kv, list: undefined }, 'messages')).toMatch(/has no list\(\)$/);
  });

  it('is refused by the back end', () => {
    // @ts-expect-error: not a namespace
    expect(() => createNamespaceBackend({ namespaces: [{}] })).toThrow(TypeError);
  });
});
