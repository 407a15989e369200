/**
 * What the program and its commands agree on.
 *
 * @module
 */

/** @typedef {import('../core/stats.js').Operation} Operation */
/**
 * What a command works with.
 * @typedef {object} Context
 * @property {import('../upkeep/tool-store.js').ToolStore} store
 * @property {import('./target.js').Target} target
 * @property {import('./report.js').Report} report
 * @property {any} options
 * @property {() => boolean} stopped  whether Ctrl-C was pressed
 * @property {Promise<void>} whenStopped  when it is
 * @property {(hook: (operation: Operation) => void) => void} onOperation
 */
/**
 * What a command returns, besides figures of its own.
 * @typedef {{ interrupted?: boolean, findings?: boolean, [figure: string]: unknown }} Outcome
 */
/** @typedef {(context: Context, ...args: any[]) => Promise<Outcome>} Run */

export {};
