/** The OpenAPI document before a validator of such documents. */

import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../worker/app.js';
import { createDocument } from '../../worker/openapi.js';

/** @returns {any} */
const documentNow = () => JSON.parse(JSON.stringify(createDocument(ROUTES)));

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(documentNow())).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('would not be with a fault', async () => {
    const broken = documentNow();
    delete broken.paths['/v1/threads'].get.responses;
    broken.paths['/v1/threads'].get.parameters[0].in = 'nowhere';
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('refers only to what it has', () => {
    const document = documentNow();
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref);
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of refs) {
      const target = ref.split('/').reduce((part, name) => part?.[name], document);
      expect.soft(target, ref).toBeTypeOf('object');
    }
  });

  it('declares every id of a path', () => {
    for (const [path, methods] of Object.entries(documentNow().paths)) {
      const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      for (const { parameters } of Object.values(/** @type {Record<string, any>} */ (methods))) {
        const ids = parameters.filter((/** @type {any} */ { in: place }) => place === 'path');
        expect(ids.map((/** @type {any} */ { name }) => name)).toEqual(names);
      }
    }
  });
});
