/**
 * From a tape to a fixture: the calls, every distinct version of a message once and by name, and what must be in the
 * store at the end.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format } from 'prettier';
import { encode } from '../fixtures/codec.js';

const require = createRequire(import.meta.url);

/** @param {string} name @returns {string} */
const version = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;

/**
 * The messages of a fixture, named `id`, then `id#2`, `id#3` for later versions of the same message. A message keeps
 * the order of fields in which it was first seen: that in which it was saved.
 */
class Messages {
  /** @type {Record<string, any>} */
  table = {};
  /** @type {Map<string, string>} */
  #names = new Map();

  /** @param {any} message @returns {{ $message: string }} */
  name(message) {
    const encoded = encode(message);
    const text = JSON.stringify(Object.entries(message).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#names.get(text);
    if (known) return { $message: known };
    let name = message.id;
    for (let n = 2; name in this.table; n++) name = `${message.id}#${n}`;
    this.#names.set(text, name);
    this.table[name] = encoded;
    return { $message: name };
  }
}

/** Whether a list holds whole messages, as opposed to changes to some. @param {any} list */
const areMessages = (list) =>
  Array.isArray(list) && list.every((item) => item?.id && item.role && item.content && item.createdAt);

/**
 * @param {any} value  arguments or result of a call
 * @param {Messages} messages
 * @param {(date: Date) => boolean} isStamp
 */
function encodeCall(value, messages, isStamp) {
  if (areMessages(value) && value.length) return value.map((/** @type {any} */ item) => messages.name(item));
  const encoded = encode(value ?? null, isStamp);
  if (areMessages(value?.messages)) {
    encoded.messages = value.messages.map((/** @type {any} */ item) => messages.name(item));
  }
  return encoded;
}

/**
 * What the store holds when all is said: read through the same methods that a replay reads with.
 *
 * @param {import('./world.js').World} world
 * @param {Messages} messages
 */
async function endState(world, messages) {
  const { memory, db, clock, tape } = world;
  const threads = [];
  for (const id of [...db.threads.keys()].sort()) {
    const thread = await memory.getThreadById({ threadId: id });
    const listed = await memory.listMessages({ threadId: id, perPage: false });
    threads.push({
      thread: encode(thread, clock.isStamp),
      messages: listed.messages.map((message) => messages.name(message)),
    });
  }
  const resources = [...db.resources.keys()].sort().map((id) => encode(db.resources.get(id), clock.isStamp));
  const saved = tape.calls.filter(({ error }) => !error);
  const threadIds = saved.filter(({ method }) => method === 'saveThread').map(({ args }) => args.thread.id);
  const messageIds = saved
    .filter(({ method }) => method === 'saveMessages')
    .flatMap(({ args }) => args.messages.map((/** @type {any} */ message) => message.id));
  return {
    threads,
    resources,
    gone: {
      threads: [...new Set(threadIds)].filter((id) => !db.threads.has(id)),
      messages: [...new Set(messageIds)].filter((id) => !db.messages.has(id)),
    },
  };
}

/** @param {import('./world.js').World} world @param {import('./world.js').Conversation} conversation */
export async function toFixture(world, conversation) {
  const { tape, clock } = world;
  const messages = new Messages();
  const calls = tape.calls.map(({ turn, method, args, result, error }) => ({
    turn,
    method,
    args: encodeCall(args, messages, clock.isStamp),
    ...(error ? { error } : { result: encodeCall(result, messages, clock.isStamp) }),
  }));
  const end = await endState(world, messages);
  const fixture = {
    name: conversation.name,
    description: conversation.description,
    mastra: { core: version('@mastra/core'), memory: version('@mastra/memory') },
    shows: conversation.shows,
    turns: world.turns,
    messages: messages.table,
    calls,
    end,
    ...(conversation.workflows ? { workflows: toWorkflows(tape.workflows) } : {}),
  };
  return withTexts(fixture);
}

/** The calls on the workflow domain, every distinct snapshot once and by name. @param {import('./tape.js').TapedCall[]} taped */
function toWorkflows(taped) {
  /** @type {Record<string, any>} */
  const snapshots = {};
  /** @type {Map<string, string>} */
  const names = new Map();
  /** @param {any} snapshot @param {string} workflow */
  const name = (snapshot, workflow) => {
    const encoded = encode(snapshot);
    const text = JSON.stringify(encoded);
    const known = names.get(text) ?? `${workflow} ${names.size + 1}: ${snapshot.status}`;
    names.set(text, known);
    snapshots[known] = encoded;
    return { $snapshot: known };
  };
  const calls = taped.map(({ after, turn, method, args, result, error }) => {
    const given = encode({ ...args, snapshot: undefined });
    if (args.snapshot) given.snapshot = name(args.snapshot, args.workflowName);
    if (error) return { after, turn, method, args: given, error };
    if (result?.status && result.context) {
      return { after, turn, method, args: given, result: name(result, args.workflowName) };
    }
    const made = encode(result && { ...result, snapshot: undefined }) ?? null;
    if (result?.snapshot) made.snapshot = name(result.snapshot, args.workflowName);
    return { after, turn, method, args: given, result: made };
  });
  return { snapshots, calls };
}

const LONG = 1000;

/** Long texts once and by name, beside the calls. @param {Record<string, any>} fixture */
function withTexts(fixture) {
  /** @type {Map<string, string>} */
  const names = new Map();
  /** @param {any} value @returns {any} */
  const walk = (value) => {
    if (typeof value === 'string' && value.length >= LONG) {
      const name = names.get(value) ?? `text ${names.size + 1}, ${value.length} characters`;
      names.set(value, name);
      return { $text: name };
    }
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
  };
  const walked = walk(fixture);
  return { ...walked, texts: Object.fromEntries([...names].map(([text, name]) => [name, text])) };
}

/** Characters that cannot be seen, or that turn the direction of what follows, are written as escapes. */
const INVISIBLE =
  /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\p{Noncharacter_Code_Point}|\u00a0|\u202f/gu;

/** @param {string} char */
const escaped = (char) =>
  char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** The text of a fixture file. @param {unknown} fixture */
export async function fixtureText(fixture) {
  return format(JSON.stringify(fixture).replace(INVISIBLE, escaped), { parser: 'json', printWidth: 110 });
}
