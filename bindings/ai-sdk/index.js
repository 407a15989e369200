/**
 * threadkv for the AI SDK: chats as `useChat` has them. Nothing of the AI SDK is loaded; its types are those of `ai`.
 *
 * @module
 */

export { createChats } from './chats.js';
export { endingStream, STOPPED } from './outcome.js';

/**
 * @typedef {import('./messages.js').UIMessage} UIMessage
 * @typedef {import('./chats.js').ChatsOptions} ChatsOptions
 * @typedef {import('./chats.js').SaveOptions} SaveOptions
 * @typedef {import('./chats.js').ChatListOptions} ChatListOptions
 * @typedef {import('./chats.js').Chat} Chat
 * @typedef {import('./chats.js').ChatPage} ChatPage
 * @typedef {import('./outcome.js').EndEvent} EndEvent
 */
/**
 * @template {UIMessage} [M=UIMessage]
 * @typedef {import('./chats.js').Chats<M>} Chats
 */
