/**
 * Messages of Mastra's first format, turned into the second by Mastra itself.
 *
 * @module
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageError } from '../errors.js';

const MODULE = '@mastra/core/agent';

/** @typedef {import('./layout.js').Adopted} Adopted */

/**
 * Converts the messages of one thread, all at once, for results of tools take their arguments from the calls before.
 *
 * @param {Adopted[]} messages
 * @returns {Promise<Adopted[]>} as many; what Mastra leaves out, such as system messages, stays as it was
 */
export async function convertOldMessages(messages) {
  const { MessageList } = await loadCore();
  const order = messages.map((message) => ({ ...message, parsed: JSON.parse(message.text) }));
  const at = (/** @type {{ parsed: any }} */ { parsed }) => Date.parse(parsed.createdAt);
  order.sort((a, b) => at(a) - at(b) || (a.id < b.id ? -1 : 1));
  const list = new MessageList().add(
    order.map(({ parsed }) => parsed),
    'memory',
  );
  /** @type {Map<string, any>} */
  const converted = new Map(list.get.all.db().map((/** @type {any} */ message) => [message.id, message]));
  return messages.map((message) => {
    const { type, ...record } = converted.get(message.id) ?? { type: 'text' };
    if (record.id === undefined) return { ...message, old: false };
    return { ...message, old: false, text: JSON.stringify(type === 'v2' ? record : { ...record, type }) };
  });
}

/** @type {Promise<any> | undefined} */
let core;

/** @returns {Promise<any>} */
function loadCore() {
  core ??= importCore();
  return core;
}

async function importCore() {
  try {
    return await import(MODULE);
  } catch {
    // Not beside this package; perhaps in the user's project.
  }
  try {
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(MODULE);
    return await import(pathToFileURL(path).href);
  } catch {
    throw usageError(
      'there are messages of Mastra’s first format, which Mastra itself has to convert: run `npm install @mastra/core` here',
    );
  }
}
