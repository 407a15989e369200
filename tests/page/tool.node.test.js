/** The page as a tool: what can be found, taken out, changed and deleted with it, and by whom. */

import axe from 'axe-core';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MARKUP, seed, THREADS } from './seed.js';
import { startWorker } from './server.js';
import { launchChromium, visit } from './visitor.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TOKEN = 'correct-horse-battery-staple';
const READER = 'only-to-look-around-1234';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startWorker>>} */
let worker;
/** @type {import('./visitor.js').Visitor} */
let visitor;
/** @type {import('playwright-core').Page} */
let page;

beforeAll(async () => {
  browser = await launchChromium();
  const tokens = [
    { name: 'looker', token: READER, access: 'read' },
    { name: 'empty', token: `${TOKEN}-empty`, access: 'write', keyPrefix: 'empty_' },
  ];
  worker = await startWorker({ THREADKV_TOKEN: TOKEN, THREADKV_TOKENS: JSON.stringify(tokens) }, seed);
});
afterAll(async () => {
  await browser?.close();
  await worker?.close();
});
afterEach(async () => {
  const { complaints } = visitor;
  await visitor.close();
  expect(complaints).toEqual([]);
});

/** @param {string} [token] */
async function enter(token = TOKEN) {
  visitor = await visit(browser, worker.origin);
  page = visitor.page;
  await visitor.signIn(token);
}

/** @param {string} method @param {string} path @param {string} [body] */
const ask = (method, path, body) =>
  fetch(`${worker.origin}${path}`, {
    method,
    body,
    headers: { Authorization: `Bearer ${TOKEN}`, ...(body && { 'Content-Type': 'application/json' }) },
  });

const button = (/** @type {string} */ name) => page.getByRole('button', { name, exact: true });
const shown = () => page.locator('.list > li:visible .title').allInnerTexts();

