/**
 * What looks after a store from outside, the `threadkv` command above all: its calls, many in one request.
 *
 * @module
 */

import { serveCalls } from '../../bindings/upkeep/serve.js';
import { serveExport } from '../../bindings/upkeep/serve-export.js';
import { readText } from '../body.js';
import { logError } from '../log.js';
import { route } from '../route.js';

const TYPE = 'application/x-ndjson';

export const calls = [
  route({
    method: 'GET',
    path: '/v1/export',
    operationId: 'export',
    tag: 'The server',
    summary: 'Everything under the prefix, as the file that `threadkv export` writes',
    description:
      'NDJSON with checksums; what has no last line of the type `end` broke off. What one request may read is bounded: of a ' +
      'large store in KV the command exports more.',
    answers: { 200: { description: 'the export', lines: true } },
    async handle(context) {
      const { store, token, tools } = context.var;
      const parts = serveExport(store, { keyPrefix: token.keyPrefix, module: tools });
      // What cannot begin is an error like others.
      const first = await parts.next();
      return new Response(streamOf(parts, first), { headers: { 'Content-Type': TYPE } });
    },
  }),

  route({
    method: 'POST',
    path: '/v1/calls',
    operationId: 'call',
    tag: 'The server',
    summary: 'Calls of the `threadkv` command, one a line; what they may be changes with its version',
    description:
      'The answer has a line for each, in order, and ends early where one request has no room for more. A token that may read ' +
      'is enough for what changes nothing.',
    lines: true,
    answers: { 200: { description: 'what came of each', lines: true } },
    async handle(context) {
      const text = await readText(context, TYPE);
      const { store, token, tools } = context.var;
      const onFault = (/** @type {any} */ error) =>
        logError({ event: 'error', code: error?.name, method: 'POST' });
      const options = { mayWrite: token.access === 'write', module: tools, onFault };
      const answers = serveCalls(store, linesOf(text), options);
      return new Response(streamOf(answers), { headers: { 'Content-Type': TYPE } });
    },
  }),
];

/** @param {string} text @returns {Generator<string, void, void>} */
function* linesOf(text) {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    yield text.slice(at, end < 0 ? undefined : end);
    at = end < 0 ? text.length : end + 1;
  }
}

/**
 * Each line is made when somebody takes it.
 *
 * @param {AsyncGenerator<string, void, void>} lines
 * @param {IteratorResult<string, void>} [first]  that was taken already
 */
function streamOf(lines, first) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = first ?? (await lines.next());
        first = undefined;
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value ?? ''));
      } catch (error) {
        // The answer breaks off, and is asked for again.
        logError({ event: 'error', code: /** @type {Error} */ (error).name, method: 'POST' });
        controller.error(new Error('the server failed to answer this request'));
      }
    },
    async cancel() {
      await lines.return();
    },
  });
}
