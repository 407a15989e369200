// Values that are nested very deeply: refused where they are written, and read where version 0.1.0 stored them.

import { env } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import { createCore } from '../../bindings/core.js';
import { parseExact, writeJSON } from '../../worker/json.js';

const DATES = { createdAt: '2024-01-01T00:00:01.000Z', updatedAt: '2024-01-01T00:00:02.000Z' };
const MESSAGES = '/v1/threads/t/messages';

/** @param {number} levels */
const arrays = (levels) => `${'['.repeat(levels)}1.0${']'.repeat(levels)}`;
/** @param {number} levels */
const objects = (levels) => `${'{"a":'.repeat(levels)}"\\"-0]}\\\\"${'}'.repeat(levels)}`;

/** @type {ReturnType<typeof createClient>} */
let ask;
beforeEach(async () => {
  ask = createClient();
  await ask('PUT', '/v1/threads/t', { body: { resourceId: 'u', ...DATES } });
});

/** @param {string} content */
const message = (content) =>
  `{"id":"m","threadId":"t","resourceId":"u","role":"user","createdAt":"${DATES.createdAt}","content":${content}}`;

const JSON_TYPE = { headers: { 'Content-Type': 'application/json' } };

describe('writing', () => {
  it.each([arrays, objects])('takes what is nested 500 levels deep', async (nest) => {
    const raw = `{"messages":[${message(nest(499))}]}`;
    expect((await ask('POST', MESSAGES, { raw, ...JSON_TYPE })).status).toBe(201);
    const { status, text } = await ask('GET', MESSAGES);
    expect(status).toBe(200);
    expect(text).toContain(nest(499));
  });

  it.each([501, 2500, 5000, 8192, 60_000])('refuses %i levels, and stores nothing', async (levels) => {
    const raw = `{"messages":[${message(arrays(levels))}]}`;
    const refused = await ask('POST', MESSAGES, { raw, ...JSON_TYPE });
    expect(refused.status).toBe(400);
    expect(refused.json.error.code).toBe('INVALID_ARGUMENT');
    expect((await ask('GET', MESSAGES)).json.messages).toEqual([]);
    const metadata = `{"resourceId":"u","metadata":{"a":${objects(levels)}}}`;
    expect((await ask('PUT', '/v1/threads/other', { raw: metadata, ...JSON_TYPE })).status).toBe(400);
    expect((await ask('GET', '/v1/threads')).json.threads).toHaveLength(1);
  });
});

describe('reading what is deeper', () => {
  it.each([
    ['arrays', arrays(2500)],
    ['arrays', arrays(8100)],
    ['objects', objects(8100)],
  ])('lists, shows and deletes it, %s', async (_, content) => {
    const client = createClient();
    const store = client.store({ core: createCore() });
    await store.saveThread({ thread: { id: 't', resourceId: 'u', ...DATES } });
    const texts = [message('"x"'), message('[1e2]').replace('"m"', '"other"')];
    await store.saveMessages({ messages: texts.map((text) => parseExact(text)) });
    const key = `${client.prefix}messages:m`;
    const { metadata } = await env.MESSAGES_KV.getWithMetadata(key);
    await env.MESSAGES_KV.put(key, message(content), { metadata });
    const { status, text } = await client('GET', MESSAGES);
    expect(status).toBe(200);
    expect(text).toContain(`"content":${content}`);
    expect(text).toContain('"content":[1e2]');
    expect((await client('DELETE', `${MESSAGES}/m`)).status).toBe(204);
    expect((await client('GET', MESSAGES)).json.messages).toHaveLength(1);
  });
});

describe('text that is nested deeply', () => {
  const around = (/** @type {string} */ inner) => `${'[{"x":'.repeat(6000)}${inner}${'}]'.repeat(6000)}`;
  it.each([
    ['numbers', '[1.0,-0,0,12345678901234567890,1E5,0.1]'],
    ['words', '[true,false,null,{},[],""]'],
    ['names', '{"":1,"__proto__":{"a":-0},"a:b,c":[],"\\"":2,"\\\\":"\\\\\\""}'],
    ['text', '["],}{:","\\u00e9\\n"," -0 ","é😀"]'],
  ])('comes out as it went in: %s', (_, inner) => {
    const text = around(inner.replace('\\u00e9', 'é'));
    expect(writeJSON(parseExact(text))).toBe(text);
  });

  it('is refused where it is no JSON', () => {
    expect(() => parseExact(`${'['.repeat(9000)}1e5,${']'.repeat(9000)}`)).toThrow(SyntaxError);
  });
});
