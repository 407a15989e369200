/**
 * Which of the buffered observations become active, and what becomes of a record when they do. Pure.
 *
 * @module
 */

import { toText } from '../core/dates.js';

/**
 * @typedef {import('./types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./types.js').ObservationChunk} ObservationChunk
 * @typedef {import('./types.js').SwapBufferedArgs} SwapBufferedArgs
 * @typedef {import('./types.js').ActivationResult} ActivationResult
 */

/** How far above what was wanted an activation may go, as a part of what is to remain. */
const OVERSHOOT = 0.95;
/** So many tokens of messages remain, if so many are to remain at all. */
const LEAST_REMAINING = 1000;

/** @type {ActivationResult} */
const NOTHING_ACTIVATED = {
  chunksActivated: 0,
  messageTokensActivated: 0,
  observationTokensActivated: 0,
  messagesActivated: 0,
  activatedCycleIds: [],
  activatedMessageIds: [],
};

/**
 * How many of the leading chunks to activate, so that about as many message tokens leave the context as are above the
 * floor that is to remain. Each cut between chunks is over or under that mark; the nearest one over it is preferred
 * unless it takes far too much.
 *
 * @param {{ messageTokens?: number }[]} chunks  at least one
 * @param {Pick<SwapBufferedArgs, 'activationRatio' | 'messageTokensThreshold' | 'currentPendingTokens'
 *   | 'forceMaxActivation'>} wish
 * @returns {number}
 */
export function chunksToActivate(chunks, wish) {
  const { activationRatio, messageTokensThreshold, currentPendingTokens, forceMaxActivation } = wish;
  const floor = messageTokensThreshold * (1 - activationRatio);
  const mark = Math.max(0, currentPendingTokens - floor);
  const { over, under } = nearestCuts(chunks, mark);
  const leavesEnough = (/** @type {Cut} */ { tokens }) =>
    currentPendingTokens - tokens >= Math.min(LEAST_REMAINING, floor);
  const isNear = forceMaxActivation === true || (over !== null && over.tokens - mark <= floor * OVERSHOOT);
  if (over !== null && isNear && leavesEnough(over)) return over.count;
  if (under !== null && leavesEnough(under)) return under.count;
  return over?.count ?? 1;
}

/** @typedef {{ count: number, tokens: number }} Cut */

/**
 * @param {{ messageTokens?: number }[]} chunks
 * @param {number} mark
 */
function nearestCuts(chunks, mark) {
  /** @type {Cut | null} */
  let over = null;
  /** @type {Cut | null} */
  let under = null;
  let tokens = 0;
  for (const [index, chunk] of chunks.entries()) {
    tokens += chunk.messageTokens ?? 0;
    const cut = { count: index + 1, tokens };
    if (tokens >= mark) {
      if (over === null || tokens < over.tokens) over = cut;
    } else if (tokens > (under?.tokens ?? 0)) {
      under = cut;
    }
  }
  return { over, under };
}

/**
 * The chunks to choose from: those of the record, with the weights that the caller has counted anew. A chunk that is
 * not in the record any more was activated by another, and one that the caller has not seen yet waits for its turn.
 *
 * @param {ObservationalMemory} record
 * @param {ObservationChunk[] | undefined} given
 * @returns {{ choice: ObservationChunk[], others: ObservationChunk[] }}
 */
export function candidates(record, given) {
  const stored = record.bufferedObservationChunks ?? [];
  if (!Array.isArray(given)) return { choice: stored, others: [] };
  const names = new Set(stored.map(nameOf));
  const seen = new Set(given.map(nameOf));
  return {
    choice: given.filter((chunk) => names.has(nameOf(chunk))),
    others: stored.filter((chunk) => !seen.has(nameOf(chunk))),
  };
}

/** @param {ObservationChunk} chunk */
const nameOf = (chunk) => chunk.cycleId || chunk.id;

/**
 * @param {ObservationalMemory} record
 * @param {SwapBufferedArgs} args
 * @param {Date} now
 * @returns {{ set?: Partial<ObservationalMemory>, result: ActivationResult }} without `set` nothing changes
 */
export function activate(record, args, now) {
  const { choice, others } = candidates(record, args.bufferedChunks);
  if (choice.length === 0) return { result: structuredClone(NOTHING_ACTIVATED) };
  const count = chunksToActivate(choice, args);
  const chunks = choice.slice(0, count);
  const remaining = [...choice.slice(count), ...others];
  const result = describe(chunks);
  const last = chunks[chunks.length - 1].lastObservedAt;
  const observed = new Date(String(toText(args.lastObservedAt ?? last ?? now)));
  return {
    result,
    set: {
      activeObservations: appended(record.activeObservations, String(result.observations), observed),
      observationTokenCount: (record.observationTokenCount ?? 0) + result.observationTokensActivated,
      pendingMessageTokens: Math.max(0, (record.pendingMessageTokens ?? 0) - result.messageTokensActivated),
      bufferedObservationChunks: remaining.length > 0 ? remaining : undefined,
      lastObservedAt: observed,
      updatedAt: now,
    },
  };
}

/**
 * The line between old and new tells from when the new ones are; the agent's context is cut there.
 *
 * @param {string} active
 * @param {string} text
 * @param {Date} observed
 */
function appended(active, text, observed) {
  return active ? `${active}\n\n--- message boundary (${observed.toISOString()}) ---\n\n${text}` : text;
}

/**
 * @param {ObservationChunk[]} chunks
 * @returns {ActivationResult}
 */
function describe(chunks) {
  const last = chunks[chunks.length - 1];
  return {
    chunksActivated: chunks.length,
    messageTokensActivated: sum(chunks, ({ messageTokens }) => messageTokens),
    observationTokensActivated: sum(chunks, ({ tokenCount }) => tokenCount),
    messagesActivated: sum(chunks, ({ messageIds }) => messageIds.length),
    activatedCycleIds: chunks.map(({ cycleId }) => cycleId).filter(Boolean),
    activatedMessageIds: chunks.flatMap(({ messageIds }) => messageIds),
    observations: chunks.map(({ observations }) => observations).join('\n\n'),
    perChunk: chunks.map((chunk) => ({
      cycleId: chunk.cycleId ?? '',
      messageTokens: chunk.messageTokens ?? 0,
      observationTokens: chunk.tokenCount,
      messageCount: chunk.messageIds.length,
      observations: chunk.observations,
    })),
    suggestedContinuation: last.suggestedContinuation ?? undefined,
    currentTask: last.currentTask ?? undefined,
  };
}

/**
 * @param {ObservationChunk[]} chunks
 * @param {(chunk: ObservationChunk) => number | undefined} weigh
 */
function sum(chunks, weigh) {
  return chunks.reduce((total, chunk) => total + (weigh(chunk) ?? 0), 0);
}
