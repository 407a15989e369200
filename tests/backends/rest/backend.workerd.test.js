import { describe, expect, inject, it } from 'vitest';
import { CloudflareStore, createCore } from '../../../bindings/index.js';
import { createRestBackend } from '../../../bindings/backends/rest/rest.js';
import { describeBackend } from '../contract.js';
import { put } from '../requests.js';
import { ACCOUNT, TOKEN } from './names.js';
import { conversation, thread } from '../../support/records.js';

const where = { accountId: ACCOUNT, apiToken: TOKEN, baseURL: inject('restURL') };

const backend = createRestBackend({ titles: ['one', 'two'], ...where });
await backend.run([put('k', 'x'), put('k', 'x', null, 1)]);

describeBackend('REST API from workerd', () => backend);

describe('a store over the REST API, in workerd', () => {
  it('saves and reads', async () => {
    const open = () => new CloudflareStore({ namespacePrefix: 'workerd_', core: createCore(), ...where });
    const store = open();
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(100) });
    const { messages } = await open().listMessages({ threadId: 't', perPage: false });
    expect(messages).toEqual(conversation(100));
    await store.deleteThread({ threadId: 't' });
    expect(await open().getThreadById({ threadId: 't' })).toBeNull();
  });

  it('does not follow redirects', async () => {
    const fetch = async () =>
      new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    const store = new CloudflareStore({ core: createCore(), ...where, fetch });
    const error = await store.getThreadById({ threadId: 't' }).catch((reason) => reason);
    expect(error.message).toContain('a redirect, which is not followed (HTTP 302)');
  });

  it('gives up after its time', async () => {
    /** @type {typeof fetch} */
    const never = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const slow = createRestBackend({ titles: ['one'], ...where, fetch: never, timeout: 20 });
    expect(await slow.run([put('k', 'x')])).toEqual([{ status: 0, reason: 'no answer within 20 ms' }]);
  });
});
