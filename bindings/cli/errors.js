/**
 * How the command ends: exit codes, and what it says of a failure.
 *
 * @module
 */

/** What the exit codes mean; `threadkv --help` lists them. */
export const EXIT = /** @type {const} */ ({
  ok: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  interrupted: 130,
  unread: 141,
});

/** A failure that is explained by its message alone. */
export class CliError extends Error {
  /**
   * @param {string} message
   * @param {{ exitCode?: number, code?: string, details?: Record<string, unknown> }} [options]
   */
  constructor(message, { exitCode = EXIT.failed, code = 'FAILED', details = {} } = {}) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.code = code;
    this.details = details;
  }
}

/** The user asked for something that cannot be. @param {string} message */
export function usageError(message) {
  return new CliError(message, { exitCode: EXIT.usage, code: 'USAGE' });
}

/**
 * What is known of a failure, fit to be printed: no content, no token.
 *
 * @param {any} error
 * @returns {{ code: string, message: string, details: Record<string, unknown> }}
 */
export function describeError(error) {
  const known = error instanceof CliError || error?.name === 'StoreError' || error?.name === 'StoreTypeError';
  if (known) return { code: error.code, message: error.message, details: error.details };
  const code = typeof error?.code === 'string' ? error.code : 'UNEXPECTED';
  return { code, message: String(error?.message ?? error), details: {} };
}

/** @param {any} error */
export function exitCodeOf(error) {
  if (error instanceof CliError) return error.exitCode;
  return error?.code === 'INVALID_ARGUMENT' && error.op === 'constructor' ? EXIT.usage : EXIT.failed;
}
