/**
 * All of Mastra's server asked over threadkv, over LibSQL's store and over the one in memory: what differs is in a list of
 * reasons.
 */

import { InMemoryStore } from '@mastra/core/storage';
import { LibSQLStore } from '@mastra/libsql';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { ALL_ROUTES, openApp } from './routes/app.js';
import { makeNormalizer } from './routes/compare.js';
import { REASONS } from './routes/reasons.js';
import { OUTSIDE, STORIES } from './routes/requests.js';

/** @type {Miniflare} */
let miniflare;

beforeAll(async () => {
  // The server prints what goes wrong, which is what some requests are for.
  for (const method of /** @type {const} */ (['error', 'warn'])) vi.spyOn(console, method).mockReturnValue();
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default { fetch: () => new Response() }',
      compatibilityDate: '2026-01-01',
      kvNamespaces: { KV: 'kv' },
    }),
  );
  await miniflare.ready;
});
afterAll(() => miniflare.dispose());

/** @typedef {'memory' | 'libsql' | 'threadkv' | 'threadkv over KV'} Name */

/** A store without data. @type {Record<Name, (story: string) => Promise<any>>} */
const open = {
  memory: async () => new InMemoryStore(),
  libsql: async () => new LibSQLStore({ id: 'libsql', url: ':memory:' }),
  threadkv: async () => new CloudflareStore({ backend: createMemoryBackend(), assumeSingleWriter: true }),
  'threadkv over KV': async (story) => {
    const kv = /** @type {any} */ (await miniflare.getKVNamespace('KV'));
    return new CloudflareStore({
      ...{ bindings: { default: kv }, keyPrefix: `${story}_`, assumeSingleWriter: true },
    });
  },
};

/**
 * @typedef {import('./routes/app.js').Answer & { compared: string }} Seen
 */

/** What is answered in a story over a store. @type {Map<string, Promise<Seen[]>>} */
const told = new Map();

/** @param {string} story @param {Name} name */
function tell(story, name) {
  const key = `${story} ${name}`;
  if (!told.has(key)) told.set(key, record(story, name));
  return /** @type {Promise<Seen[]>} */ (told.get(key));
}

/** @param {string} story @param {Name} name */
async function record(story, name) {
  const app = await openApp(await open[name](story));
  const normalize = makeNormalizer();
  /** @type {Seen[]} */
  const seen = [];
  const ask = async (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {unknown} */ body,
  ) => {
    const answer = await app.ask(method, path, body);
    seen.push({ ...answer, compared: normalize(answer) });
    return answer.status < 400 ? answer.body : undefined;
  };
  await STORIES[story]({ ...app, ask });
  await app.close();
  return seen;
}

/** What two stores answer to one request. @typedef {[Seen, Seen]} Pair */

/** Those that they answer otherwise. @param {Seen[]} ours @param {Seen[]} theirs */
const differing = (ours, theirs) =>
  ours
    .map((one, i) => /** @type {Pair} */ ([one, theirs[i]]))
    .filter(([one, other]) => one.compared !== other?.compared);

/** @param {Pair} pair */
const shown = ([{ asked, compared }, other]) => ({ asked, compared, other: other?.compared });

const OTHERS = /** @type {const} */ (['memory', 'libsql']);

/** @param {Pair} pair @param {(typeof OTHERS)[number]} store */
const reasonsFor = ([one, other], store) =>
  REASONS.filter(({ route, from, but }) => {
    if (!from.includes(store) || !route.test(one.route)) return false;
    const [a, b] = [one, other].map(({ compared }) => (but ? compared.replaceAll(but, '') : ''));
    return a === b;
  });

describe.each(Object.keys(STORIES))('the routes of %s', (story) => {
  it.each(OTHERS)('answer as over the store %s, but where there is a reason', async (other) => {
    const [ours, theirs] = [await tell(story, 'threadkv'), await tell(story, other)];
    expect(ours.map(({ route }) => route)).toEqual(theirs.map(({ route }) => route));
    const unexplained = differing(ours, theirs).filter((pair) => reasonsFor(pair, other).length === 0);
    expect(unexplained.map(shown)).toEqual([]);
  });

  it('answer over a KV namespace as over the back end in memory', async () => {
    const [kv, memory] = [await tell(story, 'threadkv over KV'), await tell(story, 'threadkv')];
    expect(differing(kv, memory).map(shown)).toEqual([]);
  });
});

describe('all routes', () => {
  it('are asked, but those that ask others in the Internet', async () => {
    const asked = new Set();
    for (const story of Object.keys(STORIES))
      for (const { route } of await tell(story, 'threadkv')) asked.add(route);
    expect(ALL_ROUTES.filter((route) => !asked.has(route) && !OUTSIDE.test(route))).toEqual([]);
  });

  it('have no reason in the list that is none any more', async () => {
    const needed = new Set();
    for (const story of Object.keys(STORIES)) {
      for (const other of OTHERS) {
        for (const pair of differing(await tell(story, 'threadkv'), await tell(story, other)))
          for (const { route } of reasonsFor(pair, other)) needed.add(`${route} ${other}`);
      }
    }
    const listed = REASONS.flatMap(({ route, from }) => from.map((other) => `${route} ${other}`));
    expect(listed.filter((one) => !needed.has(one))).toEqual([]);
  });
});
