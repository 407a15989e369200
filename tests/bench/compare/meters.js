/**
 * Meters around what Cloudflare gives a Worker: a KV namespace, a D1 database. They count operations and rounds, read
 * what is billed, and make every operation take as long as it is told to.
 *
 * @module
 */

/**
 * @typedef {object} Counts
 * @property {Record<string, number>} operations  by kind
 * @property {number} rounds  operations that had to wait for one another
 * @property {number} bytesRead
 * @property {number} bytesWritten
 * @property {Record<string, number>} billed  units of Cloudflare's price list
 */

/** Counts of one measurement, shared by all meters that take part in it. */
export class Tally {
  latency = 0;
  /** @type {Counts} */
  counts = this.#zero();

  #zero() {
    return { operations: {}, rounds: 0, bytesRead: 0, bytesWritten: 0, billed: {} };
  }

  /** Forgets all and makes operations last `latency` ms from now on. @param {number} [latency] */
  reset(latency = 0) {
    this.latency = latency;
    this.counts = this.#zero();
  }

  /**
   * @template T
   * @param {string} kind
   * @param {Record<string, number>} billed
   * @param {() => Promise<T>} perform
   * @returns {Promise<T>}
   */
  async operation(kind, billed, perform) {
    const { counts, latency } = this;
    const round = counts.rounds + 1;
    counts.operations[kind] = (counts.operations[kind] ?? 0) + 1;
    for (const [unit, amount] of Object.entries(billed)) this.bill(unit, amount);
    try {
      if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
      return await perform();
    } finally {
      counts.rounds = Math.max(counts.rounds, round);
    }
  }

  /** @param {string} unit @param {number} amount */
  bill(unit, amount) {
    this.counts.billed[unit] = (this.counts.billed[unit] ?? 0) + amount;
  }
}

/** @param {any} value  of a key, as read */
const sizeOf = (value) =>
  typeof value === 'string' ? value.length : (value?.byteLength ?? value?.length ?? 0);

/**
 * @param {any} namespace  a KVNamespace
 * @param {Tally} tally
 * @returns {any} one that is counted
 */
export function meterNamespace(namespace, tally) {
  const read =
    (/** @type {'get' | 'getWithMetadata'} */ method) =>
    async (/** @type {any[]} */ ...args) => {
      const keys = Array.isArray(args[0]) ? args[0].length : 1;
      const kind = Array.isArray(args[0]) ? 'get_many' : 'get';
      const found = await tally.operation(kind, { 'KV read': keys }, () => namespace[method](...args));
      const values = found instanceof Map ? [...found.values()] : [found];
      for (const value of values) tally.counts.bytesRead += sizeOf(value?.value ?? value);
      return found;
    };
  return {
    get: read('get'),
    getWithMetadata: read('getWithMetadata'),
    put: (/** @type {string} */ key, /** @type {any} */ value, /** @type {any} */ options) => {
      tally.counts.bytesWritten += sizeOf(value);
      return tally.operation('put', { 'KV write': 1 }, () => namespace.put(key, value, options));
    },
    delete: (/** @type {string} */ key) =>
      tally.operation('delete', { 'KV delete': 1 }, () => namespace.delete(key)),
    list: (/** @type {any} */ options) =>
      tally.operation('list', { 'KV list': 1 }, () => namespace.list(options)),
  };
}

/**
 * @param {any} namespace  of Durable Objects
 * @param {Tally} tally
 * @param {() => { read: number, written: number }} takeRows  rows of their storage since it was asked last
 * @returns {any} one whose calls are counted
 */
export function meterObjects(namespace, tally, takeRows) {
  /** @param {any} stub @param {any} request */
  const call = async (stub, request) => {
    takeRows();
    const reply = await tally.operation('call', { 'object request': 1 }, () => stub.threadkv(request));
    const { read, written } = takeRows();
    tally.bill('object row read', read);
    tally.bill('object row written', written);
    return reply;
  };
  return {
    idFromName: (/** @type {string} */ name) => namespace.idFromName(name),
    get: (/** @type {any[]} */ ...args) => {
      const stub = namespace.get(...args);
      return { threadkv: (/** @type {any} */ request) => call(stub, request) };
    },
  };
}

/**
 * @param {any} database  a D1Database
 * @param {Tally} tally
 * @returns {any} one that is counted: every request to it is a query, a batch is one
 */
export function meterDatabase(database, tally) {
  /** @param {any} result */
  const bill = (result) => {
    tally.bill('D1 row read', result?.meta?.rows_read ?? 0);
    tally.bill('D1 row written', result?.meta?.rows_written ?? 0);
    tally.counts.bytesRead += JSON.stringify(result?.results ?? []).length;
    return result;
  };
  /** @param {any} statement */
  const meterStatement = (statement) => ({
    statement,
    bind: (/** @type {any[]} */ ...values) => {
      for (const value of values) tally.counts.bytesWritten += sizeOf(value);
      return meterStatement(statement.bind(...values));
    },
    all: async () => bill(await tally.operation('query', {}, () => statement.all())),
    run: async () => bill(await tally.operation('query', {}, () => statement.run())),
    first: async (/** @type {string | undefined} */ column) => {
      const { results } = bill(await tally.operation('query', {}, () => statement.all()));
      const [row = null] = results;
      return column === undefined ? row : (row?.[column] ?? null);
    },
    raw: (/** @type {any} */ options) => tally.operation('query', {}, () => statement.raw(options)),
  });
  return {
    prepare: (/** @type {string} */ sql) => meterStatement(database.prepare(sql)),
    batch: async (/** @type {any[]} */ statements) => {
      const plain = statements.map(({ statement }) => statement);
      const results = await tally.operation('query', {}, () => database.batch(plain));
      return results.map(bill);
    },
    exec: (/** @type {string} */ sql) => tally.operation('query', {}, () => database.exec(sql)),
  };
}
