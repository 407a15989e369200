import { expect, it } from 'vitest';
import { findChromium } from './browser.js';

it('a Chromium is found, or it is said how to get one', () => {
  const { PATH } = process.env;
  expect(findChromium({ PATH })).toMatch(/chromium/);
  expect(findChromium({ CHROMIUM: process.execPath, PATH })).toBe(process.execPath);
  expect(() => findChromium({ PATH: '' })).toThrow(/no Chromium here.*apt-get install.*CHROMIUM=<path>/);
  expect(() => findChromium({ CHROMIUM: '/none', PATH })).toThrow('CHROMIUM=/none is no program');
});
