/**
 * Holds requests and answers against the OpenAPI document, as a client that was generated from it would.
 *
 * @module
 */

import { Validator } from '@cfworker/json-schema';
import { ROUTES } from '../../worker/app.js';
import { createDocument } from '../../worker/openapi.js';

/** As a client gets it. @type {any} */
export const DOCUMENT = JSON.parse(JSON.stringify(createDocument(ROUTES)));

const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([template, methods]) =>
  Object.entries(/** @type {Record<string, any>} */ (methods)).map(([method, operation]) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
    operation,
  })),
);

/** What was met on the way: `getThread 404`. @type {Set<string>} */
export const seen = new Set();

/** @param {any} part */
function resolve(part) {
  if (part?.$ref === undefined) return part;
  const names = part.$ref.slice(2).split('/');
  return names.reduce((/** @type {any} */ value, /** @type {string} */ name) => value[name], DOCUMENT);
}

/**
 * @param {any} schema
 * @param {unknown} value
 */
export function faultsOf(schema, value) {
  const { components } = DOCUMENT;
  const whole = { ...schema, components: { schemas: components.schemas } };
  return new Validator(whole, '2020-12').validate(value).errors;
}

/**
 * @param {{ method: string, path: string, body?: unknown }} request
 * @param {{ status: number, headers: Headers, json: unknown }} answer
 */
export function checkAgainstDocument({ method, path, body }, { status, headers, json }) {
  const [pathname] = path.split(/[?#]/);
  const found = OPERATIONS.find((entry) => entry.method === method && entry.pattern.test(pathname));
  const where = `${method} ${pathname}, ${status}: ${JSON.stringify(json)}`;
  if (found === undefined) {
    if (status >= 400) expectNone(faultsOf({ $ref: '#/components/schemas/Error' }, json), where);
    return;
  }
  const { operation } = found;
  const declared = resolve(operation.responses[status]);
  if (declared === undefined) throw new Error(`${operation.operationId} declares no ${status}: ${where}`);
  seen.add(`${operation.operationId} ${status}`);
  const [type, media] = Object.entries(declared.content ?? {})[0] ?? [null, null];
  if (type === null) {
    if (json !== undefined) throw new Error(`there should be no body: ${where}`);
  } else {
    if (headers.get('content-type') !== type) throw new Error(`this is not ${type}: ${where}`);
    expectNone(faultsOf(media.schema, json), where);
  }
  for (const name of Object.keys(declared.headers ?? {}))
    if (!headers.has(name)) throw new Error(`${name} is missing: ${where}`);
  if (status < 300 && body !== undefined) {
    const { schema } = operation.requestBody.content['application/json'];
    expectNone(faultsOf(schema, body), `what was taken is not what is declared: ${where}`);
  }
}

/**
 * @param {unknown[]} faults
 * @param {string} where
 */
function expectNone(faults, where) {
  if (faults.length > 0) throw new Error(`${where}\n${JSON.stringify(faults, null, 1)}`);
}
