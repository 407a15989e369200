/**
 * threadkv for the OpenAI Agents SDK: sessions. Nothing of the SDK is loaded; its types are those of `@openai/agents`.
 *
 * @module
 */

export { CloudflareSession } from './session.js';
export { recordTools } from './recording.js';

/**
 * @typedef {import('./session.js').CloudflareSessionOptions} CloudflareSessionOptions
 * @typedef {import('./recording.js').RecordingSession} RecordingSession
 */
