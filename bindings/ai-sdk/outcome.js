/**
 * What of an answer may be stored: by how it ended, not by `isAborted` alone, which is false when the client went away
 * or the model failed.
 *
 * @module
 */

/** @typedef {import('ai').UIMessage} UIMessage */
/** @typedef {'aborted' | 'cancelled' | 'failed'} Interruption  stopped; the client went away; the model failed */
/**
 * What the AI SDK tells at the end of a stream: version 7's `onEnd`, and `onFinish` of 5 and 6, which know no outcome.
 * @typedef {object} EndEvent
 * @property {UIMessage[]} messages
 * @property {UIMessage} responseMessage
 * @property {boolean} [isAborted]
 * @property {boolean} [isCancelled]
 * @property {{ status: string }} [outcome]
 * @property {string} [finishReason]
 */

/** What a tool answers that was stopped. */
export const STOPPED = 'The call was stopped before it had a result.';

/** In the metadata of a half answer: why it ends. */
const MARK = 'interrupted';

/** States in which a tool waits for nobody but itself. */
const AT_WORK = ['input-streaming', 'input-available', 'approval-responded'];

/**
 * The stream of a result, with an end though it breaks: an error part is then its last, so that the browser is told
 * (`onError` chooses the words) instead of losing its connection. `onEnd` is called either way.
 *
 * @template T
 * @param {ReadableStream<T>} stream
 * @returns {ReadableStream<T>}
 */
export function endingStream(stream) {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.enqueue(/** @type {any} */ ({ type: 'error', error }));
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/**
 * @param {EndEvent} event
 * @param {() => string} makeId  for an answer that has none
 * @returns {UIMessage[]} the chat as it may be stored
 */
export function messagesToStore({ messages, ...event }, makeId) {
  const { responseMessage } = event;
  const isAnswer = (/** @type {UIMessage} */ message) =>
    message === responseMessage || (message.id !== '' && message.id === responseMessage.id);
  const before = messages.filter((message) => !isAnswer(message));
  if (!saysSomething(responseMessage)) return before;
  const why = interruptionOf(event);
  const answer = why === undefined ? withoutMark(responseMessage) : halfMessage(responseMessage, why);
  return [...before, answer.id === '' ? { ...answer, id: makeId() } : answer];
}

/**
 * @param {Omit<EndEvent, 'messages'>} event
 * @returns {Interruption | undefined}
 */
function interruptionOf({ isAborted, isCancelled, outcome, finishReason, responseMessage }) {
  if (outcome?.status === 'failed' || finishReason === 'error') return 'failed';
  if (outcome?.status === 'aborted' || isAborted) return 'aborted';
  if (isCancelled) return 'cancelled';
  if (outcome?.status === 'completed' || finishReason !== undefined) return undefined;
  // Nobody declared an end: what still streams was cut off.
  const isCut = responseMessage.parts.some((/** @type {any} */ { state }) => /streaming$/.test(state));
  return isCut ? 'cancelled' : undefined;
}

/** @param {UIMessage} message */
function saysSomething({ parts }) {
  return parts.some((/** @type {any} */ { type, text }) => {
    if (type === 'step-start') return false;
    return type === 'text' || type === 'reasoning' ? text !== '' : true;
  });
}

/**
 * An answer that ends in its midst, so that it can be shown and sent to a model again: nothing streams any more, and
 * every call of a tool has a result, unless it waits for somebody's approval.
 *
 * @param {UIMessage} message
 * @param {Interruption} why
 * @returns {UIMessage}
 */
function halfMessage(message, why) {
  const parts = message.parts.map(settlePart);
  const { metadata } = message;
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null))
    return { ...message, parts };
  return { ...message, parts, metadata: { ...metadata, [MARK]: why } };
}

/** @param {any} part */
function settlePart(part) {
  const { state } = part;
  if (state === 'streaming') return { ...part, state: 'done' };
  if (!isTool(part)) return part;
  if (state === 'approval-responded' && part.approval?.approved === false)
    return { ...part, state: 'output-denied' };
  const settled = without(part, 'preliminary', 'rawInput', 'inputEncoding');
  if (AT_WORK.includes(state)) {
    return { ...settled, state: 'output-error', input: part.input ?? {}, errorText: STOPPED };
  }
  // What a tool had told before its last word.
  return part.preliminary === true ? settled : part;
}

/** A message that was half and has been gone on with. @param {UIMessage} message @returns {UIMessage} */
function withoutMark(message) {
  const { metadata } = message;
  if (typeof metadata !== 'object' || metadata === null || !(MARK in metadata)) return message;
  const others = without(metadata, MARK);
  return Object.keys(others).length > 0 ? { ...message, metadata: others } : without(message, 'metadata');
}

/**
 * @template {object} T
 * @param {T} object
 * @param {...string} names
 * @returns {T}
 */
function without(object, ...names) {
  const entries = Object.entries(object).filter(([name]) => !names.includes(name));
  return /** @type {T} */ (Object.fromEntries(entries));
}

/** @param {{ type: string }} part */
function isTool({ type }) {
  return type.startsWith('tool-') || type === 'dynamic-tool';
}
