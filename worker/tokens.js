/**
 * The configured tokens, and whether they can be used: one that no header can carry would never match, and a short
 * one can be guessed.
 *
 * @module
 */

const MIN_LENGTH = 16;

/** What `Authorization: Bearer` can carry. */
const FORM = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * @param {string} token
 * @returns {string | undefined} why it cannot be used; without the token
 */
export function faultOf(token) {
  if (token.length < MIN_LENGTH) return `has fewer than ${MIN_LENGTH} characters`;
  if (!FORM.test(token)) return 'has other characters than A-Z a-z 0-9 . _ ~ + / - (and = at its end)';
  return undefined;
}
