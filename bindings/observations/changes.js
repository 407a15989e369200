/**
 * What the methods make of a record: which fields get which values. Pure; a field that is set to undefined goes.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { storable } from './config.js';

/**
 * @typedef {import('./types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./types.js').ObservationChunk} ObservationChunk
 * @typedef {import('./types.js').UpdateActiveArgs} UpdateActiveArgs
 * @typedef {import('./types.js').UpdateBufferedArgs} UpdateBufferedArgs
 * @typedef {import('./types.js').UpdateBufferedReflectionArgs} UpdateBufferedReflectionArgs
 * @typedef {import('./types.js').InitializeObservationsArgs} InitializeObservationsArgs
 */

/** What every generation begins with. */
const BLANK = Object.freeze({
  observationTokenCount: 0,
  pendingMessageTokens: 0,
  isReflecting: false,
  isObserving: false,
  isBufferingObservation: false,
  isBufferingReflection: false,
  lastBufferedAtTokens: 0,
  lastBufferedAtTime: null,
});

/** A reflection that was made ahead of time, and goes when it is used. */
export const NO_REFLECTION = Object.freeze({
  bufferedReflection: undefined,
  bufferedReflectionTokens: undefined,
  bufferedReflectionInputTokens: undefined,
  reflectedObservationLineCount: undefined,
});

/**
 * @param {InitializeObservationsArgs} args
 * @param {string} id
 * @param {Date} now
 * @returns {ObservationalMemory}
 */
export function firstGeneration({ threadId, resourceId, scope, config, observedTimezone }, id, now) {
  return {
    id,
    scope,
    threadId: threadId ?? null,
    resourceId,
    createdAt: now,
    updatedAt: now,
    originType: 'initial',
    generationCount: 0,
    activeObservations: '',
    totalTokensObserved: 0,
    ...BLANK,
    config: storable(config),
    observedTimezone,
    metadata: {},
  };
}

/**
 * @param {ObservationalMemory} record  the generation before
 * @param {{ reflection: string, tokenCount: number }} args
 * @param {string} id
 * @param {Date} now
 * @returns {ObservationalMemory}
 */
export function nextGeneration(record, { reflection, tokenCount }, id, now) {
  return {
    id,
    scope: record.scope,
    threadId: record.threadId ?? null,
    resourceId: record.resourceId,
    createdAt: now,
    updatedAt: now,
    lastObservedAt: record.lastObservedAt ?? now,
    originType: 'reflection',
    generationCount: record.generationCount + 1,
    activeObservations: reflection,
    totalTokensObserved: record.totalTokensObserved,
    ...BLANK,
    observationTokenCount: tokenCount,
    config: record.config,
    observedTimezone: record.observedTimezone,
    metadata: {},
  };
}

/**
 * @param {ObservationalMemory} record
 * @param {UpdateActiveArgs} args
 * @param {Date} now
 * @returns {Partial<ObservationalMemory>}
 */
export function observed(record, { observations, tokenCount, lastObservedAt, observedMessageIds }, now) {
  return {
    activeObservations: observations,
    observationTokenCount: tokenCount,
    totalTokensObserved: record.totalTokensObserved + tokenCount,
    pendingMessageTokens: 0,
    lastObservedAt,
    updatedAt: now,
    ...(observedMessageIds && { observedMessageIds }),
  };
}

/**
 * @param {ObservationalMemory} record
 * @param {UpdateBufferedArgs} args
 * @param {string} id  of the new chunk
 * @param {Date} now
 * @returns {Partial<ObservationalMemory> | undefined} undefined when the cycle is buffered already
 */
export function buffered(record, { chunk, lastBufferedAtTime }, id, now) {
  const chunks = record.bufferedObservationChunks ?? [];
  if (chunks.some(({ cycleId }) => cycleId === chunk.cycleId)) return undefined;
  return {
    bufferedObservationChunks: [...chunks, chunkOf(chunk, id, now)],
    ...(lastBufferedAtTime && { lastBufferedAtTime }),
    updatedAt: now,
  };
}

/**
 * @param {UpdateBufferedArgs['chunk']} chunk
 * @param {string} id
 * @param {Date} now
 * @returns {ObservationChunk}
 */
function chunkOf(chunk, id, now) {
  const { cycleId, observations, tokenCount, messageIds, messageTokens, lastObservedAt } = chunk;
  const { suggestedContinuation, currentTask, threadTitle, extractedValues, extractionFailures } = chunk;
  return {
    id,
    cycleId,
    observations,
    tokenCount,
    messageIds,
    messageTokens,
    lastObservedAt,
    createdAt: now,
    suggestedContinuation,
    currentTask,
    threadTitle,
    extractedValues,
    extractionFailures,
  };
}

/**
 * @param {ObservationalMemory} record
 * @param {UpdateBufferedReflectionArgs} args
 * @param {Date} now
 * @returns {Partial<ObservationalMemory>}
 */
export function reflectionBuffered(record, args, now) {
  const { reflection, tokenCount, inputTokenCount, reflectedObservationLineCount } = args;
  const before = record.bufferedReflection;
  return {
    bufferedReflection: before ? `${before}\n\n${reflection}` : reflection,
    bufferedReflectionTokens: (record.bufferedReflectionTokens ?? 0) + tokenCount,
    bufferedReflectionInputTokens: (record.bufferedReflectionInputTokens ?? 0) + inputTokenCount,
    reflectedObservationLineCount,
    updatedAt: now,
  };
}

/**
 * The text of the next generation: what was reflected on is replaced, later observations stay.
 *
 * @param {ObservationalMemory} record
 * @returns {string}
 */
export function reflectedText({ bufferedReflection, activeObservations, reflectedObservationLineCount }) {
  if (!bufferedReflection) {
    throw storeError('NOT_FOUND', 'swapBufferedReflectionToActive', 'No buffered reflection to swap');
  }
  const lines = (activeObservations ?? '').split('\n').slice(reflectedObservationLineCount ?? 0);
  const later = lines.join('\n').trim();
  return later ? `${bufferedReflection}\n\n${later}` : bufferedReflection;
}

/**
 * A configuration with another laid over it, object by object; all else is replaced.
 *
 * @param {Record<string, any>} config
 * @param {Record<string, any>} over
 * @returns {Record<string, any>}
 */
export function mergedConfig(config, over) {
  const members = new Map(Object.entries(config));
  for (const [name, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const before = members.get(name);
    members.set(name, isPlain(before) && isPlain(value) ? mergedConfig(before, value) : value);
  }
  return Object.fromEntries(members);
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
