/**
 * Resources: what an agent keeps of a user across threads.
 *
 * @module
 */

import { NOTHING } from '../core/caller.js';
import { reviveDates, withDates, withDateText } from '../core/dates.js';
import { storeError } from '../core/errors.js';
import { orAbsent } from './absent.js';
import * as shape from './shape.js';
import { requireArguments } from './check.js';
import { MessageStore } from './messages.js';

/**
 * @typedef {import('./types.js').Resource} Resource
 * @typedef {import('./types.js').ResourceInput} ResourceInput
 */

/** Dates outside, text inside. */
const DATES = ['createdAt', 'updatedAt'];
const TABLE = 'resources';
const PER_PAGE = 100;

/**
 * Resources.
 *
 * @template [Content=any]
 * @extends {MessageStore<Content>}
 */
export class ResourceStore extends MessageStore {
  /**
   * Stores a resource as given, in place of any other with its id.
   *
   * @template {ResourceInput} R
   * @param {{ resource: R }} args
   * @returns {Promise<import('./types.js').SavedResource<R>>} the resource, with Dates
   */
  async saveResource(args) {
    const { resource } = requireArguments(args, 'saveResource');
    const { op, control, payload } = saveResourceCall(resource);
    await this.caller.call('saveResource', op, control, payload);
    return withDates(resource, DATES);
  }

  /**
   * @param {{ resourceId: string }} args
   * @returns {Promise<Resource | null>} a fresh object
   */
  async getResourceById(args) {
    const { resourceId } = requireArguments(args, 'getResourceById');
    const resource = await orAbsent(null, () =>
      this.caller.read('getResourceById', 'resource.get', NOTHING, { resourceId }),
    );
    if (resource !== null) reviveDates(resource, DATES);
    return resource;
  }

  /**
   * Replaces the working memory if given, merges metadata key by key, and makes the resource if it does not exist.
   *
   * @param {{ resourceId: string, workingMemory?: string, metadata?: Record<string, any> }} args
   * @returns {Promise<Resource>} the resource as it is stored now
   */
  async updateResource(args) {
    const { resourceId, workingMemory, metadata } = requireArguments(args, 'updateResource');
    const payload = { resourceId, workingMemory, metadata };
    const resource = await this.caller.read('updateResource', 'resource.update', NOTHING, payload);
    reviveDates(resource, DATES);
    return resource;
  }

  /**
   * The resources of this prefix that something was kept of, in the order of their ids. Who has threads and no working
   * memory is none.
   *
   * @param {import('./types.js').ListResourcesArgs} [args]
   * @returns {Promise<import('./types.js').ResourcePage>}
   */
  async listResources(args = {}) {
    const { page = 0, perPage = PER_PAGE } = requireArguments(args, 'listResources');
    const control = { ...shape.pageControl({ page, perPage }), table: TABLE, direction: 'ASC' };
    const { rows, total, hasMore } = await this.caller.read('listResources', 'row.list', control, {});
    for (const resource of rows) reviveDates(resource, DATES);
    return { resources: rows, total, page, perPage, hasMore };
  }

  /**
   * Deletes what is kept of a resource itself, its working memory above all. Its threads stay: see `eraseResource`. An
   * unknown resource is no error.
   *
   * @param {{ resourceId: string }} args
   * @returns {Promise<void>}
   */
  async deleteResource(args) {
    const { resourceId } = requireArguments(args, 'deleteResource');
    shape.requireText(resourceId, 'resourceId', 'deleteResource');
    const row = { id: resourceId };
    await orAbsent('', () => this.caller.call('deleteResource', 'row.delete', { table: TABLE }, [row]));
  }
}

/** @param {ResourceInput} resource */
export function saveResourceCall(resource) {
  shape.requireRecord(resource, 'resource', 'saveResource');
  requireContent(resource);
  return { op: 'resource.save', control: NOTHING, payload: withDateText(resource, DATES) };
}

/**
 * What an update would refuse is not saved either.
 *
 * @param {{ workingMemory?: unknown, metadata?: unknown }} resource
 */
function requireContent({ workingMemory = null, metadata = null }) {
  if (workingMemory !== null && typeof workingMemory !== 'string') {
    throw storeError('INVALID_ARGUMENT', 'saveResource', 'resource.workingMemory must be a string');
  }
  if (metadata !== null) shape.requireRecord(metadata, 'resource.metadata', 'saveResource');
}
