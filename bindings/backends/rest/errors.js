/**
 * How a request to Cloudflare's API fails, and what to say about it: decided by HTTP status and API code, never by the
 * API's wording, which may quote keys.
 *
 * @module
 */

/** The API's code for a key that does not exist, for a namespace that does not, and for a title that is taken. */
export const NO_KEY = 10009;
export const NO_NAMESPACE = 10013;
export const TITLE_TAKEN = 10014;

const NO_ACCESS =
  'Cloudflare refused the token: check apiToken, accountId and the permission Workers KV Storage';
const NO_PERMISSION = 'the token lacks a permission: Workers KV Storage, Read and Write';
const NO_ACCOUNT = 'Cloudflare knows no such account, or the token is not for it: check accountId';
const DISABLED = 'Cloudflare has disabled this namespace';

/** What a code means, where that helps. @type {Readonly<Record<number, string>>} */
const MEANINGS = {
  1000: 'the token is not valid',
  6003: 'the token is not in the form of a token',
  6111: 'the token is not in the form of a token',
  7000: NO_ACCOUNT,
  7003: NO_ACCOUNT,
  7403: NO_ACCOUNT,
  9106: NO_ACCESS,
  9109: 'the token is not valid, has expired, or is not for this account',
  10000: NO_ACCESS,
  10013: 'the namespace is gone',
  10014: 'the namespace exists, but is not listed yet',
  10018: 'the account has as many namespaces as it may have',
  10021: DISABLED,
  10022: 'too many requests',
  10023: NO_PERMISSION,
  10035: DISABLED,
  10037: NO_PERMISSION,
  10038: DISABLED,
  10048: "the account's free limit for today is reached",
};

/** What a status means, where there is no code that says it better. */
const BY_STATUS = /** @type {const} */ ([
  [401, NO_ACCESS],
  [403, NO_ACCESS],
  [429, 'too many requests'],
]);

/** A request that failed. Stays within the back end: what leaves it is a reply. */
export class ApiError extends Error {
  /**
   * @param {number} status  of the HTTP answer; 0 when there was none to speak of
   * @param {{ codes?: number[], reason?: string, retryAfter?: number }} [more]  the API's codes, most telling first
   */
  constructor(status, { codes = [], reason, retryAfter } = {}) {
    super(reason ?? explain(status, codes));
    this.status = status;
    this.codes = codes;
    this.retryAfter = retryAfter;
  }

  /** @param {number} code */
  has(code) {
    return this.codes.includes(code);
  }

  /**
   * As an answer to a request of the core. 404 would say that there is no such key: whatever else is not found is
   * another failure. A namespace that is gone, or not there yet, can be there at the next try.
   *
   * @returns {import('../backend.js').KVReply}
   */
  reply() {
    let { status } = this;
    if (this.has(NO_NAMESPACE)) status = 503;
    else if (status === 404) status = 400;
    const { retryAfter, message } = this;
    if (retryAfter === undefined) return { status, reason: message };
    return {
      status,
      reason: `${message}, to be tried again in ${Math.ceil(retryAfter / 1000)} s`,
      retryAfter,
    };
  }
}

/** Whatever else goes wrong does so over an answer of an unknown form. @param {unknown} error */
export function toApiError(error) {
  return error instanceof ApiError ? error : new ApiError(0, { reason: 'what answered is not the API' });
}

/**
 * @param {number} status
 * @param {number[]} codes
 */
function explain(status, codes) {
  const code = codes.find((one) => MEANINGS[one] !== undefined) ?? codes[0];
  const meaning = MEANINGS[code] ?? BY_STATUS.find(([one]) => one === status)?.[1] ?? 'the API refused it';
  return `${meaning} (${code === undefined ? `HTTP ${status}` : code})`;
}
