/**
 * 'threadkv/core': a core of one's own, with a clock, chance or a build of the module that are not the usual ones.
 *
 * @module
 */

export { Core, createCore } from './core/core.js';

/**
 * @typedef {import('./core/core.js').CallResult} CallResult
 * @typedef {import('./core/core.js').CoreOptions} CoreOptions
 * @typedef {import('./core/core.js').Followup} Followup
 * @typedef {import('./core/heads.js').CoreStore} CoreStore
 * @typedef {import('./core/heads.js').Head} Head
 * @typedef {import('./core/failures.js').Reasons} Reasons
 * @typedef {import('./core/instance.js').Instance} Instance
 * @typedef {import('./core/answer.js').Answer} Answer
 * @typedef {import('./backends/backend.js').Backend} Backend
 * @typedef {import('./backends/backend.js').KVRequest} KVRequest
 * @typedef {import('./backends/backend.js').KVReply} KVReply
 */
