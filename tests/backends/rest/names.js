/**
 * Whom the server of server.js lets in when it is not told otherwise.
 *
 * @module
 */

export const ACCOUNT = '0123456789abcdef0123456789abcdef';
export const TOKEN = 'test-token-that-nobody-may-see';
