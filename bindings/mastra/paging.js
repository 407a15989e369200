/**
 * Pages of what was filtered and ordered here, by what lists can tell of the rows.
 *
 * @module
 */

import { compareByField, resolveListOrderBy } from '@mastra/core/storage';
import { countRule } from '../store/shape.js';
import { invalid } from './table.js';

/**
 * @typedef {object} Pagination
 * @property {number} total
 * @property {number} page
 * @property {number | false} perPage
 * @property {boolean} hasMore
 */

const PER_PAGE = 100;

/** As core's stores say it. @param {string} method @param {unknown} page @param {unknown} perPage */
export function requirePage(method, page, perPage) {
  for (const [name, value] of Object.entries({ page, perPage })) {
    if ((name === 'perPage' && value === false) || (Number.isSafeInteger(value) && Number(value) >= 0))
      continue;
    throw invalid(method, `${name} must be ${countRule(value)}`);
  }
}

/**
 * @template Item
 * @param {string} method
 * @param {Item[]} items
 * @param {{ page?: number, perPage?: number | false }} [pagination]
 * @returns {{ items: Item[], pagination: Pagination }}
 */
export function pageOf(method, items, { page = 0, perPage = PER_PAGE } = {}) {
  requirePage(method, page, perPage);
  const from = perPage === false ? 0 : page * perPage;
  const to = perPage === false ? items.length : from + perPage;
  const pagination = { total: items.length, page, perPage, hasMore: to < items.length };
  return { items: items.slice(from, to), pagination };
}

/**
 * As Mastra's stores order: those of one date or word by their ids.
 *
 * @param {string} method
 * @param {any[]} items
 * @param {{ field?: any, direction?: 'ASC' | 'DESC' } | undefined} orderBy
 * @param {readonly string[]} fields  that one may order by; the first is the default
 * @param {'ASC' | 'DESC'} direction  the default
 * @returns {any[]} a new list
 */
export function ordered(method, items, orderBy, fields, direction) {
  const order = orderOf(method, orderBy, fields, direction);
  return [...items].sort(compareByField(order.field, order.direction));
}

/** @param {string} method @param {any} orderBy @param {readonly string[]} fields @param {'ASC' | 'DESC'} direction */
function orderOf(method, orderBy, fields, direction) {
  try {
    return resolveListOrderBy(orderBy, fields, { field: fields[0], direction });
  } catch {
    throw invalid(method, `orderBy must name one of ${fields.join(', ')}, and ASC or DESC`);
  }
}

/**
 * Whether something is of the organization and project that are asked for.
 *
 * @param {any} row
 * @param {{ organizationId?: string, projectId?: string } | undefined} filters
 */
export function isOf(row, { organizationId, projectId } = {}) {
  return (
    (organizationId === undefined || (row.organizationId ?? null) === organizationId) &&
    (projectId === undefined || (row.projectId ?? null) === projectId)
  );
}
