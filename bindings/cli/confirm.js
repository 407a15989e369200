/**
 * Asking before something is deleted for good.
 *
 * @module
 */

import { createInterface } from 'node:readline/promises';
import { CliError, EXIT, usageError } from './errors.js';

/**
 * @param {string} command
 * @param {string} word  to be typed
 */
export async function confirm(command, word) {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw usageError(`${command} asks before it deletes; without a terminal give --yes`);
  const lines = createInterface({ input: stdin, output: stderr });
  const abort = new AbortController();
  lines.on('SIGINT', () => abort.abort());
  const asked = `This cannot be undone. Type ${JSON.stringify(word)} to delete it: `;
  const typed = await lines.question(asked, { signal: abort.signal }).catch(() => undefined);
  lines.close();
  if (typed === undefined) throw new CliError('nothing was deleted', { exitCode: EXIT.interrupted });
  if (typed.trim() !== word)
    throw new CliError('nothing was deleted', { exitCode: EXIT.failed, code: 'REFUSED' });
}
