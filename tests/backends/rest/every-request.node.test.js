/**
 * Every request of a short life fails once, in every way: the calls succeed all the same, and all is stored.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, startServer } from './server.js';
import { openStore } from './support.js';
import { allIds, conversation, ids, message, thread } from '../../support/records.js';

/** @type {import('./server.js').RestServer} */
let server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A short life, over an account that has nothing yet. */
async function live() {
  const store = openStore(server, { namespacePrefix: 'dev_' });
  await store.init();
  await store.saveThread({ thread: thread('t') });
  await store.saveMessages({ messages: conversation(9) });
  await store.updateMessages({ messages: [{ id: 'm002', role: 'assistant' }] });
  await store.deleteMessages(['m003', 'm004']);
  await store.updateThread({ id: 't', title: 'Kyoto' });
  await store.saveMessages({ messages: [message('last', 20)] });
}

/** What is there afterwards, to somebody who knows nothing. */
async function look() {
  const store = openStore(server, { namespacePrefix: 'dev_' });
  const { messages } = await store.listMessagesById({ messageIds: ['m002'] });
  const { threads } = await store.listThreads({ filter: { resourceId: 'alice' } });
  return {
    ids: await allIds(store),
    role: messages[0]?.role,
    titles: threads.map(({ title }) => title),
    deleted: ids((await store.listMessagesById({ messageIds: ['m003', 'm004'] })).messages),
    namespaces: server
      .account()
      .namespaces.map(({ title }) => title)
      .sort(),
  };
}

const WHOLE = {
  ids: ['m001', 'm002', 'm005', 'm006', 'm007', 'm008', 'm009', 'last'],
  role: 'assistant',
  titles: ['Kyoto'],
  deleted: [],
  namespaces: ['dev_messages', 'dev_metadata', 'dev_threads'],
};

/** @type {[string, import('./server.js').Fault][]} */
const faults = [
  ['is refused', { status: 500 }],
  ['is refused for a while', { status: 429, headers: { 'retry-after': '3' } }],
  ['is carried out, but its answer is lost', { how: 'apply', status: 502 }],
  ['breaks off', { how: 'cut' }],
];

describe('when any one request', () => {
  it.each(faults)('%s', async (_, fault) => {
    let total = 0;
    for (let nth = 0; nth <= total; nth++) {
      server.reset();
      server.addAccount(ACCOUNT);
      let seen = 0;
      server.fail({ ...fault, match: () => ++seen === nth });
      await live();
      if (nth === 0) total = seen;
      expect(await look(), `request ${nth} of ${total}`).toEqual(WHOLE);
    }
    expect(total).toBeGreaterThan(25);
  });

  it('of a bulk write leaves keys out', async () => {
    for (let nth = 0; nth < 12; nth++) {
      server.reset();
      server.addAccount(ACCOUNT);
      let seen = 0;
      server.fail({ leaveOut: () => ++seen % 12 === nth });
      await live();
      server.reset();
      expect(await look()).toEqual(WHOLE);
    }
  });
});
