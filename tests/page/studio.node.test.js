/** The page over `threadkv studio`, in a browser, opened by the link that is printed: the state of `wrangler dev` of a project, an account. */

import axe from 'axe-core';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openStudio } from '../cli/studio.js';
import { Desk, fill } from '../cli/support.js';
import { launchChromium, visit } from './visitor.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LOCAL = ['--local', '--config', 'project/wrangler.jsonc'];

/** @type {Desk} */
let desk;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openStudio>>} */
let studio;
/** @type {import('./visitor.js').Visitor} */
let visitor;

beforeAll(async () => {
  desk = await Desk.open();
  browser = await launchChromium();
  mkdirSync(desk.file('project'));
  symlinkSync(new URL('../../node_modules', import.meta.url).pathname, desk.file('project/node_modules'));
  const config = { name: 'app', compatibility_date: '2026-10-01', kv_namespaces: [{ binding: 'KV' }] };
  writeFileSync(desk.file('project/wrangler.jsonc'), JSON.stringify(config));
});
afterAll(async () => {
  await browser?.close();
  await desk?.close();
});

/** @param {string} prefix @param {string} path @param {RequestInit} [init] */
const ask = (prefix, path, init) =>
  fetch(`${studio.origin}/v1/${path}`, {
    ...init,
    headers: {
      Authorization: `Bearer ${studio.token}`,
      'Content-Type': 'application/json',
      'Threadkv-Prefix': prefix,
    },
  });

it('opens by the link, shows a prefix, then another, and changes what it may', async () => {
  studio = await openStudio(desk, [...LOCAL, '--prefix', 'dev_', '--write']);
  for (const [prefix, id] of [
    ['dev_', 'zero'],
    ['dev_', 'one'],
    ['dev_eu_', 'two'],
  ]) {
    const body = JSON.stringify({ resourceId: 'user-1', title: `Title ${id}` });
    expect((await ask(prefix, `threads/${id}`, { method: 'PUT', body })).status).toBe(200);
  }
  visitor = await visit(browser, studio.origin, { viewport: { width: 1000, height: 700 } });
  const { page } = visitor;
  try {
    await page.goto(`${studio.origin}/#token=${studio.token}`);
    const titles = page.locator('.list .title');
    await expect.poll(() => titles.allInnerTexts()).toEqual(['Title one', 'Title zero']);
    expect(page.url()).toBe(`${studio.origin}/`);
    const chosen = page.getByLabel('Prefix');
    await expect.poll(() => chosen.inputValue()).toBe('dev_');
    const offered = page.locator('#prefixes option');
    expect(await offered.evaluateAll((all) => all.map((one) => one.getAttribute('value')))).toEqual([
      'dev_',
      'dev_eu_',
    ]);
    await chosen.fill('dev_eu_');
    await chosen.press('Enter');
    await expect.poll(() => titles.allInnerTexts()).toEqual(['Title two']);
    await titles.first().click();
    await page.getByRole('button', { name: 'Edit the title', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Title').fill('A new one');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'A new one' }).waitFor();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
    expect(violations).toEqual([]);
    await chosen.fill('prod_');
    await chosen.press('Enter');
    await page.getByText('the prefix does not begin with').waitFor();
    expect(await (await ask('dev_eu_', 'threads/two')).json()).toMatchObject({ title: 'A new one' });
    expect(visitor.complaints).toEqual([]);
  } finally {
    await visitor.close();
    await studio.stop();
  }
});

it('only reads, unless it was told otherwise', async () => {
  await fill(desk.store({ keyPrefix: 'dev_' }), { threads: 2 });
  studio = await openStudio(desk, ['--prefix', 'dev_']);
  visitor = await visit(browser, studio.origin, { viewport: { width: 380, height: 700 } });
  const { page } = visitor;
  try {
    await page.goto(`${studio.origin}/#token=${studio.token}`);
    await page.locator('.list .title').first().click();
    await page.getByRole('heading', { level: 1, name: 'Title 1' }).waitFor();
    expect(await page.getByRole('button', { name: 'Edit the title' }).count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
    expect(visitor.complaints).toEqual([]);
  } finally {
    await visitor.close();
    await studio.stop();
  }
});
