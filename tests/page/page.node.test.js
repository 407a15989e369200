/** The page that looks into the store, in a real Chromium, over the Worker that wrangler serves. */

import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ODD_CONTENTS, ODD_FIELDS } from './odd.js';
import { MARKUP, ODD, seed, THREADS } from './seed.js';
import { startWorker } from './server.js';
import { launchChromium, visit } from './visitor.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TOKEN = 'correct-horse-battery-staple';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('./visitor.js').Visitor} */
let visitor;
/** @type {import('playwright-core').Page} */
let page;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** @param {string} origin @param {import('playwright-core').BrowserContextOptions} [options] */
async function enter(origin, options) {
  visitor = await visit(browser, origin, options);
  page = visitor.page;
}

/** Nothing but this server was asked, nothing broke, nothing that users wrote ran. */
afterEach(async () => {
  const { complaints } = visitor;
  const title = await page.title();
  await visitor.close();
  expect(complaints).toEqual([]);
  expect(title).not.toBe('taken');
});

/** @param {import('playwright-core').Locator} locator */
const texts = async (locator) => (await locator.allInnerTexts()).map((text) => text.trim());
const titles = () => texts(page.locator('.list .title'));

describe('an empty store', () => {
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let worker;
  beforeAll(async () => {
    worker = await startWorker({ THREADKV_TOKEN: TOKEN });
  });
  afterAll(() => worker?.close());
  beforeEach(async () => {
    await enter(worker.origin);
    await visitor.signIn(TOKEN);
  });

  it('tells how to make a first thread, and means it', async () => {
    await visitor.go('#/memory');
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('Whose?');
    await visitor.go('');
    expect(await visitor.heading().innerText()).toBe('Threads');
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('No threads yet');
    const example = await page.locator('.empty pre').innerText();
    expect(example).toContain(`curl -X POST ${worker.origin}/v1/threads `);
    for (const [, path, asked, body] of example.matchAll(/POST http:\/\/[^/]+(\S+)([^]*?)-d '(.*)'/g)) {
      const Authorization = /Authorization: (.*)"/.exec(asked)?.[1].replace('$THREADKV_TOKEN', TOKEN) ?? '';
      const headers = { Authorization, 'Content-Type': 'application/json' };
      const { status } = await fetch(`${worker.origin}${path}`, { method: 'POST', headers, body });
      expect(status).toBe(201);
    }
    await page.reload();
    await page.getByRole('link', { name: 'Kyoto' }).click();
    expect(await page.locator('.message .text').innerText()).toBe('When do the cherries bloom?');
  });

  it('says so in the other views too', async () => {
    await visitor.go('#/memory/nobody');
    expect(await page.locator('.empty').innerText()).toContain('Nothing is kept of nobody');
    await visitor.go('#/runs');
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('No runs');
    await visitor.go('#/checkpoints');
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('No checkpoints');
    await visitor.go('#/nonsense');
    expect(await visitor.heading().innerText()).toBe('Nothing here');
    await visitor.go('#/threads/nowhere');
    expect(await visitor.heading().innerText()).toBe('Not found');
    expect(await page.getByRole('alert').innerText()).toContain('Thread nowhere not found');
  });

  it('is served with headers that let nothing else in', async () => {
    const { headers } = await fetch(worker.origin);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    await visitor.go('');
    const markup = 'document.body.innerHTML = "<b>markup</b>"';
    await expect(page.evaluate(markup)).rejects.toThrow(/TrustedHTML/);
    visitor.complaints.splice(0); // what Chromium says of the line above
  });
});

