/**
 * Workflows that are kept as data, for Mastra.
 *
 * @module
 */

import { WorkflowDefinitionsStorage } from '@mastra/core/storage';
import { clearTables } from './upkeep.js';
import { openStore } from './config.js';
import { attempt } from './errors.js';
import { cleared, given, invalid, Table } from './table.js';

/**
 * @typedef {import('@mastra/core/storage').WorkflowDefinition} WorkflowDefinition
 * @typedef {import('@mastra/core/storage').CreateWorkflowDefinitionInput} CreateInput
 * @typedef {import('@mastra/core/storage').UpdateWorkflowDefinitionInput} UpdateInput
 * @typedef {import('@mastra/core/storage').ListWorkflowDefinitionsInput} ListInput
 */

/** What a definition says of itself; a new one cannot do without the first three. */
const FIELDS = [
  'inputSchema',
  'outputSchema',
  'graph',
  'stateSchema',
  'requestContextSchema',
  'description',
  'metadata',
  'schedule',
  'status',
  'authorId',
];
const REQUIRED = 3;

/** Mastra's `workflowDefinitions` domain. Works in a store of its own, too. */
export class WorkflowDefinitionsStorageCloudflare extends WorkflowDefinitionsStorage {
  #store;
  #definitions;

  /** @param {import('./config.js').CloudflareDomainConfig} config */
  constructor(config) {
    super();
    this.#store = openStore(config);
    this.#definitions = new Table(this.#store, 'workflow_definitions');
  }

  /** The store's first call does what there is to do. @override */
  async init() {}

  /**
   * Makes a definition, or changes what is given of one: null takes a field out, undefined leaves it.
   *
   * @override
   * @param {CreateInput | UpdateInput} input
   * @returns {Promise<WorkflowDefinition>}
   */
  upsert(input) {
    return attempt('upsertWorkflowDefinition', [input], async () => {
      const { id } = input;
      const known = given(pick(input));
      const change = { set: present(known), clear: cleared(known) };
      const changed = await this.#definitions.updated({ id }, change);
      return changed ?? this.#create(id, present(known), change);
    });
  }

  /** @param {string} id @param {any} fields @param {{ set: any, clear: string[] }} change */
  async #create(id, fields, change) {
    const missing = FIELDS.slice(0, REQUIRED).filter((name) => fields[name] === undefined);
    if (missing.length > 0)
      throw invalid('upsertWorkflowDefinition', `a new definition needs ${missing.join(', ')}`);
    const row = { id, ...fields, status: 'active', source: 'storage' };
    const made = await this.#definitions.create(row, { fresh: true });
    // Somebody else has made it meanwhile.
    return made ?? this.#definitions.updated({ id }, change);
  }

  /**
   * @override
   * @param {string} id
   * @returns {Promise<WorkflowDefinition | null>}
   */
  get(id) {
    return attempt('getWorkflowDefinition', [id], () => this.#definitions.get({ id }));
  }

  /**
   * All that match, oldest first.
   *
   * @override
   * @param {ListInput} [args]
   * @returns {Promise<import('@mastra/core/storage').ListWorkflowDefinitionsOutput>}
   */
  list({ status, authorId } = {}) {
    return attempt('listWorkflowDefinitions', [], async () => {
      const where = given({ status: status || undefined, authorId });
      const definitions = await this.#definitions.list({ where });
      return { definitions, total: definitions.length };
    });
  }

  /**
   * @override
   * @param {string} id
   * @returns {Promise<void>}
   */
  delete(id) {
    return attempt('deleteWorkflowDefinition', [id], () => this.#definitions.delete({ id }));
  }

  /** @override @returns {Promise<void>} */
  dangerouslyClearAll() {
    return clearTables(this.#store, ['workflow_definitions']);
  }
}

/** @param {Record<string, any>} input */
const pick = (input) => Object.fromEntries(FIELDS.map((name) => [name, input[name]]));

/** @param {Record<string, any>} fields  without those that are null */
const present = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