describe('with a token that may write', () => {
  beforeEach(() => enter());

  it('the title is changed, after asking', async () => {
    await visitor.go('#/threads/thread-3');
    await button('Edit the title').click();
    const dialog = page.getByRole('dialog', { name: 'Edit the title' });
    expect(await dialog.getByLabel('Title').inputValue()).toBe('Journey 3');
    await dialog.getByLabel('Title').fill('never mind');
    await button('Cancel').click();
    await dialog.waitFor({ state: 'detached' });
    expect(await visitor.heading().innerText()).toBe('Journey 3');
    await button('Edit the title').click();
    await dialog.getByLabel('Title').fill(MARKUP);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: MARKUP }).waitFor();
    expect((await (await ask('GET', '/v1/threads/thread-3')).json()).title).toBe(MARKUP);
    await ask('PATCH', '/v1/threads/thread-3', '{"title":"Journey 3"}');
  });

  it('working memory is changed, of a resource and of a thread', async () => {
    await visitor.go('#/memory/ada');
    await button('Edit the working memory').click();
    await page.getByLabel('Working memory of ada').fill('# Ada\n- likes: coffee');
    await button('Save').click();
    await page.locator('pre.memory', { hasText: 'coffee' }).waitFor();
    const { workingMemory, metadata } = await (await ask('GET', '/v1/resources/ada')).json();
    expect({ workingMemory, metadata }).toEqual({
      workingMemory: '# Ada\n- likes: coffee',
      metadata: { plan: 'free' },
    });
    const own = { resourceId: 'ada', title: 'Own', metadata: { workingMemory: 'old', other: 1 } };
    await ask('PUT', '/v1/threads/own', JSON.stringify(own));
    await visitor.go('#/threads/own');
    await button('Edit the working memory').click();
    await page.getByLabel('Working memory of this thread').fill('new');
    await button('Save').click();
    await page.locator('pre', { hasText: 'new' }).waitFor();
    const { metadata: changed } = await (await ask('GET', '/v1/threads/own')).json();
    expect(changed).toEqual({ workingMemory: 'new', other: 1 });
    await ask('DELETE', '/v1/threads/own');
  });

  it('messages and threads are deleted, after asking', async () => {
    const thread = { id: 'gone', resourceId: 'ada', title: 'To go' };
    await ask('POST', '/v1/threads', JSON.stringify(thread));
    const messages = ['first', 'second'].map((id) => ({ id: `g-${id}`, role: 'user', content: id }));
    await ask('POST', '/v1/threads/gone/messages', JSON.stringify({ messages }));
    await visitor.go('#/threads/gone');
    await page.locator('.message').first().getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
    expect(await dialog.innerText()).toContain('g-first');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.locator('.message', { hasText: 'first' }).waitFor({ state: 'detached' });
    expect(await page.locator('.message .text').allInnerTexts()).toEqual(['second']);

    for (const key of ['Escape', 'Enter']) {
      await button('Delete the thread').click();
      await page.keyboard.press(key); // on Cancel, where one begins
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect((await ask('GET', '/v1/threads/gone')).status).toBe(200);
    await button('Delete the thread').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.locator('.list').waitFor();
    expect((await ask('GET', '/v1/threads/gone')).status).toBe(404);
    expect(await shown()).not.toContain('To go');
  });

  it('a user is erased, once his id was typed', async () => {
    const thread = { id: 'of-dora', resourceId: 'dora', title: 'Of Dora' };
    await ask('POST', '/v1/threads', JSON.stringify(thread));
    await ask(
      'POST',
      '/v1/threads/of-dora/messages',
      JSON.stringify({ messages: [{ id: 'said-dora', role: 'user', content: 'hello' }] }),
    );
    await visitor.go('#/memory/dora'); // of whom nothing is kept across threads
    await button('Erase everything').click();
    const dialog = page.getByRole('dialog', { name: 'Erase everything?' });
    const erase = dialog.getByRole('button', { name: 'Erase' });
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel('To erase it, type dora').fill('Dora');
    expect(await erase.isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    expect(await dialog.isVisible()).toBe(true);
    expect((await ask('GET', '/v1/threads/of-dora')).status).toBe(200);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
    expect(violations).toEqual([]);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/erase.png` });
    await dialog.getByLabel('To erase it, type dora').fill('dora');
    await erase.click();
    await page.getByRole('heading', { level: 2, name: 'With working memory' }).waitFor();
    expect((await ask('GET', '/v1/threads/of-dora')).status).toBe(404);
    expect((await ask('GET', '/v1/messages/said-dora')).status).toBe(404);
  });

  it('working memory is deleted, after asking, and the threads stay', async () => {
    await ask('PUT', '/v1/resources/cleo', '{"workingMemory":"# Cleo"}');
    await visitor.go('#/memory/cleo');
    await button('Delete the working memory').click();
    await page.getByRole('dialog').getByText('The threads stay.').waitFor();
    await button('Cancel').click();
    expect((await ask('GET', '/v1/resources/cleo')).status).toBe(200);
    await button('Delete the working memory').click();
    await button('Delete').click();
    await page.getByRole('heading', { level: 2, name: 'With working memory' }).waitFor();
    expect((await ask('GET', '/v1/resources/cleo')).status).toBe(404);
  });

  it('runs are deleted, after asking', async () => {
    await visitor.go('#/runs?status=suspended');
    const before = await page.locator('.list > li').count();
    await page.locator('.list .title').first().click();
    await button('Delete the run').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { level: 1, name: 'Workflow runs' }).waitFor();
    await visitor.go('#/runs?status=suspended');
    expect(await page.locator('.list > li').count()).toBe(before - 1);
  });

  it('what fails is told, and what was written is still there', async () => {
    await visitor.go('#/memory/ada');
    await button('Edit the working memory').click();
    await page.getByLabel('Working memory of ada').fill('a long text');
    const json = { error: { code: 'KV_FAILED', message: 'KV failed <b>', op: 'x', details: {} } };
    await page.route('**/v1/resources/ada', (route) => route.fulfill({ status: 503, json }));
    await button('Save').click();
    await page.getByRole('alert').getByText('KV failed <b>').waitFor();
    expect(await page.getByLabel('Working memory of ada').inputValue()).toBe('a long text');
    await page.unroute('**/v1/resources/ada');
    await button('Save').click();
    await page.locator('pre.memory', { hasText: 'a long text' }).waitFor();
    visitor.complaints.splice(0, 1).forEach((complaint) => expect(complaint).toContain('503'));
  });

  it('a dialog has no fault that axe knows of', async () => {
    await visitor.go('#/memory/ada');
    await button('Edit the working memory').click();
    await page.evaluate(axe.source);
    const violations = await page.evaluate(
      '(async () => (await axe.run()).violations.map(({ id, nodes }) => id + ": " + nodes[0].html))()',
    );
    expect(violations).toEqual([]);
  });

  it('refresh asks anew', async () => {
    await visitor.go('#/threads/thread-4');
    await ask('PATCH', '/v1/threads/thread-4', '{"title":"Another"}');
    await button('Refresh').click();
    await page.getByRole('heading', { level: 1, name: 'Another' }).waitFor();
    await ask('PATCH', '/v1/threads/thread-4', '{"title":"Journey 4"}');
  });
});

describe('with a token that may only read', () => {
  beforeEach(() => enter(READER));

  it('there is nothing to change anything with', async () => {
    for (const place of ['#/threads/thread-44', '#/memory/ada', '#/runs']) {
      await visitor.go(place);
      expect(await page.getByRole('button', { name: /Edit|Delete|Erase/ }).count()).toBe(0);
    }
    await visitor.go('#/threads/thread-44');
    expect(await page.locator('.message').count()).toBe(20);
  });

  it('a thread is taken out as a file, each number with all its digits', async () => {
    const id = 'ex port/1';
    const path = `/v1/threads/${encodeURIComponent(id)}`;
    await ask('PUT', path, '{"resourceId":"ada","metadata":{"n":12345678901234567890}}');
    const messages = Array.from(
      { length: 50 },
      (_, i) => `{"role":"user","content":"m${i}","n":1.000000000000000000${i}}`,
    );
    await ask('POST', `${path}/messages`, `{"messages":[${messages}]}`);
    await visitor.go(`#/threads/${encodeURIComponent(id)}`);
    const [download] = await Promise.all([page.waitForEvent('download'), button('Export as JSON').click()]);
    expect(download.suggestedFilename()).toBe('ex_port_1.json');
    const text = readFileSync(await download.path(), 'utf8');
    const file = JSON.parse(text);
    expect(file.thread).toMatchObject({ id, resourceId: 'ada' });
    expect(file.messages.map((/** @type {any} */ { content }) => content)).toEqual(
      Array.from({ length: 50 }, (_, i) => `m${i}`),
    );
    expect(file.total).toBe(50);
    expect(text).toContain('12345678901234567890');
    expect(text).toContain('1.00000000000000000049');
    await ask('DELETE', path);
  });

  it('threads are found as one types, then among all', async () => {
    await visitor.go('#/threads');
    const field = page.getByLabel('Title or id');
    await field.pressSequentially('jOURNEY 4');
    await page.getByText('on this page').waitFor();
    expect((await shown()).every((title) => title.startsWith('Journey 4'))).toBe(true);
    expect((await shown()).length).toBeGreaterThan(2);
    await field.fill('journey 7');
    expect(await shown()).toEqual([]);
    expect(await page.getByText('0 of 20 on this page').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByText(/1 found among \d+ threads/).waitFor();
    expect(await shown()).toEqual(['Journey 7']);
    await visitor.go('#/threads?find=thread-1');
    expect(await shown()).toEqual(
      expect.arrayContaining(['Journey 1', ...Array.from({ length: 10 }, (_, i) => `Journey ${10 + i}`)]),
    );
    await visitor.go('#/threads?find=Journey&resourceId=ada');
    expect(await shown()).toHaveLength(THREADS / 3);
    await visitor.go('#/threads?find=nothing+like+it');
    await page.getByText('No thread has this in its id or title.').waitFor();
  });

  it('resources are listed: those with working memory, and those of the latest threads, with their counts', async () => {
    await visitor.go('#/memory');
    const kept = (await (await ask('GET', '/v1/resources')).json()).resources;
    expect(kept.length).toBeGreaterThan(0);
    expect(await page.locator('#kept .title').allInnerTexts()).toEqual(
      kept.map((/** @type {any} */ { id }) => id),
    );
    expect(await page.getByText(`${kept.length} in all`).count()).toBe(1);
    const owners = await page.locator('#owners > li').allInnerTexts();
    expect(owners.join('\n')).toMatch(/bob\s*30 threads/);
    await page.locator('#kept').getByRole('link', { name: 'ada', exact: true }).click();
    await page.getByRole('heading', { level: 2, name: 'ada' }).waitFor();
  });
});

describe('an empty store in development', () => {
  it('gets something to look at by one click', async () => {
    await enter(`${TOKEN}-empty`);
    await visitor.go('');
    await button('Make sample data').click();
    await page.getByRole('link', { name: 'Kyoto in spring' }).click();
    await page.locator('.message').nth(2).waitFor();
    expect(await page.locator('.message h3').allInnerTexts()).toEqual(['user', 'assistant', 'user']);
    expect(await page.locator('figure.code pre').innerText()).toBe('{ "bloom": "2026-03-28" }');
    await visitor.go('#/memory/sample-ada');
    expect(await page.locator('pre.memory').innerText()).toContain('likes: trains');
  });
});