describe('a store with data, behind a token', () => {
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let worker;
  beforeAll(async () => {
    worker = await startWorker({ THREADKV_TOKEN: TOKEN }, seed);
  });
  afterAll(() => worker?.close());

  /** @param {import('playwright-core').BrowserContextOptions} [options] */
  async function signIn(options) {
    await enter(worker.origin, options);
    await visitor.signIn(TOKEN);
    await visitor.go('');
  }

  describe('the token', () => {
    beforeEach(() => enter(worker.origin));

    it('is asked for, and a wrong one is named as such', async () => {
      await visitor.go('');
      expect(await visitor.heading().innerText()).toBe('A token is needed');
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.getByLabel('Token').fill('wrong');
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').innerText()).toBe('The token is wrong.');
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByRole('button', { name: 'Open' }).click();
      await page.locator('.list').waitFor();
      expect(await visitor.heading().innerText()).toBe('Threads');
    });

    it('may stand in a link, and does not stay in the address', async () => {
      await page.goto(`${worker.origin}/#token=${TOKEN}`);
      await page.locator('.list').waitFor();
      expect(page.url()).toBe(`${worker.origin}/`);
      expect(await visitor.heading().innerText()).toBe('Threads');
      await page.evaluate("location.assign('#token=another-one-that-is-wrong')");
      await page.getByRole('alert').waitFor();
      expect(page.url()).toBe(`${worker.origin}/`);
      expect(await page.evaluate('history.length')).toBe(3);
      for (const request of visitor.requests)
        expect(request.url()).not.toMatch(/token=|correct-horse|another-one/);
    });

    it('is kept by this tab only, goes into the header only, and can be forgotten', async () => {
      await visitor.go('');
      await page.getByLabel('Token').fill(TOKEN);
      await page.keyboard.press('Enter');
      await page.locator('.list').waitFor();
      await page.reload();
      await page.locator('.list').waitFor();
      const kept = 'JSON.stringify([{ ...localStorage }, document.cookie, location.href])';
      expect(await page.evaluate(kept)).not.toContain(TOKEN);
      for (const request of visitor.requests) {
        expect(`${request.url()} ${request.postData()}`).not.toContain(TOKEN);
        const sent = (await request.allHeaders()).authorization;
        const { pathname } = new URL(request.url());
        if (!pathname.startsWith('/v1/')) expect(sent).toBeUndefined();
      }
      await page.getByRole('button', { name: 'Forget the token' }).click();
      await page.getByLabel('Token').waitFor();
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
    });
  });

  describe('at a desk', () => {
    beforeEach(() => signIn());

    it('threads are listed by pages, the last changed first', async () => {
      const first = await titles();
      expect(first).toHaveLength(20);
      expect(first).toContain('Journey 44');
      const pages = page.getByRole('navigation', { name: 'Pages' });
      expect(await pages.innerText()).toContain(`Page 1 · ${THREADS + 5} in all`);
      await pages.getByRole('link', { name: 'Next page' }).click();
      await page.getByText('Page 2').waitFor();
      const second = await titles();
      expect(second).toHaveLength(20);
      expect(first.filter((title) => /^Journey/.test(title) && second.includes(title))).toEqual([]);
      await page.goBack();
      await page.getByText('Page 1').waitFor();
      expect(await titles()).toEqual(first);
    });

    it('threads are filtered by resource', async () => {
      await page.getByLabel('Resource').fill(' ada ');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByRole('link', { name: 'Show all' }).waitFor();
      expect(await titles()).toEqual(Array.from({ length: 15 }, (_, i) => `Journey ${42 - 3 * i}`));
      await page.getByLabel('Resource').fill('nobody');
      await page.keyboard.press('Enter');
      await page.getByText('This resource has no threads.').waitFor();
      await page.getByRole('link', { name: 'Show all' }).click();
      await page.getByText('Page 1').waitFor();
    });

    it('a thread is read from top to bottom, its newest messages in view, and raw when asked', async () => {
      await page.getByRole('link', { name: 'Journey 44' }).click();
      await page.getByRole('heading', { name: 'Journey 44' }).waitFor();
      await visitor.settled();
      expect(await page.title()).toBe('Journey 44 · threadkv');
      const said = () => texts(page.locator('.message .text'));
      const sentences = (/** @type {number} */ from, /** @type {number} */ to) =>
        Array.from({ length: to - from + 1 }, (_, i) => `Sentence ${from + i}.`);
      expect(await said()).toEqual(sentences(30, 49));
      expect(await page.locator('main dl').innerText()).toMatch(/Messages\s+50/);
      const isInView = (/** @type {import('playwright-core').Locator} */ locator) =>
        locator.evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect();
          return top >= 0 && bottom <= globalThis.innerHeight;
        });
      expect(await isInView(page.locator('.message').last())).toBe(true);
      expect(await isInView(page.locator('.message').first())).toBe(false);
      const older = page.getByRole('navigation', { name: 'Older messages' });
      expect(await older.innerText()).toContain('31 to 50 of 50');
      await older.getByRole('link', { name: 'Older' }).click();
      await page.getByText('11 to 30 of 50').waitFor();
      expect(await said()).toEqual(sentences(10, 29));
      await page.getByRole('link', { name: 'Older' }).click();
      await page.getByText('1 to 10 of 50').waitFor();
      expect(await said()).toEqual(sentences(0, 9));
      expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0);
      await page.getByRole('link', { name: 'Newest' }).click();
      await page.getByText('31 to 50 of 50').waitFor();
      expect(await said()).toEqual(sentences(30, 49));
      await visitor.go('#/threads/thread-44?page=2');

      const last = page.locator('.message').first();
      expect(await last.locator('pre').count()).toBe(0);
      await last.getByText('Raw JSON').click();
      const raw = JSON.parse(await last.locator('pre').innerText());
      expect(raw).toMatchObject({ id: 'm-0', content: { format: 2, parts: [{ text: 'Sentence 0.' }] } });
    });

    it('tells what each view cost, in one line and in full', async () => {
      expect(await visitor.cost()).toMatch(/^Cost: \d+ KV operations? · \d+ rounds? · [\d.]+ ms$/);
      expect(await visitor.costInFull()).toMatch(
        /\d+ KV operations? \(.*\) · \d+ rounds? · [\d.]+ ms waiting for KV · [\d.]+ ms in all · 1 request$/,
      );
      await visitor.go('#/threads/thread-44');
      expect(await visitor.costInFull()).toMatch(/\d+ KV operations? \((get|get_many) .* 2 requests/);
      const requests = await texts(page.getByRole('status').getByRole('listitem'));
      expect(requests.map((text) => text.split(/[ ?]/)[0])).toEqual([
        '/v1/threads/thread-44',
        '/v1/threads/thread-44/messages',
      ]);
    });

    it('working memory is found by resource, and from a thread', async () => {
      await visitor.go('#/threads/thread-42');
      await page.locator('main').getByRole('link', { name: 'ada' }).click();
      await page.getByRole('heading', { level: 2, name: 'ada' }).waitFor();
      expect(await page.locator('pre.memory').innerText()).toBe('# Ada\n- **likes**: tea');
      await page.getByLabel('Resource').fill(MARKUP);
      await page.getByRole('button', { name: 'Look' }).click();
      await page.getByRole('heading', { level: 2, name: MARKUP }).waitFor();
      expect(await page.locator('pre.memory').innerText()).toBe(MARKUP);
    });

    it('runs are listed with their states, filtered, and opened', async () => {
      await page.getByRole('link', { name: 'Workflow runs' }).click();
      await page.getByLabel('State').waitFor();
      expect(await page.locator('.list li').count()).toBe(6);
      await page.getByLabel('State').fill('suspended');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByRole('link', { name: 'Show all' }).waitFor();
      expect(await texts(page.locator('.list .badge'))).toEqual(Array(4).fill('suspended'));
      expect(await visitor.costInFull()).toContain('list 1');
      await page.getByRole('link', { name: 'agentic-loop' }).first().click();
      await page.getByRole('heading', { name: 'Snapshot' }).waitFor();
      expect(await visitor.heading().innerText()).toContain('suspended');
      expect(await texts(page.locator('.list li'))).toContain('executionWorkflowsuspended');
      const snapshot = JSON.parse(await page.locator('main > pre').innerText());
      expect(snapshot).toMatchObject({ status: 'suspended' });
    });

    it('checkpoints of LangGraph are found by thread, and opened with their values', async () => {
      await page.getByRole('link', { name: 'Checkpoints' }).click();
      await page.getByLabel('Thread').waitFor();
      expect(await titles()).toEqual(['t']);
      expect(await texts(page.locator('.list .about a:first-child'))).toEqual(['The graph itself', 'sub:1']);
      expect(await visitor.costInFull()).toContain('list 1');
      await page.getByRole('link', { name: 'sub:1' }).click();
      await page.getByRole('heading', { name: 'sub:1' }).waitFor();
      expect(await titles()).toEqual(['Step 1']);
      await page.getByRole('link', { name: 'The graph itself' }).click();
      await page.getByRole('heading', { name: 'The graph itself' }).waitFor();
      expect(await titles()).toEqual(['Step 2', 'Step 1']);
      await page.getByRole('link', { name: 'Step 2' }).click();
      await page.getByRole('heading', { name: 'Writes' }).waitFor();
      expect(await visitor.heading().innerText()).toBe('Step 2');
      const values = await texts(page.locator('.list').first().locator('li'));
      expect(values.map((value) => value.split(/\s*\n\s*/))).toEqual([
        ['count', 'json · 1 byte', '2'],
        ['said', `json · ${JSON.stringify(MARKUP).length} bytes`, JSON.stringify(MARKUP)],
        ['bytes', 'bytes · 3 bytes'],
      ]);
      expect(await page.locator('main button').count()).toBe(0);
      await page.getByRole('link', { name: 'step-1' }).click();
      await page.getByRole('heading', { name: 'Step 1' }).waitFor();
    });

    it('calls of tools, files, reasoning and open questions can be read', async () => {
      await visitor.go('#/threads/approval-given');
      const tool = page.locator('.part.tool').first();
      expect(await tool.innerText()).toMatch(/^Tool remove · result\s*approved/);
      await tool.getByText('Arguments').click();
      expect(JSON.parse(await tool.locator('pre').innerText())).toEqual({ id: 'abc-123' });

      await visitor.go('#/threads/files-from-the-model');
      const parts = (await texts(page.locator('.part'))).join('\n');
      expect(parts).toContain('File image/png · 67 bytes');
      expect(parts).toContain('Reasoning');
      expect(parts).toContain('On grey “pixels”');
      expect(await page.locator('main img').count()).toBeGreaterThan(0);

      await visitor.go(`#/threads/${encodeURIComponent(ODD)}`);
      const [approval, answer] = await texts(page.locator('.part.pending'));
      expect(approval).toContain(`Waits for approval ${MARKUP} · run ${MARKUP}`);
      expect(answer).toContain('Waits for an answer');
    });

    it('messages of the AI SDK can be read too', async () => {
      await visitor.go('#/threads/sdk');
      const parts = await texts(page.locator('.part'));
      expect(parts[0]).toMatch(/^Reasoning\s+They mean Kyoto\.$/);
      expect(parts[1]).toMatch(/^Tool weather · result/);
      expect(parts[2]).toMatch(/^Tool book · waits for approval/);
      expect(parts[3]).toMatch(/^Tool search · failed[^]*No network\.$/);
      expect(parts.slice(4)).toEqual([
        expect.stringMatching(/^Data weather/),
        'Source Weather of Kyoto · https://weather.example/kyoto',
        'Source Almanac',
        'File map.png image/png · 70 bytes',
        'File plan.pdf application/pdf · https://elsewhere.example/plan.pdf',
        'File x.svg image/svg+xml · 70 bytes',
      ]);
      const pictures = page.locator('main img');
      expect(await pictures.count()).toBe(1);
      expect(await pictures.evaluate((picture) => /** @type {any} */ (picture).naturalWidth)).toBe(1);
      expect(await pictures.getAttribute('alt')).toBe('map.png');
      await page.locator('.part.tool').first().getByText('Result').click();
      expect(JSON.parse(await page.locator('.part.tool pre').first().innerText())).toEqual({ sun: true });
    });

    it('code stands in blocks, and what is long is folded', async () => {
      await visitor.go('#/threads/sdk');
      const code = page.locator('.message').nth(1).locator('figure.code');
      expect(await code.locator('pre').innerText()).toBe('const sun = "<b>" + true;');
      expect(await code.locator('figcaption').innerText()).toBe('js');
      expect(await texts(page.locator('.message').nth(1).locator('p.text'))).toEqual([
        'They mean Kyoto.',
        'Sunny.',
        'And so on.',
      ]);
      expect(await page.locator('.message').nth(2).locator('pre code').innerText()).toBe('{"a":[1,2]}');
      const long = page.locator('.message').nth(3);
      const height = async () => (await long.boundingBox())?.height ?? 0;
      expect(await page.locator('.unfold').count()).toBe(1);
      expect(await height()).toBeLessThan(1000);
      await long.getByRole('button', { name: 'Show all 8' }).click();
      expect(await height()).toBeGreaterThan(1900);
      await long.getByRole('button', { name: 'Show less' }).click();
      expect(await height()).toBeLessThan(1000);
    });

    it('Markdown is laid out, and nothing of it runs or is fetched', async () => {
      await visitor.go('#/threads/sdk');
      const said = page.locator('.message').nth(4).locator('.prose');
      const html = await said.innerHTML();
      expect(html).toContain('<h4>The plan</h4>');
      expect(html).toContain(
        'By <strong>train</strong>, <em>slowly</em>, <del>by air</del>, with <code>JR Pass</code>.',
      );
      expect(html).toContain('<blockquote><p class="text">It rains\nin June.</p></blockquote>');
      expect(html).toContain('<tbody><tr><td>Kyoto</td><td>3</td></tr></tbody>');
      expect(html).toContain('<ol><li>temples</li><li><del>shops</del></li></ol>');
      expect(await said.locator('li').allInnerTexts()).toEqual(
        expect.arrayContaining([expect.stringMatching(/☑\s*booked/), expect.stringMatching(/☐\s*paid/)]),
      );
      const links = await said
        .locator('a')
        .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      expect(links).toEqual(['https://maps.example/kyoto', 'https://bare.example/x']);
      expect(await said.innerText()).toContain('the map (https://maps.example/kyoto)');
      expect(await said.innerText()).toContain('[this](javascript:alert(1))');
      expect(await said.innerText()).toContain('![spy](https://spy.example/pixel.png)');
      expect(await said.innerText()).toContain('<b onclick="alert(1)">bold</b>');
      expect(await said.innerText()).toContain('<script>alert(1)</script>');
      expect(await said.locator('img, script, b').count()).toBe(0);
      const tags = await said.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('rel')));
      expect(new Set(tags)).toEqual(new Set(['noopener noreferrer nofollow']));
    });

    it('tasks, scores and observations stand beside threads and runs', async () => {
      await visitor.go('#/threads/thread-5');
      const before = await visitor.cost();
      await page.getByText('Background tasks').click();
      const task = page.locator('details .list li');
      await task.waitFor();
      expect(await task.innerText()).toMatch(/^crawl\s*failed/);
      expect(await task.innerText()).toContain(MARKUP);
      expect(await visitor.cost()).not.toBe(before);
      await page.getByText('Observational memory').click();
      await page.getByText('None.').waitFor();
      await page.getByText('States: tasks, goal').click();
      const states = page.locator('details', { hasText: 'States: tasks, goal' }).locator('.list > li');
      await expect.poll(() => states.count()).toBe(2);
      expect(await states.first().locator('ol > li').allInnerTexts()).toEqual([
        expect.stringContaining(MARKUP),
        expect.stringMatching(/^book the hotel\s*pending$/),
      ]);
      expect(await states.last().innerText()).toMatch(/^goal\s*active\s*a trip/);
      await page.getByLabel('A state of another type').fill('draft');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await expect.poll(() => states.count()).toBe(3);
      expect(await states.last().innerText()).toMatch(/^draft/);
      await page.getByLabel('A state of another type').fill('none');
      await page.keyboard.press('Enter');
      await expect.poll(() => states.count()).toBe(2);

      await visitor.go('#/runs/scored/run-9');
      await page.getByText('Scores').click();
      await page.getByText('0.75').waitFor();
      expect(await page.locator('details .list li').innerText()).toContain(`by Tone`);
      expect(await page.locator('details .list li').innerText()).toContain(MARKUP);

      await visitor.go('#/memory/ada');
      await page.getByText('Observational memory').click();
      await page.getByText('Generation').waitFor();
      expect(await page.locator('details .list li .prose').innerHTML()).toContain(
        '<li><strong>Ada</strong> likes trains</li>',
      );

      await page.route('**/v1/resources/ada/observations', (route) => route.abort());
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.locator('details:not([open]) summary', { hasText: 'Observational memory' }).click();
      await page.getByRole('alert').getByText('the server does not answer').waitFor();
      visitor.complaints.splice(0, 1).forEach((complaint) => expect(complaint).toContain('ERR_FAILED'));
    });

    it('texts that are made to be slow do not keep anybody waiting', async () => {
      const listed = { total: 40, page: 0, perPage: 20, hasMore: false };
      const good = { threadId: 't', resourceId: 'ada', role: 'user', createdAt: '2026-01-01T00:00:00Z' };
      const slow = ['_a', '**a', '>', '- ', '[a](', '<a '].flatMap((piece) => [
        piece.repeat(20_000 / piece.length),
        piece.repeat(40_000),
      ]);
      const messages = [...slow, ...slow, 'the last'].map((content, i) => ({
        ...good,
        id: `m-${i}`,
        content,
      }));
      await page.route('**/v1/threads/t', (route) =>
        route.fulfill({ json: { ...good, id: 't', title: 'Slow' } }),
      );
      await page.route('**/v1/threads/t/messages*', (route) =>
        route.fulfill({ json: { ...listed, messages } }),
      );
      const started = Date.now();
      await visitor.go('#/threads/t');
      expect(await page.locator('.message').count()).toBe(messages.length);
      expect(Date.now() - started).toBeLessThan(20_000);
    });

    it('what users wrote is text, wherever it stands', async () => {
      for (const place of [
        '#/threads',
        `#/threads/${encodeURIComponent(ODD)}`,
        `#/memory/${encodeURIComponent(MARKUP)}`,
        '#/runs',
        '#/checkpoints/t/step-2',
        `#/runs/${encodeURIComponent(ODD)}/${encodeURIComponent(MARKUP)}`,
        `#/threads?resourceId=${encodeURIComponent(MARKUP)}`,
        `#/${encodeURIComponent(MARKUP)}`,
      ]) {
        await visitor.go(place);
        for (const summary of await page.locator('main summary').all()) await summary.click();
        expect.soft(await page.locator('main :is(img, script, iframe, object)').count(), place).toBe(0);
        expect.soft(await page.locator('main a[href^="javascript:" i]').count(), place).toBe(0);
      }
      await visitor.go(`#/threads/${encodeURIComponent(ODD)}`);
      expect(await visitor.heading().innerText()).toBe(MARKUP);
      expect((await page.locator('main').innerText()).split('<img src=x').length).toBeGreaterThan(10);
    });

    it('one odd record hides none of the others', async () => {
      const listed = { total: 1, page: 0, perPage: 20, hasMore: false };
      const good = {
        id: 'good',
        threadId: 't',
        resourceId: 'ada',
        role: 'user',
        createdAt: '2026-01-01T00:00:00Z',
      };
      const records = [
        null,
        ...ODD_FIELDS,
        { ...good, id: '\ud800', workflowName: '\ud800', resourceId: '\ud800' },
      ];
      const messages = [...records, ...ODD_CONTENTS.map((content) => ({ ...good, content }))];
      const snapshot = { status: null, context: { a: null, b: 7 } };
      const run = { ...good, workflowName: 'w', runId: 'r', snapshot };
      /** @type {[RegExp, object][]} */
      const answers = [
        [/\/messages$/, { ...listed, messages: [...messages, { ...good, content: 'the last' }] }],
        [/\/v1\/threads$/, { ...listed, threads: [...records, { ...good, title: 'the last' }] }],
        [/\/v1\/workflow-runs$/, { ...listed, runs: [...records, { ...run, workflowName: 'the last' }] }],
        [/\/v1\/workflow-runs\/w\/r$/, run],
        [/\/v1\/threads\/t$/, { ...good, title: 7, metadata: { workingMemory: {} }, createdAt: {} }],
        [/\/v1\/resources\/r$/, { ...good, workingMemory: [null], metadata: 7 }],
      ];
      await page.route('**/v1/**', (route) => {
        const { pathname } = new URL(route.request().url());
        const [, json] = answers.find(([pattern]) => pattern.test(pathname)) ?? [];
        return route.fulfill({ status: json ? 200 : 404, json: json ?? {} });
      });
      for (const [place, count] of /** @type {[string, number][]} */ ([
        ['#/threads/t', messages.length + 1],
        ['#/threads', records.length + 1],
        ['#/runs', records.length + 1],
        ['#/runs/w/r', 2],
        ['#/memory/r', 0],
      ])) {
        await visitor.go(place);
        expect.soft(await page.getByRole('alert').count(), place).toBe(0);
        expect.soft(await page.locator('.message, .list > li').count(), place).toBe(count);
        await page.evaluate(
          "document.querySelectorAll('main details').forEach((part) => (part.open = true))",
        );
        if (count > 2) expect.soft(await page.locator('main').innerText(), place).toContain('the last');
      }
    });

    it('can be used by keyboard, and tells where one is', async () => {
      await page.locator('.list .title').first().focus();
      const name = await page.locator('.list .title').first().innerText();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Messages' }).waitFor();
      expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
      expect(await page.title()).toContain(name === 'without a title' ? 'Thread without a title' : name);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.tagName')).toBe('A');
      expect(await page.locator('nav [aria-current=page]').innerText()).toBe('Threads');
    });

    it('a server that fails is told of, and can be tried again', async () => {
      await page.route('**/v1/**', (route) => route.abort());
      await page.getByRole('link', { name: 'Workflow runs' }).click();
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').innerText()).toContain('the server does not answer');
      const broken = { error: { code: 'KV_FAILED', message: 'KV failed <b>', op: 'x', details: {} } };
      await page.unroute('**/v1/**');
      await page.route('**/v1/**', (route) => route.fulfill({ status: 503, json: broken }));
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('KV failed <b>').waitFor();
      await page.unroute('**/v1/**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.list').waitFor();
      const told = /^console: Failed to load resource: (net::ERR_FAILED|.* status of 503 .*)$/;
      visitor.complaints.splice(0, 2).forEach((complaint) => expect(complaint).toMatch(told));
    });
  });

  const ODD_THREAD = `#/threads/${encodeURIComponent(ODD)}`;
  const SDK_THREAD = '#/threads/sdk';
  const ODD_RUN = `#/runs/${encodeURIComponent(ODD)}/${encodeURIComponent(MARKUP)}`;

  it('fits a telephone', async () => {
    await signIn({ viewport: { width: 360, height: 740 } });
    for (const place of [
      '#/threads',
      ODD_THREAD,
      SDK_THREAD,
      '#/memory/ada',
      '#/runs',
      ODD_RUN,
      '#/checkpoints',
      '#/checkpoints/t',
      '#/checkpoints/t/step-2',
      '#/threads/nowhere',
    ]) {
      await visitor.go(place);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect.soft(width, place).toBeLessThanOrEqual(360);
      const { height = 0 } = (await page.locator('footer').boundingBox()) ?? {};
      expect.soft(height, place).toBeLessThan(74);
    }
  });

  it.each(
    /** @type {const} */ ([
      ['light', 'rgb(255, 255, 255)'],
      ['dark', 'rgb(22, 24, 29)'],
    ]),
  )('has no fault that axe knows of, %s', async (colorScheme, ground) => {
    await signIn({ colorScheme });
    await page.evaluate(axe.source);
    const [all, some] = [
      ['#/memory/ada', '#/runs', '#/threads/nowhere', ODD_RUN, '#/checkpoints', '#/checkpoints/t/step-2'],
      ['#/threads', ODD_THREAD, SDK_THREAD],
    ];
    for (const place of colorScheme === 'light' ? [...some, ...all] : some) {
      await visitor.go(place);
      const violations = await page.evaluate(
        '(async () => (await axe.run()).violations.map(({ id, nodes }) => id + ": " + nodes[0].html))()',
      );
      expect.soft(violations, place).toEqual([]);
    }
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(ground);
  });
});
