/**
 * A token: from the environment, or typed in unseen. Never from an argument, which others could see.
 *
 * @module
 */

import { usageError } from './errors.js';

const ENTER = ['\r', '\n', '\u0004'];
const CTRL_C = '\u0003';
const ERASE = ['\b', '\u007f'];

/** @typedef {{ variable: string, what: string, how: string }} TokenKind */

export const OF_ACCOUNT = /** @type {const} */ ({
  variable: 'CLOUDFLARE_API_TOKEN',
  what: 'Cloudflare API token',
  how: 'a token with the permission Workers KV Storage: Edit',
});
export const OF_WORKER = /** @type {const} */ ({
  variable: 'THREADKV_TOKEN',
  what: 'Token of the Worker',
  how: 'a token of the Worker, of its secrets THREADKV_TOKEN and THREADKV_TOKENS',
});

/** @param {TokenKind} kind @returns {Promise<string>} */
export async function readToken({ variable, what, how }) {
  const token = process.env[variable];
  if (token !== undefined && token.trim() !== '') return token.trim();
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) throw usageError(`set ${variable} to ${how}`);
  stderr.write(`${what} (not shown): `);
  return readHidden(stdin, stderr);
}

/**
 * @param {NodeJS.ReadStream} input
 * @param {NodeJS.WriteStream} output
 * @returns {Promise<string>}
 */
function readHidden(input, output) {
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = () => {
      input.setRawMode(false);
      input.pause();
      input.off('data', take);
      output.write('\n');
    };
    const take = (/** @type {Buffer} */ chunk) => {
      for (const c of chunk.toString()) {
        if (c === CTRL_C) return (end(), reject(usageError('no token was given')));
        if (ENTER.includes(c)) return (end(), resolve(typed));
        typed = ERASE.includes(c) ? typed.slice(0, -1) : typed + c;
      }
    };
    input.setRawMode(true);
    input.resume();
    input.on('data', take);
  });
}
