/**
 * A studio that runs until it is stopped.
 *
 * @module
 */

import { once } from 'node:events';

/**
 * @param {import('./support.js').Desk} desk
 * @param {string[]} args
 */
export async function openStudio(desk, args) {
  const child = desk.start(['studio', ...args]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  const exit = once(child, 'exit');
  const link = () => /(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)\n[^]*Ctrl-C/.exec(printed);
  while (link() === null) {
    const ended = await Promise.race([exit, once(child.stdout, 'data'), once(child.stderr, 'data')]);
    if (child.exitCode !== null) throw new Error(`it ended (${ended}):\n${printed}`);
  }
  const [, origin, token] = /** @type {RegExpExecArray} */ (link());
  return {
    origin,
    token,
    printed: () => printed,
    /** By Ctrl-C. @returns {Promise<number | null>} the exit code */
    async stop() {
      if (child.exitCode === null) child.kill('SIGINT');
      await exit;
      return child.exitCode;
    },
  };
}
