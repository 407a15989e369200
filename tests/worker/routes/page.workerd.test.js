/** The page's files: who gets them, and with which headers. What the page does is tested in tests/page. */

import { createExecutionContext, env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import worker from '../../../worker/index.js';

/**
 * @param {string} path
 * @param {Record<string, unknown>} [vars]
 */
async function get(path, vars = { THREADKV_TOKEN: 'a-secret-of-sixteen' }) {
  const request = /** @type {any} */ (new Request(`https://api.example${path}`));
  const response = await worker.fetch?.(request, { ...env, ...vars }, createExecutionContext());
  if (response === undefined) throw new Error('the Worker has no fetch handler');
  return response;
}

describe('the page', () => {
  it.each([
    ['/', 'text/html'],
    ['/page/main.js', 'text/javascript'],
    ['/page/style.css', 'text/css'],
    ['/page/icon.svg', 'image/svg+xml'],
  ])('%s is served as %s, without a token, for it holds no data', async (path, type) => {
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(new RegExp(`^${type.replace('+', '\\+')}(;|$)`));
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('loads nothing from elsewhere, and has nothing inline', async () => {
    const html = await (await get('/')).text();
    const addresses = Array.from(html.matchAll(/(?:src|href)="([^"]*)"/g), ([, address]) => address);
    for (const address of addresses) expect(address).toMatch(/^(page\/[\w.]+|#\/\w+)$/);
    for (const address of addresses.filter((text) => text.startsWith('page/')))
      expect((await get(`/${address}`)).status).toBe(200);
    expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]* src=)/);
  });

  it('is refused like the rest until a token is configured', async () => {
    expect((await get('/', { THREADKV_TOKEN: undefined })).status).toBe(403);
    expect((await get('/page/main.js', { THREADKV_TOKEN: undefined })).status).toBe(403);
  });

  it('need not be there', async () => {
    expect((await get('/', { THREADKV_TOKEN: 'a-secret-of-sixteen', ASSETS: undefined })).status).toBe(404);
  });
});
