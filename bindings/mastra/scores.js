/**
 * Scores for Mastra.
 *
 * @module
 */

import { saveScorePayloadSchema } from '@mastra/core/evals';
import { ScoresStorage } from '@mastra/core/storage';
import { clearTables, pruneDomain } from './upkeep.js';
import { openStore } from './config.js';
import { attempt, mastraError } from './errors.js';

/**
 * @typedef {import('@mastra/core/evals').ScoreRowData} ScoreRowData
 * @typedef {import('@mastra/core/evals').SaveScorePayload} SaveScorePayload
 * @typedef {import('@mastra/core/evals').ListScoresResponse} ListScoresResponse
 * @typedef {{ pagination: { page: number, perPage: number | false },
 *   filters?: { organizationId?: string, projectId?: string } }} ScoreListOptions
 */

/** Mastra's `scores` domain. Works in a store of its own, too. */
export class ScoresStorageCloudflare extends ScoresStorage {
  /** @override */
  static retentionTables = {
    scorers: { table: 'mastra_scorers', column: 'createdAt', indexed: false },
  };

  #store;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * With an id, in place of the score that has it.
   *
   * @override
   * @param {SaveScorePayload} payload
   * @returns {Promise<{ score: ScoreRowData }>}
   */
  saveScore(payload) {
    return attempt('saveScore', [payload], async () => {
      const score = validated(payload);
      return /** @type {any} */ (await this.#store.saveScore(/** @type {any} */ (score)));
    });
  }

  /**
   * @override
   * @param {{ id: string }} args
   * @returns {Promise<ScoreRowData | null>}
   */
  getScoreById(args) {
    return attempt(
      'getScoreById',
      [args],
      async () => /** @type {any} */ (await this.#store.getScoreById(args)),
    );
  }

  /**
   * @override
   * @param {import('@mastra/core/storage').ListScoresByScorerIdInput} args
   * @returns {Promise<ListScoresResponse>}
   */
  listScoresByScorerId(args) {
    return this.#list('listScoresByScorerId', args);
  }

  /**
   * @override
   * @param {import('@mastra/core/storage').ListScoresByRunIdInput} args
   * @returns {Promise<ListScoresResponse>}
   */
  listScoresByRunId(args) {
    return this.#list('listScoresByRunId', args);
  }

  /**
   * @override
   * @param {import('@mastra/core/storage').ListScoresByEntityIdInput} args
   * @returns {Promise<ListScoresResponse>}
   */
  listScoresByEntityId(args) {
    return this.#list('listScoresByEntityId', args);
  }

  /**
   * @override
   * @param {import('@mastra/core/storage').ListScoresBySpanInput} args
   * @returns {Promise<ListScoresResponse>}
   */
  listScoresBySpan(args) {
    return this.#list('listScoresBySpan', args);
  }

  /**
   * @param {{ batchId: string } & ScoreListOptions} args
   * @returns {Promise<ListScoresResponse>}
   */
  listScoresByBatchId(args) {
    return this.#list('listScoresByBatchId', args);
  }

  /**
   * @param {{ datasetId: string } & ScoreListOptions} args
   * @returns {Promise<ListScoresResponse>}
   */
  listScoresByDatasetId(args) {
    return this.#list('listScoresByDatasetId', args);
  }

  /**
   * @param {'listScoresByScorerId' | 'listScoresByRunId' | 'listScoresByEntityId' | 'listScoresBySpan' |
   *   'listScoresByBatchId' | 'listScoresByDatasetId'} method
   * @param {any} args
   * @returns {Promise<ListScoresResponse>}
   */
  #list(method, args) {
    return attempt(method, [args], async () => /** @type {any} */ (await this.#store[method](args)));
  }

  /**
   * @override
   * @param {import('./upkeep.js').Policies} policies
   * @param {import('./upkeep.js').PruneOptions} [options]
   * @returns {Promise<import('./upkeep.js').PruneResult[]>}
   */
  prune(policies, options) {
    return pruneDomain(this.#store, 'scores', policies, options);
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['scores']);
  }
}

/**
 * What Mastra takes for a score, without what it does not know.
 *
 * @param {any} payload
 */
function validated(payload) {
  const { success, data, error } = saveScorePayloadSchema.safeParse(payload);
  if (success) return data;
  const { scorer, entityId, entityType, traceId, spanId } = payload ?? {};
  const ids = { scorer: scorer?.id, entityId, entityType, traceId, spanId };
  throw mastraError('saveScore', 'VALIDATION_FAILED', ids, error);
}
