/**
 * The API token: from the environment, or typed in unseen. Never from an argument, which others could see.
 *
 * @module
 */

import { usageError } from './errors.js';

const ENTER = ['\r', '\n', '\u0004'];
const CTRL_C = '\u0003';
const ERASE = ['\b', '\u007f'];

/** @returns {Promise<string>} */
export async function readToken() {
  const token = process.env.CLOUDFLARE_API_TOKEN;
  if (token !== undefined && token.trim() !== '') return token;
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw usageError('set CLOUDFLARE_API_TOKEN to a token with the permission Workers KV Storage: Edit');
  }
  stderr.write('Cloudflare API token (not shown): ');
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
