/** The suites over LibSQL's store, on a database in memory: a second opinion on what Mastra means. */

import { LibSQLStore } from '@mastra/libsql';
import { afterEach, describe, vi } from 'vitest';
import { skipBecause } from '../contract/skip.js';
import { START } from '../support/clock.js';
import { mastraContract } from './all.js';

/** What a record has not is null here and undefined there, which nobody may give any weight. @param {any} result @returns {any} */
function withoutNulls(result) {
  if (Array.isArray(result)) return result.map(withoutNulls);
  if (typeof result !== 'object' || result === null || result.constructor !== Object) return result;
  const entries = Object.entries(result).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? withoutNulls(value) : value]),
  );
}

/** Whose records may say of something that it is null. */
const WITH_NULLS = ['schedules', 'experiments', 'datasets', 'knowledge'];

/** Its timestamps stand still within a millisecond. @param {any} domain @param {string} of */
const ticking = (domain, of) =>
  new Proxy(domain, {
    get: (_, name) =>
      typeof domain[name] === 'function' && name !== 'then'
        ? async (/** @type {unknown[]} */ ...args) => {
            vi.setSystemTime(Date.now() + 1);
            const result = await domain[name](...args);
            return WITH_NULLS.includes(of) ? result : withoutNulls(result);
          }
        : domain[name],
  });

describe("LibSQL's store", () => {
  skipBecause({
    'threads > keep quotes and emoji in titles': 'SQLite’s text ends at NUL',
    'threads > take five updates at once': 'its updates read, then write: of several at once the last stays',
    'resources > take three updates at once':
      'its updates read, then write: of several at once the last stays',
    'patching a thread > does not undo a title':
      'its updates read, then write: of several at once the last stays',
    'the archive of threads > ': '@mastra/core 1.71.0 knows no archive; its later versions do',
    'who owns a background task > ': '@mastra/core 1.71.0 knows no owners; its later versions do',
    'messages in older forms > may be updated': 'it stores an updated createdAt as no date',
    'messages that Mastra does not show > are not fields': 'it keeps only the fields that it knows',
    'pages of messages > of null are refused': 'it does not look at what it is given',
    'an update of messages > takes two at once': 'it answers in the order of its table',
    'scores > are replaced by the one with their id': 'a score that is saved again has a new createdAt',
    'scores > come back as saving answered them': 'saving answers with text in place of dates',
    'blobs > never change when they are put together': 'putMany replaces what is there',
    'a schedule > is created once of three at once':
      'it creates the same schedule more than once when asked at once',
    'a schedule > is changed where it is told to':
      'metadata: undefined clears there, and keeps in the reference',
    'a notification > is merged into one of three': 'it makes a notification of each, when they come at once',
    'notifications of a thread > are listed none': 'limit 0 is no limit there',
    'notifications of a thread > are listed by what they have not':
      'it searches by SQL’s LIKE, in which _ stands for anything',
    'an installation > is found as it was saved': 'updatedAt is its own clock’s, not the caller’s',
    'an installation > is replaced as a whole': 'updatedAt is its own clock’s, and the first createdAt stays',
    'an installation > is found by its agent':
      'of two that are active it takes the last saved, the reference the first',
    'an installation > that was first has a webhook': 'a webhookId is unique there',
    'an installation > is listed by platform': 'it lists the newest first, the reference as saved',
    'the definition of a workflow > is active, and from storage':
      'its schedule comes back as SQLite’s binary JSON',
    'the definition of a workflow > is listed by status':
      'it lists by updatedAt, the newest first, the reference as made',
    'a session of the harness > is found as it was saved': 'deletedAt: null comes back as undefined',
    'a trace > is null where there is none': 'it has no getSpans',
    'a trace > is deleted only in the scope': 'it deletes by no scope',
    'a trace > takes no span of an empty ': 'an empty id is an id there',
    'traces are listed > page by page': 'a filter by an empty metadata object is none there',
    'traces are listed > by any metadata': 'a filter by an empty metadata object is none there',
    'traces are listed > by experiment': 'it ignores experimentId',
    'traces are listed > by a number': 'it compares metadata as text',
    'traces are listed > by a boolean': 'it compares metadata as text',
    'traces are listed > by null': 'it compares metadata as text',
    'traces are listed > by an object, in whichever order': 'it compares metadata as text',
    'traces are listed > by when it began, exclusively': 'it ignores startExclusive and endExclusive',
    'agents > are made once': 'a second creation replaces the first',
    'agents > have versions, each number': 'it takes a number or an id of a version twice',
    'agents > have one version of those': 'it takes a number of a version twice',
    'agents > are listed by what': 'it compares metadata as text',
    'promptBlocks > are made once': 'a second creation replaces the first',
    'promptBlocks > have versions, each number': 'it takes a number or an id of a version twice',
    'promptBlocks > have one version of those': 'it takes a number of a version twice',
    'promptBlocks > are listed by what': 'it compares metadata as text',
    'scorerDefinitions > are made once': 'a second creation replaces the first',
    'scorerDefinitions > have versions, each number': 'it takes a number or an id of a version twice',
    'scorerDefinitions > have one version of those': 'it takes a number of a version twice',
    'scorerDefinitions > are listed by what': 'it compares metadata as text',
    'mcpClients > are made once': 'a second creation replaces the first',
    'mcpClients > have versions, each number': 'it takes a number or an id of a version twice',
    'mcpClients > have one version of those': 'it takes a number of a version twice',
    'mcpClients > are listed by what': 'drafts are listed only where that is asked for',
    'mcpServers > are made once': 'a second creation replaces the first',
    'mcpServers > have versions, each number': 'it takes a number or an id of a version twice',
    'mcpServers > have one version of those': 'it takes a number of a version twice',
    'mcpServers > are listed by what': 'it compares metadata as text',
    'workspaces > are made once': 'a second creation fails by SQLite’s words, and takes the first away',
    'workspaces > have versions, each number': 'it says so in SQLite’s words',
    'workspaces > are listed by what': 'it compares metadata as text',
    'skills > are made once': 'a second creation fails by SQLite’s words, and takes the first away',
    'skills > have versions, each number': 'it says so in SQLite’s words',
    'skills > are listed by what': 'it ignores a filter by metadata',
    'skills > begin as drafts': 'creating answers without visibility and favoriteCount',
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  mastraContract(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const clock = {
      now: () => Date.now(),
      advance: (/** @type {number} */ ms) => void vi.setSystemTime(Date.now() + ms),
    };
    const storage = new LibSQLStore({ id: 'libsql', url: ':memory:' });
    await storage.init();
    const domains = Object.entries(storage.stores ?? {}).map(([name, domain]) => [
      name,
      ticking(domain, name),
    ]);
    return { storage, ...Object.fromEntries(domains), clock };
  });
});
