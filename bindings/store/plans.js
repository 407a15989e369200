/**
 * All plans, by name: what a Durable Object can follow.
 *
 * @module
 */

import { PLANS as checkpoints } from '../checkpoints/plans.js';
import { PLANS as observations } from '../observations/plans.js';
import { prunePart } from './prune.js';
import { deleteListed } from './tasks.js';

/** @type {ReadonlyMap<string, import('../core/plan.js').Plan<any[], unknown>>} */
export const PLANS = new Map(
  [...observations, ...checkpoints, prunePart, deleteListed].map((plan) => [plan.name, plan]),
);
