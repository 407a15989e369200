/** What worker/README.md and docs/worker.md say, held against the Worker: its routes, the statuses of its errors. */

import { describe, expect, it, vi } from 'vitest';
import { ERRORS } from '../../bindings/core/abi.js';
import { storeError } from '../../bindings/core/errors.js';
import { createApp } from '../../worker/app.js';
import { answerError } from '../../worker/errors.js';
// @ts-ignore A text, as Vite reads it.
import README from '../../worker/README.md?raw';
// @ts-ignore
import OVERVIEW from '../../docs/worker.md?raw';

/** @param {RegExp} pattern */
const rows = (pattern) => [...README.matchAll(pattern)].map(([, first, second]) => [first, second]);

describe('the page', () => {
  it('lists the routes', () => {
    const listed = rows(/^\| `([A-Z]+) (\/\S*)`/gm);
    const routes = createApp().routes.filter(({ method }) => method !== 'ALL');
    expect(listed).toEqual(routes.map(({ method, path }) => [method, path]));
  });

  it('has them all in the overview', () => {
    const listed = [...OVERVIEW.matchAll(/^\| (`\/.*?) +\| (.*`[A-Z]+`.*?) +\|$/gm)].flatMap(
      ([, paths, methods]) =>
        [...paths.matchAll(/`(.*?)`/g)].flatMap(([, path]) =>
          Array.from(methods.matchAll(/`([A-Z]+)`/g), ([, method]) => `${method} ${path}`),
        ),
    );
    const routes = createApp().routes.filter(({ method }) => method !== 'ALL');
    const wanted = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(listed.sort()).toEqual(wanted.sort());
  });

  it('tells the statuses of errors', () => {
    const listed = rows(/^\| (\d{3}) +\| (.*)\|$/gm).flatMap(([status, codes]) =>
      Array.from(codes.matchAll(/`([A-Z_]+)`/g), ([, code]) => [code, Number(status)]),
    );
    const status = new Map(/** @type {[string, number][]} */ (listed));
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    /** @type {any} */
    const context = {
      req: { method: 'GET' },
      json: (/** @type {unknown} */ _body, /** @type {number} */ code) => code,
    };
    for (const code of Object.values(ERRORS)) {
      expect.soft(answerError(storeError(code, 'method', ''), context), code).toBe(status.get(code));
    }
  });
});
