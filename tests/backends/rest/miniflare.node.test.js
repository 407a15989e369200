/**
 * The server of server.js beside the one that miniflare has for its explorer: both are asked the same and must answer
 * the same, as far as miniflare's goes (no new namespaces, no single metadata, none in bulk gets, few codes).
 */

import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRestBackend } from '../../../bindings/backends/rest/rest.js';
import { get, getMany, list, put, remove } from '../requests.js';
import { ACCOUNT, startServer, TOKEN } from './server.js';

const EXPLORER = '/cdn-cgi/local/explorer/api/storage/kv/namespaces';
const OURS = `/accounts/${ACCOUNT}/storage/kv/namespaces`;

/** @type {import('./server.js').RestServer} */
let server;
/** @type {Miniflare} */
let miniflare;
/** @type {string} */
let origin;
/** @type {Record<string, string>} */
const ids = {};

beforeAll(async () => {
  server = await startServer();
  ids.ours = server.account().create('ONE').id;
  ids.theirs = 'one-id';
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      unsafeLocalExplorer: true,
      modules: true,
      script: 'export default { fetch: () => new Response() }',
      compatibilityDate: '2026-01-01',
      kvNamespaces: { ONE: ids.theirs },
    }),
  );
  origin = (await miniflare.ready).origin;
});
afterAll(async () => {
  await miniflare.dispose();
  await server.close();
});

/** @param {string} method @param {string} path  after the namespace @param {unknown} [body] */
async function askBoth(method, path, body) {
  const bytes = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'content-type': typeof body === 'string' ? 'application/octet-stream' : 'application/json',
  };
  const ask = async (/** @type {string} */ url) => {
    const response = await fetch(url, { method, body: bytes, headers });
    const text = await response.text();
    const {
      success,
      result,
      result_info: info,
    } = text.startsWith('{"success"') ? JSON.parse(text) : { result: text };
    return { status: response.status, success, result: result ?? {}, info };
  };
  const theirs = await ask(`${origin}${EXPLORER}/${ids.theirs}${path}`);
  return { ours: await ask(`${server.url}${OURS}/${ids.ours}${path}`), theirs };
}

/** What both answer, with the cursor's text, which is each one's own, replaced. @param {any} answer */
const comparable = ({ info, ...answer }) => ({ ...answer, count: info?.count, more: Boolean(info?.cursor) });

describe('the same answers', () => {
  const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
  /** @type {[string, string, unknown?][]} */
  const requests = [
    ['GET', '/values/none'],
    ['PUT', '/values/a%2Fb%3A%25%20%C3%BC', 'one'],
    ['GET', '/values/a%2Fb%3A%25%20%C3%BC'],
    ['PUT', '/values/empty', ''],
    ['GET', '/values/empty'],
    ['DELETE', '/values/a%2Fb%3A%25%20%C3%BC'],
    ['GET', '/values/a%2Fb%3A%25%20%C3%BC'],
    ['DELETE', '/values/none'],
    [
      'PUT',
      '/bulk',
      [
        { key: 'x', value: 'ü\u0000', metadata: { a: [1, null] } },
        { key: 'y', value: 'aGk=', base64: true },
      ],
    ],
    ['GET', '/keys'],
    ['GET', '/keys?prefix=x'],
    ['POST', '/bulk/get', { keys: ['x', 'y', 'z', 'x'] }],
    ['PUT', '/bulk', keys.map((key) => ({ key, value: key }))],
    ['GET', '/keys?limit=10'],
    ['GET', '/keys?limit=10&prefix=k'],
    ['GET', '/keys?limit=9'],
    ['GET', '/keys?limit=1001'],
    ['GET', '/keys?cursor=&prefix=k'],
    ['POST', '/bulk/delete', ['x', 'none', 'y']],
    ['GET', '/keys'],
    ['PUT', '/bulk', []],
    ['PUT', '/bulk', {}],
    ['PUT', '/bulk', [{ key: 'x' }]],
    ['POST', '/bulk/get', { keys: [...keys, ...Array.from({ length: 100 }, (_, i) => `l${i}`)] }],
    ['GET', `/values/${'x'.repeat(512)}`],
  ];
  it.each(requests)('%s %s (%#)', async (method, path, body) => {
    const { ours, theirs } = await askBoth(method, path, body);
    expect(comparable(ours)).toEqual(comparable(theirs));
  });

  it('to the codes that miniflare has', async () => {
    const response = await fetch(`${origin}${EXPLORER}/${ids.theirs}/values/none`);
    const { errors } = /** @type {any} */ (await response.json());
    expect(errors[0].code).toBe(10009);
  });
});

describe('the back end over miniflare', () => {
  it('reads and writes, without metadata in gets', async () => {
    const backend = createRestBackend({
      titles: ['ONE', 'MISSING'],
      accountId: ACCOUNT,
      apiToken: TOKEN,
      baseURL: origin,
      fetch: (url, init) => fetch(url.replace(`${origin}${OURS}`, `${origin}${EXPLORER}`), init),
    });
    const round = [put('b:1', '{"a":"ü😀"}', { w: 1 }), put('b:2', 'two'), put('b:3', 'x')];
    expect(await backend.run(round)).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(await backend.run([put('b:3', 'three', { w: 3 }), remove('b:2')])).toEqual([
      { status: 200 },
      { status: 200 },
    ]);
    const replies = await backend.run([
      getMany(['b:1', 'b:2', 'b:3']),
      list('b:'),
      get('b:3'),
      get('b:3', 1),
    ]);
    expect(replies[0].entries?.map((entry) => entry?.value)).toEqual(['{"a":"ü😀"}', undefined, 'three']);
    expect(replies[1].keys).toEqual([
      { name: 'b:1', metadata: { w: 1 } },
      { name: 'b:3', metadata: { w: 3 } },
    ]);
    expect(replies[2].entry?.value).toBe('three');
    expect(replies[3].status).toBe(404);
  });
});
