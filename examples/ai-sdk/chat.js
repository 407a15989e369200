/**
 * One turn of a chat. The browser sends its newest message alone; what was said before is what is stored.
 *
 * @module
 */

import {
  convertToModelMessages,
  createUIMessageStreamResponse,
  isStepCount,
  isToolUIPart,
  streamText,
  tool,
  toUIMessageStream,
  validateUIMessages,
} from 'ai';
import { endingStream } from 'threadkv/ai-sdk';
import { z } from 'zod';

/** @typedef {import('ai').UIMessage} UIMessage */
/** @typedef {{ id: string, trigger: string, messageId?: string, message?: any }} Turn */

const MAX_BODY_BYTES = 5_000_000;

const Body = z.object({
  id: z.uuid(),
  trigger: z.enum(['submit-message', 'regenerate-message']),
  messageId: z.string().optional(),
  message: z.object({ id: z.string().min(1).max(100), role: z.string(), parts: z.array(z.any()) }),
});

const tools = {
  cancelOrder: tool({
    description: 'Cancels an order of the customer.',
    inputSchema: z.object({ order: z.string() }),
    execute: async ({ order }) => ({ order, state: 'cancelled' }),
  }),
};

/** What is told to the client in place of an answer. */
export class Refusal extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {Request} request
 * @param {import('threadkv/ai-sdk').Chats} chats
 * @param {import('ai').LanguageModel} model
 */
export async function answer(request, chats, model) {
  const turn = await readTurn(request);
  const messages = await applyTurn(await chats.load(turn.id), turn);
  const result = streamText({
    model,
    instructions: 'You help customers of a small shop. Be brief.',
    messages: await convertToModelMessages(messages, { tools }),
    tools,
    toolApproval: { cancelOrder: 'user-approval' },
    stopWhen: isStepCount(5),
    // Who stops reading stops the model.
    abortSignal: request.signal,
    onError: () => {},
  });
  const stream = toUIMessageStream({
    stream: endingStream(result.stream),
    tools,
    originalMessages: messages,
    generateMessageId: chats.messageId,
    onEnd: chats.onEnd(turn.id),
  });
  return createUIMessageStreamResponse({ stream });
}

/** @param {Request} request @returns {Promise<Turn>} */
async function readTurn(request) {
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) throw new Refusal(413, 'the message is too large');
  try {
    return Body.parse(JSON.parse(text));
  } catch {
    throw new Refusal(400, 'this is no message');
  }
}

/**
 * The chat with what the browser wants of it: a message more, one edited, an answer made anew, a call approved.
 *
 * @param {UIMessage[]} stored
 * @param {Turn} turn
 * @returns {Promise<UIMessage[]>}
 */
async function applyTurn(stored, { trigger, messageId, message }) {
  const messages =
    trigger === 'regenerate-message'
      ? withoutAnswer(stored, messageId)
      : message.role === 'user'
        ? withQuestion(stored, message)
        : withApprovals(stored, message);
  try {
    return await validateUIMessages({ messages, tools: /** @type {any} */ (tools) });
  } catch {
    throw new Refusal(400, 'this is no message');
  }
}

/** @param {UIMessage[]} stored @param {string | undefined} id  of an answer; default the last message */
function withoutAnswer(stored, id) {
  const at = id === undefined ? stored.length - 1 : stored.findIndex((message) => message.id === id);
  if (at < 0) throw new Refusal(404, 'no such message');
  return stored.slice(0, stored[at].role === 'assistant' ? at : at + 1);
}

/** A new question, or one that takes the place of an old one and of all that followed it. @param {UIMessage[]} stored @param {UIMessage} message */
function withQuestion(stored, message) {
  const at = stored.findIndex(({ id }) => id === message.id);
  if (at >= 0 && stored[at].role !== 'user') throw new Refusal(409, 'that is no question');
  return [...(at < 0 ? stored : stored.slice(0, at)), message];
}

/** The last answer with what the user says to its calls; nothing else of it is the browser's to tell. @param {UIMessage[]} stored @param {UIMessage} message */
function withApprovals(stored, message) {
  const last = stored.at(-1);
  if (last?.id !== message.id) throw new Refusal(409, 'that is not the last answer');
  const said = new Map(message.parts.filter(isToolUIPart).map((part) => [part.toolCallId, part.approval]));
  const parts = last.parts.map((part) => {
    if (!isToolUIPart(part) || part.state !== 'approval-requested') return part;
    const { id, approved } = said.get(part.toolCallId) ?? {};
    if (id !== part.approval.id || typeof approved !== 'boolean') return part;
    return /** @type {any} */ ({
      ...part,
      state: 'approval-responded',
      approval: { ...part.approval, approved },
    });
  });
  return [...stored.slice(0, -1), { ...last, parts }];
}
