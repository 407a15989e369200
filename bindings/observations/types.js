/**
 * Shapes of observational memory: what an agent noted of its conversations, generation by generation.
 *
 * @module
 */

/**
 * Observations that wait to become active.
 * @typedef {object} ObservationChunk
 * @property {string} id
 * @property {string} cycleId  of the observation it came from; a record takes each cycle once
 * @property {string} observations
 * @property {number} tokenCount
 * @property {string[]} messageIds  what was observed
 * @property {number} messageTokens
 * @property {Date} lastObservedAt
 * @property {Date} createdAt
 * @property {string} [suggestedContinuation]
 * @property {string} [currentTask]
 * @property {string} [threadTitle]
 * @property {Record<string, unknown>} [extractedValues]
 * @property {{ slug: string, error: string }[]} [extractionFailures]
 */
/** @typedef {Omit<ObservationChunk, 'id' | 'createdAt'>} ObservationChunkInput */

/**
 * One generation of observations. The newest one of a scope is what an agent works with.
 * @typedef {object} ObservationalMemory
 * @property {string} id
 * @property {'thread' | 'resource'} scope
 * @property {string | null} threadId
 * @property {string} resourceId
 * @property {Date} createdAt
 * @property {Date} updatedAt
 * @property {Date} [lastObservedAt]
 * @property {'initial' | 'reflection'} originType
 * @property {number} generationCount
 * @property {string} activeObservations
 * @property {ObservationChunk[]} [bufferedObservationChunks]
 * @property {string} [bufferedObservations]  of older versions of Mastra, as the next two
 * @property {number} [bufferedObservationTokens]
 * @property {string[]} [bufferedMessageIds]
 * @property {string} [bufferedReflection]  a reflection made ahead of time
 * @property {number} [bufferedReflectionTokens]
 * @property {number} [bufferedReflectionInputTokens]
 * @property {number} [reflectedObservationLineCount]  how many lines it was made from
 * @property {string[]} [observedMessageIds]
 * @property {string} [observedTimezone]
 * @property {number} totalTokensObserved
 * @property {number} observationTokenCount
 * @property {number} pendingMessageTokens
 * @property {boolean} isReflecting
 * @property {boolean} isObserving
 * @property {boolean} isBufferingObservation
 * @property {boolean} isBufferingReflection
 * @property {number} lastBufferedAtTokens
 * @property {Date | null} lastBufferedAtTime
 * @property {Record<string, unknown>} config
 * @property {Record<string, unknown>} [metadata]
 */

/**
 * @typedef {object} InitializeObservationsArgs
 * @property {string | null} threadId  null: of the resource
 * @property {string} resourceId
 * @property {'thread' | 'resource'} scope
 * @property {Record<string, unknown>} config
 * @property {string} [observedTimezone]
 */
/**
 * @typedef {object} UpdateActiveArgs
 * @property {string} id
 * @property {string} observations
 * @property {number} tokenCount
 * @property {Date} lastObservedAt
 * @property {string[]} [observedMessageIds]
 * @property {string} [observedTimezone]
 */
/**
 * @typedef {object} UpdateBufferedArgs
 * @property {string} id
 * @property {ObservationChunkInput} chunk
 * @property {Date} [lastBufferedAtTime]
 */
/**
 * @typedef {object} SwapBufferedArgs
 * @property {string} id
 * @property {number} activationRatio  0 to 1: the part of the threshold that is to leave the context
 * @property {number} messageTokensThreshold
 * @property {number} currentPendingTokens
 * @property {boolean} [forceMaxActivation]
 * @property {Date} [lastObservedAt]  default: that of the last chunk that is activated
 * @property {ObservationChunk[]} [bufferedChunks]  the record's chunks, their message tokens counted anew
 */
/**
 * What a swap did. Without chunks it did nothing.
 * @typedef {object} ActivationResult
 * @property {number} chunksActivated
 * @property {number} messageTokensActivated
 * @property {number} observationTokensActivated
 * @property {number} messagesActivated
 * @property {string[]} activatedCycleIds
 * @property {string[]} activatedMessageIds
 * @property {string} [observations]
 * @property {{ cycleId: string, messageTokens: number, observationTokens: number, messageCount: number,
 *   observations: string }[]} [perChunk]
 * @property {string} [suggestedContinuation]
 * @property {string} [currentTask]
 */
/**
 * @typedef {object} ReflectionArgs
 * @property {ObservationalMemory} currentRecord  the generation that was reflected on
 * @property {string} reflection
 * @property {number} tokenCount
 */
/**
 * @typedef {object} UpdateBufferedReflectionArgs
 * @property {string} id
 * @property {string} reflection
 * @property {number} tokenCount
 * @property {number} inputTokenCount
 * @property {number} reflectedObservationLineCount
 */
/**
 * Bounds are inclusive; the offset counts from the newest generation in them.
 * @typedef {{ from?: Date, to?: Date, offset?: number }} ObservationHistoryOptions
 */

export {};
