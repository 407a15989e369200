/**
 * Somebody who looks at the page, and notices what they should not have seen: errors, requests to other places.
 *
 * @module
 */

import { launchChromium } from './browser.js';

/** Chromium's own report of an answer like 401; the page tells its reader itself. */
const REFUSAL = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** @typedef {Awaited<ReturnType<typeof visit>>} Visitor */

/**
 * A new visitor in a browser of their own, as far as storage and cookies go.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} origin
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function visit(browser, origin, options) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  /** @type {string[]} */
  const complaints = [];
  /** @type {import('playwright-core').Request[]} */
  const requests = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (!REFUSAL.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('popup', (popup) => complaints.push(`popup: ${popup.url()}`));
  page.on('request', (request) => {
    requests.push(request);
    if (new URL(request.url()).origin !== origin) complaints.push(`request to ${request.url()}`);
  });
  /** Until the view that the address names is there. */
  const settled = async () => {
    const { hash } = new URL(page.url());
    await page.locator(`main[aria-busy=false][data-place=${JSON.stringify(hash)}]`).waitFor();
  };
  return {
    page,
    requests,
    complaints,
    settled,
    heading: () => page.getByRole('heading', { level: 1 }),
    cost: () => page.getByRole('status').innerText(),
    async costInFull() {
      await page.getByRole('status').getByText('Cost:').click();
      await page.getByRole('status').getByText('in all').first().waitFor();
      return page.getByRole('status').innerText();
    },
    /** Has entered the token before. @param {string} token */
    async signIn(token) {
      await context.addInitScript((value) => sessionStorage.setItem('threadkv-token', value), token);
    },
    /** @param {string} place  from the `#` on */
    async go(place) {
      await page.goto(`${origin}/${place}`);
      await settled();
    },
    close: () => context.close(),
  };
}

export { launchChromium };
