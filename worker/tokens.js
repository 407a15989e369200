/**
 * The configured tokens: one that may do everything, `THREADKV_TOKEN`, and any number of named ones, `THREADKV_TOKENS`.
 * A configuration that would shut somebody out, or let somebody in, by mistake is refused as a whole.
 *
 * @module
 */

import * as z from 'zod/mini';
import { faultText } from './validate.js';

/**
 * @typedef {object} Token
 * @property {string} name
 * @property {'read' | 'write'} access
 * @property {string} keyPrefix  of the data that it opens: the Worker's own, or one that begins with it
 * @property {ArrayBuffer} digest  of the token itself
 */
/** @typedef {Pick<import('./env.js').Env, 'THREADKV_TOKEN' | 'THREADKV_TOKENS' | 'KEY_PREFIX'>} Settings */

const MIN_LENGTH = 16;

/** What `Authorization: Bearer` can carry. */
const FORM = /^[A-Za-z0-9._~+/-]+=*$/;

const Named = z.array(
  z.strictObject({
    name: z.string().check(z.regex(/^[\w.-]{1,64}$/)),
    token: z.string(),
    access: z.enum(['read', 'write']),
    keyPrefix: z.optional(z.string()),
  }),
);

/** Why the configuration cannot be used, in words that hold nothing of it. */
export class UnusableTokens extends Error {}

/** What was read last, from what. @type {{ source: string, tokens: Token[] }} */
let last = { source: '', tokens: [] };

/**
 * @param {Settings} env
 * @returns {Promise<Token[]>} none when nothing is configured
 */
export async function readTokens(env) {
  const source = JSON.stringify([env.THREADKV_TOKEN, env.THREADKV_TOKENS, env.KEY_PREFIX]);
  if (last.source !== source) last = { source, tokens: await Promise.all(configured(env).map(withDigest)) };
  return last.tokens;
}

/**
 * Takes the same time whatever differs: what is compared are digests, of equal length, with all that there are.
 *
 * @param {string} given
 * @param {Token[]} tokens
 */
export async function findToken(given, tokens) {
  const digest = await digestOf(given);
  const matches = tokens.map((token) => isEqual(digest, token.digest));
  return tokens[matches.indexOf(true)];
}

/**
 * The Workers runtime has a function for it; others, where `threadkv studio` runs, do not have it here.
 *
 * @param {ArrayBuffer} a
 * @param {ArrayBuffer} b  as long
 */
function isEqual(a, b) {
  if (typeof crypto.subtle.timingSafeEqual === 'function') return crypto.subtle.timingSafeEqual(a, b);
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)];
  return left.reduce((difference, byte, at) => difference | (byte ^ right[at]), 0) === 0;
}

/** @param {Pick<Settings, 'KEY_PREFIX'>} env */
export function ownPrefix({ KEY_PREFIX = '' }) {
  return KEY_PREFIX.trim();
}

/** @param {Settings} env */
function configured(env) {
  const { THREADKV_TOKEN: single, THREADKV_TOKENS: several } = env;
  const keyPrefix = ownPrefix(env);
  const all = several ? readNamed(several, keyPrefix) : [];
  if (single) {
    all.push({ name: 'THREADKV_TOKEN', token: single, access: 'write', keyPrefix, at: 'THREADKV_TOKEN' });
  }
  all.forEach(({ token, at }, index) => {
    const fault =
      faultOf(token) ?? (all.findIndex((other) => other.token === token) < index && 'is that of another');
    if (fault) throw new UnusableTokens(`${at} ${fault}`);
  });
  return all;
}

/**
 * @param {string} text
 * @param {string} own  the Worker's own prefix
 */
function readNamed(text, own) {
  const entries = parse(text);
  return entries.map(({ name, token, access, keyPrefix = own }, index) => {
    const at = `THREADKV_TOKENS[${index}]`;
    if (entries.findIndex((other) => other.name === name) < index || name === 'THREADKV_TOKEN') {
      throw new UnusableTokens(`${at}.name is that of another`);
    }
    if (!keyPrefix.startsWith(own)) {
      throw new UnusableTokens(`${at}.keyPrefix does not begin with the Worker's own, KEY_PREFIX`);
    }
    if (keyPrefix !== keyPrefix.trim() || /\p{Surrogate}/u.test(keyPrefix)) {
      throw new UnusableTokens(`${at}.keyPrefix has white space at an end, or half a character`);
    }
    return { name, token, access, keyPrefix, at: `${at}.token` };
  });
}

/** @param {string} text */
function parse(text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnusableTokens('THREADKV_TOKENS is not JSON');
  }
  const result = z.safeParse(Named, value, { error: faultText });
  if (result.success) return result.data;
  // Names that are not known are left out: somebody may have put a token there.
  const [{ code, path, message }] = result.error.issues;
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const fault = code === 'unrecognized_keys' ? 'has a field that is not known here' : message;
  throw new UnusableTokens(`THREADKV_TOKENS${where} ${fault}`);
}

/** @param {string} token */
function faultOf(token) {
  if (token.length < MIN_LENGTH) return `has fewer than ${MIN_LENGTH} characters`;
  if (!FORM.test(token)) return 'has other characters than A-Z a-z 0-9 . _ ~ + / - (and = at its end)';
  return undefined;
}

/** @param {ReturnType<typeof configured>[number]} entry @returns {Promise<Token>} */
async function withDigest({ name, access, keyPrefix, token }) {
  return { name, access, keyPrefix, digest: await digestOf(token) };
}

/** @param {string} text */
function digestOf(text) {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
}
