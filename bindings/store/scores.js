/**
 * Scores: what scorers found of runs and their entities.
 *
 * @module
 */

import { reviveDates, toText } from '../core/dates.js';
import { storeError } from '../core/errors.js';
import { orAbsent } from './absent.js';
import * as shape from './shape.js';
import { requireArguments } from './check.js';
import { WorkflowStore } from './workflows.js';

/**
 * @typedef {import('./row-types.js').Score} Score
 * @typedef {import('./row-types.js').ScoreInput} ScoreInput
 * @typedef {import('./row-types.js').ScorePage} ScorePage
 * @typedef {import('./row-types.js').ScoreListOptions} ScoreListOptions
 */

const TABLE = 'scores';
const DATES = ['createdAt', 'updatedAt'];
const PER_PAGE = 100;

/** All that is stored of a score. */
const COLUMNS =
  `id scorerId traceId spanId runId scorer preprocessStepResult extractStepResult analyzeStepResult score
  reason metadata preprocessPrompt extractPrompt generateScorePrompt generateReasonPrompt analyzePrompt reasonPrompt
  input output additionalContext requestContext entityType entity entityId source resourceId threadId organizationId
  projectId batchId datasetId datasetItemId createdAt`.split(/\s+/);

/**
 * Scores.
 *
 * @template [Content=any]
 * @extends {WorkflowStore<Content>}
 */
export class ScoreStore extends WorkflowStore {
  /**
   * Stores a score: a new one, or in place of the one with its id, whose `createdAt` it keeps.
   *
   * @template {ScoreInput} S
   * @param {S} score
   * @returns {Promise<{ score: import('./row-types.js').SavedScore<S> }>}
   */
  async saveScore(score) {
    const { op, control, payload } = saveScoreCall(this.caller, score);
    const [saved] = await this.caller.read('saveScore', op, control, payload);
    reviveDates(saved, DATES);
    return { score: { ...score, ...saved } };
  }

  /**
   * @param {{ id: string }} args
   * @returns {Promise<Score | null>} a fresh object
   */
  async getScoreById(args) {
    const { id } = requireArguments(args, 'getScoreById');
    const [score] = await orAbsent([null], () =>
      this.caller.read('getScoreById', 'row.get', this.caller.rows(TABLE), [{ id }]),
    );
    return score === null ? null : toScore(score);
  }

  /**
   * @param {ScoreListOptions & { scorerId: string, entityId?: string, entityType?: string,
   *   source?: string }} args
   * @returns {Promise<ScorePage>}
   */
  async listScoresByScorerId(args) {
    const { scorerId, entityId, entityType, source } = requireArguments(args, 'listScoresByScorerId');
    return this.#page('listScoresByScorerId', args, { scorerId }, { entityId, entityType, source });
  }

  /**
   * @param {ScoreListOptions & { runId: string }} args
   * @returns {Promise<ScorePage>}
   */
  async listScoresByRunId(args) {
    const { runId } = requireArguments(args, 'listScoresByRunId');
    return this.#page('listScoresByRunId', args, { runId });
  }

  /**
   * @param {ScoreListOptions & { entityId: string, entityType?: string }} args
   * @returns {Promise<ScorePage>}
   */
  async listScoresByEntityId(args) {
    const { entityId, entityType } = requireArguments(args, 'listScoresByEntityId');
    return this.#page('listScoresByEntityId', args, { entityId }, { entityType });
  }

  /**
   * @param {ScoreListOptions & { traceId: string, spanId: string }} args
   * @returns {Promise<ScorePage>}
   */
  async listScoresBySpan(args) {
    const { traceId, spanId } = requireArguments(args, 'listScoresBySpan');
    return this.#page('listScoresBySpan', args, { traceId, spanId });
  }

  /**
   * @param {ScoreListOptions & { batchId: string }} args
   * @returns {Promise<ScorePage>}
   */
  async listScoresByBatchId(args) {
    const { batchId } = requireArguments(args, 'listScoresByBatchId');
    return this.#page('listScoresByBatchId', args, { batchId });
  }

  /**
   * @param {ScoreListOptions & { datasetId: string }} args
   * @returns {Promise<ScorePage>}
   */
  async listScoresByDatasetId(args) {
    const { datasetId } = requireArguments(args, 'listScoresByDatasetId');
    return this.#page('listScoresByDatasetId', args, { datasetId });
  }

  /**
   * @param {string} method
   * @param {ScoreListOptions} options
   * @param {Record<string, unknown>} required  what the list is of
   * @param {Record<string, unknown>} [optional]
   * @returns {Promise<ScorePage>}
   */
  async #page(method, { pagination, filters }, required, optional) {
    for (const [name, value] of Object.entries(required)) shape.requireText(value, name, method);
    const { page = 0, perPage = PER_PAGE } = pagination ?? {};
    const { organizationId, projectId } = filters ?? {};
    const where = shape.given({ ...required, ...optional, organizationId, projectId });
    const control = { ...this.caller.rows(TABLE), ...shape.pageControl({ page, perPage }) };
    const { rows, total, hasMore } = await this.caller.read(method, 'row.list', control, { where });
    return { scores: rows.map(toScore), pagination: { total, page, perPage, hasMore } };
  }
}

/**
 * @param {import('../core/caller.js').Caller} caller
 * @param {ScoreInput} score
 */
export function saveScoreCall(caller, score) {
  shape.requireRecord(score, 'score', 'saveScore');
  requireFields(score);
  return { op: 'row.save', control: caller.rows(TABLE), payload: [toRow(score)] };
}

/** @param {any} score */
function requireFields(score) {
  for (const name of ['scorerId', 'entityId', 'runId']) shape.requireText(score[name], name, 'saveScore');
  for (const name of ['scorer', 'entity']) shape.requireRecord(score[name], name, 'saveScore');
  if (!Number.isFinite(score.score)) throw invalid('score must be a finite number', 'saveScore');
  if (score.source !== 'LIVE' && score.source !== 'TEST') {
    throw invalid("source must be 'LIVE' or 'TEST'", 'saveScore');
  }
}

/** @param {any} score */
function toRow(score) {
  /** @type {Record<string, unknown>} */
  const row = {};
  for (const name of COLUMNS) if (score[name] !== null) row[name] = score[name];
  row.createdAt = toText(score.createdAt) ?? undefined;
  return row;
}

/** @param {any} row */
function toScore(row) {
  reviveDates(row, DATES);
  return row;
}

/**
 * @param {string} message
 * @param {string} method
 */
function invalid(message, method) {
  return storeError('INVALID_ARGUMENT', method, message);
}
