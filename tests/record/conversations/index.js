import { chats } from './chats.js';
import { languages } from './languages.js';
import { recalls } from './recall.js';
import { records } from './records.js';
import { threads } from './threads.js';
import { tools } from './tools.js';
import { values } from './values.js';

/** @type {import('../world.js').Conversation[]} */
export const conversations = [
  ...chats,
  ...tools,
  ...languages,
  ...values,
  ...recalls,
  ...threads,
  ...records,
];
