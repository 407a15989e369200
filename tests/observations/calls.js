/**
 * Random calls of observational memory, made of two stores at once: one under test and Mastra's own in memory, which
 * says what is right. Both see the same time; ids differ, and are compared by which record they mean.
 *
 * @module
 */

import fc from 'fast-check';
import { expect } from 'vitest';

/** @typedef {{ ours: any, theirs: any }} Pair */
/** @typedef {'ours' | 'theirs'} Side */
/** @typedef {{ name: string, run: (world: World) => Promise<void> }} Call */

const SCOPES = [
  { threadId: 't1', resourceId: 'alice' },
  { threadId: 't:2%', resourceId: 'alice' },
  { threadId: null, resourceId: 'alice' },
];

/** What both stores have been told so far. */
export class World {
  /** The records that were made: how each store calls them. @type {Pair[]} */
  ids = [{ ours: 'nobody', theirs: 'nobody' }];
  /** Their newest states as callers know them. @type {Map<number, Pair>} */
  known = new Map();
  copies = 0;

  /** @param {Pair} stores */
  constructor({ ours, theirs }) {
    this.ours = ours;
    this.theirs = theirs;
  }

  /**
   * Makes the same call of both and compares what comes back.
   *
   * @param {string} method
   * @param {(side: Side) => any[]} args
   */
  async both(method, args) {
    const [ours, theirs] = await Promise.all([
      outcome(() => this.ours[method](...args('ours'))),
      outcome(() => this.theirs[method](...args('theirs'))),
    ]);
    this.#learn(ours.value, theirs.value);
    expect(this.#comparable(ours, 'ours'), method).toEqual(this.#comparable(theirs, 'theirs'));
  }

  /** What both hold of every scope. */
  async compare() {
    for (const { threadId, resourceId } of SCOPES) {
      await this.both('getObservationalMemory', () => [threadId, resourceId]);
      await this.both('getObservationalMemoryHistory', () => [threadId, resourceId]);
    }
  }

  /** @param {any} ours @param {any} theirs */
  #learn(ours, theirs) {
    const pairs = Array.isArray(ours) ? ours.map((one, i) => [one, theirs?.[i]]) : [[ours, theirs]];
    for (const [one, other] of pairs) {
      if (typeof one?.id !== 'string' || typeof other?.id !== 'string') continue;
      let at = this.ids.findIndex(({ ours: id }) => id === one.id);
      if (at < 0) at = this.ids.push({ ours: one.id, theirs: other.id }) - 1;
      this.known.set(at, { ours: structuredClone(one), theirs: structuredClone(other) });
    }
  }

  /** @param {any} value @param {Side} side */
  #comparable(value, side) {
    const isChunk = (/** @type {string} */ name, /** @type {any} */ inner) =>
      name === 'id' && String(inner).startsWith('ombuf-');
    const text = JSON.stringify(value, (name, inner) => (isChunk(name, inner) ? 'a chunk' : inner));
    const named = this.ids.reduce((known, id, at) => known.replaceAll(id[side], `record ${at}`), text);
    return JSON.parse(named);
  }

  /** @param {number} pick @returns {number} a record */
  record(pick) {
    return pick % this.ids.length;
  }

  /** @param {number} pick @returns {Pair | undefined} what callers know of a record */
  state(pick) {
    const known = [...this.known.values()];
    return known[pick % Math.max(known.length, 1)];
  }
}

/** @param {() => Promise<any>} call @returns {Promise<{ value: any, error?: string }>} */
async function outcome(call) {
  try {
    // Mastra's store gives its own records away; what it changes later must not change here.
    return { value: structuredClone(await call()) ?? null };
  } catch (/** @type {any} */ error) {
    return { value: null, error: error.message };
  }
}

const scope = fc.constantFrom(...SCOPES);
const pick = fc.nat(30);
const flag = fc.boolean();
const text = fc.constantFrom('', '- likes tea', '- has a dog\n- sails', '* 🟡 \u0000 "quoted"', 'a\n\nb\nc');
const tokens = fc.constantFrom(0, 1, 10, 400, 1000, 5000);
const date = fc.integer({ min: 0, max: 40 }).map((day) => new Date(Date.UTC(2024, 0, 1 + day)));
const config = fc.constantFrom(
  {},
  { a: 1 },
  { a: { b: [1] } },
  { a: { b: [2, 3], c: null } },
  { _o: { x: {} } },
);
/** @template T @param {fc.Arbitrary<T>} value */
const maybe = (value) => fc.option(value, { nil: undefined });

/**
 * @param {string} name
 * @param {fc.Arbitrary<any>} arbitrary
 * @param {(world: World, args: any) => Promise<unknown>} run
 * @returns {fc.Arbitrary<Call>}
 */
const call = (name, arbitrary, run) =>
  arbitrary.map((args) => ({
    name,
    run: async (/** @type {World} */ world) => void (await run(world, args)),
    [fc.toStringMethod]: () => `${name} ${JSON.stringify(args)}`,
  }));

/**
 * A call whose one argument names a record by its `id`.
 *
 * @param {string} name
 * @param {Record<string, fc.Arbitrary<any>>} fields
 */
