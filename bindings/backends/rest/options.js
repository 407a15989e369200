/**
 * The options of the REST API as a user gives them, checked. What is wrong is said without saying what was given.
 *
 * @module
 */

/**
 * @typedef {import('./api.js').ApiOptions} ApiOptions
 *
 * @typedef {ApiOptions & { namespacePrefix?: string }} RestConfig
 *   `namespacePrefix` is put before the titles of the namespaces as it is, after trimming
 */

/** @typedef {(message: string) => Error} Invalid  makes an error */

const MAX_PREFIX = 480;
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * @param {RestConfig} config
 * @param {Invalid} invalid
 * @returns {ApiOptions & { namespacePrefix: string }}
 */
export function readRestOptions({ accountId, apiToken, namespacePrefix = '', ...config }, invalid) {
  const { baseURL, fetch, timeout } = config;
  if (isBlank(accountId)) throw invalid('accountId is required for the REST API');
  if (isBlank(apiToken)) throw invalid('apiToken is required for the REST API');
  const [account, token] = [accountId.trim(), apiToken.trim()];
  if (!/^[\w-]+$/.test(account)) throw invalid('accountId may have letters, digits, "-" and "_" only');
  if (!/^[\x21-\x7e]+$/.test(token)) throw invalid('apiToken may have printable ASCII characters only');
  if (typeof namespacePrefix !== 'string') throw invalid('namespacePrefix must be a string');
  const prefix = namespacePrefix.trim();
  if (/\p{Surrogate}/u.test(prefix)) throw invalid('namespacePrefix must be well-formed Unicode');
  if (prefix.length > MAX_PREFIX) throw invalid(`namespacePrefix may have ${MAX_PREFIX} characters`);
  if (baseURL !== undefined) checkBase(baseURL, invalid);
  if (fetch !== undefined && typeof fetch !== 'function') throw invalid('fetch must be a function');
  if (timeout !== undefined && !(Number.isSafeInteger(timeout) && timeout > 0 && timeout <= MAX_TIMEOUT)) {
    throw invalid('timeout must be a positive number of milliseconds');
  }
  return { accountId: account, apiToken: token, namespacePrefix: prefix, baseURL, fetch, timeout };
}

/** The token goes there with every request. @param {unknown} baseURL @param {Invalid} invalid */
function checkBase(baseURL, invalid) {
  const url = typeof baseURL === 'string' && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined) throw invalid('baseURL must be a URL, such as https://api.cloudflare.com/client/v4');
  const { protocol, hostname, username, password, search, hash } = url;
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) {
    throw invalid('baseURL must begin with https://, for the token goes there');
  }
  if (username !== '' || password !== '' || search !== '' || hash !== '') {
    throw invalid('baseURL must have no user, query or fragment');
  }
}

/** @param {unknown} value */
function isBlank(value) {
  return typeof value !== 'string' || value.trim() === '';
}