const ofRecord = (name, fields) =>
  call(name, fc.record({ pick, ...fields }), (world, { pick: at, ...args }) => {
    const id = world.ids[world.record(at)];
    return world.both(name, (side) => [{ id: id[side], ...args }]);
  });

/**
 * A call whose one argument holds a record as it was when it was last read.
 *
 * @param {string} name
 * @param {Record<string, fc.Arbitrary<any>>} fields
 */
const ofState = (name, fields) =>
  call(name, fc.record({ pick, ...fields }), async (world, { pick: at, ...args }) => {
    const state = world.state(at);
    if (state !== undefined) await world.both(name, (side) => [{ currentRecord: state[side], ...args }]);
  });

/** @param {string} name @param {...fc.Arbitrary<any>} values */
const setter = (name, ...values) =>
  call(name, fc.tuple(pick, ...values), (world, [at, ...args]) => {
    const id = world.ids[world.record(at)];
    return world.both(name, (side) => [id[side], ...args]);
  });

const chunk = fc.record({
  cycleId: fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6'),
  observations: text,
  tokenCount: tokens,
  messageIds: fc.constantFrom([], ['m1'], ['m2', 'm3']),
  messageTokens: tokens,
  lastObservedAt: date,
  suggestedContinuation: maybe(fc.constant('go on')),
  extractedValues: maybe(fc.constant({ mood: 'calm' })),
});

const initialize = call(
  'initializeObservationalMemory',
  fc.record({ scope, config, observedTimezone: fc.constantFrom(undefined, 'Europe/Oslo') }),
  (world, { scope: where, ...rest }) => {
    const args = { ...where, scope: where.threadId === null ? 'resource' : 'thread', ...rest };
    return world.both('initializeObservationalMemory', () => [args]);
  },
);

const swap = call(
  'swapBufferedToActive',
  fc.record({
    pick,
    activationRatio: fc.constantFrom(0, 0.2, 0.5, 0.8, 1),
    messageTokensThreshold: tokens,
    currentPendingTokens: tokens,
    forceMaxActivation: flag,
    lastObservedAt: maybe(date),
    weight: maybe(fc.constantFrom(0.5, 3)),
  }),
  async (world, { pick: at, weight, ...args }) => {
    // Callers that count a record's chunks anew have just read it.
    await world.compare();
    const record = world.record(at);
    /** @param {Side} side */
    const weighed = (side) => {
      const chunks = world.known.get(record)?.[side].bufferedObservationChunks;
      return chunks?.map((/** @type {any} */ one) => ({ ...one, messageTokens: one.messageTokens * weight }));
    };
    await world.both('swapBufferedToActive', (side) => [
      { id: world.ids[record][side], ...args, bufferedChunks: weight && weighed(side) },
    ]);
  },
);

const insert = call(
  'insertObservationalMemoryRecord',
  fc.record({ pick, scope, generationCount: fc.nat(3), createdAt: date, activeObservations: text }),
  async (world, { pick: at, scope: where, ...fields }) => {
    const state = world.state(at);
    if (state === undefined) return;
    const id = `copy-${world.copies++}.`;
    await world.both('insertObservationalMemoryRecord', (side) => [
      structuredClone({ ...state[side], id, ...where, ...fields }),
    ]);
    world.ids.push({ ours: id, theirs: id });
  },
);

const history = call(
  'getObservationalMemoryHistory',
  fc.record({
    scope,
    limit: maybe(fc.nat(3)),
    options: maybe(fc.record({ from: date, to: date, offset: fc.nat(2) }, { requiredKeys: [] })),
  }),
  (world, { scope: { threadId, resourceId }, limit, options }) =>
    world.both('getObservationalMemoryHistory', () => [threadId, resourceId, limit, options]),
);

const clear = call('clearObservationalMemory', scope, (world, { threadId, resourceId }) =>
  world.both('clearObservationalMemory', () => [threadId, resourceId]),
);

const observe = ofRecord('updateActiveObservations', {
  observations: text,
  tokenCount: tokens,
  lastObservedAt: date,
  observedMessageIds: fc.constantFrom(undefined, [], ['m1', 'm2']),
});

const keepReflection = ofRecord('updateBufferedReflection', {
  reflection: text,
  tokenCount: tokens,
  inputTokenCount: tokens,
  reflectedObservationLineCount: fc.nat(3),
});

/** @type {[number, fc.Arbitrary<Call>][]} */
const kinds = [
  [3, initialize],
  [2, insert],
  [1, clear],
  [2, history],
  [4, swap],
  [8, ofRecord('updateBufferedObservations', { chunk, lastBufferedAtTime: date })],
  [3, observe],
  [3, ofState('createReflectionGeneration', { reflection: text, tokenCount: tokens })],
  [4, keepReflection],
  [4, ofState('swapBufferedReflectionToActive', { tokenCount: tokens })],
  [2, ofRecord('updateObservationalMemoryConfig', { config })],
  [1, setter('setReflectingFlag', flag)],
  [1, setter('setObservingFlag', flag)],
  [2, setter('setBufferingObservationFlag', flag, fc.constantFrom(undefined, 0, 700))],
  [1, setter('setBufferingReflectionFlag', flag)],
  [2, setter('setPendingMessageTokens', tokens)],
];

/** Calls of any kind, the rarer ones more often than in life. */
export const calls = fc.array(fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
  minLength: 1,
  maxLength: 40,
});
